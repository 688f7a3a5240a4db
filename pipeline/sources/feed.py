"""A saved feed: RSS, Atom, JSON Feed or a news sitemap, plain or gzipped; each item is an article.

Its text is what the feed gives: the whole content, else the summary, else the headline alone.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from pipeline.identity import article_id, canonical_url, item_id, site
from pipeline.records import RawArticle, Source
from pipeline.registry import source
from pipeline.sources import JSON_FEED_VERSION, Defaults, Document, Item, Problem, checked, named_source

if TYPE_CHECKING:  # the parser is imported where a feed is read: it takes a tenth of a second
    from pipeline.feeds import Content, FeedItem, ParsedFeed

_PAGE = re.compile(r"<(?:html|body|article|h1)\b", re.IGNORECASE)
_SHORT = 2000  # only shorter HTML is looked at for whether it has text at all


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
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False


class _Version(msgspec.Struct):
    version: str


def _articles(feed: ParsedFeed, path: str, defaults: Defaults) -> Iterator[Item]:
    shared = _shared_addresses(feed)
    seen: set[str] = set()
    for item in feed.items:
        content = _content(item)
        if content is None:
            reason = "only an address, no headline and no text" if item.url else "no text in it"
            yield Problem(path, item.line, f"item {item.number}: {reason}")
            continue
        made = _identity(item, content, feed, defaults, shared)
        if made in seen:  # the same item once more
            continue
        seen.add(made)
        yield checked(_raw(made, item, content, feed, defaults), path, item.line)


def _raw(made: str, item: FeedItem, content: Content, feed: ParsedFeed, defaults: Defaults) -> RawArticle:
    now = defaults.now()
    return RawArticle(
        id=made,
        url=item.url,
        source=_source(item, feed, defaults),
        content_type=content.type,
        content=_framed(content, item.headline),
        headline=item.headline,
        description=item.description if content is item.content else None,
        by=item.by,
        published_at=item.published_at or item.updated_at,
        language=item.language or defaults.language,
        section=item.section,
        keywords=item.keywords,
        first_seen=now,
        fetched_at=now,
    )


def _content(item: FeedItem) -> Content | None:
    from pipeline.feeds import Content, plain  # noqa: PLC0415 -- as above

    for content in (item.content, item.summary):
        if content is not None and (len(content.text) > _SHORT or plain(content.text)):
            return content
    return Content("text/plain", item.headline) if item.headline else None


def _framed(content: Content, headline: str | None) -> str:
    """HTML as the one article of a page, below its headline: all of it is story, and nothing is to be weighed out."""
    if content.type != "text/html" or not headline or _PAGE.search(content.text):
        return content.text
    return f"<article><h1>{html.escape(headline, quote=False)}</h1>\n{content.text}</article>"


def _shared_addresses(feed: ParsedFeed) -> set[str | None]:
    """Addresses that name no article: several different items have them, as where all link to the home page."""
    items = defaultdict(set)
    for item in feed.items:
        items[canonical_url(item.url)].add(item.id or item.headline)
    return {None} | {address for address, different in items.items() if len(different) > 1}


def _identity(item: FeedItem, content: Content, feed: ParsedFeed, defaults: Defaults, shared: set[str | None]) -> str:
    if canonical_url(item.url) not in shared:
        return article_id(item.url, None, "")
    if item.id:
        return item_id(defaults.url or feed.self_url or feed.site or defaults.source.id or feed.title or "", item.id)
    return article_id(None, defaults.source.id or site(item.url), f"{item.headline or ''}\n{content.text}")


def _source(item: FeedItem, feed: ParsedFeed, defaults: Defaults) -> Source:
    if item.publisher and item.publisher.name:
        found = named_source(item.publisher.name, item.publisher.url)
    else:
        given = defaults.source
        found = Source(id=given.id or site(item.url) or site(feed.site), name=given.name or feed.title)
    return Source(id=found.id, name=found.name, feed=defaults.url or feed.self_url)
