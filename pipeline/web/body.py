"""A body as it arrives, cut into lines: inflated piece by piece, in memory that does not grow with it."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

PIECE_BYTES = 256 * 1024
"""Most that is inflated at once."""
_GZIP = 16 + zlib.MAX_WBITS


class MalformedError(ValueError):
    """This is no gzip; the message says where it ends to be some."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end, its number from 1, and its size; `content` is empty where that is too large."""

    number: int
    content: bytes
    size: int


class Inflater:
    """Gzip (RFC 1952), one member or several."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What the next bytes hold, in pieces of at most PIECE_BYTES. Raises MalformedError."""
        while True:
            if self._member.eof:
                if not chunk:
                    return
                self._member = zlib.decompressobj(_GZIP)
            try:
                piece = self._member.decompress(chunk, PIECE_BYTES)
            except zlib.error as error:
                raise MalformedError(f"not gzip: {error}") from error
            chunk = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if piece:
                yield piece
            if not chunk and len(piece) < PIECE_BYTES:
                return

    def finish(self) -> None:
        """Raises MalformedError if something is missing."""
        if not self._member.eof:
            raise MalformedError("not gzip: it ends early")


class Lines:
    """Cuts at line feeds. Of a line beyond `limit` bytes, only the size is kept."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._begun = bytearray()
        self._size = 0
        self._number = 1

    @property
    def held(self) -> int:
        """Bytes that wait for their line's end."""
        return len(self._begun)

    def feed(self, piece: bytes) -> Iterator[Line]:
        """The lines that end in the next piece."""
        *ended, rest = piece.split(b"\n")
        for part in ended:
            self._append(part)
            yield self._end()
        self._append(rest)

    def finish(self) -> Iterator[Line]:
        """The last line, if no line feed ended it."""
        if self._size:
            yield self._end()

    def _append(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            self._begun.clear()
        else:
            self._begun += part

    def _end(self) -> Line:
        content = bytes(self._begun)
        if self._number == 1:
            content = content.removeprefix(codecs.BOM_UTF8)
        line = Line(self._number, content, self._size)
        self._begun.clear()
        self._size = 0
        self._number += 1
        return line
