"""Lists of names, kept as sorted 32-bit hashes: a fraction of the room, one false hit in some 20,000 look-ups.

A file holds, little-endian, the number of names, the CRC-32 of each name (tokens in lower case, joined by a space) in
ascending order, and one byte for each that says on which lists it stands.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.ner.hashes import HashIndex, text_hash

PERSON, ORGANISATION, PLACE, FIRST_NAME, LAST_NAME, TERRITORY, BEGINNING = 1, 2, 4, 8, 16, 32, 64
"""The lists; BEGINNING holds the first tokens of the longer names, so that few of those are looked up."""
MAX_NAME_TOKENS = 4
_SPANS = ((PERSON, "P"), (ORGANISATION, "G"), (PLACE, "L"), (TERRITORY, "T"))


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """`hashes` ascending, `lists[i]` the bit set of the lists that hold the name with `hashes[i]`."""

    hashes: array[int]
    lists: bytes
    _index: HashIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", HashIndex(self.hashes))

    @classmethod
    def of(cls, names: Mapping[str, int]) -> Gazetteer:
        """From lists by name; see `key`. Beginnings are added."""
        merged: dict[int, int] = {}
        for name, lists in names.items():
            beginning, space, _ = name.partition(" ")
            for part, bits in ((name, lists), (beginning, BEGINNING if space else 0)):
                hashed = text_hash(part)
                merged[hashed] = merged.get(hashed, 0) | bits
        ordered = sorted(merged)
        return cls(array("I", ordered), bytes(merged[hashed] for hashed in ordered))

    @classmethod
    def from_bytes(cls, data: bytes) -> Gazetteer:
        """The inverse of `to_bytes`."""
        size = int.from_bytes(data[:4], "little")
        hashes = array("I", data[4 : 4 + 4 * size])
        if sys.byteorder == "big":
            hashes.byteswap()
        return cls(hashes, data[4 + 4 * size :])

    def to_bytes(self) -> bytes:
        """What the file holds."""
        hashes = array("I", self.hashes)
        if sys.byteorder == "big":
            hashes.byteswap()
        return len(self.hashes).to_bytes(4, "little") + hashes.tobytes() + self.lists

    def lists_of(self, name: str) -> int:
        """The bit set of the lists that hold this name (see `key`); 0 when none does."""
        at = self._index.position(name)
        return 0 if at < 0 else self.lists[at]

    def marks(self, tokens: Sequence[str], lowered: Sequence[str]) -> list[list[str]]:
        """For each token the marks of the lists that it is on: P, G, L, T with B, I (begins, is inside the longest name
        there), F and N for first and last names. Names that begin with a small letter do not count."""
        marks: list[list[str]] = [[] for _ in tokens]
        size, lists_of = len(tokens), self.lists_of
        inside = {"P": 0, "G": 0, "L": 0, "T": 0}
        for i in range(size):
            if tokens[i][0].islower() or not tokens[i][0].isalpha():
                continue
            found = lists_of(lowered[i])
            if not found:
                continue
            if found & FIRST_NAME:
                marks[i].append("F")
            if found & LAST_NAME:
                marks[i].append("N")
            longest = {mark: 1 for bit, mark in _SPANS if found & bit}
            for n in range(2, min(MAX_NAME_TOKENS, size - i) + 1) if found & BEGINNING else ():
                found = lists_of(" ".join(lowered[i : i + n]))
                for bit, mark in _SPANS:
                    if found & bit:
                        longest[mark] = n
            for mark, n in longest.items():
                if i < inside[mark]:
                    continue
                inside[mark] = i + n
                marks[i].append(f"{mark}B{min(n, 2)}")
                for j in range(i + 1, i + n):
                    marks[j].append(f"{mark}I")
        return marks


def key(tokens: Iterable[str]) -> str:
    """How a name is written in a gazetteer."""
    return " ".join(token.lower() for token in tokens)
