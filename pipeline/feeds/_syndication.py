"""RSS 0.9x, 1.0 and 2.0 (rssboard.org, RDF Site Summary 1.0) and Atom 0.3 and 1.0 (RFC 4287), read as one.

What publishers mix is taken as it is meant: Atom's links in RSS, Dublin Core and Media RSS in both, items outside
their channel, names in any case, one `item` that was never closed before the next.
"""

from __future__ import annotations

import html
import re

from lxml import etree

from pipeline.feeds import _words as words
from pipeline.feeds._document import XmlDocument
from pipeline.feeds._elements import XML, Fields, Names, every, first, inner, text
from pipeline.feeds._feed import MAX_ITEMS, Content, Enclosure, FeedItem, Kind, ParsedFeed, Publisher, Unusable

_IN_BRACKETS = re.compile(r"\(([^()]*)\)\s*$")
_MAIL = re.compile(r"<?\S+@\S+\.\S+>?")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MINUTES = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
_ARTICLE_TYPES = (None, "", "text/html", "application/xhtml+xml")


def read_syndication(document: XmlDocument) -> ParsedFeed:
    """The feed of such a document."""
    return _Reader(document).read()


class _Reader:
    def __init__(self, document: XmlDocument) -> None:
        self._document = document
        self._names = Names(document.root)
        self._kind: Kind = "atom" if document.root_name == "feed" else "rss"
        self._channel = document.root if self._kind == "atom" else self._find_channel(document.root)
        self._feed = self._names.fields(self._channel)
        self._base = document.url
        base = self._base_of(self._channel)
        self._site = self._link(self._feed, base)
        self._self = self._atom_link(self._feed, base, "self")
        self._base = document.url or self._self or self._site
        self._language = (
            self._channel.get(f"{XML}lang")
            or document.root.get(f"{XML}lang")
            or first(self._feed, "language", "dc:language")
        )
        self._authors = self._names_of_authors(self._feed) if self._kind == "atom" else ()

    def read(self) -> ParsedFeed:
        feed = self._feed
        items: list[FeedItem] = []
        unusable: list[Unusable] = []
        flaw = self._document.flaw
        number = 0
        for element in self._document.root.iter(etree.Element):
            if self._names.of(element) not in ("item", "entry", "atom:entry"):
                continue
            if number == MAX_ITEMS:
                flaw = flaw or f"more than {MAX_ITEMS:,} items; the rest was not read"
                break
            number += 1
            item = self._item(element, number)
            if item.headline or item.content or item.summary or item.url:
                items.append(item)
            else:
                unusable.append(Unusable(item.line, f"item {number} is empty: no address, no headline, no text"))
        return ParsedFeed(
            kind=self._kind,
            title=words.title(first(feed, "title", "dc:title", "atom:title")),
            site=self._site,
            self_url=self._self,
            hubs=self._hubs(),
            language=words.line(self._language),
            ttl=self._ttl(),
            skip_hours=tuple(
                sorted(
                    {n % 24 for hour in self._skips("skiphours") if (n := words.number(hour)) is not None and n <= 24}
                )
            ),
            skip_days=tuple(
                day for day in _DAYS if day.lower() in {said.strip().lower() for said in self._skips("skipdays")}
            ),
            items=tuple(items),
            unusable=tuple(unusable),
            flaw=flaw,
        )

    def _find_channel(self, root: etree._Element) -> etree._Element:
        if self._names.of(root) == "channel":
            return root
        return next(
            (child for child in root if isinstance(child.tag, str) and self._names.of(child) == "channel"), root
        )

    def _skips(self, name: str) -> list[str]:
        return [
            text(one)
            for element in self._feed.get(name, ())
            for one in element.iter(etree.Element)
            if one is not element
        ]

    def _ttl(self) -> int | None:
        minutes = words.number(first(self._feed, "ttl"))
        if minutes is not None:
            return minutes
        period = _MINUTES.get((first(self._feed, "sy:updateperiod") or "").strip().lower())
        return period and period // (words.number(first(self._feed, "sy:updatefrequency")) or 1)

    def _hubs(self) -> tuple[str, ...]:
        base = self._base_of(self._channel)
        links = (*self._feed.get("link", ()), *self._feed.get("atom:link", ()))
        found = (words.absolute(base, link.get("href")) for link in links if "hub" in (link.get("rel") or "").split())
        return words.unique(found)

    def _base_of(self, element: etree._Element) -> str | None:
        """The base of relative addresses there; xml:base where the feed has it."""
        if not self._document.based:
            return self._base
        said = [base for up in (element, *element.iterancestors()) if (base := up.get(f"{XML}base"))]
        made = self._base
        for base in reversed(said):
            made = words.absolute(made, base) or made
        return made

    def _item(self, element: etree._Element, number: int) -> FeedItem:
        fields = self._names.fields(element)
        base = self._base_of(element)
        about = next((value for name, value in element.attrib.items() if name.endswith("}about")), None)
        identity = words.line(first(fields, "guid", "id", "atom:id", "dc:identifier") or about)
        content = self._content(fields)
        summary = self._rich(fields, "description", "summary", "atom:summary") or words.content(
            first(fields, "media:description", "itunes:summary", "dc:description", "dcterms:abstract")
            or next((said for group in self._groups(fields) if (said := first(group, "media:description"))), None)
        )
        return FeedItem(
            number=number,
            line=self._document.line(element),
            id=identity,
            url=self._link(fields, base) or self._permalink(fields, base, about),
            headline=self._headline(fields),
            description=words.description(summary),
            summary=summary,
            content=content,
            by=", ".join(self._names_of_authors(fields) or self._authors)[: words.MAX_LINE] or None,
            published_at=words.line(
                first(
                    fields, "pubdate", "published", "issued", "dc:date", "atom:published", "dcterms:issued", "created"
                )
            ),
            updated_at=words.line(first(fields, "updated", "modified", "atom:updated", "dcterms:modified")),
            keywords=self._keywords(fields),
            section=words.line(first(fields, "prism:section")),
            language=words.line(
                element.get(f"{XML}lang") or first(fields, "dc:language", "language") or self._language
            ),
            publisher=self._publisher(fields, base),
            enclosures=self._enclosures(element, fields, base),
        )

    def _headline(self, fields: Fields) -> str | None:
        for element in fields.get("title", ()):
            kind = (element.get("type") or "").lower()
            said = text(element)
            found = words.line(said) if kind in ("text", "text/plain") and self._kind == "atom" else words.title(said)
            if found:
                return found
        return words.title(first(fields, "dc:title", "media:title", "atom:title", "itunes:title"))

    def _content(self, fields: Fields) -> Content | None:
        given = first(fields, "content:encoded", "yandex:full-text", "fulltext")
        if given:
            return words.content(given)
        for name in ("content", "atom:content", "xhtml:body", "xhtml:div", "body"):
            for element in fields.get(name, ()):
                if element.get("src") is None and (found := self._text_construct(element)):
                    return found
        return None

    def _rich(self, fields: Fields, *names: str) -> Content | None:
        for name in names:
            for element in fields.get(name, ()):
                found = self._text_construct(element)
                if found:
                    return found
        return None

    def _text_construct(self, element: etree._Element) -> Content | None:
        """RFC 4287, section 3.1; and HTML that somebody forgot to escape."""
        kind = (element.get("type") or "").lower()
        if any(isinstance(child.tag, str) for child in element):
            return words.content(inner(element))
        found = text(element)
        if kind in ("text", "text/plain") and self._kind == "atom":
            return Content("text/plain", found.strip()) if found.strip() else None
        return words.content(found) if kind in ("", "html", "xhtml", "text", "text/plain") or "html" in kind else None

    def _link(self, fields: Fields, base: str | None) -> str | None:
        original = first(fields, "feedburner:origlink")
        if original and (made := words.absolute(base, original)):
            return made
        for element in fields.get("link", ()):
            if element.get("href") is None and (made := words.absolute(base, text(element))):
                return made
        return self._atom_link(fields, base, "alternate")

    def _atom_link(self, fields: Fields, base: str | None, relation: str) -> str | None:
        """The first link of that relation, one to a page before others."""
        found = [
            link
            for name in ("link", "atom:link")
            for link in fields.get(name, ())
            if link.get("href") and (link.get("rel") or "alternate").lower() == relation
        ]
        found.sort(key=lambda link: relation == "alternate" and link.get("type") not in _ARTICLE_TYPES)
        made = (
            words.absolute(self._base_of(link) if self._document.based else base, link.get("href")) for link in found
        )
        return next((link for link in made if link), None)

    def _permalink(self, fields: Fields, base: str | None, about: str | None) -> str | None:
        """A guid is an address unless it says that it is none; so is what RDF and old Atom call an item."""
        for guid in fields.get("guid", ()):
            if (guid.get("isPermaLink") or guid.get("ispermalink") or "true").strip().lower() != "false":
                said = text(guid).strip()
                return words.absolute(base if said.startswith("/") else None, said)
        return words.absolute(None, about) or words.absolute(None, first(fields, "id", "atom:id"))

    def _names_of_authors(self, fields: Fields) -> tuple[str, ...]:
        people = [
            first(self._names.fields(element), "name", "atom:name") if len(element) else _person(text(element))
            for name in ("author", "atom:author")
            for element in fields.get(name, ())
        ]
        said = words.unique(every(fields, "dc:creator")) or words.unique(people)
        return tuple(html.unescape(name) for name in said) or words.unique(every(fields, "itunes:author"))

    def _keywords(self, fields: Fields) -> tuple[str, ...]:
        found = [
            category.get("label") or category.get("term") or text(category)
            for name in ("category", "atom:category")
            for category in fields.get(name, ())
        ]
        lists = every(fields, "media:keywords", "itunes:keywords")
        single = every(fields, "dc:subject")
        return words.unique(map(words.title, (*found, *single, *(word for line in lists for word in line.split(",")))))

    def _publisher(self, fields: Fields, base: str | None) -> Publisher | None:
        for element in (*fields.get("source", ()), *fields.get("atom:source", ())):
            within = self._names.fields(element)
            name = words.title(first(within, "title", "atom:title") if within else text(element))
            url = self._link(within, base) if within else words.absolute(base, element.get("url"))
            if name or url:
                return Publisher(name, url)
        return None

    def _groups(self, fields: Fields) -> list[Fields]:
        """What stands in Media RSS's groups, where YouTube has all it says of a film."""
        return [self._names.fields(group) for group in fields.get("media:group", ())]

    def _enclosures(self, element: etree._Element, fields: Fields, base: str | None) -> tuple[Enclosure, ...]:
        found: dict[str, Enclosure] = {}
        links = (
            link for name in ("link", "atom:link") for link in fields.get(name, ()) if link.get("rel") == "enclosure"
        )
        media = list(fields.get("media:content", ()))
        for group in self._groups(fields):
            media += group.get("media:content", ())
        for one in (*fields.get("enclosure", ()), *links, *media):
            url = words.absolute(base, one.get("url") or one.get("href"))
            if url:
                length = words.number(one.get("length") or one.get("fileSize"))
                found.setdefault(url, Enclosure(url, words.line(one.get("type")), length))
        return tuple(found.values())[: words.MAX_WORDS]


def _person(said: str) -> str | None:
    """`mail@example.org (A Name)` as RSS has it, `A Name <mail@…>`, or the name alone."""
    named = _IN_BRACKETS.search(said)
    if named and _MAIL.search(said):
        return named[1]
    return _MAIL.sub("", said)
