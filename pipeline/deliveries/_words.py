"""Texts of others as they may be shown: on one line, bounded, without control characters and secrets."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

REASON_LENGTH = 300
URL_LENGTH = 1500
# Embeddings, overrides and isolates turn the text around them; the plain marks LRM and RLM, ZWNJ and ZWJ do not.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_SPACES = re.compile(r"\s+")
# What an address may not have in it as it stands (RFC 3986), and what could end a link in HTML, Slack or Markdown.
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>\"'`{}|\\^()\[\]]")
_SHORTEST_SECRET = 4


def one_line(text: str, limit: int) -> str:
    """At most `limit` code points, the last of them … where something is left out."""
    # A megabyte is not looked at for the sake of a line.
    line = _SPACES.sub(" ", clean(text[: 4 * limit + 100])).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def clean(text: str) -> str:
    """Without control characters, lone surrogates and what turns the direction; line ends become spaces."""
    text = _TURNING.sub("", text)
    return "".join(
        " " if mark.isspace() else mark for mark in text if mark.isspace() or unicodedata.category(mark) not in _HIDDEN
    )


_HIDDEN = frozenset({"Cc", "Cs"})


def safe_url(url: str | None) -> str | None:
    """The address if it is http or https and short enough, else None. Nothing in it ends a link."""
    if not url or len(url) > URL_LENGTH:
        return None
    try:
        parts = urlsplit(url.strip())
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:
        return None
    if clean(url) != url:
        return None
    encoded = _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", url.strip())
    return encoded if len(encoded) <= URL_LENGTH else None


def said(answer: bytes | str, limit: int = REASON_LENGTH) -> str:
    """The beginning of what a server says."""
    text = answer[: 8 * limit].decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return one_line(text, limit)


class Secrets:
    """The parts of a channel's settings that no message may show."""

    def __init__(self, url: str = "", *others: str | None, show_host: bool = True) -> None:
        """`show_host`: the host of the address is one; with some of Apprise's it is a token."""
        rest = url.partition("://")[2]
        parts = urlsplit(url) if show_host else None
        pieces = set(re.split(r"[/:@?&=+,;#]", rest)) | {rest, url}
        pieces |= {unquote(piece) for piece in pieces}
        if parts is not None:
            pieces -= {parts.hostname or "", parts.netloc.rpartition("@")[2].partition(":")[0]}
        found = {piece for piece in pieces if len(piece) >= _SHORTEST_SECRET} | {other for other in others if other}
        self._pieces = sorted(found, key=len, reverse=True)

    def masked(self, text: str) -> str:
        """The text with *** in place of each."""
        for piece in self._pieces:
            text = text.replace(piece, "***")
        return text
