"""What a feed says, as records."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from pipeline.errors import NewswireError
from pipeline.records import ContentType

MAX_FEED_BYTES = 16 * 1024 * 1024
"""Largest feed, also after decompression."""
MAX_ITEMS = 50_000
"""As many as sitemaps.org allows in one sitemap; no feed comes near."""

Kind = Literal["rss", "atom", "json", "sitemap", "sitemap index"]


class NotAFeedError(NewswireError, ValueError):
    """The bytes are no feed at all; the message says what they are instead."""


class Content(Struct, frozen=True):
    """A text as the feed gives it: HTML, or plain."""

    type: ContentType
    text: str


class Enclosure(Struct, frozen=True):
    """A picture, recording or film that belongs to an item; `length` in bytes, as the feed has it."""

    url: str
    type: str | None = None
    length: int | None = None


class Publisher(Struct, frozen=True):
    """From whom a feed that collects others has an item: `<source>`, `<news:publication>`."""

    name: str | None = None
    url: str | None = None


class FeedItem(Struct, frozen=True, kw_only=True):
    """One item. Addresses are absolute; times are as found, for the chain to parse; headline and description are text.

    `content` is what the feed gives as the whole article, `summary` what it gives as less, of which `description` is
    the text. `line` is where the item stands, None in JSON; `number` counts from 1.
    """

    number: int
    line: int | None = None
    id: str | None = None
    url: str | None = None
    headline: str | None = None
    description: str | None = None
    summary: Content | None = None
    content: Content | None = None
    by: str | None = None
    published_at: str | None = None
    updated_at: str | None = None
    keywords: tuple[str, ...] = ()
    section: str | None = None
    language: str | None = None
    publisher: Publisher | None = None
    enclosures: tuple[Enclosure, ...] = ()


class Sitemap(Struct, frozen=True):
    """A sitemap that an index lists."""

    url: str
    updated_at: str | None = None


class Unusable(Struct, frozen=True):
    """A part of a feed that says nothing: which, and why."""

    line: int | None
    reason: str


class ParsedFeed(Struct, frozen=True, kw_only=True):
    """What a feed says. `ttl` is in minutes; `skip_hours` are 0 to 23 in GMT, `skip_days` English names.

    `flaw` is why something of it may be missing: it ends too early, its XML is broken, or it is longer than allowed.
    """

    kind: Kind
    title: str | None = None
    site: str | None = None
    self_url: str | None = None
    hubs: tuple[str, ...] = ()
    language: str | None = None
    ttl: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    items: tuple[FeedItem, ...] = ()
    sitemaps: tuple[Sitemap, ...] = ()
    unusable: tuple[Unusable, ...] = ()
    flaw: str | None = None
