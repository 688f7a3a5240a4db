"""Where documents live already, as this process knows: the search engine shows a write only after its refresh."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

MOST = 100_000
SECONDS = 900.0
"""Longer than any sensible refresh interval; short enough that a month deleted meanwhile is not made again."""


class RecentPlaces:
    """Index by document id, of those that were written last. Bounded by number and by age."""

    def __init__(self, most: int = MOST, seconds: float = SECONDS, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._places: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def remember(self, document_id: str, index: str) -> None:
        """The document was written there just now, or is known to be there."""
        self._places.pop(document_id, None)
        now = self._clock()
        self._places[document_id] = (index, now)
        while len(self._places) > self._most or self._oldest() < now - self._seconds:
            self._places.popitem(last=False)

    def find(self, document_id: str) -> str | None:
        """Where it is; None when that is not known (any more)."""
        index, since = self._places.get(document_id, (None, 0.0))
        return index if since >= self._clock() - self._seconds else None

    def __len__(self) -> int:
        return len(self._places)

    def _oldest(self) -> float:
        return next(iter(self._places.values()))[1]
