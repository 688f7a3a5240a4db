"""Known names found in a text: the longest at each place, whole tokens only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Generic, TypeVar

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


@cache
def territory_lookup(language: str) -> Lookup[str]:
    """CLDR codes of countries, territories and continents by their names in a language."""
    cut = tuple if language in CHARACTER_LANGUAGES else words
    return Lookup((tuple(cut(name)), code) for name, code in territories(language).items())
