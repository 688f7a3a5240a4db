"""Lists of names, kept as sorted 32-bit hashes: a fraction of the room, one false hit in some 20,000 look-ups.

A file holds, little-endian, the number of names, the CRC-32 of each name (tokens in lower case, joined by a space) in
ascending order, and one byte for each that says on which lists it stands.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.ner.hashes import Hashes, HashIndex, text_hash

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

    def all_lists_of(self, hashed: Hashes) -> NDArray[np.uint8]:
        """The same of the names with these hashes."""
        at, is_known = self._index.positions(hashed)
        return np.where(is_known, np.frombuffer(self.lists, np.uint8)[at], np.uint8(0))

    def marks(self, tokens: Sequence[str], lowered: Sequence[str]) -> list[list[str]]:
        """For each token the marks of the lists that it is on: P, G, L, T with B, I (begins, is inside the longest name
        there), F and N for first and last names. Names that begin with a small letter do not count."""
        size = len(tokens)
        listed = (
            (i, self.lists_of(lowered[i]), size)
            for i, token in enumerate(tokens)
            if token[0].isalpha() and not token[0].islower()
        )
        marks = self.marks_at(lowered, listed)
        return [marks.get(i, []) for i in range(size)]

    def marks_at(self, lowered: Sequence[str], listed: Iterable[tuple[int, int, int]]) -> dict[int, list[str]]:
        """The same for the places that have any. `listed` are where names may begin: place, lists of the token there,
        and the end of its sentence."""
        marks: dict[int, list[str]] = {}
        inside = {"P": 0, "G": 0, "L": 0, "T": 0}
        for i, found, end in listed:
            if not found:
                continue
            given = marks.setdefault(i, [])
            if found & FIRST_NAME:
                given.append("F")
            if found & LAST_NAME:
                given.append("N")
            longest = {mark: 1 for bit, mark in _SPANS if found & bit}
            for n in range(2, min(MAX_NAME_TOKENS, end - i) + 1) if found & BEGINNING else ():
                longer = self.lists_of(" ".join(lowered[i : i + n]))
                for bit, mark in _SPANS:
                    if longer & bit:
                        longest[mark] = n
            for mark, n in longest.items():
                if i < inside[mark]:
                    continue
                inside[mark] = i + n
                given.append(f"{mark}B{min(n, 2)}")
                for j in range(i + 1, i + n):
                    marks.setdefault(j, []).append(f"{mark}I")
        return marks


def key(tokens: Iterable[str]) -> str:
    """How a name is written in a gazetteer."""
    return " ".join(token.lower() for token in tokens)
