"""Feeds: bytes in, items out. RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed 1.x, sitemaps and their indexes.

Pure: no file, no socket, no clock. `_document.py` makes text and an element tree of the bytes, in bounded memory and
without entities; `_syndication.py`, `_sitemap.py` and `_json_feed.py` read one family of formats each.
"""

from __future__ import annotations

from pipeline.feeds._document import parse_xml, unpack
from pipeline.feeds._feed import (
    MAX_FEED_BYTES,
    MAX_ITEMS,
    Content,
    Enclosure,
    FeedItem,
    NotAFeedError,
    ParsedFeed,
    Publisher,
    Sitemap,
    Unusable,
)
from pipeline.feeds._json_feed import read_json_feed
from pipeline.feeds._sitemap import read_sitemap
from pipeline.feeds._syndication import read_syndication
from pipeline.feeds._words import plain

__all__ = [
    "MAX_FEED_BYTES",
    "MAX_ITEMS",
    "Content",
    "Enclosure",
    "FeedItem",
    "NotAFeedError",
    "ParsedFeed",
    "Publisher",
    "Sitemap",
    "Unusable",
    "parse_feed",
    "plain",
]


def parse_feed(
    content: bytes, content_type: str | None = None, url: str | None = None, max_bytes: int = MAX_FEED_BYTES
) -> ParsedFeed:
    """The feed in these bytes, plain or gzipped. `content_type` is the HTTP header, `url` the feed's own address, to
    which relative links belong. Raises NotAFeedError."""
    unpacked, flaw = unpack(content, max_bytes)
    if unpacked.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return read_json_feed(unpacked, url, flaw)
    document = parse_xml(unpacked, content_type, url, flaw)
    if document.root_name in ("urlset", "sitemapindex"):
        return read_sitemap(document)
    return read_syndication(document)
