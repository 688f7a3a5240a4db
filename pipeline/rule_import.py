"""A file of rules against those that there are: what is wrong in it, what it adds, changes and removes. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pipeline.alert_records import Delivery, QuietHours, Rule
from pipeline.alerts.lexer import RuleError
from pipeline.alerts.parser import parse
from pipeline.alerts.rule_file import BrokenRule, read_rules
from pipeline.outbox.timetable import zone
from pipeline.topics import RULES

LARGEST_FILE = 256 * 1024 * 1024
LARGEST_RULE = RULES.max_message_bytes - 16 * 1024
"""Bytes of its JSON: the topic's limit counts key and framing, too."""
CSV_COLUMNS = ("id", "query", "name", "owner", "channels")
_KNOWN: dict[str, type[Struct]] = {"": Rule, "delivery": Delivery, "delivery.quiet": QuietHours}
_IN_PASSING = frozenset({"paused", "snoozed_until"})
"""What users change without the file: a line that does not name it leaves it as it is."""
_HISTORY = ("created_at", "changed_at")


class Remark(Struct, frozen=True, omit_defaults=True):
    """What is to be said of a line, numbered from 1; `column` is of its query. `lines`: of how many it is true."""

    line: int
    reason: str
    column: int | None = None
    lines: int = 1

    def __str__(self) -> str:
        column = f", column {self.column} of the query" if self.column else ""
        more = f" (and {self.lines - 1:,} more)" if self.lines > 1 else ""
        return f"line {self.line}{column}: {self.reason}{more}"


class Entry(Struct, frozen=True):
    """A rule of the file. `kept` are the fields of which the file says nothing: a rule in force keeps them."""

    line: int
    rule: Rule
    kept: frozenset[str]


@dataclass(slots=True)
class RuleFile:
    """What a file has."""

    entries: list[Entry] = field(default_factory=list)
    broken: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import does. `requeried` are the rules, added or changed, that have a query which no rule had."""

    added: list[Rule]
    changed: list[Rule]
    unchanged: int
    removed: list[Rule]
    requeried: list[Rule]


def read_rule_file(
    content: bytes, channels: Collection[str], comma_separated: bool = False, read: Callable[[], None] = lambda: None
) -> RuleFile:
    """Every line checked: JSON Lines, or CSV whose first line names its columns. `channels`: names that the settings
    have. `read` is called for each rule. Nothing is raised.
    """
    made = RuleFile()
    if comma_separated:
        lines, kept = _rows(content.removeprefix(b"\xef\xbb\xbf"), made.broken)
    else:
        lines, kept = content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), None
    once: dict[str, Remark] = {}
    for number, found in read_rules(lines):
        read()
        reason = found.reason if isinstance(found, BrokenRule) else obstacle(found)
        if reason or isinstance(found, BrokenRule):
            made.broken.append(Remark(number, reason or ""))
            continue
        try:
            parsed = parse(found.query)
        except RuleError as error:
            made.broken.append(Remark(number, error.reason, error.column))
            continue
        made.warnings += [Remark(number, reason, column) for column, reason in parsed.warnings]
        raw = msgspec.json.decode(lines[number - 1])
        made.entries.append(Entry(number, found, kept if kept is not None else _IN_PASSING - raw.keys()))
        for remark in (*_unknown(raw), *strange_channels(found, channels)):
            first = once.get(remark)
            once[remark] = replace(first, lines=first.lines + 1) if first else Remark(number, remark)
    made.broken.sort(key=lambda remark: remark.line)
    made.warnings = [*once.values(), *made.warnings]
    return made


def is_comma_separated(name: str, content: bytes) -> bool:
    """Whether a file is CSV: by its name, else by a first line that names columns."""
    if name.lower().endswith((".csv", ".json", ".jsonl", ".ndjson")):
        return name.lower().endswith(".csv")
    first = content[:1000].partition(b"\n")[0].strip()
    return not first.startswith((b"{", b"[")) and {b"id", b"query"} <= {cell.strip(b'" ') for cell in first.split(b",")}


def obstacle(rule: Rule) -> str | None:
    """Why a rule cannot be in force, whatever its query says; None: it can."""
    if not is_timezone(rule.delivery.timezone):
        return f"there is no timezone {rule.delivery.timezone!r}; write an IANA name, such as Europe/Lisbon"
    try:
        size = len(msgspec.json.encode(rule))
    except UnicodeEncodeError as error:
        return f"text that is no Unicode: {error.reason}"
    return f"{size:,} bytes are too many for one rule (at most {LARGEST_RULE:,})" if size > LARGEST_RULE else None


def is_timezone(name: str) -> bool:
    """Whether it is a name of the IANA's."""
    try:
        zone(name)
    except ValueError:
        return False
    return True


def strange_channels(rule: Rule, channels: Collection[str]) -> list[str]:
    """What is to be said of channels that the settings do not have."""
    known = f"there are {', '.join(sorted(channels))}" if channels else "there are none"
    return [
        f"channel {name!r} is not in the settings ({known}); nothing is sent there until [deliver.channels.{name}] is"
        for name in dict.fromkeys(rule.channels)
        if name not in channels
    ]


def plan(found: RuleFile, known: Mapping[str, Rule], now: datetime, *, only: bool = False) -> Plan:
    """What is to be written. `only`: rules that are not in the file go. Of rules that stay nothing is written."""
    added, changed, requeried = [], [], []
    unchanged = 0
    for entry in found.entries:
        old = known.get(entry.rule.id)
        if old is None:
            new = replace(entry.rule, created_at=entry.rule.created_at or now)
            added.append(new)
        else:
            kept: dict[str, Any] = {name: getattr(old, name) for name in (*entry.kept, *_HISTORY)}
            new = replace(entry.rule, **kept)
            if new == old:
                unchanged += 1
                continue
            new = replace(new, created_at=old.created_at or entry.rule.created_at or now, changed_at=now)
            changed.append(new)
        if old is None or old.query != new.query:
            requeried.append(new)
    ids = {entry.rule.id for entry in found.entries}
    removed = [rule for key, rule in sorted(known.items()) if key not in ids] if only else []
    return Plan(added, changed, unchanged, removed, requeried)


def _rows(content: bytes, broken: list[Remark]) -> tuple[list[bytes], frozenset[str]]:
    """CSV as JSON Lines: the rule that ends in a line of the file stands in that line, the others are empty."""
    lines: list[bytes] = []
    try:
        reader = csv.DictReader(io.StringIO(content.decode(), newline=""), restkey="", strict=True)
        columns = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        for row in reader:
            lines += [b""] * (reader.line_num - 1 - len(lines))
            if "" in row:
                told = 'more cells than the first line has; put a text with commas into "…", and double each " in it'
                broken.append(Remark(reader.line_num, told))
                continue
            given: dict[str, Any] = {name: cell for name, cell in row.items() if cell}
            if "channels" in given:
                given["channels"] = [name for part in re.split("[;,]", given["channels"]) if (name := part.strip())]
            lines.append(msgspec.json.encode(given))
    except UnicodeDecodeError as error:
        broken.append(Remark(1 + content[: error.start].count(b"\n"), f"not UTF-8: {error.reason}"))
        return [], frozenset()
    except csv.Error as error:
        broken.append(Remark(reader.line_num, f"not CSV: {error}"))
        return [], frozenset()
    if not {"id", "query"} <= set(columns):
        broken[:] = [Remark(1, f"the first line has to name the columns: {','.join(CSV_COLUMNS)}")]
        return [], frozenset()
    return lines, frozenset(Rule.__struct_fields__) - set(columns)


def _unknown(raw: dict[str, Any], inside: str = "") -> list[str]:
    """Keys that mean nothing: typing mistakes, mostly."""
    names = _KNOWN[inside].__struct_fields__
    found = []
    for key, value in raw.items():
        path = f"{inside}.{key}" if inside else key
        if key not in names:
            meant = get_close_matches(key, names, 1)
            found.append(f"{path!r} means nothing in a rule" + (f"; do you mean {meant[0]!r}?" if meant else ""))
        elif path in _KNOWN and isinstance(value, dict):
            found += _unknown(value, path)
    return found
