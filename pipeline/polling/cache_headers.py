"""What an answer's headers say about the next request: freshness (RFC 9111), Retry-After and dates (RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_DIRECTIVE = re.compile(r'([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?')
_DIGITS = re.compile(r"\d{1,12}")
_MAX_VALIDATOR = 512
"""Longer validators are not worth their place in the feed's state."""


def fresh_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """For how long the answer stays fresh from `now` on (RFC 9111 section 4.2); 0 when it says nothing, or not so.

    s-maxage goes before max-age and that before Expires, for what stands in shared caches is what we would get.
    """
    said = _directives(headers.get("cache-control", ""))
    if "no-cache" in said or "no-store" in said:
        return 0.0
    lifetime = next(
        (seconds for name in ("s-maxage", "max-age") if (seconds := _seconds(said.get(name))) is not None), None
    )
    if lifetime is None:
        expires = http_date(headers.get("expires"))
        if expires is None:
            return 0.0
        lifetime = (expires - (http_date(headers.get("date")) or now)).total_seconds()
    return max(0.0, lifetime - (_seconds(headers.get("age")) or 0.0))


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """How many seconds the server wants to be left alone, said as such or as a date; None when it says nothing."""
    said = headers.get("retry-after", "").strip()
    seconds = _seconds(said)
    if seconds is not None:
        return seconds
    until = http_date(said)
    return None if until is None else max(0.0, (until - now).total_seconds())


def validator(headers: Mapping[str, str], name: str) -> str | None:
    """The header `etag` or `last-modified`, to be sent back as it came; None where there is none of use."""
    said = headers.get(name, "").strip()
    return said if said and len(said) <= _MAX_VALIDATOR and said.isprintable() else None


def http_date(said: str | None) -> datetime | None:
    """A date as HTTP and mail have it (RFC 9110 section 5.6.7, RFC 5322); None for anything else, such as `0`."""
    if not said:
        return None
    try:
        made = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _directives(said: str) -> dict[str, str]:
    made: dict[str, str] = {}
    for name, quoted, bare in _DIRECTIVE.findall(said):
        made.setdefault(name.lower(), quoted or bare)
    return made


def _seconds(said: str | None) -> float | None:
    return float(said.strip()) if said and _DIGITS.fullmatch(said.strip()) else None
