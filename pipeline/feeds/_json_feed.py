"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.encoding import UndecodableError, decode
from pipeline.feeds import _words as words
from pipeline.feeds._feed import MAX_ITEMS, Content, Enclosure, FeedItem, NotAFeedError, ParsedFeed, Unusable

_CONTROL = re.compile("[\x00-\x1f]")
"""What JSON wants escaped within strings, and takes for blanks, if for anything, between them."""
_VERSION = "jsonfeed.org/version/"
"""Stands in every JSON Feed's `version`."""


def read_json_feed(content: bytes, url: str | None, flaw: str | None) -> ParsedFeed:
    """The feed. Raises NotAFeedError."""
    feed = _decode(content, flaw)
    if not isinstance(feed, dict) or _VERSION not in (_text(feed, "version") or ""):
        raise NotAFeedError("JSON, but not a JSON Feed: it names no version of jsonfeed.org")
    entries = feed.get("items")
    if not isinstance(entries, list):
        raise NotAFeedError("a JSON Feed without a list of items")
    site = words.absolute(url, _text(feed, "home_page_url"))
    own = words.absolute(url, _text(feed, "feed_url"))
    base = url or own or site
    language = words.line(_text(feed, "language"))
    authors = _authors(feed)
    items: list[FeedItem] = []
    unusable: list[Unusable] = []
    for number, entry in enumerate(entries[:MAX_ITEMS], 1):
        if not isinstance(entry, dict):
            unusable.append(Unusable(None, f"item {number} is no object"))
            continue
        item = _item(entry, number, base, language, authors)
        if item.headline or item.content or item.summary or item.url:
            items.append(item)
        else:
            unusable.append(Unusable(None, f"item {number} is empty: no address, no headline, no text"))
    if len(entries) > MAX_ITEMS:
        flaw = flaw or f"more than {MAX_ITEMS:,} items; the rest was not read"
    hubs = [words.absolute(base, _text(hub, "url")) for hub in _objects(feed, "hubs")]
    return ParsedFeed(
        kind="json",
        title=words.line(_text(feed, "title")),
        site=site,
        self_url=own,
        hubs=words.unique(hubs),
        language=language,
        items=tuple(items),
        unusable=tuple(unusable),
        flaw=flaw,
    )


def _decode(content: bytes, flaw: str | None) -> Any:
    try:
        return _read(decode(content).removeprefix("\ufeff"))
    except UndecodableError as error:
        raise NotAFeedError(str(error)) from error
    except RecursionError as error:
        raise NotAFeedError("not JSON that can be read: nested too deeply") from error
    except (msgspec.DecodeError, UnicodeError) as error:
        raise NotAFeedError(f"not JSON: {flaw or error}") from error


def _read(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        blank = _CONTROL.sub(" ", text)
        if blank == text:
            raise
        return msgspec.json.decode(blank)


def _item(
    entry: Mapping[str, Any], number: int, base: str | None, language: str | None, authors: tuple[str, ...]
) -> FeedItem:
    markup, text = _text(entry, "content_html"), _text(entry, "content_text")
    content = Content("text/html", markup) if markup else Content("text/plain", text) if text else None
    said = words.line(_text(entry, "summary"))
    identity = words.line(_text(entry, "id"))
    enclosures = [
        Enclosure(address, _text(one, "mime_type"), words.number(_text(one, "size_in_bytes")))
        for one in _objects(entry, "attachments")
        if (address := words.absolute(base, _text(one, "url")))
    ]
    tags = entry.get("tags")
    return FeedItem(
        number=number,
        id=identity,
        url=words.absolute(base, _text(entry, "url"))
        or words.absolute(None, identity)
        or words.absolute(base, _text(entry, "external_url")),
        headline=words.title(_text(entry, "title")),
        description=said,
        summary=Content("text/plain", said) if said else None,
        content=content,
        by=", ".join(_authors(entry) or authors)[: words.MAX_LINE] or None,
        published_at=words.line(_text(entry, "date_published")),
        updated_at=words.line(_text(entry, "date_modified")),
        keywords=words.unique(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        language=words.line(_text(entry, "language")) or language,
        enclosures=tuple(enclosures[: words.MAX_WORDS]),
    )


def _authors(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """`authors` of 1.1, `author` of 1.0."""
    return words.unique(_text(author, "name") for author in (*_objects(entry, "authors"), *_objects(entry, "author")))


def _objects(entry: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = entry.get(name)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]


def _text(entry: Mapping[str, Any], name: str) -> str | None:
    """A string, or a number as one, for many give their ids as such."""
    found = entry.get(name)
    if isinstance(found, str):
        return found if found.strip() else None
    return str(found) if isinstance(found, int | float) and not isinstance(found, bool) else None
