"""Sources: one file for each input format, a generator `(Document, Defaults) -> Iterator[Item]` with `@source`.

It reads its document lazily, in memory that does not grow with it, and tells what it cannot read as a Problem with
the line where it stands. Where documents are long, it says with each item how far it came and can begin there.
inputs.py finds the documents; `push` and `try` take the items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from pipeline.identity import article_id
from pipeline.records import ContentType, InvalidRecordError, RawArticle, Source, encode
from pipeline.topics import MAX_RAW_BYTES

LINE_BYTES = 4 * MAX_RAW_BYTES
"""Longest JSON of one record: escapes can make it longer than the record that is sent."""

JSON_FEED_VERSION = b"jsonfeed.org/version/"
"""Tells a JSON Feed from other JSON."""

NOBODY = Source()


@dataclass(frozen=True, slots=True)
class Position:
    """Behind a record of a document: the byte from which reading goes on, and the lines that lie before it."""

    byte: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One input: a file or a stream. What lies before `start` has been taken already and is passed over."""

    path: str
    stream: BinaryIO
    start: Position = Position(0)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a record gets that does not say it itself. `url` is for text and HTML; `now` becomes `first_seen`."""

    now: Callable[[], datetime]
    source: Source = NOBODY
    language: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A record, and where it stood. `line` is None where there are no lines. `value` is what is sent; `end` is where
    reading can go on after it, None where it can go on at the document's end only."""

    raw: RawArticle
    value: bytes
    path: str
    line: int | None = None
    end: Position | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that cannot be taken, where it stood, and its id as far as that could be read. `byte` is its place in
    a document that has no lines; `end` as of what is found."""

    path: str
    line: int | None
    reason: str
    id: str | None = None
    byte: int | None = None
    end: Position | None = None

    def __str__(self) -> str:
        place = (
            f", line {self.line}" if self.line is not None else f", byte {self.byte}" if self.byte is not None else ""
        )
        return f"{self.path}{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file in a folder that no source reads, or a record of an archive that is no page: pictures and the like."""

    path: str
    end: Position | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a document, told where positions are kept."""

    path: str


Item = Found | Problem | Skipped | Finished
SourceFunction = Callable[[Document, Defaults], Iterator[Item]]


def article(text: str, kind: ContentType, document: Document, defaults: Defaults) -> Item:
    """A whole document as one record."""
    now = defaults.now()
    raw = RawArticle(
        id=article_id(defaults.url, defaults.source.id, text),
        url=defaults.url,
        source=defaults.source,
        content_type=kind,
        content=text,
        language=defaults.language,
        first_seen=now,
        fetched_at=now,
    )
    return checked(raw, document.path, None)


def checked(raw: RawArticle, path: str, line: int | None) -> Found | Problem:
    """The record, if it can be sent and says anything."""
    if not raw.content.strip():
        return Problem(path, line, "there is no text in it", raw.id)
    try:
        value = encode(raw)
    except InvalidRecordError as error:
        return Problem(path, line, str(error), raw.id)
    if len(value) > MAX_RAW_BYTES:
        return Problem(path, line, too_large(len(value)), raw.id)
    return Found(raw, value, path, line)


def too_large(size: int) -> str:
    """The reason for refusing a record of so many bytes."""
    return f"{size:,} bytes are too many; a record can have {MAX_RAW_BYTES:,}"
