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
