"""Articles from files: those that the chain has made are read as they are, everything else goes through the chain."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from pipeline.chain import Chain
from pipeline.inputs import STANDARD_INPUT, Inputs, Joined
from pipeline.outcomes import Kept
from pipeline.records import UNREADABLE, Article, InvalidRecordError, decode_article
from pipeline.sources import LINE_BYTES, Defaults, Found, Problem, too_large
from pipeline.sources.json_lines import skip_line

_JSON = (".json", ".jsonl", ".ndjson")


def read_articles(paths: Sequence[str], defaults: Defaults, chain: Chain) -> Iterator[Article | Problem]:
    """In their order; what cannot be read, or is no article to the chain, is a Problem. Nothing is raised.

    JSON Lines whose first object has a `processed_at` are Articles, as `newswire try --json` prints them.
    """
    for path in paths:
        if path == STANDARD_INPUT:
            yield from _read("standard input", sys.stdin.buffer, defaults, chain)
        elif path.lower().endswith(_JSON) and os.path.isfile(path) and os.access(path, os.R_OK):  # noqa: PTH113
            with Path(path).open("rb") as stream:
                yield from _read(path, stream, defaults, chain)
        else:
            yield from _through_chain(Inputs([path], defaults), defaults, chain)


def _read(path: str, stream: BinaryIO, defaults: Defaults, chain: Chain) -> Iterator[Article | Problem]:
    before, first = _beginning(stream)
    if _is_article(first):
        yield from _decoded(path, before.count(b"\n"), first, stream)
        return
    if path.lower().endswith(".json"):
        first += stream.read(LINE_BYTES)
        if _is_article(first):
            yield from _decoded(path, before.count(b"\n"), first, stream)
            return
    if path == "standard input":
        joined = io.BufferedReader(Joined(before + first, stream))
        yield from _through_chain(Inputs([STANDARD_INPUT], defaults, standard_input=joined), defaults, chain)
    else:
        yield from _through_chain(Inputs([path], defaults), defaults, chain)


def _beginning(stream: BinaryIO) -> tuple[bytes, bytes]:
    """The first line that says anything, and what lies before it: blank lines, a byte order mark."""
    before, line = b"", stream.readline(LINE_BYTES)
    if line.startswith(codecs.BOM_UTF8):
        before, line = codecs.BOM_UTF8, line.removeprefix(codecs.BOM_UTF8)
    while line.isspace() and len(before) < LINE_BYTES:
        before += line
        line = stream.readline(LINE_BYTES)
    return before, line


def _is_article(text: bytes) -> bool:
    try:
        value = msgspec.json.decode(text)
    except UNREADABLE:
        return False
    return isinstance(value, dict) and "processed_at" in value


def _decoded(path: str, number: int, line: bytes, stream: BinaryIO) -> Iterator[Article | Problem]:
    """The line behind so many, and all that follow."""
    while line:
        number += 1
        if len(line) > LINE_BYTES and not line.endswith(b"\n"):
            yield Problem(path, number, too_large(len(line) + skip_line(stream)))
        elif line.strip():
            try:
                yield decode_article(line)
            except InvalidRecordError as error:
                yield Problem(path, number, str(error))
        line = stream.readline(LINE_BYTES + 1)


def _through_chain(inputs: Inputs, defaults: Defaults, chain: Chain) -> Iterator[Article | Problem]:
    for item in inputs:
        if isinstance(item, Problem):
            yield item
        elif isinstance(item, Found):
            outcome = chain.run(item.raw, defaults.now()).outcome
            if isinstance(outcome, Kept):
                yield outcome.article
            else:
                what = type(outcome).__name__.lower()
                yield Problem(item.path, item.line, f"{what} by {outcome.stage}: {outcome.reason}", item.raw.id)
