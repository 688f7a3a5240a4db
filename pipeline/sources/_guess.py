"""The format of a stream that has no name to tell it."""

from __future__ import annotations

import re
import zlib
from typing import BinaryIO

import msgspec

from pipeline.records import UNREADABLE
from pipeline.sources import JSON_FEED_VERSION, LINE_BYTES

_HTML = (b"<?xml", b"<!doctype html", b"<html", b"<!--", b"<head", b"<body", b"<article", b"<div", b"<p>")
_FEEDS = (b"rss", b"rdf:rdf", b"feed", b"channel", b"urlset", b"sitemapindex")
_ELEMENT = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_BEGINNING = 64 * 1024
"""Within so many bytes the first element of a feed is looked for."""
_GZIP = b"\x1f\x8b"
_WARC = b"WARC/"
_GZIP_BEGINNING = 1024


def guess_format(stream: BinaryIO) -> tuple[str, bytes]:
    """The format by the first lines, and what was read of them; nothing of an empty stream."""
    first = _first_line(stream)
    shown = first.removeprefix(b"\xef\xbb\xbf").strip()
    if first.startswith(_GZIP):
        first += stream.read(_GZIP_BEGINNING)
        return ("warc" if _gunzip(first).startswith(_WARC) else "feed"), first
    if shown.startswith(_WARC):
        return "warc", first
    if shown.startswith((b"{", b"[")):
        return _guess_json(first, shown, stream)
    return _guess_markup(first, stream) if shown.startswith(b"<") else ("text", first)


def _guess_json(first: bytes, shown: bytes, stream: BinaryIO) -> tuple[str, bytes]:
    if shown.startswith(b"[") or JSON_FEED_VERSION in shown.replace(b"\\/", b"/"):
        return "json", first
    if _is_json(shown) or shown.endswith(b"}"):
        return "jsonl", first
    second = stream.readline(LINE_BYTES)
    return ("jsonl" if second.lstrip().startswith(b"{") else "json"), first + second


def _guess_markup(beginning: bytes, stream: BinaryIO) -> tuple[str, bytes]:
    """A feed and a page may both begin with an XML declaration, comments, a document type: the first element tells."""
    while (found := _ELEMENT.search(_COMMENT.sub(b"", beginning))) is None and len(beginning) < _BEGINNING:
        line = stream.readline(_BEGINNING)
        if not line:
            break
        beginning += line
    if found is not None and found[1].lower() in _FEEDS:
        return "feed", beginning
    shown = beginning.removeprefix(b"\xef\xbb\xbf").strip().lower()
    return ("html" if shown.startswith(_HTML) else "text"), beginning


def _first_line(stream: BinaryIO) -> bytes:
    """Up to and with the first line that is not empty."""
    read = b""
    while line := stream.readline(LINE_BYTES):
        read += line
        if line.strip() or len(read) > LINE_BYTES:
            break
    return read


def _gunzip(beginning: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(beginning, len(_WARC))
    except zlib.error:  # reading will tell
        return b""


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except UNREADABLE:
        return False
    return True
