"""A saved web page: one article, which the `clean` stage takes out of it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.encoding import decode_page
from pipeline.registry import source
from pipeline.sources import Defaults, Document, Item
from pipeline.sources._whole import read_whole


@source("html", suffixes=(".html", ".htm", ".xhtml"))
def read_html(document: Document, defaults: Defaults) -> Iterator[Item]:
    """One record."""
    yield read_whole(document, defaults, "text/html", decode_page)
