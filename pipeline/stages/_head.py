"""What the markup of a page says of its article: JSON-LD, microdata, Open Graph, meta, in this order of trust."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml.html import HtmlElement

_ARTICLE_TYPES = ("Article", "BlogPosting", "Report")
"""Ends of the names of schema.org's article types: NewsArticle, LiveBlogPosting, …"""
_PAGE_TYPES = ("WebPage", "ItemPage")
_MAX_ITEMS = 500
_BROKEN_FIELD = re.compile(
    r'"(headline|datePublished|description|url|inLanguage|isAccessibleForFree)"\s*:\s*'
    r'("(?:[^"\\\n]|\\.){1,2000}"|true|false)'
)
_WRAPPING = re.compile(
    r"^\s*(?:<!--|/[/*]\s*<!\[CDATA\[(?:\s*\*/)?|<!\[CDATA\[)|(?:/[/*]\s*)?(?:\]\]>(?:\s*\*/)?|-->)\s*$"
)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
# "Di Maio" and "von Arnim" are names: such words need their colon.
_BY = re.compile(r"(?:(?:by|oleh)\s+|(?:by|oleh|von|par|por|door|di|av|autor|автор)\s*:\s*)(?=\w)", re.IGNORECASE)
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
    free: bool | None = None
    """schema.org's isAccessibleForFree; None when unsaid."""


def read_head(tree: HtmlElement) -> Head:
    """Never raises: what cannot be read is None."""
    meta = _meta(tree)
    items = _linked(tree)
    canonical = _canonical(tree) or meta.get("og:url")
    linked = _article(items, canonical)
    micro = _microdata(tree)
    known = {item["@id"]: item for item in items if isinstance(item.get("@id"), str)}
    pages = [item for item in items if _is(item, _PAGE_TYPES)]
    published_at = (
        _first(_text(item.get("datePublished")) for item in (linked, micro))
        or _first(meta.get(name) for name in _PUBLISHED)
        or _first(_text(item.get("datePublished")) for item in pages)
        or _time_element(tree)
    )
    kinds = meta.get("og:type", "").lower()
    return Head(
        headline=_text(linked.get("headline"))
        or meta.get("og:title")
        or meta.get("twitter:title")
        or _text(micro.get("headline"))
        or meta.get("dc.title"),
        description=_text(linked.get("description"))
        or meta.get("og:description")
        or meta.get("description")
        or meta.get("twitter:description")
        or _text(micro.get("description")),
        by=_names(linked.get("author") or linked.get("creator"), known)
        or _names(micro.get("author"), known)
        or _first(_person(meta.get(name)) for name in _AUTHOR),
        site=_names(linked.get("publisher"), known)
        or meta.get("og:site_name")
        or _names(micro.get("publisher"), known)
        or meta.get("application-name")
        or meta.get("dc.publisher"),
        published_at=published_at,
        language=tree.get("lang")
        or tree.get("xml:lang")
        or _text(linked.get("inLanguage"))
        or meta.get("og:locale")
        or meta.get("content-language")
        or meta.get("dc.language"),
        url=canonical or _main_entity(linked) or _text(linked.get("url")),
        is_article=published_at is not None and bool(linked or micro or kinds == "article"),
        free=_free(linked.get("isAccessibleForFree")),
    )


def _meta(tree: HtmlElement) -> dict[str, str]:
    """The first content of each name, in lower case."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        if content:
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                name = element.get(attribute)
                if name:
                    found.setdefault(name.strip().lower(), content)
    return found


def _canonical(tree: HtmlElement) -> str | None:
    links = tree.iter("link")
    return _first(link.get("href") for link in links if "canonical" in (link.get("rel") or "").lower().split())


def _linked(tree: HtmlElement) -> list[dict[str, Any]]:
    scripts = (script for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower())
    return [item for script in scripts if script.text for item in _linked_data(script.text)]


def _linked_data(text: str) -> Iterator[dict[str, Any]]:
    waiting: list[Any] = _json_values(text)
    for _ in range(_MAX_ITEMS):
        if not waiting:
            return
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting.extend(item[:_MAX_ITEMS])
        elif isinstance(item, dict):
            yield item
            waiting.extend(item[key] for key in ("@graph", "mainEntity") if isinstance(item.get(key), list | dict))


def _json_values(text: str) -> list[Any]:
    """All values in a script. Broken ones are mended as far as content systems break them: comment marks, commas and
    semicolons at the end, escaped quotes, objects one after the other, and, last, an object that breaks off."""
    text = _WRAPPING.sub("", text.strip()).strip().strip(";")
    for tried in (text, _TRAILING_COMMA.sub("", text), unescape(text)):
        values = _decoded(tried)
        if values:
            return values
    if not any(f'{kind}"' in text for kind in _ARTICLE_TYPES):
        return []
    fields: dict[str, Any] = {"@type": "Article"}
    for name, value in _BROKEN_FIELD.findall(text):
        fields.setdefault(name, _decoded(value)[0] if _decoded(value) else None)
    return [fields]


def _decoded(text: str) -> list[Any]:
    """The JSON values of a text, one after the other; [] where it is not JSON."""
    decoder, at = json.JSONDecoder(strict=False), 0
    values: list[Any] = []
    try:
        while at < len(text) and len(values) < _MAX_ITEMS:
            value, at = decoder.raw_decode(text, at)
            values.append(value)
            while at < len(text) and (text[at].isspace() or text[at] in ",;"):
                at += 1
    except (ValueError, RecursionError):
        return []
    return values


def _is(item: dict[str, Any], ends: tuple[str, ...]) -> bool:
    kind = item.get("@type")
    return any(isinstance(one, str) and one.endswith(ends) for one in (kind if isinstance(kind, list) else [kind]))


def _article(items: list[dict[str, Any]], canonical: str | None) -> dict[str, Any]:
    """The article of the page: the one at its address, else the first. Others lend it what it lacks if they have its
    headline, as some pages describe one article twice."""
    articles = [item for item in items if _is(item, _ARTICLE_TYPES)]
    if not articles:
        return {}
    at_address = [item for item in articles if canonical and canonical in (_main_entity(item), item.get("url"))]
    chosen = (at_address or articles)[0]
    made = dict(chosen)
    for other in articles:
        if other.get("headline") in (None, chosen.get("headline")) or "headline" not in chosen:
            made = {**other, **made}
    return made


def _main_entity(item: dict[str, Any]) -> str | None:
    page = item.get("mainEntityOfPage")
    found = _text(page.get("@id") or page.get("url") if isinstance(page, dict) else page)
    return found if found and "://" in found else None


def _microdata(tree: HtmlElement) -> dict[str, Any]:
    """The properties of the first article in microdata (WHATWG HTML, chapter 5), of nested items their name."""
    scopes = tree.iterfind(".//*[@itemtype]")
    root = next((one for one in scopes if (one.get("itemtype") or "").strip().endswith(_ARTICLE_TYPES)), None)
    found: dict[str, Any] = {}
    if root is None:
        return found
    for element in root.iterfind(".//*[@itemprop]"):
        names = element.get("itemprop").split()
        owner = next((one for one in element.iterancestors() if one.get("itemscope") is not None), None)
        if owner is not root:
            continue
        if element.get("itemscope") is None:
            value = element.get("content") or element.get("datetime") or _content(element)
        else:
            value = _first(
                inner.get("content") or _content(inner)
                for inner in element.iterfind(".//*[@itemprop]")
                if "name" in inner.get("itemprop").split()
            )
        for name in names:
            if value and name == "author" and name in found:
                found[name].append(value)
            elif value:
                found.setdefault(name, [value] if name == "author" else value)
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
            time = _text(element.get("datetime"))
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


def _text(value: object) -> str | None:
    if isinstance(value, list) and value:
        value = value[0]
    return value.strip() or None if isinstance(value, str) else None


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
        return _text(one)
    referred = known.get(one["@id"], {}) if isinstance(one.get("@id"), str) else {}
    return _text(one.get("name")) or _text(referred.get("name"))


def _person(text: str | None) -> str | None:
    if not text or "://" in text or len(text) > 120 or text.strip().lower() in _NOBODY:
        return None
    return _BY.sub("", text, count=1) if _BY.match(text) else text
