"""Sitemaps and their indexes (sitemaps.org), with Google's news extension: addresses, times, headlines, no text."""

from __future__ import annotations

from lxml import etree

from pipeline.feeds import _words as words
from pipeline.feeds._document import XmlDocument
from pipeline.feeds._elements import Fields, Names, first
from pipeline.feeds._feed import MAX_ITEMS, FeedItem, ParsedFeed, Publisher, Sitemap, Unusable


def read_sitemap(document: XmlDocument) -> ParsedFeed:
    """What it lists: items, or in an index other sitemaps."""
    names = Names(document.root)
    index = document.root_name == "sitemapindex"
    items: list[FeedItem] = []
    sitemaps: list[Sitemap] = []
    unusable: list[Unusable] = []
    flaw = document.flaw
    number = 0
    for element in document.root.iter(etree.Element):
        if names.of(element) != ("sitemap" if index else "url"):
            continue
        if number == MAX_ITEMS:
            flaw = flaw or f"more than {MAX_ITEMS:,} entries; the rest was not read"
            break
        number += 1
        fields = names.fields(element)
        url = words.absolute(document.url, first(fields, "loc"))
        changed = words.line(first(fields, "lastmod"))
        if url is None:
            unusable.append(Unusable(document.line(element), f"entry {number} has no address"))
        elif index:
            sitemaps.append(Sitemap(url, changed))
        else:
            items.append(_item(names, fields, url=url, changed=changed, number=number, line=document.line(element)))
    return ParsedFeed(
        kind="sitemap index" if index else "sitemap",
        items=tuple(items),
        sitemaps=tuple(sitemaps),
        unusable=tuple(unusable),
        flaw=flaw,
    )


def _item(names: Names, fields: Fields, *, url: str, changed: str | None, number: int, line: int) -> FeedItem:
    news: Fields = names.fields(fields["news:news"][0]) if "news:news" in fields else {}
    publication: Fields = names.fields(news["news:publication"][0]) if "news:publication" in news else {}
    publisher = words.title(first(publication, "news:name"))
    return FeedItem(
        number=number,
        line=line,
        id=url,
        url=url,
        headline=words.title(first(news, "news:title")),
        published_at=words.line(first(news, "news:publication_date")),
        updated_at=changed,
        keywords=words.unique((first(news, "news:keywords") or "").split(",")),
        language=words.line(first(publication, "news:language")),
        publisher=Publisher(publisher) if publisher else None,
    )
