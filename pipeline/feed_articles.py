"""The articles that a feed's items tell of: the same ids and records for a saved feed and for one that is polled."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from datetime import datetime

from pipeline.feeds import Content, FeedItem, ParsedFeed, plain
from pipeline.identity import article_id, identity_of, item_id, named_source, site
from pipeline.records import RawArticle, Source

_FRAMED = re.compile(r"<article><h1>[^<]*</h1>\n(.*)</article>", re.DOTALL)
_PAGE = re.compile(r"<(?:html|body|article|h1)\b", re.IGNORECASE)
_SHORT = 2000  # only shorter HTML is looked at for whether it has text at all


class FeedArticles:
    """The articles of one parsed feed. `url` is its address, `source` and `language` are for items that name none."""

    def __init__(self, feed: ParsedFeed, url: str | None, source: Source, language: str | None) -> None:
        self._feed = feed
        self._url = url
        self._given = source
        self._language = language
        self._shared = shared_addresses(feed)

    def article_of(self, item: FeedItem, now: datetime) -> RawArticle | None:
        """The article as the feed tells it: its whole content, else its summary, else the headline alone. None for an
        item without any."""
        content = _content(item)
        if content is None:
            return None
        return RawArticle(
            id=self._identity(item, content),
            url=item.url,
            source=self._source(item),
            content_type=content.type,
            content=framed(content, item.headline),
            headline=item.headline,
            description=item.description if content is item.content else None,
            by=item.by,
            published_at=item.published_at or item.updated_at,
            language=item.language or self._language,
            section=item.section,
            keywords=item.keywords,
            first_seen=now,
            fetched_at=now,
        )

    def has_page(self, item: FeedItem) -> bool:
        """Whether the item's address is that of a page about it alone."""
        return identity_of(item.url) not in self._shared

    def _identity(self, item: FeedItem, content: Content) -> str:
        if self.has_page(item):
            return article_id(item.url, None, "")
        if item.id:
            feed = self._feed
            return item_id(
                self._url or feed.self_url or feed.site or self._given.id or feed.title or "",
                item.id,
            )
        return article_id(None, self._given.id or site(item.url), f"{item.headline or ''}\n{content.text}")

    def _source(self, item: FeedItem) -> Source:
        feed = self._feed
        if item.publisher and item.publisher.name:
            found = named_source(item.publisher.name, item.publisher.url)
        else:
            found = Source(id=self._given.id or site(item.url) or site(feed.site), name=self._given.name or feed.title)
        return Source(id=found.id, name=found.name, feed=self._url or feed.self_url)


def framed(content: Content, headline: str | None) -> str:
    """HTML as the one article of a page, below its headline: all of it is story, and nothing is to be weighed out."""
    if content.type != "text/html" or not headline or _PAGE.search(content.text):
        return content.text
    return f"<article><h1>{html.escape(headline, quote=False)}</h1>\n{content.text}</article>"


def unframed(article: RawArticle) -> str:
    """The content as the feed gave it."""
    found = _FRAMED.fullmatch(article.content)
    return found[1] if found else article.content


def _content(item: FeedItem) -> Content | None:
    for content in (item.content, item.summary):
        if content is not None and (len(content.text) > _SHORT or plain(content.text)):
            return content
    return Content("text/plain", item.headline) if item.headline else None


def shared_addresses(feed: ParsedFeed) -> set[str | None]:
    """Addresses, as `identity_of` makes them, that name no article: None, the site's own, and those of several
    different items."""
    items = defaultdict(set)
    for item in feed.items:
        items[identity_of(item.url)].add(item.id or item.headline)
    several = {address for address, different in items.items() if len(different) > 1}
    return {None, identity_of(feed.site), *several}
