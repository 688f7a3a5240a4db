"""The JSON-LD of a page, as content systems write it, and the article in it (schema.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml.html import HtmlElement

ARTICLE_TYPES = ("Article", "BlogPosting", "Report")
"""Ends of the names of schema.org's article types: NewsArticle, LiveBlogPosting, …"""
PAGE_TYPES = ("WebPage", "ItemPage")
_HOLDERS = ("@graph", "mainEntity", "breadcrumb")
_MAX_ITEMS = 500
_BROKEN_FIELD = re.compile(
    r'"(headline|datePublished|description|url|inLanguage|isAccessibleForFree)"\s*:\s*'
    r'("(?:[^"\\\n]|\\.){1,2000}"|true|false)'
)
_WRAPPING = re.compile(
    r"^\s*(?:<!--|/[/*]\s*<!\[CDATA\[(?:\s*\*/)?|<!\[CDATA\[)|(?:/[/*]\s*)?(?:\]\]>(?:\s*\*/)?|-->)\s*$"
)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")


def linked_items(tree: HtmlElement) -> list[dict[str, Any]]:
    """Every item of every script, those within a graph or a page included."""
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
            waiting.extend(item[key] for key in _HOLDERS if isinstance(item.get(key), list | dict))


def _json_values(text: str) -> list[Any]:
    """All values in a script. Broken ones are mended as far as content systems break them: comment marks, commas and
    semicolons at the end, escaped quotes, objects one after the other, and, last, an object that breaks off."""
    text = _WRAPPING.sub("", text.strip()).strip().strip(";")
    for tried in (text, _TRAILING_COMMA.sub("", text), unescape(text)):
        values = _decoded(tried)
        if values:
            return values
    if not any(f'{kind}"' in text for kind in ARTICLE_TYPES):
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


def is_a(item: dict[str, Any], ends: tuple[str, ...]) -> bool:
    """The name of one of its types ends so."""
    kind = item.get("@type")
    return any(isinstance(one, str) and one.endswith(ends) for one in (kind if isinstance(kind, list) else [kind]))


def linked_article(items: list[dict[str, Any]], canonical: str | None) -> dict[str, Any]:
    """The article of the page: the one at its address, else the first. Others lend it what it lacks if they have its
    headline, as some pages describe one article twice."""
    articles = [item for item in items if is_a(item, ARTICLE_TYPES)]
    if not articles:
        return {}
    at_address = [item for item in articles if canonical and canonical in (main_entity(item), item.get("url"))]
    chosen = (at_address or articles)[0]
    made = dict(chosen)
    for other in articles:
        if other.get("headline") in (None, chosen.get("headline")) or "headline" not in chosen:
            made = {**other, **made}
    return made


def main_entity(item: dict[str, Any]) -> str | None:
    """The address of the page that the item is the subject of."""
    page = item.get("mainEntityOfPage")
    found = first_text(page.get("@id") or page.get("url") if isinstance(page, dict) else page)
    return found if found and "://" in found else None


def first_text(value: object) -> str | None:
    """A text, or the first one of a list; None for what is no text or blank."""
    if isinstance(value, list) and value:
        value = value[0]
    return value.strip() or None if isinstance(value, str) else None
