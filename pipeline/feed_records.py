"""The records of feeds: what users want watched, how it went, and the articles that feeds led to.

All five topics have as many partitions, and a record lies in the one of its host (`polling/partition.py`), so that
whoever polls a host's feeds also fetches its pages: requests to a host never overlap, without any lock.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from pipeline.records import RawArticle, Time

FEED_VERSION = 1
FEED_STATE_VERSION = 1
SIGHTING_VERSION = 1
PAGE_VERSION = 1
FEED_PUSH_VERSION = 1

FullText = Literal["auto", "always", "never"]
"""Whether an article's page is fetched: auto fetches it where the feed has only a summary."""
Health = Literal["new", "ok", "failing", "gone"]
Condition = Literal["new", "ok", "failing", "gone", "paused"]
Seconds = Annotated[float, Meta(ge=0, description="seconds")]


class Feed(Struct, frozen=True, kw_only=True):
    """A feed that users want watched: topic `news.feeds`, key = id; a tombstone removes it."""

    id: Annotated[str, Meta(description="32 hex digits of its canonical address when it was added; kept when it moves")]
    url: str
    title: Annotated[str | None, Meta(description="as users call it; else the feed's own")] = None
    site: Annotated[str | None, Meta(description="home page")] = None
    folder: Annotated[tuple[str, ...], Meta(description="path of the folders that it lies in, as in OPML")] = ()
    language: Annotated[str | None, Meta(description="a hint for its articles, BCP 47")] = None
    full_text: FullText = "auto"
    paused: bool = False
    added_at: Time
    poll_at: Annotated[Time | None, Meta(description="a poll that was asked for by hand, as soon as possible")] = None
    outline: Annotated[dict[str, str], Meta(description="further attributes of its OPML outline, kept for export")] = {}
    folder_outlines: Annotated[
        dict[str, dict[str, str]], Meta(description="likewise those of its folders, by their paths with slashes")
    ] = {}


class Lease(Struct, frozen=True, kw_only=True):
    """A WebSub subscription of a feed."""

    hub: str
    topic: Annotated[str, Meta(description="the feed's address as the hub knows it")]
    asked_at: Time | None = None
    expires_at: Annotated[Time | None, Meta(description="None until the hub has verified it")] = None
    failures: Annotated[int, Meta(description="requests since the hub verified one")] = 0
    reason: Annotated[str | None, Meta(description="why the last try failed, in words")] = None
    pushed_at: Annotated[Time | None, Meta(description="when it sent content last")] = None
    missed: Annotated[int, Meta(description="polls that found what it had not sent, less the pushes since")] = 0


class FeedState(Struct, frozen=True, kw_only=True):
    """How the polls of a feed went: topic `news.feed-state`, key = feed id. Written by its poller alone."""

    id: str
    url: Annotated[str, Meta(description="its address by now: permanent redirects move it")]
    title: Annotated[str | None, Meta(description="as the feed calls itself")] = None
    site: str | None = None
    health: Health = "new"
    reason: Annotated[str | None, Meta(description="what is wrong and what to do, in words; None when all is well")] = (
        None
    )
    since: Annotated[Time | None, Meta(description="since when it has this health")] = None
    failures: Annotated[int, Meta(ge=0, description="failed polls in a row")] = 0
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    seen: Annotated[bytes, Meta(description="8 bytes for each item of the last polls, the newest last")] = b""
    window: Annotated[int, Meta(ge=0, description="items in it when it was read last: as many hashes end `seen`")] = 0
    ttl: Annotated[Seconds, Meta(description="how long the feed itself says that it stays the same")] = 0
    skip_hours: Annotated[tuple[int, ...], Meta(description="hours in UTC without news, as the feed says")] = ()
    skip_days: Annotated[tuple[str, ...], Meta(description="days without news, as the feed says, in English")] = ()
    interval: Annotated[Seconds, Meta(description="between polls, before jitter")] = 0
    rate: Annotated[float, Meta(ge=0, description="new items a day, a decaying mean")] = 0
    next_poll: Time | None = None
    last_poll: Time | None = None
    last_success: Time | None = None
    last_item: Annotated[Time | None, Meta(description="when the last new item came")] = None
    polls: int = 0
    unchanged: Annotated[int, Meta(description="polls that found nothing changed, 304 among them")] = 0
    items: Annotated[int, Meta(description="new items so far")] = 0
    gaps: Annotated[int, Meta(description="polls that none of the items of the one before was in")] = 0
    gap_at: Time | None = None
    sitemap: Annotated[str | None, Meta(description="news sitemap of the site, once looked for; empty: none")] = None
    lease: Lease | None = None


def condition_of(feed: Feed, state: FeedState | None) -> Condition:
    """Its health, unless it is paused."""
    return "paused" if feed.paused else state.health if state else "new"


class Sighting(Struct, frozen=True, kw_only=True):
    """An item that a feed carried: topic `news.feed-items`, key = article id, on its way to the article's host."""

    feed: Annotated[str, Meta(description="feed id")]
    address: Annotated[str, Meta(description="the feed's address")]
    full_text: FullText = "auto"
    complete: Annotated[bool, Meta(description="whether the feed gives the whole text")]
    article: Annotated[RawArticle, Meta(description="as the feed tells it")]


class Page(Struct, frozen=True, kw_only=True):
    """An article that feeds led to: topic `news.pages`, key = article id. Forgotten after some days."""

    id: str
    url: str | None = None
    feeds: Annotated[tuple[str, ...], Meta(description="addresses of the feeds that carried it, the first first")] = ()
    first_seen: Time
    seen_at: Annotated[Time, Meta(description="when it was last new or changed in a feed")]
    told: Annotated[tuple[str, ...], Meta(description="hash of what each of these feeds told last")] = ()
    text: Annotated[
        Literal["summary", "item", "page"] | None, Meta(description="whose text was published last; None: none yet")
    ] = None
    version: Annotated[Time | None, Meta(description="fetched_at of what was published last")] = None
    text_hash: Annotated[str | None, Meta(description="hash of the text that was published last")] = None
    partition: Annotated[int | None, Meta(description="where in news.raw it was published last")] = None
    offset: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    first_fetch: Annotated[Time | None, Meta(description="when its page was had first")] = None
    fetches: Annotated[int, Meta(ge=0, description="successful fetches of its page")] = 0
    failures: Annotated[int, Meta(ge=0, description="failed fetches in a row")] = 0
    next_fetch: Annotated[Time | None, Meta(description="None: its page is not fetched (again)")] = None
    pending: Annotated[Sighting | None, Meta(description="waits for its page, to be published without if need be")] = (
        None
    )
    hints: Annotated[
        RawArticle | None, Meta(description="what a feed says of it besides the text, kept while its page is fetched")
    ] = None


class FeedPush(Struct, frozen=True, kw_only=True):
    """What a WebSub hub sent: topic `news.feed-pushes`, key = feed id."""

    feed: str
    received_at: Time
    content: Annotated[
        bytes | None, Meta(description="the feed, with new items, decompressed; None for a word about the lease")
    ] = None
    content_type: str | None = None
    lease_seconds: Annotated[
        Seconds | None, Meta(description="the hub verified a subscription of so many seconds; 0: its end")
    ] = None
    denied: Annotated[str | None, Meta(description="the hub's reason for refusing a subscription")] = None
