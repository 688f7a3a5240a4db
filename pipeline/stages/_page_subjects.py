"""Section and keywords in the markup of a page, the most trusted place first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any
from urllib.parse import urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.stages._linked_data import first_text, is_a
from pipeline.stages._subjects import tidy_keywords, tidy_section
from pipeline.text import fold

_MAX_CRUMBS = 20
_SECTION = ("article:section", "og:article:section", "parsely-section", "cxenseparse:category", "section", "category")
_TAGS = ("article:tag", "og:article:tag", "news_keywords", "parsely-tags", "sailthru.tags", "cxenseparse:keyword",
         "cxenseparse:keywords", "cxenseparse:taglist")  # fmt: skip
_WORD = re.compile(r"[^\W\d_]{4,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]{2}")


_related_links = XPath("//a[@rel]")
_trails = XPath(
    "(//*[self::ol or self::ul or self::nav or self::div or self::p][contains(@itemtype, 'BreadcrumbList') or "
    "contains(@aria-label, 'readcrumb') or contains(@class, 'readcrumb') or contains(@id, 'readcrumb')])[1]"
)


@dataclass(frozen=True, slots=True)
class Markup:
    """A page, and what its markup was read as."""

    tree: HtmlElement
    items: list[dict[str, Any]]
    """All of its JSON-LD."""
    linked: dict[str, Any]
    """The article in JSON-LD."""
    micro: dict[str, Any]
    """The article in microdata."""
    meta: dict[str, list[str]]
    """The contents of its meta elements by their names in lower case."""


def section_of(page: Markup, not_it: set[str]) -> str | None:
    """As the article's markup names it, else the first breadcrumb behind the front page. `not_it` holds the names of
    the site and of the article."""
    refused = {fold(text) for text in not_it}
    named = [*_texts(page.linked.get("articleSection"))[:1], *_texts(page.micro.get("articleSection"))[:1]]
    named += [text for name in _SECTION for text in page.meta.get(name, [])[:1]]
    filed = (_shown(link) for link in _related_links(page.tree) if {"category", "tag"} <= set(link.get("rel").split()))
    for text in chain(named, _breadcrumbs(page), islice(filed, 1)):
        section = tidy_section(text)
        if section and fold(section) not in refused:
            return section
    return None


def keywords_of(page: Markup, site: str | None) -> tuple[str, ...]:
    """Of the most trusted place that lists any, without the name of the site."""
    places = [
        _texts(page.linked.get("keywords")),
        _texts(page.micro.get("keywords")),
        *(page.meta.get(name, []) for name in _TAGS),
    ]
    places.append([_shown(link) for link in _related_links(page.tree) if link.get("rel").lower().split() == ["tag"]])
    return next((found for place in places if (found := _without(tidy_keywords(place), site))), ())


def keywords_for_search_engines(page: Markup, site: str | None) -> tuple[str, ...]:
    """`<meta name=keywords>`: about the article on some sites, the same on every page of others."""
    return _without(tidy_keywords(page.meta.get("keywords", [])), site)


def tells_of_any(text: str, keywords: tuple[str, ...]) -> bool:
    """A word of a keyword stands in the text, whatever its ending."""
    lower = text.lower()
    return any(word.lower()[:5] in lower for keyword in keywords for word in _WORD.findall(keyword))


def _without(keywords: tuple[str, ...], site: str | None) -> tuple[str, ...]:
    return tuple(keyword for keyword in keywords if not site or fold(keyword) != fold(site))


def _texts(value: object) -> list[str]:
    """The texts in a JSON-LD value: one, a list, or terms with a name (schema.org DefinedTerm)."""
    values = value if isinstance(value, list) else [value]
    found = (first_text(one.get("name")) if isinstance(one, dict) else first_text(one) for one in values[:200])
    return [text for text in found if text]


def _breadcrumbs(page: Markup) -> Iterator[str]:
    """Names from the front page down, without the front page and the article itself."""
    crumbs = next((_crumbs_of(item) for item in page.items if is_a(item, ("BreadcrumbList",))), None)
    crumbs = crumbs or list(_crumbs_in(page.tree))
    if crumbs and _is_front(crumbs[0][1]):
        crumbs = crumbs[1:]
    yield from (name for name, address in crumbs if address)


def _crumbs_of(item: dict[str, Any]) -> list[tuple[str, str | None]]:
    steps = item.get("itemListElement")
    found: list[tuple[str, str | None]] = []
    for step in (steps if isinstance(steps, list) else [])[:_MAX_CRUMBS]:
        if isinstance(step, dict):
            page = step.get("item")
            inner: dict[str, Any] = page if isinstance(page, dict) else {"@id": page}
            name = first_text(step.get("name")) or first_text(inner.get("name"))
            if name:
                found.append((name, first_text(inner.get("@id")) or first_text(inner.get("url"))))
    return found


def _crumbs_in(tree: HtmlElement) -> Iterator[tuple[str, str | None]]:
    """Links of the element that is marked as the breadcrumbs: in microdata, for screen readers, or by its class."""
    trail = next(iter(_trails(tree)), None)
    if trail is not None:
        for link in list(trail.iter("a"))[:_MAX_CRUMBS]:
            yield _shown(link), link.get("href")


def _shown(link: HtmlElement) -> str:
    return " ".join("".join(link.itertext()).split())


def _is_front(address: str | None) -> bool:
    try:
        return urlsplit(address or "").path in ("", "/")
    except ValueError:
        return False
