"""What follows from a poll of a feed: its new state with the time of the next poll, and the items that are new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec

from pipeline.answers import Answer, Failure, Outcome
from pipeline.feed_records import Feed, FeedState
from pipeline.feeds import FeedItem, NotAFeedError, ParsedFeed
from pipeline.identity import canonical_url
from pipeline.polling import health
from pipeline.polling.cache_headers import fresh_seconds, retry_after, validator
from pipeline.polling.dates import published
from pipeline.polling.pace import DAY, Limits, back_off, first_rate, later_rate, pace, spread
from pipeline.polling.partition import host_of
from pipeline.polling.seen import Comparison, compare, merge

__all__ = ["Decision", "Limits", "decide", "first_state", "needs_parsing", "next_due", "take_push"]

_READABLE = (200, 203)
_ASK_IN_FULL = 50
"""Of so many polls one is made without validators: some servers answer 304 whatever has changed."""
_MAX_RETRY_AFTER = DAY
"""A server that wants to be left alone for longer is asked again after that, or after the longest interval."""
_MAX_TEXT = 500
"""Characters of a feed's title that are kept."""
_MAX_TTL = 10_080
"""Minutes."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a poll."""

    state: FeedState
    items: tuple[FeedItem, ...] = ()
    """New or changed, the oldest first."""
    gap: bool = False
    """No item of the poll before was left: some were probably missed in between, and the news sitemap may have them."""
    moved: bool = False
    """The feed has another address from now on, `state.url`."""


def first_state(feed: Feed, now: datetime, limits: Limits, jitter: float) -> FeedState:
    """Of a feed that was never polled. One for which a poll was asked (`poll_at`) is polled at once, others are spread
    over the start interval. `jitter` is 0 to 1."""
    start = limits.clamp(limits.start_seconds)
    at_once = feed.poll_at is not None
    return FeedState(
        id=feed.id,
        url=feed.url,
        since=now,
        interval=start,
        next_poll=None if feed.paused else now if at_once else now + timedelta(seconds=start * jitter),
    )


def next_due(feed: Feed, state: FeedState) -> datetime | None:
    """When a feed is to be polled: at its time, or at once when that was asked for by hand, even of a feed that has
    ended; None: not at all. A feed that is no longer paused has no time yet and is due since it was added."""
    asked = feed.poll_at is not None and (state.last_poll is None or feed.poll_at > state.last_poll)
    if feed.paused:
        return None
    if asked:
        return min(feed.poll_at, state.next_poll) if feed.poll_at and state.next_poll else feed.poll_at
    if state.health == "gone":
        return None
    return state.next_poll or feed.added_at


def needs_parsing(state: FeedState, outcome: Outcome) -> bool:
    """Whether `decide` needs the body parsed: not when it is the same as last time, whatever the ETag says. After a
    failure it is read in any case, for what was odd about it must be told again."""
    return (
        isinstance(outcome, Answer)
        and outcome.status in _READABLE
        and (state.health != "ok" or state.body_hash != _body_hash(outcome))
    )


def decide(  # noqa: PLR0911, PLR0917 - one return for each kind of outcome
    feed: Feed,
    state: FeedState,
    outcome: Outcome,
    parsed: ParsedFeed | NotAFeedError | None,
    now: datetime,
    limits: Limits,
    jitter: float,
) -> Decision:
    """After a poll. `parsed` is given where `needs_parsing` asked for it, else None; `jitter` is 0 to 1.

    Raises ValueError when the body was not parsed though it had to be.
    """
    poll = _Poll(feed, state, now, limits, jitter)
    if isinstance(outcome, Failure):
        return poll.failed(outcome.message)
    if outcome.status == 410:
        return poll.retired()
    if outcome.status == 304:
        asked = state.etag is not None or state.last_modified is not None
        return poll.unchanged(outcome) if asked else poll.failed(health.unasked_304())
    if outcome.status not in _READABLE:
        wait = retry_after(outcome.headers, now)
        return poll.failed(health.refused(outcome, wait, max(_MAX_RETRY_AFTER, limits.max_seconds)), wait)
    if parsed is None:
        if needs_parsing(state, outcome):
            raise ValueError(f"the answer from {outcome.url} is to be parsed before it is decided on")
        return poll.unchanged(outcome)
    if isinstance(parsed, NotAFeedError):
        return poll.failed(health.not_a_feed(outcome, parsed, state))
    if parsed.kind == "sitemap index":
        return poll.failed(health.index_of_sitemaps(parsed))
    return poll.read(outcome, parsed)


def take_push(state: FeedState, parsed: ParsedFeed, now: datetime) -> Decision:
    """After a hub pushed items (WebSub). That is no poll: pushes hold new items alone, so nothing is missed that is not
    in one, and the next poll stays where it is. Polls then find little that is new, and grow rare by themselves."""
    comparison = compare(parsed.items, state.seen, state.window)
    new = len(comparison.fresh)
    changed = msgspec.structs.replace(
        state,
        seen=merge(state.seen, state.window, comparison),
        items=state.items + new,
        last_item=now if new else state.last_item,
    )
    return Decision(changed, _oldest_first((*comparison.fresh, *comparison.changed)))


@dataclass(frozen=True, slots=True)
class _Poll:
    feed: Feed
    before: FeedState
    now: datetime
    limits: Limits
    jitter: float

    def failed(self, reason: str, wait: float | None = None) -> Decision:
        failures = self.before.failures + 1
        interval = back_off(self.before, failures, self.limits)
        delay = spread(interval, self.jitter, self.limits.min_seconds, self.limits.clamp(self.limits.max_seconds))
        if wait is not None:
            # All feeds of the host were told the same: they come back one after the other, and never too early.
            heard = min(wait, max(_MAX_RETRY_AFTER, self.limits.max_seconds))
            delay = max(delay, heard * (1 + 0.1 * self.jitter))
        return Decision(
            self._state(
                health="failing",
                reason=reason,
                failures=failures,
                interval=interval,
                next_poll=self._unless_paused(self.now + timedelta(seconds=delay)),
            )
        )

    def retired(self) -> Decision:
        return Decision(
            self._state(
                health="gone", reason=health.gone(self.before), failures=self.before.failures + 1, next_poll=None
            )
        )

    def unchanged(self, answer: Answer) -> Decision:
        """As the body is the same, so are the remarks on it; after a failure they are told when it changes."""
        changes: dict[str, Any] = {"reason": self.before.reason if self.before.health == "ok" else None}
        return self._succeeded(answer, changes, full=answer.status != 304)

    def read(self, answer: Answer, parsed: ParsedFeed) -> Decision:
        comparison = compare(parsed.items, self.before.seen, self.before.window)
        new = len(comparison.fresh)
        gap = comparison.none_left and comparison.window > 1
        changes: dict[str, Any] = {
            "title": (parsed.title or self.before.title or "")[:_MAX_TEXT] or None,
            "site": canonical_url(parsed.site) or self.before.site,
            "reason": health.remarks(parsed, comparison, self.now),
            "body_hash": _body_hash(answer),
            "seen": comparison.seen,
            "window": comparison.window,
            "ttl": 60.0 * min(max(parsed.ttl or 0, 0), _MAX_TTL),
            "skip_hours": parsed.skip_hours,
            "skip_days": parsed.skip_days,
            "items": self.before.items + new,
            "last_item": self.now if new else self.before.last_item,
            "gaps": self.before.gaps + gap,
            "gap_at": self.now if gap else self.before.gap_at,
        }
        if self.before.last_success is None:
            changes["rate"] = first_rate(parsed.items, self.now, self.limits)
        return self._succeeded(answer, changes, full=True, comparison=comparison, gap=gap, flawed=bool(parsed.flaw))

    def _succeeded(
        self,
        answer: Answer,
        changes: dict[str, Any],
        *,
        full: bool,
        comparison: Comparison | None = None,
        gap: bool = False,
        flawed: bool = False,
    ) -> Decision:
        before = self.before
        new = len(comparison.fresh) if comparison else 0
        told = _oldest_first((*comparison.fresh, *comparison.changed)) if comparison else ()
        elapsed = max((self.now - before.last_success).total_seconds(), 1.0) if before.last_success else 0.0
        changes.setdefault("rate", later_rate(before.rate, new, elapsed))
        moved = (
            answer.moved_to is not None and answer.moved_to != before.url and canonical_url(answer.moved_to) is not None
        )
        if moved and full:
            changes["url"] = answer.moved_to
            if host_of(answer.moved_to) != host_of(before.url):
                changes["sitemap"] = None
        # Whatever is next must come in full: to find out whether it is a feed that is moved to, what broke off in the
        # middle, and what a server keeps back that always says 304.
        in_full = (moved and not full) or flawed or (not full and before.polls % _ASK_IN_FULL == 0)
        for name, header in (("etag", "etag"), ("last_modified", "last-modified")):
            kept = None if full else getattr(before, name)
            changes[name] = None if in_full else validator(answer.headers, header) or kept
        state = self._state(
            health="ok",
            failures=0,
            last_success=self.now,
            unchanged=before.unchanged + (not told),
            **changes,
        )
        found = pace(state, new, elapsed, fresh_seconds(answer.headers, self.now), self.limits, gap=gap)
        when = found.next_poll(state, self.now, self.limits, self.jitter)
        state = msgspec.structs.replace(state, interval=found.interval, next_poll=self._unless_paused(when))
        return Decision(state, told, gap, moved and full)

    def _state(self, **changes: Any) -> FeedState:
        since = self.before.since if changes["health"] == self.before.health else self.now
        return msgspec.structs.replace(
            self.before, since=since, last_poll=self.now, polls=self.before.polls + 1, **changes
        )

    def _unless_paused(self, when: datetime) -> datetime | None:
        return None if self.feed.paused else when


def _oldest_first(items: tuple[FeedItem, ...]) -> tuple[FeedItem, ...]:
    """By their times if all have one, else as feeds are used to be, the newest first."""
    backwards = sorted(items, key=lambda item: -item.number)
    times = [published(item) for item in backwards]
    dated = [(time, at) for at, time in enumerate(times) if time is not None]
    return tuple(backwards[at] for _, at in sorted(dated)) if len(dated) == len(items) else tuple(backwards)


def _body_hash(answer: Answer) -> str:
    return blake2b(answer.body, digest_size=16).hexdigest()
