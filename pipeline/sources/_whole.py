"""Documents that are one record as a whole."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.encoding import UndecodableError
from pipeline.records import ContentType
from pipeline.sources import LINE_BYTES, Defaults, Document, Item, Problem, article, too_large


def read_whole(document: Document, defaults: Defaults, kind: ContentType, decode: Callable[[bytes], str]) -> Item:
    """The record, or why there is none. `decode` may raise UndecodableError."""
    content = document.stream.read(LINE_BYTES + 1)
    if len(content) > LINE_BYTES:
        return Problem(document.path, None, too_large(len(content)))
    try:
        text = decode(content)
    except UndecodableError as error:
        return Problem(document.path, None, str(error))
    return article(text, kind, document, defaults)
