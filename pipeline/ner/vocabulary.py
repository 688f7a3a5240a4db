"""What is known of words, by their hashes: how frequent they are, and in which cluster of words used alike.

A file holds, little-endian, the number of words, the CRC-32 of each word in ascending order, and a number of two bytes
for each. One look-up in some 50,000 finds a word that is not there.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.ner.hashes import Hashes, HashIndex, text_hash


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`hashes` ascending, `values[i]` the number of the word with `hashes[i]`."""

    hashes: array[int]
    values: array[int]
    _index: HashIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", HashIndex(self.hashes))

    @classmethod
    def of(cls, words: Mapping[str, int]) -> Vocabulary:
        """From numbers by word; of two words with one hash, the first in order of the alphabet stays."""
        merged: dict[int, int] = {}
        for word in sorted(words):
            merged.setdefault(text_hash(word), words[word])
        ordered = sorted(merged)
        return cls(array("I", ordered), array("H", [merged[hashed] for hashed in ordered]))

    @classmethod
    def from_bytes(cls, data: bytes) -> Vocabulary:
        """The inverse of `to_bytes`."""
        end = 4 + 4 * int.from_bytes(data[:4], "little")
        hashes, values = array("I", data[4:end]), array("H", data[end:])
        if sys.byteorder == "big":
            hashes.byteswap()
            values.byteswap()
        return cls(hashes, values)

    def to_bytes(self) -> bytes:
        """What the file holds."""
        hashes, values = array("I", self.hashes), array("H", self.values)
        if sys.byteorder == "big":
            hashes.byteswap()
            values.byteswap()
        return len(hashes).to_bytes(4, "little") + hashes.tobytes() + values.tobytes()

    def get(self, word: str) -> int | None:
        """The number of a word."""
        at = self._index.position(word)
        return None if at < 0 else self.values[at]

    def all_of(self, hashed: Hashes) -> NDArray[np.uint16]:
        """The numbers of the words with these hashes; 0 where there is none."""
        at, is_known = self._index.positions(hashed)
        return np.where(is_known, np.asarray(self.values, np.uint16)[at], np.uint16(0))
