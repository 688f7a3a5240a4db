"""JSON: one object, several one after another, or an array of objects; read one by one, so that any size will do."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from pipeline.registry import source
from pipeline.sources import LINE_BYTES, Defaults, Document, Item, Position, Problem, too_large
from pipeline.sources._json_record import read_record
from pipeline.sources.feed import is_json_feed, read_feed_content

_CHUNK_BYTES = 256 * 1024
_MARK = re.compile(rb'["{}\[\]]')
_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_QUOTE = ord('"')
_BETWEEN = b" \t\r\n,"


@dataclass(frozen=True, slots=True)
class Value:
    """One JSON value: its bytes, or none if they are too many, their number, the line where it begins, and the byte
    behind it."""

    line: int
    content: bytes
    size: int
    end: int


@source("json", suffixes=(".json",))
def read_json(document: Document, defaults: Defaults) -> Iterator[Item]:
    """A record for each object; a JSON Feed is an object as well, and gives its items."""
    count = 0
    for value in values(document.stream):
        count += 1
        end = Position(value.end)
        if value.end <= document.start.byte:  # where a value begins shows only when all before it is scanned
            continue
        if not value.content:
            yield Problem(document.path, value.line, too_large(value.size), end=end)
        elif is_json_feed(value.content):
            yield from read_feed_content(value.content, document.path, defaults)
        else:
            yield replace(read_record(value.content, document.path, value.line, defaults), end=end)
    if not count:
        yield Problem(document.path, None, "there is no record in it")


def values(stream: BinaryIO, limit: int = LINE_BYTES) -> Iterator[Value]:
    """Split a JSON text into its objects without reading them: the elements of a top-level array, or the top-level
    values. What is no JSON comes out as a value as well, for the reader of records to refuse."""
    chunk = stream.read(_CHUNK_BYTES)
    scanner = _Scanner(limit, len(codecs.BOM_UTF8) if chunk.startswith(codecs.BOM_UTF8) else 0)
    chunk = chunk.removeprefix(codecs.BOM_UTF8)
    while chunk:
        yield from scanner.feed(chunk)
        chunk = stream.read(_CHUNK_BYTES)
    yield from scanner.finish()


class _Scanner:
    """Finds where values begin and end; knows strings and brackets, nothing else of JSON."""

    def __init__(self, limit: int, skipped: int) -> None:
        self._limit = limit
        self._text = bytearray()  # from the beginning of the value on
        self._at = 0  # up to here it is scanned
        self._passed = skipped  # bytes before the text
        self._inside = False
        self._in_string = False
        self._depth = 0
        self._base = 0  # depth at which values lie: 1 within a top-level array
        self._line = 1  # at the beginning of the text
        self._begun = 1
        self._dropped = 0  # bytes of a too large value that are not kept

    def feed(self, chunk: bytes) -> Iterator[Value]:
        self._text += chunk
        while self._inside or self._begin():
            end = self._end()
            if end is None:
                if len(self._text) + self._dropped > self._limit:
                    self._dropped += self._at
                    self._pass(self._at)
                    self._at = 0
                return
            yield self._take(end)

    def finish(self) -> Iterator[Value]:
        if self._inside:
            yield self._take(len(self._text))

    def _begin(self) -> bool:
        """Pass over what lies between values; whether another one begins."""
        while True:
            self._pass(len(self._text) - len(self._text.lstrip(_BETWEEN)))
            if self._base == 0 and self._text.startswith(b"["):
                self._base = 1
            elif self._base == 1 and self._text.startswith(b"]"):
                self._base = 0
            else:
                break
            self._pass(1)
        self._inside = bool(self._text)
        self._begun = self._line
        self._at = 0
        self._depth = self._base
        return self._inside

    def _end(self) -> int | None:
        """Where the value ends; None if that is not in sight yet."""
        while True:
            if self._in_string:
                self._at = _STRING.match(self._text, self._at).end()  # type: ignore[union-attr] # matches nothing, too
                if self._at == len(self._text) or self._text[self._at] != _QUOTE:
                    return None  # the string, or an escape in it, goes on in the next chunk
                self._at += 1
                self._in_string = False
            mark = _MARK.search(self._text, self._at)
            if mark is None:
                self._at = len(self._text)
                return None
            self._at = mark.end()
            if mark[0] == b'"':
                self._in_string = True
            elif mark[0] in (b"{", b"["):
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth < self._base and self._at > 1:
                    return self._at - 1  # the array's own bracket, after something that has none
                if self._depth <= self._base:
                    return self._at

    def _take(self, end: int) -> Value:
        content = b"" if self._dropped else bytes(self._text[:end])
        value = Value(self._begun, content, end + self._dropped, self._passed + end)
        self._dropped = 0
        self._inside = self._in_string = False
        self._pass(end)
        return value

    def _pass(self, count: int) -> None:
        self._line += self._text.count(b"\n", 0, count)
        self._passed += count
        del self._text[:count]
