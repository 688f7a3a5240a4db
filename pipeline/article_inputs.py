"""Articles from files: those that the chain has made are read as they are, everything else goes through the chain."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from pipeline.chain import Chain
from pipeline.inputs import STANDARD_INPUT, Inputs, Joined
from pipeline.outcomes import Kept
from pipeline.records import Article, InvalidRecordError, decode_article
from pipeline.sources import Defaults, Found, Problem

_JSON = (".json", ".jsonl", ".ndjson")


def read_articles(paths: Sequence[str], defaults: Defaults, chain: Chain) -> Iterator[Article | Problem]:
    """In their order; what cannot be read, or is no article to the chain, is a Problem. Nothing is raised.

    JSON Lines whose first object has a `processed_at` are Articles, as `newswire try --json` prints them.
    """
    for path in paths:
        if path == STANDARD_INPUT:
            yield from _read("standard input", sys.stdin.buffer, defaults, chain)
        elif path.lower().endswith(_JSON) and Path(path).is_file():
            with Path(path).open("rb") as stream:
                yield from _read(path, stream, defaults, chain)
        else:
            yield from _through_chain(Inputs([path], defaults), defaults, chain)


def _read(path: str, stream: BinaryIO, defaults: Defaults, chain: Chain) -> Iterator[Article | Problem]:
    first = stream.readline()
    if _is_article(first):
        yield from _decoded(path, _lines(first, stream))
        return
    if path.lower().endswith(".json"):
        whole = first + stream.read()
        if _is_article(whole):
            yield from _decoded(path, [whole])
            return
        first = whole
    if path == "standard input":
        joined = io.BufferedReader(Joined(first, stream))
        yield from _through_chain(Inputs([STANDARD_INPUT], defaults, standard_input=joined), defaults, chain)
    else:
        yield from _through_chain(Inputs([path], defaults), defaults, chain)


def _lines(first: bytes, stream: BinaryIO) -> Iterator[bytes]:
    yield first
    yield from stream


def _is_article(text: bytes) -> bool:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return isinstance(value, dict) and "processed_at" in value


def _decoded(path: str, lines: Iterable[bytes]) -> Iterator[Article | Problem]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield decode_article(line)
            except InvalidRecordError as error:
                yield Problem(path, number, str(error))


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
