"""Plain text: the whole file is one article's text, as it is. Its first line is no headline: nothing says so."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.registry import source
from pipeline.sources import LINE_BYTES, Defaults, Document, Item, Problem, article, too_large
from pipeline.sources._encoding import UndecodableError, decode


@source("text", suffixes=(".txt", ".text"))
def read_text(document: Document, defaults: Defaults) -> Iterator[Item]:
    """One record."""
    content = document.stream.read(LINE_BYTES + 1)
    if len(content) > LINE_BYTES:
        yield Problem(document.path, None, too_large(len(content)))
        return
    try:
        text = decode(content)
    except UndecodableError as error:
        yield Problem(document.path, None, str(error))
        return
    yield article(text, "text/plain", document, defaults)
