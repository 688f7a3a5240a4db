"""Stems of words, for rules that end in ~stem: those of snowball, as Lucene's filter of that name makes them.

The algorithms are those of snowballstemmer 2.2, mended where Lucene 10 has younger ones (stem_changes.py). Compared
with the filter of OpenSearch 3.8 (Lucene 10.5) on 200,000 to 900,000 words of each language: no difference. Estonian is
left out: snowball 2.2 has none.
"""

from __future__ import annotations

import importlib
import re
import threading
from collections.abc import Callable
from functools import cache, lru_cache

from pipeline.alerts.stem_changes import CHANGES
from pipeline.alerts.zones import TEXT, TEXT_ZONES

ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ms": "indonesian", "nb": "norwegian", "nl": "dutch",
    "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
"""By language; capitalised they are the names of Lucene's filters."""

ZONES_WITH_STEMS = (TEXT, *TEXT_ZONES)
MARK = "~"
"""Before a stem among words, none of which begins so."""

_LETTERS = {
    "ar": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff", "el": "\u0370-\u03ff\u1f00-\u1fff",
    "hi": "\u0900-\u097f", "hy": "\u0530-\u058f", "ru": "\u0400-\u052f",
}  # fmt: skip
_LATIN = "a-zªºÀ-\u024f\u1e00-\u1eff"
_MOST_STEMS = 200_000


def stem_language(tag: str) -> str | None:
    """The language by whose stems an article in `tag` is matched; None: as written."""
    primary = tag.partition("-")[0]
    return primary if primary in ALGORITHMS else None


@lru_cache(maxsize=10_000)
def stem_languages(words: tuple[str, ...]) -> tuple[str, ...]:
    """Those in which words are looked for by their stems: of the script of one of them, if none has an empty stem."""
    return _shared(
        tuple(
            language
            for language in ALGORITHMS
            if any(map(_script(language).search, words)) and MARK not in stems_of(words, language)
        )
    )


def stems_of(words: tuple[str, ...], language: str) -> tuple[str, ...]:
    """Each with MARK before it. The words are in lower case."""
    known = stems_in(language)
    return tuple(known[word] for word in words)


class Stems(dict[str, str]):
    """The marked stem of each word that was asked for."""

    def __init__(self, stem: Callable[[str], str]) -> None:
        self._stem = stem
        self._one_at_a_time = threading.Lock()

    def __missing__(self, word: str) -> str:
        with self._one_at_a_time:
            if len(self) > _MOST_STEMS:
                self.clear()
            made = self[word] = MARK + self._stem(word)
        return made


@cache
def stems_in(language: str) -> Stems:
    """All stems of a language."""
    algorithm = ALGORITHMS[language]
    module = importlib.import_module(f"snowballstemmer.{algorithm}_stemmer")
    stem = getattr(module, f"{algorithm.capitalize()}Stemmer")().stemWord
    return Stems(CHANGES[language](stem) if language in CHANGES else stem)


@cache
def _script(language: str) -> re.Pattern[str]:
    return re.compile(f"[{_LETTERS.get(language, _LATIN)}]")


@cache
def _shared(languages: tuple[str, ...]) -> tuple[str, ...]:
    return languages
