"""What is due when, and at which host: jobs wait for their time, then for those of their host that came before."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pipeline.clock import Clock, sleep_unless

_LONGEST_WAIT_SECONDS = 3600.0

Job = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class _Entry:
    due: float
    host: str
    job: Job
    number: int
    task: asyncio.Task[None] | None = None
    """That of the key's job that is under way, be it an earlier one."""
    passed_over: bool = False
    """It was due while an earlier one was under way."""


class Agenda:
    """Jobs by key; a key has one job at a time, and a new one takes the place of one that has not begun.

    At most `each` jobs of a host run at once.
    """

    def __init__(self, clock: Clock, each: int) -> None:
        self._clock = clock
        self._each = each
        self._entries: dict[str, _Entry] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._numbers = itertools.count()
        self._queues: dict[str, deque[tuple[str, int]]] = {}
        self._workers: dict[str, set[asyncio.Task[None]]] = {}
        self._changed = asyncio.Event()
        self._error: BaseException | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, key: str, host: str, due: datetime, job: Job) -> None:
        """Do it then, or as soon as the host is free after that."""
        old = self._entries.get(key)
        entry = _Entry(due.timestamp(), host, job, next(self._numbers), old.task if old else None)
        self._entries[key] = entry
        heapq.heappush(self._heap, (entry.due, entry.number, key))
        if self._heap[0][1] == entry.number:
            self._changed.set()

    def forget(self, key: str) -> None:
        """Do it no more, if it has not begun."""
        entry = self._entries.get(key)
        if entry is not None and entry.task is None:
            del self._entries[key]

    async def drop(self, keys: set[str]) -> None:
        """Forget these jobs; returns when those under way have ended."""
        tasks = [entry.task for key in keys if (entry := self._entries.pop(key, None)) and entry.task]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def run(self) -> None:
        """Until cancelled; then nothing is under way any more. Raises what a job raises."""
        try:
            while self._error is None:
                await self._wait()
                self._release()
            raise self._error
        finally:
            await self.drop(set(self._entries))
            workers = [worker for each in self._workers.values() for worker in each]
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _wait(self) -> None:
        """Until the next job is due, or the order of them has changed."""
        delay = self._heap[0][0] - self._clock.now().timestamp() if self._heap else _LONGEST_WAIT_SECONDS
        if delay <= 0:
            await asyncio.sleep(0)
            return
        self._changed.clear()
        await sleep_unless(self._clock, min(delay, _LONGEST_WAIT_SECONDS), self._changed)

    def _release(self) -> None:
        """Hand what is due to its host."""
        now = self._clock.now().timestamp()
        while self._heap and self._heap[0][0] <= now:
            _, number, key = heapq.heappop(self._heap)
            entry = self._entries.get(key)
            if entry is None or entry.number != number:
                continue
            self._queues.setdefault(entry.host, deque()).append((key, number))
            if len(self._workers.get(entry.host, ())) < self._each:
                self._hire(entry.host)

    def _hire(self, host: str) -> None:
        worker = asyncio.ensure_future(self._work(host))
        self._workers.setdefault(host, set()).add(worker)
        worker.add_done_callback(partial(self._leave, host))

    def _leave(self, host: str, worker: asyncio.Task[None]) -> None:
        workers = self._workers[host]
        workers.discard(worker)
        if not workers:
            del self._workers[host]
        if worker.cancelled():
            return
        if error := worker.exception():
            self._error = error
            self._changed.set()
        elif self._queues.get(host):  # came when the worker had looked for the last time, and was still counted
            self._hire(host)

    async def _work(self, host: str) -> None:
        """The jobs of a host, one after the other, until none is due."""
        queue = self._queues.get(host)
        while queue:
            key, number = queue.popleft()
            if (entry := self._entries.get(key)) is None or entry.number != number:
                continue
            if entry.task is not None:
                entry.passed_over = True
                continue
            await self._do(key, entry)
        if queue is not None and self._queues.get(host) is queue and not queue:
            del self._queues[host]

    async def _do(self, key: str, entry: _Entry) -> None:
        entry.task = asyncio.ensure_future(entry.job())
        try:
            await asyncio.wait({entry.task})
        finally:
            task, entry.task = entry.task, None
            task.cancel()
            current = self._entries.get(key)
            if current is entry:  # it has not put itself on the agenda again
                del self._entries[key]
            elif current is not None:
                current.task = None
                if current.passed_over:
                    current.passed_over = False
                    heapq.heappush(self._heap, (current.due, current.number, key))
                    self._changed.set()
        if not task.cancelled() and (error := task.exception()):
            raise error
