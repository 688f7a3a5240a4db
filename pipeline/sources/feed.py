"""A saved feed: RSS, Atom, JSON Feed or a news sitemap, plain or gzipped; each item is an article.

Its text is what the feed gives: the whole content, else the summary, else the headline alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from pipeline.records import UNREADABLE
from pipeline.registry import source
from pipeline.sources import JSON_FEED_VERSION, Defaults, Document, Item, Problem, checked

if TYPE_CHECKING:  # the parser is imported where a feed is read: it takes a tenth of a second
    from pipeline.feeds import ParsedFeed


@source("feed", suffixes=(".rss", ".atom", ".rdf", ".xml", ".rss.gz", ".atom.gz", ".xml.gz"))
def read_feed(document: Document, defaults: Defaults) -> Iterator[Item]:
    """A record for each item."""
    from pipeline.feeds import MAX_FEED_BYTES  # noqa: PLC0415 -- as above

    yield from read_feed_content(document.stream.read(MAX_FEED_BYTES + 1), document.path, defaults)


def read_feed_content(content: bytes, path: str, defaults: Defaults) -> Iterator[Item]:
    """A record for each item; then what is wrong with the feed as a whole."""
    from pipeline.feeds import NotAFeedError, parse_feed  # noqa: PLC0415 -- as above

    try:
        feed = parse_feed(content, url=defaults.url)
    except NotAFeedError as error:
        yield Problem(path, None, str(error))
        return
    yield from _articles(feed, path, defaults)
    for unusable in feed.unusable:
        yield Problem(path, unusable.line, unusable.reason)
    if feed.flaw:
        yield Problem(path, None, feed.flaw)
    if feed.sitemaps:
        count = f"{len(feed.sitemaps):,} sitemap{'s' if len(feed.sitemaps) > 1 else ''}"
        yield Problem(path, None, f"a sitemap index lists no articles but {count}, such as {feed.sitemaps[0].url}")
    elif not feed.items and not feed.unusable:
        yield Problem(path, None, "a feed without items")


def is_json_feed(value: bytes) -> bool:
    """Whether a JSON object is a feed and no article that mentions one."""
    if JSON_FEED_VERSION not in value.replace(b"\\/", b"/"):
        return False
    try:
        return JSON_FEED_VERSION in msgspec.json.decode(value, type=_Version).version.encode()
    except UNREADABLE:
        return False


class _Version(msgspec.Struct):
    version: str


def _articles(feed: ParsedFeed, path: str, defaults: Defaults) -> Iterator[Item]:
    from pipeline.feed_articles import FeedArticles  # noqa: PLC0415 -- as above

    articles = FeedArticles(feed, defaults.url, defaults.source, defaults.language)
    seen: set[str] = set()
    for item in feed.items:
        raw = articles.article_of(item, defaults.now())
        if raw is None:
            reason = "only an address, no headline and no text" if item.url else "no text in it"
            yield Problem(path, item.line, f"item {item.number}: {reason}")
        elif raw.id not in seen:
            seen.add(raw.id)
            yield checked(raw, path, item.line)
