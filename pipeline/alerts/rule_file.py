"""Rules as JSON Lines: one object a line with `id` and `query`, and whatever else a Rule has."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from pipeline.alert_records import Rule


class BrokenRule(Struct, frozen=True):
    """A line that holds no rule, and what is wrong with it."""

    reason: str


_rule = msgspec.json.Decoder(Rule)
_WHERE = re.compile(r" - at `\$\.([a-z_.]+)`$")
_TIME_OF_DAY = "hours and minutes, as in 07:30"
_MEANT = {
    "id": "1 to 512 characters in quotation marks, without line ends and the like",
    "channels": 'a list of names, as in ["desk"]',
    "delivery.every": "article, hour, day or week",
    "delivery.at": _TIME_OF_DAY,
    "delivery.weekday": "monday, tuesday …",
    "delivery.throttle_seconds": "a whole number",
    "delivery.throttle_by": "rule or entity",
    "delivery.quiet": '{"since": "22:00", "until": "06:00"}',
    "delivery.quiet.since": _TIME_OF_DAY,
    "delivery.quiet.until": _TIME_OF_DAY,
    "snoozed_until": "a time with its zone, as in 2026-12-01T08:00:00Z",
}
"""What to write, by the path of what was wrong."""


def read_rules(lines: Iterable[bytes]) -> Iterator[tuple[int, Rule | BrokenRule]]:
    """Line by line, numbered from 1, the rules or what is wrong with them. Blank lines are passed over.

    Queries are not read here: that is the matter of who puts them in force.
    """
    seen: dict[str, int] = {}
    for number, written in enumerate(lines, 1):
        line = written.removeprefix(codecs.BOM_UTF8) if number == 1 else written
        if not line.strip():
            continue
        found = _read(line)
        if isinstance(found, Rule):
            first = seen.setdefault(found.id, number)
            if first != number:
                found = BrokenRule(f"the id {found.id!r} is that of line {first} already; give it another")
        yield number, found


def _read(line: bytes) -> Rule | BrokenRule:
    try:
        return _rule.decode(line)
    except msgspec.ValidationError as error:
        return BrokenRule(_advice(str(error)))
    except UnicodeDecodeError as error:
        return BrokenRule(f"not UTF-8: {error.reason} at byte {error.start + 1}")
    except msgspec.DecodeError as error:
        return BrokenRule(f"not JSON: {error}")
    except RecursionError:
        return BrokenRule("not JSON that can be read: nested too deeply")


def _advice(wrong: str) -> str:
    place = _WHERE.search(wrong)
    if place is None or place[1] not in _MEANT:
        return f'not a rule: {wrong}; write {{"id": "…", "query": "…"}}'
    found = wrong[: place.start()]
    reason = "this text does not fit" if "matching regex" in found else found
    return f"not a rule: {reason} at {place[1]}; write {_MEANT[place[1]]}"
