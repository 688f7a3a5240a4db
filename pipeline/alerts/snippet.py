"""The piece of an article that shows why a rule fired."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from pipeline.alert_records import Snippet, Span
from pipeline.records import Article

_Field = Literal["headline", "description", "body"]
_FIELDS: tuple[_Field, ...] = ("body", "description", "headline")
_SENTENCE = re.compile(r"[.!?…؟।]['\"”’»)\]]*\s+|[。！？]['\"”’»)\]」』]*\s*|[\r\n\u2028\u2029]+\s*")
_WORD_REACH = 30
"""Characters within which a space is looked for; scripts without spaces are cut where they must be."""
_ONE_LINE = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " ")


def snippet(article: Article, spans: Sequence[Span], characters: int) -> Snippet | None:
    """About so many characters of one field, no more, around the place with most of what fired, on one line.

    Body goes before description, and the headline comes last, as it is shown anyway. Without a span (a name fired, or a
    source) it is how the body begins. `spans` are in the order of the text.
    """
    for name in _FIELDS:
        here = [span for span in spans if span.field == name]
        if here:
            return _around(name, getattr(article, name) or "", here, characters)
    for name in _FIELDS[:2]:
        text = getattr(article, name) or ""
        if text.strip():
            return _around(name, text, [], characters)
    return None


def _around(name: _Field, text: str, spans: list[Span], characters: int) -> Snippet:
    first, last = _cluster(text, spans, characters) if spans else (0, 0)
    start = _start(text, first, (characters - (last - first)) // 2)
    end = _end(text, last, min(len(text), start + characters))
    if end == len(text):  # the room that the end leaves is the beginning's
        start = _start(text, first, characters - (end - first))
    while start < first and text[start].isspace():
        start += 1
    while end > last and text[end - 1].isspace():
        end -= 1
    marks = sorted({(max(span.start, start), min(span.end, end)) for span in spans})
    shown = tuple((begin - start, stop - start) for begin, stop in marks if begin < stop)
    return Snippet(field=name, text=text[start:end].translate(_ONE_LINE), marks=shown)


def _cluster(text: str, spans: list[Span], characters: int) -> tuple[int, int]:
    """Start and end of the stretch with most different words, then with most spans, then the first."""
    inside: Counter[str] = Counter()
    best, found = (0, 0), (spans[0].start, min(spans[0].end, spans[0].start + characters))
    words = [text[span.start : span.end].casefold() for span in spans]
    following = 0
    for number, span in enumerate(spans):
        while following < len(spans) and spans[following].end - span.start <= characters:
            inside[words[following]] += 1
            following += 1
        score = len(inside), following - number
        if score > best:
            best, found = score, (span.start, max(each.end for each in spans[number:following]))
        if following > number:
            inside[words[number]] -= 1
            if not inside[words[number]]:
                del inside[words[number]]
        else:  # longer than all that may be shown
            following = number + 1
    return found


def _start(text: str, first: int, room: int) -> int:
    """Where to begin, at most `room` characters before `first`: with its sentence, else with a word."""
    low = max(0, first - room)
    sentences = [match.end() for match in _SENTENCE.finditer(text, low, first) if match.end() <= first]
    if sentences and low > 0:
        return sentences[0] if first - sentences[-1] < room // 3 else sentences[-1]
    if low == 0:
        return 0
    for place in range(low, min(first, low + _WORD_REACH) + 1):
        if text[place - 1].isspace():
            return place
    return _between_characters(text, low, first)


def _end(text: str, last: int, high: int) -> int:
    """Where to end, after `last` and at most at `high`: with a sentence if that is not much shorter, else a word."""
    if high == len(text):
        return high
    sentences = [match.end() for match in _SENTENCE.finditer(text, last, high)]
    if sentences and sentences[-1] - last > (high - last) // 2:
        return sentences[-1]
    for place in range(high, max(last, high - _WORD_REACH) - 1, -1):
        if text[place].isspace():
            return place
    while high > last and unicodedata.category(text[high])[0] == "M":
        high -= 1
    return high


def _between_characters(text: str, place: int, last: int) -> int:
    while place < last and unicodedata.category(text[place])[0] == "M":
        place += 1
    return place
