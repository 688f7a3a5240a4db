"""Dates in running text: numeric, written out, and relative ones that are plain, as ISO 8601.

dateparser, which reads the one date of publication, is too slow for the many numbers of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from pipeline.languages import Language, languages
from pipeline.stages._wording import alternatives, lowered, triggers

_NUMERIC = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/.]) ?(?P<month>\d{1,2})(?P=mark) ?(?P<day>\d{1,2})(?!\d|[-/.]\d)"
    r"|(?P<a>\d{1,2})(?P<dash>[-/.]) ?(?P<b>\d{1,2})(?P=dash) ?(?P<last>\d{4})(?!\d|[-/.]\d)"
)
_DAY_AND_MONTH = re.compile(r"(\d{1,2})/(\d{1,2})(?![\d/])")
_BRACKETED = frozenset(("id", "ms", "vi"))
"""Languages whose newsrooms write (28/7) for a day of this year."""
_CHARACTERS = re.compile(
    r"(?P<year>\d{4})\s?[年년](?:\s?(?P<month>\d{1,2})\s?[月월](?:\s?(?P<day>\d{1,2})\s?[日일号號])?)?(?![间間간来來代대])"
    r"|(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일号號]"
)
_CHARACTER_LANGUAGES = frozenset(("ja", "ko", "zh"))
_CAPITALISED = frozenset(("de", "en", "id", "ms", "sw"))
"""Languages whose months have capitals, so that "5 may be" is no date."""
_ORDINAL = r"(?:st|nd|rd|th|er|º|°|\.|-го|-е)?"
_OF = r"(?:\s+(?:de|del|of|tahun|năm|mwezi|พ\.ศ\.|ค\.ศ\.))?"
_YEARS = range(1600, 2200)
_LONGEST_MONTH = 24


@dataclass(frozen=True, slots=True)
class Moment:
    """A date: from `start` to `end` of the text; `value` is None where it can be read in two ways."""

    start: int
    end: int
    value: str | None


@dataclass(frozen=True, slots=True)
class _Wording:
    months: dict[str, int]
    full: frozenset[str]
    after_day: re.Pattern[str] | None
    """From the day on: 5 March 2026."""
    before_number: re.Pattern[str] | None
    """Up to a number: March … 5, March … 2026."""
    relative: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...]
    """Texts of which one must be there, the phrase, and its distance."""

    def is_month(self, name: str, language: str, *, with_year: bool) -> bool:
        """Short forms are words of other meanings too, unless a year follows."""
        if language in _CAPITALISED and not name[0].isupper():
            return False
        return with_year or name.lower() in self.full


def relative_moments(text: str, language: str, day: date) -> Iterator[Moment]:
    """Words such as "yesterday" and "3 weeks ago", counted from `day`."""
    low = lowered(text)
    for literals, pattern, distance in _wording(language).relative:
        if any(literal in low for literal in literals):
            for found in pattern.finditer(low):
                value = _shifted(day, distance.replace("#", str(int(found["number"]))) if "#" in distance else distance)
                if value:
                    yield Moment(*found.span(), value)


def moment_at(text: str, start: int, language: str, day: date) -> Moment | None:
    """The absolute date whose number begins at `start`. Without a year, it is the nearest one to `day`."""
    if start and (text[start - 1] in ".,/-" or (text[start - 1].isalnum() and language not in _CHARACTER_LANGUAGES)):
        return None
    return (
        _numeric(text, start, language)
        or _bracketed(text, start, language, day)
        or (_characters(text, start, day) if language in _CHARACTER_LANGUAGES else _written(text, start, language, day))
    )


def _numeric(text: str, start: int, language: str) -> Moment | None:
    found = _NUMERIC.match(text, start)
    if not found:
        return None
    if found["year"]:
        value = _iso(found["year"], found["month"], found["day"], language)
        return Moment(start, found.end(), value) if value else None
    readings = [
        value
        for d, m in ((found["a"], found["b"]), (found["b"], found["a"]))
        if (value := _iso(found["last"], m, d, language))
    ]
    if not readings:
        return None
    # In English either number may be the month.
    unclear = language == "en" and found["dash"] != "." and len(set(readings)) > 1
    return Moment(start, found.end(), None if unclear else readings[0])


def _bracketed(text: str, start: int, language: str, day: date) -> Moment | None:
    if language not in _BRACKETED:
        return None
    found = _DAY_AND_MONTH.match(text, start)
    if not found:
        return None
    enclosed = text[start - 1 : start] == "(" and text[found.end() : found.end() + 1] == ")"
    if not enclosed and text[max(0, start - 5) : start].lower() != "ngày ":
        return None
    value = _nearest(int(found[2]), int(found[1]), day)
    return Moment(start, found.end(), value) if value else None


def _characters(text: str, start: int, day: date) -> Moment | None:
    found = _CHARACTERS.match(text, start)
    if not found:
        return None
    if found["m"]:
        value = _nearest(int(found["m"]), int(found["d"]), day)
    elif found["day"]:
        value = _iso(found["year"], found["month"], found["day"], "zh")
    else:
        value = _month(int(found["year"]), int(found["month"])) if found["month"] else _year(int(found["year"]))
    return Moment(start, found.end(), value) if value else None


def _written(text: str, start: int, language: str, day: date) -> Moment | None:
    wording = _wording(language)
    if wording.after_day is None or wording.before_number is None:
        return None
    found = wording.after_day.match(text, start)
    if found and wording.is_month(found["month"], language, with_year=found["year"] is not None):
        month = wording.months[found["month"].lower()]
        value = (
            _iso(found["year"], str(month), found["day"], language)
            if found["year"]
            else _nearest(month, int(found["day"]), day)
        )
        if value:
            return Moment(start, found.end(), value)
    beginning = max(0, start - _LONGEST_MONTH)
    before = wording.before_number.search(text[beginning:start])
    if not before:
        return None
    return _after_month(text, (beginning + before.start("month"), before["month"]), start, language, day)


_MONTH_DAY = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\w)(?![.:]\d)(?:,?\s+(?P<year>\d{4})(?!\w))?")
_FOUR_DIGITS = re.compile(r"(\d{4})(?!\w)(?![.,]\d)")


def _after_month(text: str, month_at: tuple[int, str], start: int, language: str, day: date) -> Moment | None:
    """March 5, March 5, 2026 (in English) and March 2026."""
    wording = _wording(language)
    begin, name = month_at
    month = wording.months[name.lower()]
    year = _FOUR_DIGITS.match(text, start)
    if year and wording.is_month(name, language, with_year=True):
        value = _month(_common_era(int(year[1]), language), month)
        return Moment(begin, year.end(), value) if value else None
    found = _MONTH_DAY.match(text, start) if language == "en" else None
    if not found or not wording.is_month(name, language, with_year=True):
        return None
    if found["year"]:
        value = _iso(found["year"], str(month), found["day"], language)
    else:
        value = _nearest(month, int(found["day"]), day)
    return Moment(begin, found.end(), value) if value else None


@cache
def _wording(language: str) -> _Wording:
    known = languages().get(language, Language(tag=language, name="", analyzer="standard"))
    months: dict[str, int] = {}
    full: set[str] = set()
    for position, forms in enumerate(known.months, 1):
        spellings = forms.split("|")
        months |= dict.fromkeys(spellings, position)
        longest = max(len(spelling) for spelling in spellings)
        full |= {spelling for spelling in spellings if len(spelling) >= min(longest, 5)}
    names = alternatives(months, language) if months else ""
    relative = [
        (triggers(phrase), re.compile(alternatives((phrase,), language)), distance)
        for phrase, distance in sorted(known.moments.items(), key=lambda item: -len(item[0]))
    ]
    return _Wording(
        months=months,
        full=frozenset(full),
        after_day=re.compile(
            rf"(?P<day>\d{{1,2}}){_ORDINAL}{_OF}\s*(?P<month>{names})(?:\.?,?{_OF}\s*(?P<year>\d{{4}})(?!\w))?",
            re.IGNORECASE,
        )
        if months
        else None,
        before_number=re.compile(rf"(?P<month>{names})\.?{_OF}\s+\Z", re.IGNORECASE) if months else None,
        relative=tuple(relative),
    )


def _common_era(year: int, language: str) -> int:
    return year - 543 if language == "th" and 2400 < year < 2700 else year


def _iso(year: str, month: str, day: str, language: str) -> str | None:
    try:
        made = date(_common_era(int(year), language), int(month), int(day))
    except ValueError:
        return None
    return made.isoformat() if made.year in _YEARS else None


def _month(year: int, month: int) -> str | None:
    return f"{year:04d}-{month:02d}" if year in _YEARS and 1 <= month <= 12 else None


def _year(year: int) -> str | None:
    return str(year) if year in _YEARS else None


def _nearest(month: int, day: int, reference: date) -> str | None:
    candidates = []
    for year in (reference.year - 1, reference.year, reference.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:  # no such day, or the 29th of February in another year
            continue
    return min(candidates, key=lambda made: abs(made - reference)).isoformat() if candidates else None


def _shifted(day: date, distance: str) -> str | None:
    count, unit = int(distance[:-1]), distance[-1]
    try:
        if unit == "d":
            return (day + timedelta(days=count)).isoformat()
        if unit == "w":
            return "{}-W{:02d}".format(*(day + timedelta(weeks=count)).isocalendar()[:2])
    except OverflowError:
        return None
    if unit == "m":
        years, month = divmod(day.year * 12 + day.month - 1 + count, 12)
        return _month(years, month + 1)
    return _year(day.year + count)
