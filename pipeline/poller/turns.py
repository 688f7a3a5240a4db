"""Requests to hosts in turn, and not too many at once of all together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from pipeline.answers import Answer, Outcome
from pipeline.fetch.hosts import HostSlots
from pipeline.polling.cache_headers import retry_after
from pipeline.polling.partition import host_of

_BUSY = (429, 503)
_AWAY_SECONDS = 4.0
"""Well below the time after which the group gives our hosts to another process."""
_TICK_SECONDS = 0.2


class Turns:
    """The hosts' slots, and `most` requests at once.

    None begins while nothing could be written to Kafka: `stalled_seconds` says for how long it did not take what waits.
    Another process may have our share by then. A host of another's share, to which a redirect leads, is kept apart from
    our other requests alone.
    """

    def __init__(self, slots: HostSlots, most: int, stalled_seconds: Callable[[], float]) -> None:
        self._slots = slots
        self._stalled_seconds = stalled_seconds
        self._running = asyncio.Semaphore(most)

    @asynccontextmanager
    async def hold(self, url: str, pause_seconds: float = 0.0) -> AsyncIterator[None]:
        """For one request; waits for the host's slot first."""
        async with self._slots.hold(host_of(url), pause_seconds), self._running:
            while self._stalled_seconds() > _AWAY_SECONDS:
                await asyncio.sleep(_TICK_SECONDS)
            yield

    def heed(self, outcome: Outcome, now: datetime) -> None:
        """Leave the host that answered alone for as long as it asks for."""
        if isinstance(outcome, Answer) and outcome.status in _BUSY:
            seconds = retry_after(outcome.headers, now)
            if seconds:
                self._slots.back_off(host_of(outcome.url), seconds)
