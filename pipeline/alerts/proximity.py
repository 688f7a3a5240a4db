"""Phrases and nearness by positions, with the results of Lucene's scorers.

A sloppy phrase is what Lucene 10's SloppyPhraseMatcher finds: it walks through the places of each word, always moving
the one that is furthest behind. That is exact for words that differ. Where a word stands twice in the phrase it is
greedy and can miss a match (LUCENE-3821, LUCENE-3215); this follows it there as well.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

Positions = Mapping[str, Sequence[int]]
_FEW = 16


def starts(phrase: Sequence[str], positions: Positions) -> Sequence[int]:
    """Where the words stand directly one behind the other; ascending."""
    found: Sequence[int] = positions.get(phrase[0], ())
    for offset, word in enumerate(phrase[1:], 1):
        places: Collection[int] = positions.get(word, ())
        if not found or not places:
            return ()
        if len(places) > _FEW:
            places = set(places)
        found = [place for place in found if place + offset in places]
    return found


def is_near(left: Iterable[tuple[int, int]], right: Iterable[tuple[int, int]], distance: int, ordered: bool) -> bool:
    """Whether two (start, end) have at most `distance` words between them, without overlap; end exclusive."""
    return next(near_ones(left, right, distance, before=not ordered), None) is not None


def near_ones(
    ones: Iterable[tuple[int, int]],
    others: Iterable[tuple[int, int]],
    distance: int,
    *,
    before: bool = True,
    behind: bool = True,
) -> Iterator[tuple[int, int]]:
    """Those of `ones` that have one of the others near, which may stand before or behind."""
    known = list(others)
    begins, ends = sorted(start for start, _ in known), sorted(end for _, end in known)
    for start, end in ones:
        if (behind and _has(begins, end, end + distance)) or (before and _has(ends, start - distance, start)):
            yield start, end


def _has(places: Sequence[int], low: int, high: int) -> bool:
    at = bisect_left(places, low)
    return at < len(places) and places[at] <= high


def is_within(phrase: Sequence[str], slop: int, positions: Positions) -> bool:
    """Whether the words are there, displaced against the phrase by no more than `slop` in all."""
    lists = []
    for offset, word in enumerate(phrase):
        found = positions.get(word)
        if not found:
            return False
        lists.append([place - offset for place in found])
    if len(set(phrase)) == len(phrase):
        return any(width <= slop for width, _ in _windows(lists))
    return _Repeating(phrase, lists).match(slop)


def within_ones(phrase: Sequence[str], slop: int, positions: Positions) -> set[int]:
    """Positions of the words where they stand within the slop: of each place of the one that is furthest behind, the
    nearest way to stand. Empty where words that the phrase has twice are found by Lucene's greed only."""
    lists = [[place - offset for place in positions.get(word, ())] for offset, word in enumerate(phrase)]
    found: set[int] = set()
    if all(lists):
        for width, at in _windows(lists):
            if width <= slop:
                taken = {places[at[number]] + number for number, places in enumerate(lists)}
                if len(taken) == len(phrase):
                    found |= taken
    return found


def _windows(lists: list[list[int]]) -> Iterator[tuple[int, list[int]]]:
    """Each range that the walk comes upon, by its width and the index into each list (one list, that changes)."""
    heap = [(places[0], number) for number, places in enumerate(lists)]
    at = [0] * len(lists)
    end = max(places[0] for places in lists)
    heapify(heap)
    while True:
        first, number = heappop(heap)
        yield end - first, at
        at[number] += 1
        if at[number] == len(lists[number]):
            return
        place = lists[number][at[number]]
        end = max(end, place)
        heappush(heap, (place, number))


class _Repeating:
    """The walk with repeated words: two of them must not take the same place."""

    def __init__(self, phrase: Sequence[str], lists: list[list[int]]) -> None:
        self._lists = lists
        self._at = [0] * len(lists)
        self._group: list[list[int]] = [[other for other, word in enumerate(phrase) if word == mine] for mine in phrase]
        self._end = 0
        self._heap: list[tuple[int, int, int]] = []

    def match(self, slop: int) -> bool:
        """Whether the walk comes upon a match."""
        for member, group in enumerate(self._group):
            self._at[member] = group.index(member)
            if self._at[member] >= len(self._lists[member]):
                return False
        self._end = max(map(self._place, range(len(self._lists))))
        self._heap = [self._entry(member) for member in range(len(self._lists))]
        heapify(self._heap)
        member = heappop(self._heap)[1]
        length = self._end - self._place(member)
        following = self._heap[0][0]
        while self._advance(member):
            if len(self._group[member]) > 1 and not self._resolve(member):
                break
            if self._place(member) > following:
                heappush(self._heap, self._entry(member))
                if length <= slop:
                    return True
                member = heappop(self._heap)[1]
                following = self._heap[0][0]
                length = self._end - self._place(member)
            else:
                length = min(length, self._end - self._place(member))
        return length <= slop

    def _place(self, member: int) -> int:
        return self._lists[member][self._at[member]]

    def _entry(self, member: int) -> tuple[int, int, int]:
        # Lucene's queue orders by position, then by the offset in the phrase.
        return self._place(member), member, self._at[member]

    def _advance(self, member: int) -> bool:
        self._at[member] += 1
        if self._at[member] == len(self._lists[member]):
            self._at[member] -= 1
            return False
        self._end = max(self._end, self._place(member))
        return True

    def _resolve(self, member: int) -> bool:
        """Move on the lesser of two that stand on one word, until none do. False at the end of the places."""
        first = member
        moved = set()
        while (other := self._collision(member)) is not None:
            member = min((member, other), key=lambda each: (self._place(each), each))
            if not self._advance(member):
                return False
            if other != first:
                moved.add(other)
        if moved:
            self._heap = [self._entry(each[1]) for each in self._heap]
            heapify(self._heap)
        return True

    def _collision(self, member: int) -> int | None:
        spot = self._place(member) + member
        for other in self._group[member]:
            if other != member and self._place(other) + other == spot:
                return other
        return None
