"""How a feed is doing, in words and marks that people read at a glance."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from pipeline.feed_records import Feed, FeedState

Condition = Literal["gone", "failing", "gaps", "new", "ok", "paused"]
"""Health, with what else users need to know. In the order in which they should see to it."""

_RECENT = timedelta(days=1)
_OVERDUE = timedelta(minutes=10)
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_LONG_PAST = 60 * _DAY


class Look(NamedTuple):
    """How a condition is shown."""

    mark: str
    plain: str
    """The mark where only ASCII can be shown."""
    style: str


LOOKS: dict[Condition, Look] = {
    "gone": Look("†", "x", "bold red"),
    "failing": Look("✗", "!", "red"),
    "gaps": Look("▲", "^", "yellow"),
    "new": Look("○", "o", "cyan"),
    "ok": Look("●", "*", "green"),
    "paused": Look("‖", "=", "dim"),
}
_ORDER = {condition: place for place, condition in enumerate(LOOKS)}


def condition(feed: Feed, state: FeedState | None, now: datetime) -> Condition:
    """How it is doing; gaps count for a day."""
    if feed.paused:
        return "paused"
    if state is None:
        return "new"
    if state.health == "ok" and state.gap_at is not None and now - state.gap_at < _RECENT:
        return "gaps"
    return state.health


def urgency(feed: Feed, state: FeedState | None, title: str, now: datetime) -> tuple[int, float, str]:
    """Sorts feeds: what needs attention first, of that what broke last; the others by title."""
    found = condition(feed, state, now)
    broke = state.since.timestamp() if state and state.since and found in ("gone", "failing") else 0.0
    return _ORDER[found], -broke, title.casefold()


def overdue(feed: Feed, state: FeedState | None, now: datetime) -> bool:
    """Whether its poll should have been so long ago that probably no poller runs."""
    if feed.paused or (state is not None and state.health == "gone"):
        return False
    due = state.next_poll if state else feed.added_at
    return due is not None and now - due > _OVERDUE


def remark(state: FeedState | None, found: Condition, now: datetime) -> str:
    """The reason for a condition that needs attention, since when, and how often; else empty."""
    if state is None or found in ("ok", "new", "paused"):
        return ""
    if found == "gaps":
        return f"items were probably missed {ago(state.gap_at, now)}; it is polled faster since"
    told = [_lasting(state.since, now)] if state.since else []
    if state.failures > 1:
        told.append(f"{state.failures:,} polls in a row")
    return (state.reason or "no reason is known") + (f" ({', '.join(told)})" if told else "")


def _lasting(since: datetime, now: datetime) -> str:
    seconds = max(0.0, (now - since).total_seconds())
    return f"for {span(seconds)}" if seconds < _LONG_PAST else f"since {since:%Y-%m-%d}"


def ago(moment: datetime | None, now: datetime) -> str:
    """Such as `3 h ago`; the date when it is long past."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    if seconds < _MINUTE:
        return "just now"
    if seconds >= _LONG_PAST:
        return moment.strftime("%Y-%m-%d")
    return f"{span(seconds)} ago"


def until(moment: datetime | None, now: datetime) -> str:
    """Such as `in 12 min`; `now` when it is due."""
    if moment is None:
        return "now"
    seconds = (moment - now).total_seconds()
    return f"in {span(seconds)}" if seconds >= 1 else "now"


def span(seconds: float) -> str:
    """A length of time in its largest unit."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR:.0f} h"
    return f"{seconds // _DAY:.0f} d"


def rate(state: FeedState | None) -> str:
    """New items a day."""
    if state is None or not state.polls:
        return ""
    if 0 < state.rate < 0.05:
        return "<0.1"
    return f"{state.rate:,.0f}" if state.rate >= 10 or state.rate == 0 else f"{state.rate:.1f}"
