"""Plain text: the whole file is one article's text, as it is. Its first line is no headline: nothing says so."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.encoding import decode
from pipeline.registry import source
from pipeline.sources import Defaults, Document, Item
from pipeline.sources._whole import read_whole


@source("text", suffixes=(".txt", ".text"))
def read_text(document: Document, defaults: Defaults) -> Iterator[Item]:
    """One record."""
    yield read_whole(document, defaults, "text/plain", decode)
