"""A saved web page: one article, which the `clean` stage takes out of it.

The encoding is found as browsers do (WHATWG): byte order mark, then what the page declares, then its bytes;
but bytes that contradict the declaration are believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from w3lib.encoding import html_body_declared_encoding, to_unicode

from pipeline.registry import source
from pipeline.sources import Defaults, Document, Item
from pipeline.sources._encoding import MARKS, decode
from pipeline.sources._whole import read_whole

_ACCENTED = re.compile("[\xa1-\xff]{4,}")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")


@source("html", suffixes=(".html", ".htm", ".xhtml"))
def read_html(document: Document, defaults: Defaults) -> Iterator[Item]:
    """One record."""
    yield read_whole(document, defaults, "text/html", _decode)


def _decode(content: bytes) -> str:
    if content[:2] in (b"<\x00", b"\x00<") and len(content) % 2 == 0:  # UTF-16 without its mark
        content = (b"\xff\xfe" if content[1] == 0 else b"\xfe\xff") + content
    declared = html_body_declared_encoding(content)
    # Pages that were saved by a browser are often UTF-8 whatever they declare.
    if declared is None or content.startswith(MARKS) or _is_utf8(content):
        return decode(content)
    if declared in ("utf-8", "utf-16"):
        return decode(content)
    text = to_unicode(content, declared)
    return decode(content) if _is_unlikely(text, declared) else text


def _is_unlikely(text: str, declared: str) -> bool:
    """Templates declare what their makers used, and others write in them: full of what no text has, of runs
    of accented letters, of half-width katakana."""
    foreign = [mark for mark in text if not mark.isascii()]
    strange = sum(mark == "\ufffd" or "\x80" <= mark <= "\x9f" for mark in foreign)
    runs = (_ACCENTED if declared == "cp1252" else _HALF_WIDTH).findall(text)
    return strange * 20 > len(foreign) or sum(map(len, runs)) * 2 > len(foreign) > 20


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
