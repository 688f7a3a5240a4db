"""What waits for one channel: dispatches by the message that they are or will be part of, the next due first."""

from __future__ import annotations

import heapq
import itertools
from datetime import UTC, datetime

from pipeline.delivery_records import Dispatch
from pipeline.outbox.messages import is_complete

Bundle = tuple[str, ...]
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class ChannelQueue:
    """Dispatches that wait or are being sent; in memory, as the ledger has them."""

    def __init__(self) -> None:
        self._bundles: dict[Bundle, dict[str, Dispatch]] = {}
        self._dues: dict[Bundle, datetime] = {}
        self._heap: list[tuple[datetime, int, Bundle]] = []
        self._numbers = itertools.count()

    def put(self, dispatch: Dispatch) -> None:
        """One that is not in it. A bundle is due when its first one is."""
        bundle = _bundle(dispatch)
        parts = self._bundles.setdefault(bundle, {})
        parts[dispatch.key] = dispatch
        due = dispatch.due or dispatch.changed_at
        if dispatch.state == "waiting" and is_complete(parts.values()):
            due = _LONG_AGO  # nobody else is waited for
        if bundle not in self._dues or due < self._dues[bundle]:
            self._dues[bundle] = due
            heapq.heappush(self._heap, (due, next(self._numbers), bundle))

    def take_out(self, dispatch: Dispatch) -> None:
        """It is no longer as it was put in."""
        bundle = _bundle(dispatch)
        parts = self._bundles.get(bundle)
        if parts is not None:
            parts.pop(dispatch.key, None)
            if not parts:
                del self._bundles[bundle]
                del self._dues[bundle]

    def due(self) -> datetime | None:
        """When the next is due; None when nothing waits."""
        while self._heap and self._dues.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def next(self, now: datetime) -> list[Dispatch]:
        """The parts of the message that is due first; none when nothing is due. They stay in the queue."""
        due = self.due()
        if due is None or due > now:
            return []
        return list(self._bundles[self._heap[0][2]].values())


def _bundle(dispatch: Dispatch) -> Bundle:
    if dispatch.state == "sending":
        return ("message", dispatch.message or "")
    return ("waiting", dispatch.group, dispatch.bundle)
