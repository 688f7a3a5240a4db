"""Requests to hosts in turn, and not too many at once of all together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from pipeline.answers import Answer, Outcome
from pipeline.fetch.hosts import HostSlots
from pipeline.polling.cache_headers import retry_after
from pipeline.polling.partition import host_of

_BUSY = (429, 503)


class Turns:
    """The hosts' slots, and `most` requests at once."""

    def __init__(self, slots: HostSlots, most: int) -> None:
        self._slots = slots
        self._running = asyncio.Semaphore(most)

    @asynccontextmanager
    async def hold(self, url: str, pause_seconds: float = 0.0) -> AsyncIterator[None]:
        """For one request; waits for the host's slot first."""
        async with self._slots.hold(host_of(url), pause_seconds), self._running:
            yield

    def heed(self, url: str, outcome: Outcome, now: datetime) -> None:
        """Leave the host alone for as long as it asks for."""
        if isinstance(outcome, Answer) and outcome.status in _BUSY:
            seconds = retry_after(outcome.headers, now)
            if seconds:
                self._slots.back_off(host_of(url), seconds)
