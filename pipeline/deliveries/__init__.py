"""Deliveries: one file for each kind of channel. Modules that begin with an underscore are parts of several.

A delivery registers a factory with `@delivery("name")`: `factory(name, channel, context) -> Channel`, which raises a
ConfigError for settings that cannot be.
"""

from __future__ import annotations

from typing import Protocol

from pipeline.delivery_records import Answer, Message


class Channel(Protocol):
    """Where messages go. Used in one event loop."""

    async def send(self, message: Message) -> Answer:
        """One try, in bounded time. Answers, and raises nothing, for whatever the other side does."""

    async def close(self) -> None:
        """Release connections."""
