"""Words and names of a language without spaces, found at every place of a sentence.

A file holds, little-endian, the number of words, their hashes in ascending order, and one byte for each that says of
what classes a word is. The hash of a run of characters is made from that of the run without its last one, so that
those of all runs in a sentence come at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MAX_WORD_CHARACTERS = 8
CLASSES = "WPFNGLTO"
"""Bit k of a word's byte is class k: word, person, family name, given name, organisation, place, territory, other."""

_FIRST, _NEXT, _SPREAD = np.uint32(0x9E3779B1), np.uint32(0x01000193), np.uint32(0x85EBCA6B)
NAMES_OF = tuple(
    tuple(name for bit, name in enumerate(CLASSES) if name != "W" and classes >> bit & 1) for classes in range(256)
)
"""The classes of names by bit set."""
Piece = tuple[str, ...]


Indexes = NDArray[np.intp]
_FILTER_BITS, _INDEX_BITS = 22, 18
Match = tuple[int, int]
"""Length and classes of a word that stands at a place."""


class Dictionary:
    """`hashes` ascending, `classes[i]` the bit set of the classes of the word with `hashes[i]`; no word that is looked
    for has more than `longest` characters."""

    def __init__(
        self, hashes: NDArray[np.uint32], classes: NDArray[np.uint8], longest: int = MAX_WORD_CHARACTERS
    ) -> None:
        self._hashes = hashes
        self._classes = classes
        self.longest = longest
        # The last character of a run tells in the lower bits of its hash only; spread, the upper bits part words well.
        spread = hashes * _SPREAD
        order = np.argsort(spread)
        self._sought = np.append(spread[order], np.uint32(0xFFFFFFFF))  # stops every search
        self._classes_of_sought = np.append(classes[order], np.uint8(0))
        uppers = np.arange(1 << _INDEX_BITS, dtype=np.uint64) << np.uint64(32 - _INDEX_BITS)
        self._begins = np.searchsorted(self._sought, uppers.astype(np.uint32)).astype(np.uint32)
        # Most runs of characters are no words; one look at a table of bits is much quicker than a search.
        self._filter = np.zeros(1 << _FILTER_BITS, np.bool_)
        self._filter[spread >> np.uint32(32 - _FILTER_BITS)] = True

    @classmethod
    def of(cls, words: Mapping[str, int]) -> Dictionary:
        """From bit sets of classes by word."""
        merged: dict[int, int] = {}
        for word, bits in words.items():
            hashed = _hash(word)
            merged[hashed] = merged.get(hashed, 0) | bits
        ordered = sorted(merged)
        return cls(np.array(ordered, np.uint32), np.array([merged[hashed] for hashed in ordered], np.uint8))

    @classmethod
    def from_bytes(cls, data: bytes, longest: int = MAX_WORD_CHARACTERS) -> Dictionary:
        """The inverse of `to_bytes`."""
        size = int.from_bytes(data[:4], "little")
        hashes = np.frombuffer(data, "<u4", size, 4).astype(np.uint32)
        return cls(hashes, np.frombuffer(data, np.uint8, size, 4 + 4 * size), longest)

    def to_bytes(self) -> bytes:
        """What the file holds."""
        return len(self._hashes).to_bytes(4, "little") + self._hashes.astype("<u4").tobytes() + self._classes.tobytes()

    def matches(self, text: str) -> list[list[Match]]:
        """The words at each place, the shortest first."""
        found: list[list[Match]] = [[] for _ in text]
        begins, lengths, classes = self.search(np.frombuffer(text.encode("utf-32-le", "replace"), "<u4"))
        for begin, length, bits in zip(begins.tolist(), lengths.tolist(), classes.tolist(), strict=True):
            found[begin].append((length, bits))
        return found

    def search(self, codes: NDArray[np.uint32]) -> tuple[Indexes, Indexes, Indexes]:
        """Begin, length and classes of each word in a text, given as its code points; the shorter words first."""
        runs = _hashes(codes, self.longest)
        spread = np.concatenate(runs) * _SPREAD
        likely = np.flatnonzero(self._filter[spread >> np.uint32(32 - _FILTER_BITS)])
        wanted = spread[likely]
        at = self._begins[wanted >> np.uint32(32 - _INDEX_BITS)].astype(np.intp)
        # A few words have the same upper bits: step on to the one that is meant, or is greater.
        behind = np.flatnonzero(self._sought[at] < wanted)
        while len(behind):
            at[behind] += 1
            behind = behind[self._sought[at[behind]] < wanted[behind]]
        is_word = (self._sought[at] == wanted) & (at < len(self._hashes))
        firsts = np.cumsum([0, *map(len, runs)])
        places = likely[is_word]
        lengths = np.searchsorted(firsts, places, "right")
        return places - firsts[lengths - 1], lengths, self._classes_of_sought[at[is_word]].astype(np.intp)

    def classes_of(self, word: str) -> int:
        """The bit set of the classes of a word; 0 for one that is not in the dictionary."""
        if not 0 < len(word) <= self.longest:
            return 0
        hashed = _hash(word)
        at = int(self._hashes.searchsorted(np.uint32(hashed)))
        return int(self._classes[at]) if at < len(self._hashes) and self._hashes[at] == hashed else 0

    def is_plain(self, word: str) -> bool:
        """Whether the dictionary knows a word and knows no name that is the same."""
        return self.classes_of(word) == 1

    def pieces(self, text: str) -> tuple[list[Piece], list[Piece | None]]:
        """For each character of a text its word's classes, length and neighbours; and the names of each class that it
        is in, begins, or stands before (<) or after (>)."""
        matches = self.matches(text)
        return _word_pieces(_segments(matches)), _name_pieces(matches)


def _hash(word: str) -> int:
    """The hash of a whole word."""
    first, *rest = map(ord, word.encode("utf-8", "replace").decode())
    hashed = first * int(_FIRST)
    for code in rest:
        hashed = hashed * int(_NEXT) + code & 0xFFFFFFFF
    return hashed & 0xFFFFFFFF


def _hashes(codes: NDArray[np.uint32], longest: int) -> list[NDArray[np.uint32]]:
    """For each length, less one, the hash of the run of this length at each place."""
    hashes = [codes * _FIRST]
    for length in range(2, min(longest, len(codes)) + 1):
        hashes.append(hashes[-1][:-1] * _NEXT + codes[length - 1 :])
    return hashes


def _segments(matches: list[list[Match]]) -> list[tuple[int, int, int]]:
    """The text cut by the longest word at each place: beginning, end, classes; 0 for a character in no word."""
    segments = []
    at = 0
    while at < len(matches):
        length, classes = matches[at][-1] if matches[at] else (1, 0)
        segments.append((at, at + length, classes))
        at += length
    return segments


def _word_pieces(segments: list[tuple[int, int, int]]) -> list[Piece]:
    pieces: list[Piece] = []
    for k, (begin, end, classes) in enumerate(segments):
        before = segments[k - 1][2] if k else None
        after = segments[k + 1][2] if k + 1 < len(segments) else None
        pieces += _pieces_of_word(end - begin, classes, before, after)
    return pieces


@lru_cache(8192)
def _pieces_of_word(size: int, classes: int, before: int | None, after: int | None) -> list[Piece]:
    pieces: list[Piece] = []
    one = "^" if before is None else before
    other = "$" if after is None else after
    for at in range(size):
        place = "S" if size == 1 else "B" if at == 0 else "E" if at == size - 1 else "M"
        pieces.append((f"D={place}{classes}", f"DL={place}{min(size, 5)}", f"-D={one}{place}", f"+D={other}{place}"))
    return pieces


def _name_pieces(matches: list[list[Match]]) -> list[Piece | None]:
    size = len(matches)
    marks: list[list[str]] = [[] for _ in matches]
    inside = dict.fromkeys(CLASSES, 0)
    for at, found in enumerate(matches):
        if not found or (len(found) == 1 and found[0][1] <= 1):
            continue
        longest: dict[str, int] = {}
        for length, classes in found:
            for name in NAMES_OF[classes]:
                longest[name] = length
        for name, length in sorted(longest.items()):
            if at < inside[name]:
                continue
            end = inside[name] = at + length
            inner, last = f"N={name}I", f"N={name}E"
            marks[at].append(f"N={name}B{min(length, 4)}")
            for i in range(at + 1, end):
                marks[i].append(last if i == end - 1 else inner)
            if at:
                marks[at - 1].append(f"N={name}<")
            if end < size:
                marks[end].append(f"N={name}>")
    return [tuple(given) or None for given in marks]
