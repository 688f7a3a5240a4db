"""An HTML page as text and what its head says of it (JSON-LD, Open Graph, meta, microdata)."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction
from trafilatura.metadata import extract_author, extract_title
from trafilatura.settings import Document, Extractor

MAX_LENGTH = 4_000_000
"""Characters of a page that are read; longer ones are no articles."""
_ARTICLE_TYPES = ("Article", "BlogPosting", "Report")
_SITE_SUFFIX = re.compile(r"\s+[|–—·•-]\s+[^|–—·•]{2,40}$")

# It reports every page without a text as an error; here that is an outcome.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says; texts as they stand in it."""

    text: str = ""
    url: str | None = None
    headline: str | None = None
    description: str | None = None
    by: str | None = None
    site: str | None = None
    published_at: str | None = None
    language: str | None = None


@dataclass(slots=True)
class _Head:
    meta: dict[str, str] = field(default_factory=dict)
    linked: dict[str, Any] = field(default_factory=dict)


def read_page(html: str, url: str | None) -> Page:
    """Never raises: what cannot be read is empty."""
    tree = _parse(html)
    if tree is None:
        return Page()
    head = _head(tree)
    meta, linked = head.meta, head.linked
    headline = _text(linked.get("headline")) or meta.get("og:title") or meta.get("twitter:title") or _title(tree)
    site = _names(linked.get("publisher")) or meta.get("og:site_name") or meta.get("application-name")
    if headline and site:
        headline = _SITE_SUFFIX.sub("", headline)
    by = _names(linked.get("author")) or _meta_author(meta) or _byline(tree)
    published_at = _text(linked.get("datePublished")) or _published(meta) or _time_element(tree)
    return Page(
        url=_complete(_href(tree, "canonical") or meta.get("og:url"), url),
        headline=headline,
        description=_text(linked.get("description")) or meta.get("og:description") or meta.get("description"),
        by=by,
        site=site,
        published_at=published_at,
        language=tree.get("lang") or meta.get("og:locale") or meta.get("content-language"),
        text=_without_headline(_extract(tree, url), headline),
    )


def _parse(html: str) -> HtmlElement | None:
    # lxml refuses text with lone surrogates, NUL ends it early, and an XML declaration contradicts a decoded text.
    source = html[:MAX_LENGTH].replace("\x00", "").encode("utf-8", "ignore")
    if not source.strip():
        return None
    try:
        tree = document_fromstring(
            source, parser=HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return tree if isinstance(tree, HtmlElement) else None


def _extract(tree: HtmlElement, url: str | None) -> str:
    options = Extractor(output_format="python", comments=False, tables=False, url=url)
    try:
        document = bare_extraction(tree, options=options)
    except (etree.LxmlError, ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        return ""  # broken beyond what trafilatura reads: an empty page
    return document.text or "" if isinstance(document, Document) else ""


def _without_headline(text: str, headline: str | None) -> str:
    first, _, rest = text.partition("\n")
    return rest if headline and " ".join(first.lstrip("# ").split()) == " ".join(headline.split()) else text


def _head(tree: HtmlElement) -> _Head:
    head = _Head()
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = (element.get("content") or "").strip()
        if name and content:
            head.meta.setdefault(name.strip().lower(), content)
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "") and script.text:
            for item in _linked_data(script.text):
                kind = item.get("@type")
                kinds = kind if isinstance(kind, list) else [kind]
                if any(isinstance(one, str) and one.endswith(_ARTICLE_TYPES) for one in kinds):
                    head.linked = {**item, **head.linked}
    return head


def _linked_data(text: str) -> Iterator[dict[str, Any]]:
    try:
        found = json.loads(text.strip().strip(";"), strict=False)
    except (ValueError, RecursionError):
        return
    waiting = [found]
    for _ in range(500):
        if not waiting:
            return
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            yield item
            waiting.extend(item[key] for key in ("@graph", "mainEntity") if isinstance(item.get(key), list | dict))


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _names(value: object) -> str | None:
    """The name or names in a JSON-LD person or organisation, which may be text, an object or a list."""
    values = value if isinstance(value, list) else [value]
    found = [_text(one.get("name") if isinstance(one, dict) else one) for one in values[:10]]
    return ", ".join(name for name in dict.fromkeys(found) if name and "://" not in name) or None


def _meta_author(meta: dict[str, str]) -> str | None:
    found = meta.get("author") or meta.get("article:author") or meta.get("dc.creator")
    return None if found is None or "://" in found or len(found) > 120 else found


def _published(meta: dict[str, str]) -> str | None:
    names = ("article:published_time", "datepublished", "og:published_time", "publishdate", "pubdate", "dc.date.issued")
    return next((meta[name] for name in (*names, "date", "dc.date", "parsely-pub-date") if name in meta), None)


def _time_element(tree: HtmlElement) -> str | None:
    times = tree.iter("time")
    return next((_text(time.get("datetime")) for time in times if time.get("itemprop") == "datePublished"), None)


def _href(tree: HtmlElement, relation: str) -> str | None:
    return next((link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == relation), None)


def _complete(address: str | None, base: str | None) -> str | None:
    try:
        return urljoin(base or "", address) if address else None
    except ValueError:
        return None


def _title(tree: HtmlElement) -> str | None:
    try:
        found = extract_title(tree)
    except (etree.LxmlError, ValueError, TypeError, AttributeError, IndexError):
        return None
    return found if isinstance(found, str) else None


def _byline(tree: HtmlElement) -> str | None:
    try:
        found = extract_author(tree)
    except (etree.LxmlError, ValueError, TypeError, AttributeError, IndexError):
        return None
    return found if isinstance(found, str) and len(found) <= 120 else None
