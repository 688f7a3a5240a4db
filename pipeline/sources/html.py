"""A saved web page: one article, which the `clean` stage takes out of it.

The encoding is found as browsers do (WHATWG): byte order mark, then what the page declares, then its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from w3lib.encoding import html_body_declared_encoding, to_unicode

from pipeline.registry import source
from pipeline.sources import LINE_BYTES, Defaults, Document, Item, Problem, article, too_large
from pipeline.sources._encoding import MARKS, UndecodableError, decode


@source("html", suffixes=(".html", ".htm", ".xhtml"))
def read_html(document: Document, defaults: Defaults) -> Iterator[Item]:
    """One record."""
    content = document.stream.read(LINE_BYTES + 1)
    if len(content) > LINE_BYTES:
        yield Problem(document.path, None, too_large(len(content)))
        return
    try:
        page = _decode(content)
    except UndecodableError as error:
        yield Problem(document.path, None, str(error))
        return
    yield article(page, "text/html", document, defaults)


def _decode(content: bytes) -> str:
    declared = html_body_declared_encoding(content)
    # Pages that were saved by a browser are often UTF-8 whatever they declare.
    if declared is None or content.startswith(MARKS) or _is_utf8(content):
        return decode(content)
    return to_unicode(content, declared)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
