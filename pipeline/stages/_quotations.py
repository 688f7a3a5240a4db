"""Where quotations stand in a text, by the quotation marks of the world.

`“…”`, `„…“`, `„…”`, `”…”`, `«…»`, `»…«`, `‹…›`, `「…」`, `『…』`, `‘…’`, `‚…‘` and the straight `"…"`. A quotation
ends with its paragraph, but for the custom of opening each paragraph of a long one anew and closing only the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PAIRS = {
    "“": "”", "„": "“”‟", "‟": "”", "«": "»", "‹": "›", "「": "」", "『": "』", '"': '"', "＂": "＂", "〝": "〞〟",
    "‘": "’", "‚": "‘’", "»": "«", "”": "”", "›": "‹",
}  # fmt: skip
_SINGLE = frozenset("‘‚‹›")
_DOUBTFUL = frozenset('"＂»”›‘')
"""Marks that open only at the beginning of a word."""
_MARK = re.compile("[" + "".join(sorted(set("".join(_PAIRS) + "".join(_PAIRS.values())))) + "]")
_BEFORE_OPENING = frozenset(" \n\t([{-–—:;,/…'“„«‘¿¡。、，：；（　」』")
_MOST_MARKS_INSIDE = 60
_MOST_PARAGRAPHS = 12
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Quotation:
    """`start` and `end` are the outer offsets, marks included; `single` tells of single marks, which are often none."""

    start: int
    end: int
    single: bool


def quotations(text: str) -> list[Quotation]:
    """The outermost quotations in the order of the text. What is never closed is none."""
    paragraphs = list(_paragraphs(text))
    marks = [[found.start() for found in _MARK.finditer(text, start, end)] for start, end in paragraphs]
    found = []
    done = 0
    for number, (start, end) in enumerate(paragraphs):
        hopeless: set[str] = set()
        for position, at in enumerate(marks[number]):
            mark = text[at]
            if at < done or mark in hopeless or not _opens(text, at, start):
                continue
            close = _closing(text, marks[number], position, end)
            if close is None and mark in '“"«„「' and at == start:
                close = _later_closing(text, paragraphs, marks, number)
            if close is None:
                hopeless.add(mark)
            else:
                done = close + 1
                if done - at <= _LONGEST:
                    found.append(Quotation(at, done, mark in _SINGLE))
    return found


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _opens(text: str, at: int, start: int) -> bool:
    mark = text[at]
    if mark not in _PAIRS or at + 1 >= len(text):
        return False
    if mark not in _DOUBTFUL:
        return True
    before, after = text[at - 1] if at > start else " ", text[at + 1]
    # Scripts without blanks between words have no other sign of a beginning.
    return not after.isspace() and (before in _BEFORE_OPENING or (mark in '"＂' and "\u0e00" <= before <= "\uffef"))


def _closing(text: str, marks: list[int], position: int, end: int) -> int | None:
    """The mark that closes the one at `position`, nested ones of its kind passed over where they are balanced."""
    mark = text[marks[position]]
    closers = _PAIRS[mark]
    first, depth = None, 0
    for at in marks[position + 1 : position + 1 + _MOST_MARKS_INSIDE]:
        if text[at] in closers and _closes(text, at, end):
            if first is None:
                first = at
            if depth == 0 or mark in closers:
                return at
            depth -= 1
        elif text[at] == mark:
            depth += 1
    return first


def _closes(text: str, at: int, end: int) -> bool:
    if text[at] in "’‘":  # an apostrophe stands before a letter, or after one and not before punctuation
        after = text[at + 1] if at + 1 < end else " "
        return not after.isalnum() and (text[at - 1] in ",.!?…;" or after in ",.;:!?")
    if text[at] in '"＂':
        return not text[at - 1].isspace()
    return True


def _later_closing(text: str, paragraphs: list[tuple[int, int]], marks: list[list[int]], number: int) -> int | None:
    """The closing mark of a quotation that goes on in the next paragraphs, each of which opens it anew."""
    opening = text[paragraphs[number][0]]
    for following in range(number + 1, min(number + _MOST_PARAGRAPHS, len(paragraphs))):
        start, end = paragraphs[following]
        if text[start : start + 1] != opening:
            return None
        close = _closing(text, marks[following], 0, end)
        if close is not None:
            return close
    return None
