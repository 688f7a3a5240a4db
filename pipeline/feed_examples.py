"""Records of feeds as they may be, for the schemas."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.feed_records import Feed, FeedPush, FeedState, Lease, Page, Sighting
from pipeline.identity import article_id, feed_id
from pipeline.records import RawArticle, Source

_SEEN = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
_URL = "https://news.example/2026/03/tide-barrier?utm_source=feed"
_FEED_URL = "https://news.example/feed.xml"
_FEED_ID = feed_id(_FEED_URL) or ""
_SIGHTING = Sighting(
    feed=_FEED_ID,
    address=_FEED_URL,
    complete=False,
    article=RawArticle(
        id=article_id(_URL, None, ""),
        url=_URL,
        source=Source(id="news.example", name="The Example", feed=_FEED_URL),
        content_type="text/plain",
        content="Engineers closed the tide barrier for the first time.",
        headline="Tide barrier holds",
        published_at="Mon, 02 Mar 2026 06:10:00 GMT",
        first_seen=_SEEN,
        fetched_at=_SEEN,
    ),
)

FEEDS = (
    Feed(
        id=_FEED_ID,
        url=_FEED_URL,
        title="The Example",
        site="https://news.example/",
        folder=("Region", "Harbours"),
        language="en",
        full_text="always",
        added_at=_SEEN,
        poll_at=_SEEN.replace(hour=7),
        outline={"type": "rss", "category": "/Shipping"},
    ),
    Feed(id=_FEED_ID, url=_FEED_URL, paused=True, added_at=_SEEN),
)
STATES = (
    FeedState(
        id=_FEED_ID,
        url=_FEED_URL,
        title="The Example: all news",
        site="https://news.example/",
        health="ok",
        since=_SEEN,
        etag='W/"5f2-a1"',
        last_modified="Mon, 02 Mar 2026 06:10:00 GMT",
        body_hash="9d3a5c0e71b24f68",
        seen=bytes.fromhex("0b7f9d1c5a3e4f62c41f6a9be0d75382"),
        interval=900,
        rate=31.5,
        next_poll=_SEEN.replace(minute=45),
        last_poll=_SEEN,
        last_success=_SEEN,
        last_item=_SEEN.replace(minute=12),
        polls=412,
        unchanged=366,
        items=57,
        gaps=1,
        gap_at=_SEEN.replace(hour=3),
        sitemap="https://news.example/news-sitemap.xml",
        lease=Lease(
            hub="https://hub.example/",
            topic=_FEED_URL,
            asked_at=_SEEN.replace(hour=1),
            expires_at=_SEEN.replace(day=9),
        ),
    ),
    FeedState(
        id=_FEED_ID,
        url=_FEED_URL,
        health="failing",
        reason="it answers with status 404: there is nothing at this address; look for its new one on the site",
        since=_SEEN.replace(hour=2),
        failures=7,
        interval=3600,
        next_poll=_SEEN.replace(hour=8),
        last_poll=_SEEN,
        polls=7,
    ),
)
SIGHTINGS = (_SIGHTING,)
PAGES = (
    Page(
        id=article_id(_URL, None, ""),
        url=_URL,
        feeds=(_FEED_URL, "https://region.example/feed.xml"),
        first_seen=_SEEN,
        seen_at=_SEEN.replace(hour=9),
        told=("5a3e4f620b7f9d1c", "77c0ffee0b7f9d1c"),
        text_hash="0b7f9d1c5a3e4f62",
        partition=3,
        offset=90210,
        etag='"a1"',
        last_modified="Mon, 02 Mar 2026 06:28:00 GMT",
        fetches=2,
        next_fetch=_SEEN.replace(hour=12),
    ),
    Page(
        id=article_id(_URL, None, ""),
        url=_URL,
        feeds=(_FEED_URL,),
        first_seen=_SEEN,
        seen_at=_SEEN,
        failures=1,
        next_fetch=_SEEN.replace(minute=35),
        pending=_SIGHTING,
    ),
)
PUSHES = (
    FeedPush(
        feed=_FEED_ID,
        received_at=_SEEN,
        content=b'<rss version="2.0"><channel><title>The Example</title></channel></rss>',
        content_type="application/rss+xml; charset=utf-8",
    ),
    FeedPush(feed=_FEED_ID, received_at=_SEEN, lease_seconds=864_000),
    FeedPush(feed=_FEED_ID, received_at=_SEEN, denied="the topic is not known here"),
)
