"""Whether this process can be sure of its place in the group, which one that was frozen may have lost unawares."""

from __future__ import annotations

SILENCE_SECONDS = 6.0
"""Shorter than the group waits for a member, which is 10 s."""
DOUBT_SECONDS = 6.0
"""How long after a silence it takes at most to learn what has become of our place: two heartbeats."""


class PlaceInGroup:
    """Times are those of a monotonic clock, in seconds. Set by one thread and read by another."""

    def __init__(self, now: float) -> None:
        self._heard = now
        self._certain_from = now

    def hear(self, now: float) -> None:
        """We have asked Kafka for records, and hold our place as far as we know."""
        if now - self._heard > SILENCE_SECONDS:
            self._certain_from = now + DOUBT_SECONDS
        self._heard = now

    def is_certain(self, now: float) -> bool:
        """Whether nobody else can have our partitions."""
        return now - self._heard <= SILENCE_SECONDS and now >= self._certain_from
