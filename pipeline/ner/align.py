"""Spans of a text in code points, as taggers give them, on the tokens of the text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from pipeline.ner.spans import Name, Text

_LABELS = {
    "PER": "PER", "PERSON": "PER", "PS": "PER", "PERS": "PER",
    "ORG": "ORG", "ORGANIZATION": "ORG", "ORGANISATION": "ORG", "OG": "ORG",
    "LOC": "LOC", "LOCATION": "LOC", "GPE": "LOC", "FAC": "LOC", "FACILITY": "LOC", "LC": "LOC",
}  # fmt: skip
"""What models call people, organisations and places."""


def aligned(spans: Iterable[tuple[int, int, str]], index: int, text: Text) -> Iterator[Name]:
    """People, organisations and places as names in the text with this index, whole tokens; other labels left out."""
    for start, end, label in spans:
        kind = _LABELS.get(label.upper())
        first = max(0, bisect_right(text.starts, start) - 1)
        if text.starts and text.end(first + 1) <= start:
            first += 1
        last = bisect_left(text.starts, end)
        if kind and start < end and first < last:
            yield Name(index, first, last, kind)
