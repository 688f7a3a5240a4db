"""What the markup of a page says of its article: JSON-LD, microdata, Open Graph, meta, in this order of trust."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.stages._linked_data import (
    ARTICLE_TYPES,
    PAGE_TYPES,
    first_text,
    is_a,
    linked_article,
    linked_items,
    main_entity,
)
from pipeline.stages._page_subjects import Markup, keywords_for_search_engines, keywords_of, section_of
from pipeline.stages._script_data import linked_story

# "Di Maio" and "von Arnim" are names: such words need their colon.
_BY = re.compile(r"(?:(?:by|oleh)\s+|(?:by|oleh|von|par|por|door|di|av|autor|автор)\s*:\s*)(?=\w)", re.IGNORECASE)
_items, _properties = XPath("//*[@itemtype]"), XPath(".//*[@itemprop]")
_REPEATED = {"author", "keywords", "articleSection"}
_NOBODY = {"admin", "administrator", "webmaster", "root", "editor", "redaksi", "author", "guest", "user"}
_PUBLISHED = (
    "article:published_time", "datepublished", "og:published_time", "og:article:published_time", "article:published",
    "publishdate", "publish-date", "publish_date", "published_at", "pubdate", "originalpublicationdate",
    "cxenseparse:recs:publishtime", "sailthru.date", "parsely-pub-date", "dc.date.issued", "dcterms.issued",
    "dc.date.published", "dcterms.created", "dc.date.created", "date", "dc.date", "dcterms.date", "article.published",
)  # fmt: skip
_AUTHOR = (
    "author", "article:author", "article:author_name", "byl", "parsely-author", "sailthru.author",
    "cxenseparse:author", "dc.creator", "dcterms.creator", "dc.author",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of its article, as it stands there. Addresses are not completed."""

    headline: str | None = None
    description: str | None = None
    by: str | None = None
    site: str | None = None
    published_at: str | None = None
    language: str | None = None
    url: str | None = None
    is_article: bool = False
    """The markup calls the page an article and dates it."""
    section: str | None = None
    keywords: tuple[str, ...] = ()
    doubtful_keywords: tuple[str, ...] = ()
    """Perhaps those of the site."""
    story: str = ""
    """JSON-LD's articleBody, as lines."""
    free: bool | None = None
    """schema.org's isAccessibleForFree; None when unsaid."""


def read_head(tree: HtmlElement) -> Head:
    """Never raises: what cannot be read is None."""
    contents = _meta(tree)
    meta = {name: texts[0] for name, texts in contents.items()}
    items = linked_items(tree)
    canonical = _canonical(tree) or meta.get("og:url")
    linked = linked_article(items, canonical)
    micro = _microdata(tree)
    known = {item["@id"]: item for item in items if isinstance(item.get("@id"), str)}
    pages = [item for item in items if is_a(item, PAGE_TYPES)]
    published_at = (
        _first(first_text(item.get("datePublished")) for item in (linked, micro))
        or _first(meta.get(name) for name in _PUBLISHED)
        or _first(first_text(item.get("datePublished")) for item in pages)
        or _time_element(tree)
    )
    kinds = meta.get("og:type", "").lower()
    headline = (
        first_text(linked.get("headline"))
        or meta.get("og:title")
        or meta.get("twitter:title")
        or first_text(micro.get("headline"))
        or meta.get("dc.title")
    )
    site = (
        _names(linked.get("publisher"), known)
        or meta.get("og:site_name")
        or _names(micro.get("publisher"), known)
        or meta.get("application-name")
        or meta.get("dc.publisher")
    )
    markup = Markup(tree, items, linked, micro, contents)
    return Head(
        headline=headline,
        description=first_text(linked.get("description"))
        or meta.get("og:description")
        or meta.get("description")
        or meta.get("twitter:description")
        or first_text(micro.get("description")),
        by=_names(linked.get("author") or linked.get("creator"), known)
        or _names(micro.get("author"), known)
        or _first(_person(meta.get(name)) for name in _AUTHOR),
        site=site,
        published_at=published_at,
        language=tree.get("lang")
        or tree.get("xml:lang")
        or first_text(linked.get("inLanguage"))
        or meta.get("og:locale")
        or meta.get("content-language")
        or meta.get("dc.language"),
        url=canonical or main_entity(linked) or first_text(linked.get("url")),
        is_article=published_at is not None and bool(linked or micro or kinds == "article"),
        section=section_of(markup, {text for text in (site, headline) if text}),
        keywords=keywords_of(markup, site),
        doubtful_keywords=keywords_for_search_engines(markup, site),
        story=linked_story(linked),
        free=_free(linked.get("isAccessibleForFree")),
    )


def _meta(tree: HtmlElement) -> dict[str, list[str]]:
    """The contents of each name, names in lower case."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        if content:
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                name = element.get(attribute)
                if name:
                    found.setdefault(name.strip().lower(), []).append(content)
    return found


def _canonical(tree: HtmlElement) -> str | None:
    links = tree.iter("link")
    return _first(link.get("href") for link in links if "canonical" in (link.get("rel") or "").lower().split())


def _microdata(tree: HtmlElement) -> dict[str, Any]:
    """The properties of the first article in microdata (WHATWG HTML, chapter 5), of nested items their name."""
    scopes = _items(tree)
    root = next((one for one in scopes if (one.get("itemtype") or "").strip().endswith(ARTICLE_TYPES)), None)
    found: dict[str, Any] = {}
    if root is None:
        return found
    for element in _properties(root):
        names = element.get("itemprop").split()
        owner = next((one for one in element.iterancestors() if one.get("itemscope") is not None), None)
        if owner is not root:
            continue
        if element.get("itemscope") is None:
            value = element.get("content") or element.get("datetime") or _content(element)
        else:
            value = _first(
                inner.get("content") or _content(inner)
                for inner in _properties(element)
                if "name" in inner.get("itemprop").split()
            )
        for name in names:
            if value and name in _REPEATED:
                found.setdefault(name, []).append(value)
            elif value:
                found.setdefault(name, value)
    return found


def _content(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())[:500]


def _time_element(tree: HtmlElement) -> str | None:
    """The time that says it is the publication's, else one between the headline and the story."""
    after_headline, paragraphs, near = False, 0, None
    for element in tree.iter("h1", "p", "time"):
        if element.tag == "h1":
            after_headline = True
        elif element.tag == "p":
            paragraphs += after_headline and len(_content(element)) > 60
        else:
            time = first_text(element.get("datetime"))
            if time and (
                element.get("itemprop") == "datePublished"
                or element.get("pubdate") is not None
                or "published" in (element.get("class") or "").lower().split()
            ):
                return time
            if time and near is None and after_headline and paragraphs < 2:
                near = time
    return near


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _free(value: object) -> bool | None:
    spelling = str(value).strip().lower()
    return {"true": True, "false": False}.get(spelling.rsplit("/", 1)[-1])


def _names(value: object, known: dict[str, dict[str, Any]]) -> str | None:
    """The name or names in a JSON-LD person or organisation: text, an object, a reference to one, or a list of them."""
    values = value if isinstance(value, list) else [value]
    found = [_person(_name(one, known)) for one in values[:10]]
    return ", ".join(dict.fromkeys(name for name in found if name)) or None


def _name(one: object, known: dict[str, dict[str, Any]]) -> str | None:
    if not isinstance(one, dict):
        return first_text(one)
    referred = known.get(one["@id"], {}) if isinstance(one.get("@id"), str) else {}
    return first_text(one.get("name")) or first_text(referred.get("name"))


def _person(text: str | None) -> str | None:
    if not text or "://" in text or len(text) > 120 or text.strip().lower() in _NOBODY:
        return None
    return _BY.sub("", text, count=1) if _BY.match(text) else text
