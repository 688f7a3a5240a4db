"""A saved web page: one article, which the `clean` stage takes out of it."""

from __future__ import annotations

from collections.abc import Iterator

from w3lib.encoding import html_body_declared_encoding

from pipeline.encoding import decode_declared
from pipeline.registry import source
from pipeline.sources import Defaults, Document, Item
from pipeline.sources._whole import read_whole


@source("html", suffixes=(".html", ".htm", ".xhtml"))
def read_html(document: Document, defaults: Defaults) -> Iterator[Item]:
    """One record."""
    yield read_whole(document, defaults, "text/html", decode_page)


def decode_page(content: bytes, header: str | None = None) -> str:
    """A page's text; `header` is the encoding that the HTTP header named. Raises UndecodableError."""
    return decode_declared(content, header, html_body_declared_encoding(content))
