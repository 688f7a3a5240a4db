"""Requests to one host: no more at once than allowed, in the order of asking, with pauses between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush

from pipeline.clock import Clock

PATIENCE = 2.0
"""The pause is so many times the host's response time: it works for us at most a third of the time."""
MAX_PAUSE_SECONDS = 60.0
MAX_BACK_OFF_SECONDS = 86_400.0
_SMOOTHING = 0.3
_SWEEP = 256
_PAST = datetime.min.replace(tzinfo=UTC)


class _Host:
    """A host that is asked, or was just now."""

    __slots__ = ("blocked_until", "free", "pause", "slots", "smoothed", "turn", "users")

    def __init__(self, limit: int, pause: float) -> None:
        self.turn = asyncio.Lock()
        self.slots = asyncio.Semaphore(limit)
        self.free = [_PAST] * limit  # a heap: when each slot that nobody holds is through with its pause
        self.blocked_until = _PAST
        self.users = 0  # who hold or wait
        self.smoothed: float | None = None
        self.pause = pause


class HostSlots:
    """`limit` slots for each host. A host is forgotten once nobody uses it and its pauses are over."""

    def __init__(self, clock: Clock, limit: int = 1, pause_seconds: float = 1.0) -> None:
        self._clock = clock
        self._limit = limit
        self._pause_seconds = pause_seconds
        self._hosts: dict[str, _Host] = {}
        self._sweep_at = _SWEEP

    def __len__(self) -> int:
        """How many hosts are remembered."""
        return len(self._hosts)

    @asynccontextmanager
    async def hold(self, host: str, pause_seconds: float = 0.0) -> AsyncIterator[None]:
        """Hold a slot, waiting for one and for the pause of the host; not to be held twice by one task.

        `pause_seconds` is what the host itself asks for between any two requests (the crawl delay of robots.txt).
        """
        known = self._known(host)
        known.users += 1
        try:
            async with known.turn:
                await known.slots.acquire()
                ready = heappop(known.free)
                try:
                    await self._wait(known, ready)
                except BaseException:
                    self._put_back(known, ready)
                    raise
            began = self._clock.now()
            try:
                yield
            finally:
                ended = self._clock.now()
                pause = self._pause(known, (ended - began).total_seconds(), pause_seconds)
                self._put_back(known, ended + timedelta(seconds=pause))
        finally:
            known.users -= 1

    def back_off(self, host: str, seconds: float) -> None:
        """Begin no request to the host for so long (at most a day), not even those that wait."""
        until = self._clock.now() + timedelta(seconds=min(max(seconds, 0.0), MAX_BACK_OFF_SECONDS))
        known = self._known(host)
        known.blocked_until = max(known.blocked_until, until)

    async def _wait(self, known: _Host, ready: datetime) -> None:
        while (rest := (max(ready, known.blocked_until) - self._clock.now()).total_seconds()) > 0:
            await self._clock.sleep(rest)

    def _pause(self, known: _Host, seconds: float, asked: float) -> float:
        took = max(0.0, seconds)
        known.smoothed = took if known.smoothed is None else known.smoothed + _SMOOTHING * (took - known.smoothed)
        # Each slot pauses for itself, so the host's own wish counts once for each.
        own = max(min(PATIENCE * known.smoothed, MAX_PAUSE_SECONDS), asked * self._limit)
        known.pause = max(self._pause_seconds, own)
        return known.pause

    def _put_back(self, known: _Host, ready: datetime) -> None:
        heappush(known.free, ready)
        known.slots.release()

    def _known(self, host: str) -> _Host:
        known = self._hosts.get(host)
        if known is None:
            if len(self._hosts) >= self._sweep_at:
                self._forget()
            known = self._hosts[host] = _Host(self._limit, self._pause_seconds)
        return known

    def _forget(self) -> None:
        """Those that are idle; it costs nothing on average, as it waits for as many new hosts as there are left."""
        now = self._clock.now()
        self._hosts = {
            name: host
            for name, host in self._hosts.items()
            if host.users or host.blocked_until > now or max(host.free) > now
        }
        self._sweep_at = max(_SWEEP, 2 * len(self._hosts))
