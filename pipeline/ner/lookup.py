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
        self._known = dict(entries)
        longer: dict[tuple[str, ...], set[int]] = {}
        for tokens in self._known:
            if len(tokens) > 1:
                longer.setdefault(tokens[:2], set()).add(len(tokens))
        self._firsts = {tokens[0] for tokens in self._known}
        # Of the names that begin with two tokens, the longest first.
        self._sizes = {begins: sorted(sizes, reverse=True) for begins, sizes in longer.items()}

    def get(self, tokens: Sequence[str]) -> V | None:
        """What is known of exactly these tokens."""
        return self._known.get(tuple(tokens))

    def find(self, tokens: list[str]) -> Iterator[tuple[int, int, V]]:
        """First and last (exclusive) index and value of each known name, from left to right."""
        firsts, known = self._firsts, self._known
        free_from = 0
        for i in [i for i, token in enumerate(tokens) if token in firsts]:
            if i < free_from:
                continue
            for size in (*self._sizes.get(tuple(tokens[i : i + 2]), ()), 1):
                name = tuple(tokens[i : i + size])
                if len(name) == size and name in known:
                    free_from = i + size
                    yield i, free_from, known[name]
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
