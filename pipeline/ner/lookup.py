"""Known names found in a text: the longest at each place, whole tokens only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Generic, TypeVar

from pipeline.ner.lexicon import is_inflected, stem
from pipeline.ner.territories import territories
from pipeline.ner.tokens import CHARACTER_LANGUAGES, words

V = TypeVar("V")


class Lookup(Generic[V]):
    """A dictionary of token sequences."""

    def __init__(self, entries: Iterable[tuple[tuple[str, ...], V]]) -> None:
        by_first: dict[str, dict[tuple[str, ...], V]] = {}
        for tokens, value in entries:
            by_first.setdefault(tokens[0], {})[tokens] = value
        self._by_first = {
            first: sorted(known.items(), key=lambda entry: -len(entry[0])) for first, known in by_first.items()
        }

    def get(self, tokens: Sequence[str]) -> V | None:
        """What is known of exactly these tokens."""
        for known, value in self._by_first.get(tokens[0], ()) if tokens else ():
            if known == tuple(tokens):
                return value
        return None

    def find(self, tokens: list[str]) -> Iterator[tuple[int, int, V]]:
        """First and last (exclusive) index and value of each known name, from left to right."""
        by_first = self._by_first
        free_from = 0
        for i, token in enumerate(tokens):
            if token not in by_first or i < free_from:
                continue
            for known, value in by_first[token]:
                size = len(known)
                if size == 1 or tuple(tokens[i : i + size]) == known:
                    free_from = i + size
                    yield i, free_from, value
                    break


def joined_forms(name: str) -> list[str]:
    """An Arabic name with the words of one letter that are written together with it: and, in, so, as, to."""
    to = f"لل{name[2:]}" if name.startswith("ال") else f"ل{name}"
    return [*(f"{letter}{name}" for letter in "وبفك"), to]


@cache
def territory_lookup(language: str) -> Lookup[str]:
    """CLDR codes of countries, territories and continents by their names in a language."""
    cut = tuple if language in CHARACTER_LANGUAGES else words
    known = territories(language)
    joined = {form: code for name, code in known.items() for form in joined_forms(name)} if language == "ar" else {}
    return Lookup((tuple(cut(name)), code) for name, code in (joined | known).items())


@cache
def _territory_stems(language: str) -> Lookup[str]:
    return Lookup(
        (tuple(stem(token, language) for token in words(name)), code) for name, code in territories(language).items()
    )


def territory_code(tokens: Sequence[str], language: str) -> str | None:
    """The code of the territory that exactly these tokens name, in any case of the language."""
    code = territory_lookup(language).get(tokens)
    if code is None and is_inflected(language):
        code = _territory_stems(language).get([stem(token, language) for token in tokens])
    return code


@cache
def territory_names(language: str) -> dict[str, str]:
    """The name of each territory by its code; CLDR's where the press has others."""
    names: dict[str, str] = {}
    for name, code in territories(language).items():
        names.setdefault(code, name)
    return names
