"""The hash by which the shipped lists keep words and names."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]

_SHIFT = 18


def text_hash(text: str) -> int:
    """CRC-32 of the text in UTF-8."""
    return crc32(text.encode("utf-8", "replace"))


class HashIndex:
    """Finds hashes in an ascending array of them. A table of where those with the same upper bits begin leaves a
    handful to search."""

    __slots__ = ("_begins", "_hashes")

    def __init__(self, hashes: array[int]) -> None:
        self._hashes = hashes
        uppers = np.arange((1 << 32 - _SHIFT) + 1, dtype=np.uint64) << _SHIFT
        self._begins = array("I", np.searchsorted(np.asarray(hashes, np.uint32), uppers).astype(np.uint32).tobytes())

    def position(self, text: str) -> int:
        """Where the hash of a text stands; -1 where it does not."""
        hashed = crc32(text.encode("utf-8", "replace"))
        upper = hashed >> _SHIFT
        end = self._begins[upper + 1]
        at = bisect_left(self._hashes, hashed, self._begins[upper], end)
        return at if at < end and self._hashes[at] == hashed else -1

    def positions(self, hashed: Hashes) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Where each hash stands or would stand, and whether it does."""
        hashes = np.asarray(self._hashes, np.uint32)
        at = np.searchsorted(hashes, hashed)
        at[at == len(hashes)] = 0
        return at, hashes[at] == hashed
