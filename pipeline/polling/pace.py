"""How often a feed is polled.

For a given number of polls, the delay from publishing to polling, summed over all items of all feeds, is least when the
interval of each feed goes with one over the square root of its rate (the Lagrangian of `rate * interval / 2` under
`sum(1 / interval) = const`; Cho and Garcia-Molina, "Synchronizing a database to improve freshness", 2000, have the
argument for pages). So that nothing leaves the feed between two polls, no more than half of it may be expected anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.feed_records import FeedState
from pipeline.feeds import FeedItem
from pipeline.polling.dates import published

DAY = 86_400.0
_INTERVAL_OF_ONE_A_DAY = 3600.0
"""Seconds between polls of a feed with one item a day: a hundred a day make it six minutes, one a month five hours."""
_ITEMS_OF_MEMORY = 8.0
"""The mean covers the time that so many items take, within the days below: busy feeds are followed through their day,
quiet ones over weeks. Of a feed that falls silent the rate goes with one over the time since."""
_MEMORY_DAYS = (0.25, 14.0)
_SHORTEST_SPAN = 300 / DAY
"""Days in which a number of items makes a rate: more at once are one batch."""
_GROWTH = 1.5
"""So many times the interval grows at most from one poll to the next: news come in bursts."""
_TTL_STRETCH = 4.0
"""A feed's own ttl makes the interval so many times longer at most: blog software says an hour for every feed."""
_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Limits:
    """Shortest and longest time between two polls of a feed, and that between the first, while its rate is unknown."""

    min_seconds: float = 120
    max_seconds: float = 21_600
    start_seconds: float = 900

    def clamp(self, seconds: float) -> float:
        """The nearest time that is allowed."""
        return min(max(seconds, self.min_seconds), max(self.min_seconds, self.max_seconds))


def first_rate(items: Sequence[FeedItem], now: datetime, limits: Limits) -> float:
    """Items a day, from the times of publication of the newer half in a first poll, and the silence since; without
    any, the rate to which `start_seconds` belong."""
    times = sorted((time for item in items if (time := published(item)) is not None and time <= now), reverse=True)
    rate = (_INTERVAL_OF_ONE_A_DAY / limits.clamp(limits.start_seconds)) ** 2
    if not times:
        return rate
    steps = len(times) // 2
    if steps:
        rate = steps / max((times[0] - times[steps]).total_seconds() / DAY, _SHORTEST_SPAN)
    return rate / (1 + rate * (now - times[0]).total_seconds() / DAY / _ITEMS_OF_MEMORY)


def later_rate(rate: float, new: int, elapsed: float) -> float:
    """The decaying mean after a poll with so many new items, `elapsed` seconds after the last that went well."""
    days = max(elapsed, 1.0) / DAY
    shortest, longest = _MEMORY_DAYS
    memory = min(max(_ITEMS_OF_MEMORY / rate if rate > 0 else longest, shortest), longest)
    weight = -math.expm1(-days / memory)
    return rate * (1 - weight) + new / days * weight


def rest(rate: float, limits: Limits) -> float:
    """Seconds between polls of a feed with this rate, by the rate alone."""
    return limits.clamp(_INTERVAL_OF_ONE_A_DAY / math.sqrt(rate) if rate > 0 else limits.max_seconds)


def half_window(rate: float, window: int, new: int, elapsed: float) -> float:
    """Seconds in which half of the feed's items are replaced, at its rate or that of the last poll, if higher."""
    highest = max(rate / DAY, new / max(elapsed, 1.0) if elapsed > 0 else 0.0)
    return window / 2 / highest if highest > 0 and window else math.inf


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds to the next poll before jitter, and how many of them headers and feed ask us at least to wait."""

    interval: float
    floor: float
    ceiling: float
    """What headers and feed ask for is not heard beyond that."""

    def next_poll(self, state: FeedState, now: datetime, limits: Limits, jitter: float) -> datetime:
        """`jitter` is 0 to 1 and moves the poll by a tenth to either side."""
        when = now + timedelta(
            seconds=spread(self.interval, jitter, max(self.floor, limits.min_seconds), limits.clamp(math.inf))
        )
        return _after_skips(when, state, when.timestamp() - now.timestamp(), self.ceiling, jitter)


def pace(state: FeedState, new: int, elapsed: float, fresh: float, limits: Limits, *, gap: bool) -> Pace:
    """After a poll that went well and made `state` (its rate, window and ttl are those of now, its interval still that
    of before). `elapsed` is 0 for the first poll."""
    room = half_window(state.rate, state.window, new, elapsed)
    wanted = min(rest(state.rate, limits), room)
    if elapsed > 0:
        wanted = min(wanted, _GROWTH * max(state.interval, limits.min_seconds))
    if gap:
        wanted = min(wanted, elapsed / 4)
    wanted = limits.clamp(wanted)
    ceiling = max(wanted, limits.clamp(room))
    floor = min(max(fresh, min(state.ttl, _TTL_STRETCH * wanted)), ceiling)
    return Pace(max(wanted, floor), floor, ceiling)


def back_off(state: FeedState, failures: int, limits: Limits) -> float:
    """Seconds to the next try after so many failures in a row: twice as many each time."""
    usual = rest(state.rate, limits) if state.last_success else limits.start_seconds
    return limits.clamp(min(usual, limits.clamp(limits.start_seconds)) * 2.0 ** min(failures - 1, 30))


def spread(seconds: float, jitter: float, low: float, high: float) -> float:
    """A tenth more or less, reflected at the bounds rather than cut off, so that feeds there are spread as well."""
    made = seconds * (1 - _JITTER + 2 * _JITTER * jitter)
    if made < low:
        made = 2 * low - made
    if made > high:
        made = 2 * high - made
    return min(max(made, min(low, high)), high)


def _after_skips(when: datetime, state: FeedState, delay: float, ceiling: float, jitter: float) -> datetime:
    """The first time from then on that is not in the hours and on the days without news (RSS skipHours, skipDays)."""
    if not state.skip_hours and not state.skip_days:
        return when
    latest = when + timedelta(seconds=max(0.0, ceiling - delay))
    made = when
    while made < latest and (made.hour in state.skip_hours or made.strftime("%A") in state.skip_days):
        # Not all at the stroke of the hour.
        made = made.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1, seconds=600 * jitter)
    return min(made, latest)
