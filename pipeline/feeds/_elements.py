"""XML elements by the names that people use for them, whatever namespace address they wrote."""

from __future__ import annotations

import re

from lxml import etree

_PREFIXES = {
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns#": "atom",
    "http://purl.org/rss/1.0": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap/0.84": "",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://search.yahoo.com/mrss": "media",
    "http://video.search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://news.yandex.ru": "yandex",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/xml/1998/namespace": "xml",
    "http://prismstandard.org/namespaces/basic/1.2": "prism",
    "http://prismstandard.org/namespaces/basic/2.0": "prism",
}
_DECLARATION = re.compile(r'\sxmlns(?::[\w.-]+)?="[^"]*"')
XML = "{http://www.w3.org/XML/1998/namespace}"

Fields = dict[str, list[etree._Element]]
"""The children of an element by name, in their order."""


class Names:
    """The names of one document. Its own namespace has no prefix, also where it is a wrong one."""

    def __init__(self, root: etree._Element) -> None:
        space = str(root.tag)[1:].rpartition("}")[0] or None
        rdf = _PREFIXES.get((space or "").lower()) == "rdf"
        self._own = (root.nsmap.get(None),) if rdf else (space, root.nsmap.get(None))
        self._known: dict[str, str] = {}

    def of(self, element: etree._Element) -> str:
        """Such as `title` or `dc:date`, in lower case."""
        tag = str(element.tag)
        found = self._known.get(tag)
        if found is None:
            found = self._known[tag] = self._name(tag)
        return found

    def _name(self, tag: str) -> str:
        space, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        local = local.lower()  # an undeclared prefix is part of it
        if not space or space in self._own:
            return local
        prefix = _PREFIXES.get(space.lower().rstrip("/"), space)
        return f"{prefix}:{local}" if prefix else local

    def fields(self, element: etree._Element) -> Fields:
        """Its children."""
        found: Fields = {}
        for child in element:
            if isinstance(child.tag, str):  # not a reference to an entity
                found.setdefault(self.of(child), []).append(child)
        return found


def text(element: etree._Element) -> str:
    """All text within."""
    return (element.text or "") if len(element) == 0 else "".join(element.itertext())


def first(fields: Fields, *names: str) -> str | None:
    """The text of the first element that has any, in the order of the names."""
    for name in names:
        for element in fields.get(name, ()):
            found = text(element)
            if found and not found.isspace():
                return found
    return None


def every(fields: Fields, *names: str) -> list[str]:
    """The texts of all of them."""
    return [text(element) for name in names for element in fields.get(name, ())]


def inner(element: etree._Element) -> str:
    """What stands within, as HTML: elements of XHTML lose their prefix."""
    for below in element.iterdescendants():
        local = str(below.tag).rpartition("}")[2]
        if isinstance(below.tag, str) and ":" not in local:  # a prefix that was never declared stays
            below.tag = local
    children = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return (element.text or "") + _DECLARATION.sub("", "".join(children))
