"""Items to the raw topic: every one of them is counted as acknowledged, rejected or skipped, and nothing is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import Any

from pipeline.sources import Found, Item, Problem, Skipped

Send = Callable[[str, bytes | None, bytes, Sequence[tuple[str, bytes]]], Future[Any]]
"""Producer.send."""


class Push:
    """The counts of one push. `tell` gets each rejected record; it may be called from any thread, one at a time."""

    def __init__(self, send: Send, topic: str, tell: Callable[[Problem], None]) -> None:
        self._send = send
        self._topic = topic
        self._tell = tell
        self._lock = threading.Lock()
        self.acknowledged = 0
        self.rejected = 0
        self.skipped = 0

    def run(self, items: Iterable[Item]) -> None:
        """Send them all; the producer's flush then ends them. Raises what `send` raises."""
        for item in items:
            if isinstance(item, Found):
                self._send_one(item)
            elif isinstance(item, Problem):
                self._reject(item)
            else:
                self._skip(item)

    def _send_one(self, found: Found) -> None:
        future = self._send(self._topic, found.raw.id.encode(), found.value, ())
        # Only the place is kept for the callback: the record itself may be large.
        path, line = found.path, found.line
        future.add_done_callback(lambda ended: self._end(ended, path, line))

    def _end(self, future: Future[Any], path: str, line: int | None) -> None:
        error = future.exception()
        if error is None:
            with self._lock:
                self.acknowledged += 1
            return
        self._reject(Problem(path, line, str(error)))

    def _reject(self, problem: Problem) -> None:
        with self._lock:
            self.rejected += 1
            self._tell(problem)

    def _skip(self, _: Skipped) -> None:
        self.skipped += 1
