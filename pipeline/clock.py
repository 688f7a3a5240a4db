"""Time, as it is passed to services: tests let it run faster."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall-clock time and sleeping by it."""

    def now(self) -> datetime:
        """In UTC."""

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds of this clock."""


class SystemClock:
    """The machine's."""

    def now(self) -> datetime:
        """In UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        await asyncio.sleep(seconds)


class ScaledClock:
    """Runs `factor` times as fast as the machine's, from `start` on."""

    def __init__(self, factor: float, start: datetime) -> None:
        self._factor = factor
        self._start = start
        self._began = datetime.now(UTC)

    def now(self) -> datetime:
        """In UTC."""
        return self._start + (datetime.now(UTC) - self._began) * self._factor

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds of this clock."""
        await asyncio.sleep(seconds / self._factor)


async def sleep_unless(clock: Clock, seconds: float, changed: asyncio.Event) -> None:
    """Return after so many seconds of the clock, or as soon as the event is set."""
    sleeping = asyncio.ensure_future(clock.sleep(seconds))
    changing = asyncio.ensure_future(changed.wait())
    try:
        await asyncio.wait({sleeping, changing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sleeping.cancel()
        changing.cancel()
