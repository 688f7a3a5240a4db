"""When an article was published, from any usual spelling. Reads no clock: relative times count from first_seen."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pipeline.languages import languages

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

TOLERANCE = timedelta(hours=24)
"""Lateness against first_seen that wrong time zones explain; what is later still is no publication date."""
EARLIEST = datetime(1600, 1, 1, tzinfo=UTC)
"""The first newspapers appeared in 1605."""
_MAX_LENGTH = 120

# Hours east of UTC of abbreviations that newsrooms write. Where two zones share one, the one with more newspapers.
_ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "IST": 5.5, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "МСК": 3, "TRT": 3, "EAT": 3, "CAT": 2, "WAT": 1, "SAST": 2, "GST": 4, "PKT": 5,
    "BDT": 6, "ICT": 7, "WIB": 7, "WITA": 8, "WIT": 9, "SGT": 8, "MYT": 8, "HKT": 8, "PHT": 8, "PST": -8, "PDT": -7,
    "MST": -7, "MDT": -6, "CST": -6, "CDT": -5, "EST": -5, "EDT": -4, "ET": -5, "BRT": -3, "ART": -3, "JST": 9,
    "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip

_NUMERIC = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)?(?P<a>\d{1,4})(?P<separator>[-/.])(?P<b>\d{1,2})(?P=separator)(?P<c>\d{4}|\d{2})\.?"
    r"(?:,?\s*(?:[-–|·]\s*)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
    r"\s*\(?(?P<zone>[A-ZМСК]{1,5}|(?:UTC|GMT)?[+-]\d{1,2}:?(?:\d{2})?)?\)?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?")
_BUDDHIST_YEAR = re.compile(r"\b25[4-9]\d\b")
_FRACTION = re.compile(r"(?<=:\d\d)[.,](\d+)")
_ISO_START = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}T")


def publication_time(text: str | None, first_seen: datetime, language: str | None = None) -> datetime | None:
    """`text` as a moment in UTC, or None. Later than first_seen by up to TOLERANCE counts as first_seen.

    A time without a zone is read as UTC. In 7/8/2022 the day comes first, unless `language` (a BCP 47 hint) is
    English as in America, or only the other reading is not in the future.
    """
    if not text:
        return None
    text = text.strip()
    if not text or len(text) > _MAX_LENGTH:
        return None
    limit = first_seen + TOLERANCE
    text = _BUDDHIST_YEAR.sub(lambda year: str(int(year[0]) - 543), text)
    found = (
        _epoch(text) or _iso(text) or _mail(text) or _numeric(text, limit, language) or _any(text, first_seen, language)
    )
    return None if found is None else not_in_the_future(found, first_seen)


def not_in_the_future(time: datetime, first_seen: datetime) -> datetime | None:
    """`time` in UTC; at most first_seen, or None when it is later than any time zone explains."""
    moment = _in_utc(time)
    if moment is None or moment < EARLIEST or moment > first_seen + TOLERANCE:
        return None
    return min(moment, first_seen.astimezone(UTC))


def _in_utc(time: datetime) -> datetime | None:
    try:
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _iso(text: str) -> datetime | None:
    """RFC 3339 and most of ISO 8601."""
    if not _ISO_START.match(text):
        return None
    try:
        return datetime.fromisoformat(_FRACTION.sub(lambda found: "." + found[1][:6].ljust(6, "0"), text))
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    """RFC 822 and its successors, as in RSS."""
    if "," not in text[:12] and ":" not in text:
        return None
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError, TypeError):
        return None
    name = text.rsplit(" ", 1)[-1].strip("()")
    if found.tzinfo is None and name in _ZONES:
        return found.replace(tzinfo=timezone(timedelta(hours=_ZONES[name])))
    return found


def _numeric(text: str, limit: datetime, language: str | None) -> datetime | None:
    """Digits: 28/7/2022 10:15 WIB, 2022.07.28, Kamis, 28-07-2022 | 10:15."""
    found = _NUMERIC.fullmatch(text)
    if not found:
        return None
    a, b, c = found["a"], found["b"], found["c"]
    if len(a) == 4 and len(c) <= 2:
        readings = [(int(a), int(b), int(c))]
    elif len(a) <= 2:
        year = int(c) if len(c) == 4 else 2000 + int(c)
        readings = [(year, int(b), int(a)), (year, int(a), int(b))]
        if (language or "").lower().replace("_", "-") in ("en", "en-us"):
            readings.reverse()
    else:
        return None
    made = [time for reading in readings if (time := _moment(reading, found)) is not None]
    return next((time for time in made if time <= limit), made[0] if made else None)


def _moment(date: tuple[int, int, int], found: re.Match[str]) -> datetime | None:
    hour, half = int(found["hour"] or 0), (found["half"] or "").lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    zone = _zone(found["zone"] or "UTC")
    if zone is None:
        return None
    try:
        return _in_utc(datetime(*date, hour, int(found["minute"] or 0), int(found["second"] or 0), tzinfo=zone))
    except ValueError:
        return None


def _zone(name: str) -> timezone | None:
    if name in _ZONES:
        return timezone(timedelta(hours=_ZONES[name]))
    offset = _OFFSET.fullmatch(name)
    if not offset:
        return None
    minutes = int(offset[2]) * 60 + int(offset[3] or 0)
    return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes)) if minutes < 1440 else None


def _epoch(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970."""
    if len(text) not in (10, 13) or not (text.isascii() and text.isdigit()):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


class _Base(NamedTuple):
    languages: tuple[str, ...]
    time: datetime


def _any(text: str, first_seen: datetime, language: str | None) -> datetime | None:
    """Everything else, by dateparser: month names and relative dates in many languages."""
    if not any(mark.isalpha() or "0" <= mark <= "9" for mark in text) or text.isdecimal():
        return None
    hint = re.split("[-_]", language.lower())[0] if language else ""
    base = first_seen.astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0)
    ours = _languages()
    for tried in ((hint,), ours) if hint in ours else (ours,):
        found = _parse(text, _Base(tried, base))
        if found is not None:
            return found
    return None


@lru_cache(maxsize=4096)
def _parse(text: str, base: _Base) -> datetime | None:
    try:
        return _parser(base).get_date_data(text).date_obj
    except (ValueError, OverflowError, TypeError, RecursionError, AttributeError, KeyError, IndexError):
        return None  # dateparser raises whatever its many parsers meet; none of it says more than "no date"


@lru_cache(maxsize=64)
def _parser(base: _Base) -> DateDataParser:
    from dateparser.date import DateDataParser  # noqa: PLC0415 -- slow to import, and most feeds write RFC dates

    settings = {
        "RELATIVE_BASE": base.time,
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": "DMY",
        "PREFER_LOCALE_DATE_ORDER": True,
        "REQUIRE_PARTS": ["day", "month"],
        "PARSERS": ["relative-time", "absolute-time"],
    }
    return DateDataParser(languages=list(base.languages), settings=settings)


@cache
def _languages() -> tuple[str, ...]:
    """Those with a language file: all 200 that dateparser knows would take seconds to load."""
    from dateparser.data.languages_info import language_order  # noqa: PLC0415 -- as above

    return tuple(tag for tag in language_order if tag in languages())
