"""WARC archives of crawlers (ISO 28500), plain or with a gzip member for each record, read by warcio.

Each page, a response with status 200 that is HTML, is an article, first seen and fetched at its WARC-Date; all other
records are counted as skipped. What is broken is told with its byte, and reading goes on at the next record.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, BinaryIO

from pipeline.encoding import UndecodableError, charset, decode_page
from pipeline.identity import article_id
from pipeline.records import RawArticle
from pipeline.registry import source
from pipeline.sources import LINE_BYTES, Defaults, Document, Found, Item, Position, Problem, Skipped, checked

_PAGES = ("text/html", "application/xhtml+xml")
_OF_HEADERS = (EOFError, ValueError, AttributeError)
"""What warcio raises besides its own, of headers that make no sense."""
_CHUNK = 256 * 1024
_GZIP = b"\x1f\x8b\x08"
_RECORD = b"WARC/1."
_BEGINNING = re.compile(rb"\x1f\x8b\x08|\nWARC/1\.")


class _CutRecordError(Exception):
    """A record has fewer bytes than it says."""

    def __init__(self, byte: int) -> None:
        super().__init__(byte)
        self.byte = byte


@source("warc", suffixes=(".warc", ".warc.gz"))
def read_warc(document: Document, defaults: Defaults) -> Iterator[Item]:
    """A record for each page."""
    from warcio.archiveiterator import WARCIterator  # noqa: PLC0415 -- only who reads archives waits for it
    from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415
    from warcio.statusandheaders import StatusAndHeadersParserException  # noqa: PLC0415

    stream, path = document.stream, document.path
    begun: int | None = document.start.byte
    while begun is not None:
        if begun:
            stream.seek(begun)
        records = WARCIterator(stream)
        records.INC_RECORD = ""  # what it would print about a wrong length; `err_count` says it as well
        try:
            yield from _read(records, path, defaults)
            return
        except _CutRecordError as error:
            broken, said = error.byte, "the record ends too early"
        except (ArchiveLoadFailed, StatusAndHeadersParserException, zlib.error, *_OF_HEADERS) as error:
            broken = max(begun, records.offset)
            said = "no WARC record" if isinstance(error, ArchiveLoadFailed) else f"broken: {error}"
        if not stream.seekable():
            yield Problem(path, None, f"{said}; the rest of a stream cannot be read, that of a file can", byte=broken)
            return
        begun = _next_record(stream, broken + 1)
        end = None if begun is None else Position(begun)
        rest = "nothing can be read after it" if begun is None else f"the next record is at byte {begun}"
        yield Problem(path, None, f"{said}; {rest}", byte=broken, end=end)


def _read(records: Any, path: str, defaults: Defaults) -> Iterator[Item]:
    for record in records:
        begun, wrong = records.offset, records.err_count
        made = _take(record, begun, path, defaults)
        records.read_to_end()
        end = Position(records.offset)
        if getattr(record.raw_stream, "limit", 0) > 0:  # then warcio may have lost its place as well
            raise _CutRecordError(begun)
        if records.err_count > wrong:
            made = Problem(path, None, "the record's length is wrong", byte=begun)
        yield replace(made, end=end)


def _take(record: Any, begun: int, path: str, defaults: Defaults) -> Found | Problem | Skipped:
    http = record.http_headers
    if record.rec_type != "response" or http is None or http.get_statuscode() != "200":
        return Skipped(path)
    kind, _, parameters = (http.get_header("Content-Type") or "").partition(";")
    if kind.strip().lower() not in _PAGES:
        return Skipped(path)
    try:
        content = _unpack(_payload(record), (http.get_header("Content-Encoding") or "").strip().lower())
    except zlib.error as error:
        return Problem(path, None, f"its content cannot be unpacked: {error}", byte=begun)
    if len(content) > LINE_BYTES:
        return Problem(path, None, f"a page of more than {LINE_BYTES:,} bytes", byte=begun)
    try:
        text = decode_page(content, charset(parameters))
    except UndecodableError as error:
        return Problem(path, None, str(error), byte=begun)
    made = checked(_article(record, text, defaults), path, None)
    return replace(made, byte=begun) if isinstance(made, Problem) else made


def _payload(record: Any) -> bytes:
    """The response's bytes out of their chunks, one more than allowed at most."""
    from warcio.bufferedreaders import ChunkedDataReader  # noqa: PLC0415 -- as above

    chunked = (record.http_headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked"
    stream, content = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream, bytearray()
    while len(content) <= LINE_BYTES and (part := stream.read(_CHUNK)):
        content += part
    return bytes(content)


def _unpack(content: bytes, packing: str) -> bytes:
    """By Content-Encoding, which many crawlers keep although they have unpacked the content. Raises zlib.error."""
    if packing in ("gzip", "x-gzip"):
        return _inflate(content, 31) if content.startswith(_GZIP[:2]) else content
    if packing == "deflate":  # with or without zlib's header, as servers understood it
        with suppress(zlib.error):
            return _inflate(content, 15)
        return content if content.lstrip().startswith(b"<") else _inflate(content, -15)
    if packing in ("", "identity") or content.lstrip().startswith(b"<"):
        return content
    raise zlib.error(f"it is packed with {packing[:40]}")


def _inflate(content: bytes, form: int) -> bytes:
    packed = zlib.decompressobj(wbits=form)
    made = packed.decompress(content, LINE_BYTES + 1)
    if not packed.eof and len(made) <= LINE_BYTES:
        raise zlib.error("it ends too early")
    return made


def _article(record: Any, text: str, defaults: Defaults) -> RawArticle:
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ") or None
    now = defaults.now()
    archived = _time(record.rec_headers.get_header("WARC-Date"))
    seen = min(archived, now) if archived else now
    return RawArticle(
        id=article_id(url, defaults.source.id, text),
        url=url,
        source=defaults.source,
        content_type="text/html",
        content=text,
        language=defaults.language,
        first_seen=seen,
        fetched_at=seen,
    )


def _time(said: str | None) -> datetime | None:
    try:
        made = datetime.fromisoformat(said or "")
    except ValueError:
        return None
    return made.replace(tzinfo=UTC) if made.tzinfo is None else made


def _next_record(stream: BinaryIO, start: int) -> int | None:
    """Where the next record begins, from a byte on; None if none does."""
    overlap = 64
    stream.seek(start)
    read = b""
    while part := stream.read(_CHUNK):
        read = read[-overlap:] + part
        base = stream.tell() - len(read)
        for found in _BEGINNING.finditer(read):
            at = base + found.start() + (found[0][:1] == b"\n")
            if at >= start and (found[0] != _GZIP or _is_packed_record(stream, at)):
                return at
    return None


def _is_packed_record(stream: BinaryIO, at: int) -> bool:
    """Whether a record is packed there, and not only the same three bytes; the stream is left where it was."""
    before = stream.tell()
    stream.seek(at)
    beginning = stream.read(1024)
    stream.seek(before)
    try:
        return zlib.decompressobj(wbits=31).decompress(beginning, len(_RECORD)) == _RECORD
    except zlib.error:
        return False
