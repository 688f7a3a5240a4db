"""Rules as JSON Lines: one object a line with `id` and `query`, and whatever else a Rule has."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from pipeline.alert_records import Rule


class BrokenRule(Struct, frozen=True):
    """A line that holds no rule, and what is wrong with it."""

    reason: str


_rule = msgspec.json.Decoder(Rule)


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
        return BrokenRule(f'not a rule: {error}; write {{"id": "…", "query": "…"}}')
    except UnicodeDecodeError as error:
        return BrokenRule(f"not UTF-8: {error.reason} at byte {error.start + 1}")
    except msgspec.DecodeError as error:
        return BrokenRule(f"not JSON: {error}")
    except RecursionError:
        return BrokenRule("not JSON that can be read: nested too deeply")
