"""JSON Lines: one record a line. A line that cannot be read is told by its number, and the rest goes on."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from pipeline.registry import source
from pipeline.sources import LINE_BYTES, Defaults, Document, Item, Position, Problem, too_large
from pipeline.sources._json_record import read_record


@source("jsonl", suffixes=(".jsonl", ".ndjson"))
def read_json_lines(document: Document, defaults: Defaults) -> Iterator[Item]:
    """A record for each line; empty lines are passed over."""
    byte, number = document.start.byte, document.start.line
    if byte:
        document.stream.seek(byte)
    while line := document.stream.readline(LINE_BYTES + 1):
        number += 1
        byte += len(line)
        if len(line) > LINE_BYTES and not line.endswith(b"\n"):
            rest = skip_line(document.stream)
            byte += rest
            yield Problem(document.path, number, too_large(len(line) + rest), end=Position(byte, number))
            continue
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if line.strip():
            yield replace(read_record(line, document.path, number, defaults), end=Position(byte, number))


def skip_line(stream: BinaryIO) -> int:
    """Pass over what is left of a line; how many bytes that was."""
    size = 0
    while part := stream.readline(LINE_BYTES):
        size += len(part)
        if part.endswith(b"\n"):
            break
    return size
