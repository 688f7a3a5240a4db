"""What the site answers, as a function of the plan, the request and the moment."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from hashlib import sha1

from tests.feed_site import formats
from tests.feed_site.ledger import Kind
from tests.feed_site.plan import Item, Plan, PlannedFeed

_FEED = re.compile(r"/feeds/(\d+)\.(?:xml|json)")
_ARTICLE = re.compile(r"/articles/(\d+)-(\d+)")
_SITEMAP_SECONDS = 2 * 86_400


def host_address(host: int) -> str:
    """The loopback address of a host, by its number."""
    return f"127.1.{host // 250}.{host % 250 + 1}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `feed` is the number of the feed that was asked for, `version` how many items it had published."""

    kind: Kind
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    feed: int | None = None
    version: int | None = None


class Answers:
    """Everything that all hosts answer. `start` is the Unix time at which the plan starts."""

    def __init__(self, plan: Plan, port: int, start: float) -> None:
        self._plan = plan
        self._port = port
        self._start = start
        self._made: dict[int, tuple[int, bytes, bytes, str]] = {}
        self._asked = 0

    def answer(self, host: int, path: str, headers: Mapping[str, str], seconds: float) -> Reply:
        """To a GET of `path` from a host, `seconds` after the start. `headers` have names as aiohttp has them."""
        self._asked += 1
        if found := _FEED.fullmatch(path):
            number = int(found[1])
            if number < self._plan.feeds and self._plan.planned[number].host == host:
                return self._feed(self._plan.planned[number], headers, seconds)
        elif found := _ARTICLE.fullmatch(path):
            return self._article(host, int(found[1]), int(found[2]), headers, seconds)
        elif path == "/robots.txt":
            return self._robots(host)
        elif path == "/news-sitemap.xml":
            return self._sitemap(host, seconds)
        elif path == "/":
            return self._home(host)
        return Reply("other", 404, {"Content-Type": "text/plain"}, b"no such page\n")

    def url(self, host: int, path: str) -> str:
        return f"http://{host_address(host)}:{self._port}{path}"

    def _item_url(self, item: Item) -> str:
        return self.url(self._plan.planned[item.feed].host, item.path)

    def _feed(self, feed: PlannedFeed, headers: Mapping[str, str], seconds: float) -> Reply:
        shown = feed.shown(seconds)
        tag = f'"{feed.number}-{shown.stop}"'
        if feed.validators == "lying":
            tag = f'"{feed.number}"'
        elif feed.validators == "restless":
            tag = f'W/"{self._asked}"'
        newest = self._start + feed.times[shown.stop - 1] if shown else self._start
        made = {"Vary": "Accept-Encoding"}
        if feed.validators in ("etag", "both", "lying", "restless"):
            made["ETag"] = tag
        if feed.validators in ("last-modified", "both"):
            made["Last-Modified"] = formatdate(newest, usegmt=True)
        if feed.max_age is not None:
            made["Cache-Control"] = f"public, max-age={feed.max_age}" if feed.max_age else "no-cache"
        if _unchanged(feed, tag, newest, headers):
            return Reply("feed", 304, made, b"", feed.number, shown.stop)
        plain, packed, content_type = self._content(feed, shown.stop, seconds)
        made["Content-Type"] = content_type
        if feed.gzip and "gzip" in headers.get("Accept-Encoding", ""):
            return Reply("feed", 200, made | {"Content-Encoding": "gzip"}, packed, feed.number, shown.stop)
        return Reply("feed", 200, made, plain, feed.number, shown.stop)

    def _content(self, feed: PlannedFeed, version: int, seconds: float) -> tuple[bytes, bytes, str]:
        """Plain and gzipped: written anew when there are new items."""
        made = self._made.get(feed.number)
        if made is None or made[0] != version:
            items = [(item, self._item_url(item)) for item in self._plan.shown(feed.number, seconds)]
            text, content_type = formats.feed_text(feed, items, self.url(feed.host, feed.path), self._start)
            plain = text.encode()
            made = (version, plain, gzip.compress(plain, 1, mtime=0) if feed.gzip else b"", content_type)
            self._made[feed.number] = made
        return made[1:]

    def _article(self, host: int, feed: int, number: int, headers: Mapping[str, str], seconds: float) -> Reply:
        planned = self._plan.planned[feed] if feed < self._plan.feeds else None
        if planned is None or planned.host != host or number >= len(planned.times) or planned.times[number] > seconds:
            return Reply("page", 404, {"Content-Type": "text/html"}, b"<h1>There is no such article (yet)</h1>")
        item = self._plan.item(feed, number)
        body = formats.page(self._plan, item, seconds, self._start).encode()
        tag = f'"{sha1(body, usedforsecurity=False).hexdigest()}"'
        if headers.get("If-None-Match") == tag:
            return Reply("page", 304, {"ETag": tag})
        return Reply("page", 200, {"ETag": tag, "Content-Type": "text/html; charset=utf-8"}, body)

    def _robots(self, host: int) -> Reply:
        """One host in three has none; every second one tells its news sitemap."""
        if host % 3 == 0:
            return Reply("robots", 404, {"Content-Type": "text/plain"}, b"none\n")
        text = "User-agent: *\nDisallow: /private/\n"
        if host % 2 == 0:
            text += f"Sitemap: {self.url(host, '/news-sitemap.xml')}\n"
        return Reply("robots", 200, {"Content-Type": "text/plain"}, text.encode())

    def _sitemap(self, host: int, seconds: float) -> Reply:
        """The host's articles of two days, the newest first."""
        items = [
            self._plan.item(feed.number, number)
            for feed in self._plan.by_host[host]
            for number in range(len(feed.times))
            if feed.echo is None and seconds - _SITEMAP_SECONDS <= feed.times[number] <= seconds
        ]
        items.sort(key=lambda item: -item.at)
        text = formats.news_sitemap([(item, self._item_url(item)) for item in items], self._start)
        return Reply("sitemap", 200, {"Content-Type": "application/xml"}, text.encode())

    def _home(self, host: int) -> Reply:
        """Announces the host's feeds, as sites do."""
        types = {"rss": "rss+xml", "rdf": "rdf+xml", "atom": "atom+xml", "json": "feed+json"}
        links = "".join(
            f'<link rel="alternate" type="application/{types[feed.format]}" href="{feed.path}" '
            f'title="Courier {feed.number}">\n'
            for feed in self._plan.by_host[host]
        )
        text = f"<!DOCTYPE html><html><head><title>Courier</title>\n{links}</head><body><h1>Courier</h1></body></html>"
        return Reply("other", 200, {"Content-Type": "text/html; charset=utf-8"}, text.encode())


def _unchanged(feed: PlannedFeed, tag: str, newest: float, headers: Mapping[str, str]) -> bool:
    """As RFC 9110 section 13.2.2 has it: If-None-Match goes before If-Modified-Since."""
    if feed.validators in ("lying", "restless", "none"):
        return False
    if (known := headers.get("If-None-Match")) is not None and feed.validators in ("etag", "both"):
        return tag in known
    if (since := headers.get("If-Modified-Since")) is not None and feed.validators in ("last-modified", "both"):
        return parsedate_to_datetime(since).timestamp() >= int(newest)
    return False
