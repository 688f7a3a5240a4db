"""Fills gaps: items that a feed lost between two polls are looked for in the site's news sitemap."""

from __future__ import annotations

import asyncio
from datetime import datetime
from urllib.parse import urlsplit

from pipeline.answers import Answer
from pipeline.config import Feeds
from pipeline.feed_records import Feed, FeedState, Sighting
from pipeline.feeds import NotAFeedError, ParsedFeed, parse_feed
from pipeline.fetch.client import Fetcher
from pipeline.fetch.robots import Robots
from pipeline.poller.turns import Turns
from pipeline.polling.sightings import sightings_of
from pipeline.polling.sitemaps import choose, has_news, listed, missed

NONE = ""
"""In place of a sitemap's address: the site has none, as far as we can tell."""
_MOST_INDEXES = 2


class GapFiller:
    """Reads sitemaps, each within its host's turns."""

    def __init__(self, settings: Feeds, fetcher: Fetcher, robots: Robots, turns: Turns) -> None:
        self._settings = settings
        self._fetcher = fetcher
        self._robots = robots
        self._turns = turns

    async def fill(
        self, feed: Feed, before: FeedState, state: FeedState, parsed: ParsedFeed, now: datetime
    ) -> tuple[str | None, list[Sighting]]:
        """The sitemap's address, NONE where there is none, and what it has that the feed had probably carried."""
        if state.sitemap == NONE or before.last_success is None:
            return state.sitemap, []
        url = state.sitemap or choose(listed(await self._robots.text(state.url)))
        for _ in range(_MOST_INDEXES + 1):
            if not url:
                break
            sitemap = await self._read(url)
            if sitemap is None:  # perhaps the next time
                return state.sitemap, []
            if has_news(sitemap):
                found = missed(sitemap.items, parsed.items, before.last_success, now)
                return url, sightings_of(found, sitemap, feed, state, now, self._settings.full_text)
            url = choose(sitemap.sitemaps)
        return state.sitemap if state.sitemap else NONE, []

    async def _read(self, url: str) -> ParsedFeed | None:
        if not urlsplit(url).hostname or (self._settings.robots and not await self._robots.allowed(url)):
            return None
        answer = await self._fetcher.get(url, max_bytes=self._settings.feed_bytes, turn=self._turns.hold)
        if not isinstance(answer, Answer) or answer.status != 200:
            return None
        try:
            return await asyncio.to_thread(
                parse_feed, answer.body, answer.headers.get("content-type"), answer.url, self._settings.feed_bytes
            )
        except NotAFeedError:
            return None
