"""Days of the week that stand alone in news text: "on Monday", "Senin", "lundi", "в понедельник".

The convention of newsrooms: the day of publication where its weekday is named; else the last such day before it, and
the next one where the sentence looks ahead, that is, where a word of the future stands nearer than a verb of saying
("the council will meet on Monday", but "said on Monday that it will meet"). Left alone: what returns ("every Monday"),
lists and spans of days, "last" and "next" in English, and a day with its date beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import chain

from pipeline.languages import Language, languages
from pipeline.stages._moments import Moment
from pipeline.stages._wording import alternatives, beginning, lowered

_REACH = 160
_LIST_GAP = 12
"""Characters between two days of a list or a span: "Monday to Friday"."""
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？।۔؟]|\n")
_NUMBER_NEAR = re.compile(r"[\s,(（]{0,3}(?:(?:tanggal|den|the|le|ngày) )?\d")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)['’]?\s*$")
_NOT_AFTER = frozenset(
    """
    a every each last next black good easter palm bloody ash cyber holy fat super setiap tiap saban chaque tous les le
    un cada todos todas los las um uma jeden jede jedes jedem ogni il elke iedere każdy każdą co каждый каждую каждое
    кожен кожну her كل هر हर প্রতি 매주 다음 지난 주 지난주 다음주 mỗi kila
    """.split()  # noqa: SIM905 -- a list of quoted words is no easier to read
)
_NOT_AFTER_MARKS = frozenset("0123456789終终每逢下上本这這一二两三四五六七八九十几週周\u200c")
_ENDS_BEFORE = ("毎週", "来週", "先週", "今週", "再来週", "ทุก")


@dataclass(frozen=True, slots=True)
class _Wording:
    days: re.Pattern[str]
    """One group for each day, Monday first."""
    cues: re.Pattern[str]
    """Words of the future, in the group `future`, and verbs of saying."""


def weekday_moments(text: str, language: str, day: date) -> Iterator[Moment]:
    """Weekdays of the text, counted from `day`."""
    wording = _wording(language)
    if wording is None:
        return
    low = lowered(text)
    found = list(wording.days.finditer(low))
    for place, match in enumerate(found):
        before = found[place - 1].end() if place else -_LIST_GAP
        after = found[place + 1].start() if place + 1 < len(found) else len(low) + _LIST_GAP
        alone = match.start() - before >= _LIST_GAP and after - match.end() >= _LIST_GAP
        if alone and not _returns(low, match.start()) and not _NUMBER_NEAR.match(low, match.end()):
            ago = (day.weekday() - int((match.lastgroup or "d0")[1:])) % 7
            ahead = ago > 0 and _looks_ahead(low, match, wording)
            yield Moment(*match.span(), (day - timedelta(days=ago - 7 if ahead else ago)).isoformat())


def _returns(low: str, start: int) -> bool:
    before = low[max(0, start - 20) : start]
    word = _WORD_BEFORE.search(before)
    return (
        (word is not None and word[1] in _NOT_AFTER)
        or before[-1:] in _NOT_AFTER_MARKS
        or before.rstrip().endswith(_ENDS_BEFORE)
    )


def _looks_ahead(low: str, match: re.Match[str], wording: _Wording) -> bool:
    """Whether the nearest cue of the sentence is one of the future."""
    start, end = max(0, match.start() - _REACH), min(len(low), match.end() + _REACH)
    for stop in _SENTENCE_END.finditer(low, start, match.start()):
        start = stop.end()
    stop_after = _SENTENCE_END.search(low, match.end(), end)
    end = stop_after.start() if stop_after else end
    cues = [
        (max(match.start() - cue.end(), cue.start() - match.end()), cue["future"] is not None)
        for cue in wording.cues.finditer(low, start, end)
        if cue.end() <= match.start() or cue.start() >= match.end()
    ]
    return min(cues)[1] if cues else False


@cache
def _wording(language: str) -> _Wording | None:
    known = languages().get(language, Language(tag=language, name="", analyzer="standard"))
    if not known.weekdays:
        return None
    names_of = [names.split("|") if "(" not in names else [names] for names in known.weekdays]
    days = "|".join(f"(?P<d{number}>{alternatives(names, language)})" for number, names in enumerate(names_of))
    future = alternatives(known.future, language) if known.future else "(?!)"
    saying = alternatives((verb.lower() for verb in known.saying), language) if known.saying else "(?!)"
    return _Wording(
        re.compile(f"{beginning(chain.from_iterable(names_of))}(?:{days})"),
        re.compile(f"(?P<future>{future})|{saying}"),
    )
