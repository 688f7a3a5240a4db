"""Items to the raw topic: every one of them is counted as acknowledged, rejected or skipped, and nothing is kept."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import Any

from pipeline.delivery import AbandonedError, NotDeliveredError
from pipeline.push_journal import Journal
from pipeline.sources import Finished, Found, Item, Position, Problem

Send = Callable[[str, bytes | None, bytes, Sequence[tuple[str, bytes]]], Future[Any]]
"""Producer.send."""


class _Step:
    """An item on its way; `end` is None for the last one of a document, whose end is the document's."""

    __slots__ = ("acknowledged", "end", "ended", "finishes", "path", "rejected")

    def __init__(self, path: str, end: Position | None, *, finishes: bool = False) -> None:
        self.path = path
        self.end = end
        self.finishes = finishes
        self.ended = False
        self.acknowledged = self.rejected = 0


class Push:
    """The counts of one push. `tell` gets each rejected record; it may be called from any thread, one at a time.

    The journal comes as far as all items have ended, in their order, however Kafka's answers come in.
    """

    def __init__(self, send: Send, topic: str, tell: Callable[[Problem], None], journal: Journal | None = None) -> None:
        self._send = send
        self._topic = topic
        self._tell = tell
        self._journal = journal
        self._steps: deque[_Step] = deque()
        self._lock = threading.RLock()  # a record that is refused at once ends while it is being sent
        self.acknowledged = 0
        self.rejected = 0
        self.skipped = 0

    def run(self, items: Iterable[Item]) -> None:
        """Send them all; the producer's flush then ends them. Raises what `send` raises."""
        for item in items:
            step = self._begin(item)
            if isinstance(item, Found):
                self._send_one(item, step)
                continue
            with self._lock:
                if isinstance(item, Problem):
                    self._reject(item, step)
                elif not isinstance(item, Finished):
                    self.skipped += 1
                self._end_step(step)

    def _begin(self, item: Item) -> _Step:
        finishes = isinstance(item, Finished)
        step = _Step(item.path, None if isinstance(item, Finished) else item.end, finishes=finishes)
        if self._journal:
            with self._lock:
                self._steps.append(step)
        return step

    def _send_one(self, found: Found, step: _Step) -> None:
        future = self._send(self._topic, found.raw.id.encode(), found.value, ())
        # Only the place is kept for the callback: the record itself may be large.
        line = found.line
        future.add_done_callback(lambda ended: self._end(ended, step, line))

    def _end(self, future: Future[Any], step: _Step, line: int | None) -> None:
        error = future.exception()
        with self._lock:
            if error is None:
                self.acknowledged += 1
                step.acknowledged = 1
            else:
                self._reject(Problem(step.path, line, str(error)), step)
            # What was given up, or not taken from us at all, is to be sent by the next push.
            if error is None or (isinstance(error, NotDeliveredError) and not isinstance(error, AbandonedError)):
                self._end_step(step)

    def _reject(self, problem: Problem, step: _Step) -> None:
        self.rejected += 1
        step.rejected = 1
        self._tell(problem)

    def _end_step(self, step: _Step) -> None:
        step.ended = True
        journal = self._journal
        while journal and self._steps and self._steps[0].ended:
            first = self._steps.popleft()
            journal.acknowledged += first.acknowledged
            journal.rejected += first.rejected
            if first.finishes:
                journal.finish(first.path)
            elif first.end:
                journal.reach(first.path, first.end)
