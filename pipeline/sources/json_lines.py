"""JSON Lines: one record a line. A line that cannot be read is told by its number, and the rest goes on."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from pipeline.registry import source
from pipeline.sources import LINE_BYTES, Defaults, Document, Item, Problem, too_large
from pipeline.sources._json_record import read_record


@source("jsonl", suffixes=(".jsonl", ".ndjson"))
def read_json_lines(document: Document, defaults: Defaults) -> Iterator[Item]:
    """A record for each line; empty lines are passed over."""
    number = 0
    while line := document.stream.readline(LINE_BYTES + 1):
        number += 1
        if len(line) > LINE_BYTES and not line.endswith(b"\n"):
            yield Problem(document.path, number, too_large(len(line) + _skip_line(document.stream)))
            continue
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if line.strip():
            yield read_record(line, document.path, number, defaults)


def _skip_line(stream: BinaryIO) -> int:
    size = 0
    while part := stream.readline(LINE_BYTES):
        size += len(part)
        if part.endswith(b"\n"):
            break
    return size
