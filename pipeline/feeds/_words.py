"""Words, addresses and texts as feeds write them: HTML in titles, blanks in addresses, one list in many elements."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from pipeline.feeds._feed import Content
from pipeline.identity import MAX_URL_LENGTH

_NOT_SHOWN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\b[^<>]{0,100}>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)[^<>]{0,2000}>")
_INLINE = frozenset("a abbr b big bdi bdo cite em font i mark q s small span strike strong sub sup tt u wbr".split())  # noqa: SIM905 -- shorter
_TITLE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|div|em|font|h[1-6]|i|img|p|q|small|span|strong|su[bp]|u)\b[^<>]{0,2000}>", re.I
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--")
MAX_LINE = 4000
"""Longest headline, name or description: what is longer is no such thing, and is cut."""
MAX_WORDS = 100
"""Most keywords of an item."""


def line(text: str | None) -> str | None:
    """On one line; None when nothing is left."""
    return (" ".join(text.split())[:MAX_LINE] or None) if text else None


def plain(markup: str) -> str | None:
    """The text of some HTML on one line."""
    if "<" in markup:
        markup = _TAG.sub(_gap, _NOT_SHOWN.sub(" ", markup))
    if "&" in markup:
        markup = html.unescape(markup)
    return line(markup)


def _gap(tag: re.Match[str]) -> str:
    return "" if tag[1].lower() in _INLINE else " "


def title(text: str | None) -> str | None:
    """A title of which nobody knows whether it is text or HTML: HTML if it has tags or references of it."""
    if not text:
        return None
    return plain(text) if _TITLE_TAG.search(text) or _REFERENCE.search(text) else line(text)


def content(text: str | None) -> Content | None:
    """HTML if it looks like it, else plain text."""
    if not text or not text.strip():
        return None
    return Content("text/html" if _MARKUP.search(text) or _REFERENCE.search(text) else "text/plain", text.strip())


def description(summary: Content | None) -> str | None:
    """The text of a summary."""
    if summary is None:
        return None
    return plain(summary.text) if summary.type == "text/html" else line(summary.text)


def absolute(base: str | None, link: str | None) -> str | None:
    """The http(s) address; None for what is none."""
    if not link:
        return None
    link = "".join(part.strip() for part in link.replace("\t", "\n").splitlines())
    # A space belongs to the address (WHATWG URL), unless there is none with it.
    return _joined(base, link.replace(" ", "%20")) or _joined(base, link)


def _joined(base: str | None, link: str) -> str | None:
    link = "".join(link.split())
    try:
        made = link if base is None else urljoin(base, link)
        parts = urlsplit(made)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "%20" in parts.netloc:
        return None
    return made if len(made) <= MAX_URL_LENGTH else None


def unique(words: Iterable[str | None]) -> tuple[str, ...]:
    """Each once, on one line, in their order; as many as are sensible."""
    return tuple(dict.fromkeys(made for word in words if (made := line(word))))[:MAX_WORDS]


def number(text: str | None) -> int | None:
    """A whole number from 0 on."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
