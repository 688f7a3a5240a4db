"""Rules filed under numbers of which an article must have one: a sorted base, what came since, and what went.

A rule that is added is found by looking through all that came since the base was sorted, some thousands at most;
one that is removed asks for what no article has. Sorting 100,000 takes some 10 ms.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.alerts.numbers import NEVER, Numbered

Scalar = TypeVar("Scalar", bound=np.generic)

_ROOM = 1 << 10
_MOST_LATE = 4096


class Filing:
    """Places of rules, each by the numbers of its anchor, and the one more number that it asks for."""

    def __init__(self) -> None:
        self._places = 0
        self._free: list[int] = []
        self._removed: list[int] = []
        self._seconds = np.zeros(_ROOM, np.int32)
        self._anchors = np.zeros(0, np.int32)
        self._filed = np.zeros(0, np.int32)
        self._starts = np.zeros(1, np.int64)
        self._late = array("i")
        self._present = np.zeros(_ROOM, np.bool_)

    def add(self, anchor: Iterable[int], second: int) -> int:
        """The place that was given."""
        if self._free:
            place = self._free.pop()
        else:
            place = self._places
            self._places += 1
            self._seconds = _with_room(self._seconds, self._places)
        self._seconds[place] = second
        for number in anchor:
            self._late.extend((number, place))
        return place

    def remove(self, place: int) -> None:
        """It is not found any more; the place is given anew after the next sorting."""
        self._seconds[place] = NEVER
        self._removed.append(place)

    def found(self, numbers: Numbered, limit: int) -> set[int]:
        """The places that an article with these numbers, all below `limit`, has an anchor and the second of."""
        if len(self._late) // 2 + len(self._removed) > _MOST_LATE:
            self._sort()
        self._present = _with_room(self._present, limit)
        known = numbers[numbers < len(self._starts) - 1]
        starts = self._starts[known]
        counts = self._starts[known + 1] - starts
        ends = np.cumsum(counts)
        places = self._filed[np.repeat(starts - ends + counts, counts) + np.arange(counts.sum())]
        self._present[numbers] = True
        if self._late:
            late_anchors, late_places = _columns(self._late)
            places = np.concatenate((places, late_places[self._present[late_anchors]]))
        places = places[self._present[self._seconds[places]]]
        self._present[numbers] = False
        return set(places.tolist())

    def used(self) -> set[int]:
        """All numbers that a rule is filed under or asks for."""
        self._sort()
        return {*self._anchors.tolist(), *self._seconds.tolist()}

    def _sort(self) -> None:
        late_anchors, late_places = _columns(self._late)
        anchors, places = np.concatenate((self._anchors, late_anchors)), np.concatenate((self._filed, late_places))
        in_force = self._seconds[places] != NEVER
        anchors, places = anchors[in_force], places[in_force]
        order = np.argsort(anchors, kind="stable")
        self._anchors, self._filed = anchors[order], places[order]
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(anchors))))
        self._late = array("i")
        self._free += self._removed
        self._removed = []


def _columns(filed: array[int]) -> Numbered:
    """Numbers, and the places filed under them."""
    return np.array(filed, np.int32).reshape(-1, 2).T


def _with_room(values: npt.NDArray[Scalar], size: int) -> npt.NDArray[Scalar]:
    """The same with at least so many places; more, so that it does not grow for each one."""
    if size <= len(values):
        return values
    longer = np.zeros(2 * size, values.dtype)
    longer[: len(values)] = values
    return longer
