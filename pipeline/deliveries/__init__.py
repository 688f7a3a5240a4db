"""Deliveries: one file for each kind of channel. Modules that begin with an underscore are parts of several.

A delivery registers a factory with `@delivery("name")`: `factory(name, channel, context) -> Channel`, which raises a
ConfigError for settings that cannot be, and opens no connection yet. `open_channel` calls the right one.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, Self, cast

from aiohttp.abc import AbstractResolver

from pipeline import __version__, registry
from pipeline.config import Channel as ChannelSettings
from pipeline.config import ConfigError, Deliver
from pipeline.deliveries._words import safe_url
from pipeline.delivery_records import Answer, Message


class Channel(Protocol):
    """Where messages go. Used in one event loop."""

    async def send(self, message: Message) -> Answer:
        """One try, in bounded time. Answers, and raises nothing, for whatever the other side does."""

    async def close(self) -> None:
        """Release connections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelContext:
    """What all channels of a process have in common."""

    timeout_seconds: float = 20
    """Of one try."""
    allow_hosts: tuple[str, ...] = ()
    """As AddressGuard takes them."""
    message_alerts: int = 50
    """Most alerts that a message shows; the others are counted."""
    link: str | None = None
    """Address of Kibana, for links in messages."""
    index_prefix: str = "news"
    """Of the objects in Kibana."""
    product: str = f"Newswire/{__version__}"
    """Who we say we are."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    resolver: AbstractResolver | None = None
    """In place of the system's."""
    tls: ssl.SSLContext | None = None
    """In place of the system's authorities."""

    @classmethod
    def of(cls, deliver: Deliver, index_prefix: str = "news") -> Self:
        """As the settings say."""
        return cls(
            timeout_seconds=deliver.timeout_seconds,
            allow_hosts=deliver.allow_hosts,
            message_alerts=deliver.message_alerts,
            link=deliver.link,
            index_prefix=index_prefix,
        )

    def bounded(self, message: Message) -> Message:
        """The message with as many alerts as are shown, the first; the others are added to `more`."""
        if len(message.alerts) <= self.message_alerts:
            return message
        shown = message.alerts[: self.message_alerts]
        return Message(
            id=message.id,
            kind=message.kind,
            alerts=shown,
            more=message.more + len(message.alerts) - len(shown),
            made_at=message.made_at,
        )


Factory = Callable[[str, ChannelSettings, ChannelContext], Channel]


def open_channel(name: str, settings: ChannelSettings, context: ChannelContext) -> Channel:
    """The channel `deliver.channels.NAME`. Opens no connection yet. Raises ConfigError, which names the key."""
    if context.link and safe_url(context.link) is None:
        raise ConfigError("deliver.link: is no http or https address, such as https://kibana.example")
    try:
        factory = cast("Factory", registry.plugin("deliveries", settings.kind).function)
    except registry.UnknownPluginError as error:
        raise ConfigError(f"deliver.channels.{name}.kind: {error}") from None
    return factory(name, settings, context)
