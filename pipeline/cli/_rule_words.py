"""Rules in the words of the command line: what users write for times, and what they read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from pipeline.alert_records import Delivery, Rule
    from pipeline.alerts.tree import Node

State = Literal["on", "paused", "snoozed"]

_DURATION = re.compile(r"(\d{1,6})\s*([smhdw])", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_TIME_OF_DAY = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
_SLUG_WORDS = 4
_SLUG_CHARACTERS = 40


def seconds(text: str, option: str) -> int:
    """Of a length of time such as 90s, 30m, 2h, 1d or 1w; `off` and 0 are none. Raises BadParameter."""
    if text.strip() in ("off", "0", ""):
        return 0
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise typer.BadParameter(f"{text!r} is no length of time; write 30m, 2h, 1d or 1w", param_hint=option)
    return int(found[1]) * _UNITS[found[2]]


def time_of_day(text: str, option: str) -> str:
    """As 07:30. Raises BadParameter."""
    padded = text.strip().rjust(5, "0") if re.fullmatch(r"\d:\d\d", text.strip(), re.ASCII) else text.strip()
    if not _TIME_OF_DAY.fullmatch(padded):
        raise typer.BadParameter(f"{text!r} is no time of day; write hours and minutes, 07:30", param_hint=option)
    return padded


def quiet_hours(text: str, option: str) -> tuple[str, str] | None:
    """The two times of 22:00-06:00; None for `off`. Raises BadParameter."""
    if text.strip() in ("off", ""):
        return None
    since, dash, until = text.replace("–", "-").partition("-")
    if not dash:
        raise typer.BadParameter(f"{text!r} has no end; write 22:00-06:00, or off", param_hint=option)
    made = time_of_day(since, option), time_of_day(until, option)
    if made[0] == made[1]:
        raise typer.BadParameter("they begin when they end; to send nothing, pause the rule", param_hint=option)
    return made


def later(text: str, timezone: str, option: str) -> datetime:
    """The moment that a user names, in UTC: without an offset, local to a timezone. Raises BadParameter."""
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)
    except (ValueError, OverflowError):
        told = f"{text!r} is no time; write 2026-11-30T18:00 or 2026-11-30"
        raise typer.BadParameter(told, param_hint=option) from None


def rule_id(name: str | None, tree: Node, taken: Collection[str]) -> str:
    """A readable id that no other rule has: the words of the name, or else of the query."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name or " ".join(_words(tree))).casefold())
    made = "-".join(words if name else words[:_SLUG_WORDS])[:_SLUG_CHARACTERS].strip("-") or "rule"
    number, found = 1, made
    while found in taken:
        number += 1
        found = f"{made}-{number}"
    return found


def state(rule: Rule, now: datetime) -> State:
    """What it does at present."""
    if rule.paused:
        return "paused"
    return "snoozed" if rule.snoozed_until and rule.snoozed_until > now else "on"


def title(rule: Rule) -> str:
    """What users call it."""
    return rule.name or rule.id


def timing(delivery: Delivery) -> str:
    """When alerts are sent: `at once`, `daily 07:30 Europe/Lisbon, quiet 22:00–06:00`."""
    zone = delivery.timezone
    when = {
        "article": "at once",
        "hour": "hourly",
        "day": f"daily {delivery.at}",
        "week": f"{delivery.weekday.capitalize()}s {delivery.at}",
    }[delivery.every]
    told = [when]
    if delivery.throttle_seconds:
        told.append(
            f"once in {span(delivery.throttle_seconds)}" + (" an entity" if delivery.throttle_by == "entity" else "")
        )
    if delivery.quiet:
        told.append(f"quiet {delivery.quiet.since}–{delivery.quiet.until}")
    local = delivery.quiet is not None or delivery.every in ("day", "week")
    return ", ".join(told) + (f" {zone}" if local else "")


def span(length: float) -> str:
    """Seconds in the largest unit that says them exactly."""
    for unit, size in reversed(_UNITS.items()):
        if length >= size and length % size == 0:
            return f"{length / size:.0f} {'min' if unit == 'm' else unit}"
    return f"{length:.0f} s"


def until(moment: datetime, now: datetime) -> str:
    """A moment to come, as short as it is plain: the time of day, or the date as well. UTC."""
    same_day = moment - now < timedelta(hours=20)
    return f"{moment.astimezone(UTC):%H:%M}" if same_day else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def percentage(part: float) -> str:
    """Of a share from 0 to 1, with as many digits as tell something."""
    told = 100 * part
    if not told:
        return "0 %"
    if told < 0.01:
        return "<0.01 %"
    return f"{told:.2f} %" if told < 1 else f"{told:.1f} %" if told < 10 else f"{told:.0f} %"


def outline(node: Node, depth: int = 0) -> Iterator[tuple[int, str]]:
    """The tree of a rule from above: depth and clause."""
    from pipeline.alerts.tree import And, Not, Or  # noqa: PLC0415 -- keeps `newswire --help` fast

    if isinstance(node, And | Or | Not):
        yield depth, type(node).__name__.upper()
        for child in (node.child,) if isinstance(node, Not) else node.children:
            yield from outline(child, depth + 1)
    else:
        yield depth, str(node)


def differences(old: Rule, new: Rule) -> dict[str, tuple[Any, Any]]:
    """Fields that users care for, with what they were and what they are."""
    fields = ("query", "name", "owner", "channels", "delivery", "replays", "paused", "snoozed_until", "note")
    return {
        name: (getattr(old, name), getattr(new, name)) for name in fields if getattr(old, name) != getattr(new, name)
    }


def _words(tree: Node) -> list[str]:
    from pipeline.alerts.tree import Near, Phrase, Prefix, Published, Value, leaves  # noqa: PLC0415 -- as above

    found: list[str] = []
    for leaf, negated in leaves(tree):
        if negated or isinstance(leaf, Published):
            continue
        if isinstance(leaf, Near):
            found += [*leaf.left[0].words, *leaf.right[0].words]
        elif isinstance(leaf, Phrase):
            found += leaf.words
        elif isinstance(leaf, Prefix):
            found.append(leaf.prefix)
        elif isinstance(leaf, Value):
            found.append(leaf.value)
    return found
