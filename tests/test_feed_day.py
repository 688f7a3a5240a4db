"""A day of several hundred feeds in virtual time: what is lost, how late it is, and what it costs. `pytest -s` prints
the table."""

from __future__ import annotations

import heapq
import random
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import mean, quantiles
from time import process_time

import msgspec
import pytest

from pipeline.answers import Answer
from pipeline.feed_records import Feed, FeedState
from pipeline.feeds import FeedItem, ParsedFeed
from pipeline.polling.schedule import Decision, Limits, decide, first_state, needs_parsing

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = 86_400.0
LIMITS = Limits()
KINDS = ("poisson", "rhythm", "bursts", "dead")


@dataclass
class Site:
    """A feed as its server has it: times of publication in seconds from START, the newest `window` are shown."""

    kind: str
    rate: float
    window: int
    times: list[float]
    validates: bool
    dates: bool
    built: bool
    """Whether its body says when it was asked, and so is never the same."""
    state: FeedState
    feed: Feed
    told: dict[int, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    idle: int = 0
    idle_unread: int = 0
    lost: int = 0
    lost_untold: int = 0
    last: float = -DAY

    def count(self, now: float) -> int:
        return bisect_right(self.times, now)

    def shown(self, now: float) -> range:
        count = self.count(now)
        return range(max(0, count - self.window), count)

    def answer(self, now: float) -> Answer:
        tag = f'"{self.count(now)}"'
        if self.validates and self.state.etag == tag:
            return Answer(304, self.feed.url, {"etag": tag})
        body = f"{tag} {now if self.built else ''}".encode()
        return Answer(200, self.feed.url, {"etag": tag} if self.validates else {}, body)

    def parsed(self, now: float) -> ParsedFeed:
        return ParsedFeed(
            kind="rss", items=tuple(self.item(at, number) for number, at in enumerate(reversed(self.shown(now)), 1))
        )

    def item(self, at: int, number: int) -> FeedItem:
        when = (START + timedelta(seconds=self.times[at])).isoformat() if self.dates else None
        address = f"https://{self.feed.id}.example/{at}"
        text = f"Headline {at}"
        return FeedItem(number=number, id=address, url=address, headline=text, description=text * 10, published_at=when)

    def allows(self) -> bool:
        """Whether at no time half of the feed was replaced within half an hour."""
        after = [time for time in self.times if time >= 0]
        step = max(1, self.window // 2)
        return all(later - time > 1800 for time, later in zip(after, after[step:], strict=False))


def publish(kind: str, rate: float, chance: random.Random) -> list[float]:
    """Times over the ten days before START and the day after it."""
    times: list[float] = []
    now, end = -10 * DAY, DAY
    while now < (end if kind != "dead" else -5 * DAY):
        now += chance.expovariate(rate / DAY)
        if kind == "rhythm" and chance.random() > (1 if 6 <= now % DAY / 3600 < 22 else 0.05):
            continue
        batch = chance.randint(2, 6) if kind == "bursts" and chance.random() < 0.2 else 1
        times += [now + chance.uniform(0, 600) * bool(n) for n in range(batch)]
    return sorted(time for time in times if time < end)


def sites(chance: random.Random, count: int) -> list[Site]:
    made = []
    for n in range(count):
        kind = KINDS[n % len(KINDS)]
        rate = 10 ** chance.uniform(-1, 2.5)
        feed = Feed(id=f"{n:032x}", url=f"https://site{n}.example/feed", added_at=START)
        made.append(
            Site(
                kind=kind,
                rate=rate,
                window=chance.choice((5, 10, 20, 50)),
                times=publish(kind, rate, chance),
                validates=chance.random() < 0.7,
                dates=chance.random() < 0.8,
                built=chance.random() < 0.05,
                state=first_state(feed, START, LIMITS, chance.random()),
                feed=feed,
            )
        )
    return made


def run(made: list[Site], chance: random.Random) -> tuple[float, int, float, int]:
    """The day. Returns the CPU seconds of `decide` where it reads a feed, how often it did, and both of the rest."""
    agenda = [((site.state.next_poll or START) - START, n) for n, site in enumerate(made)]
    heapq.heapify(agenda)
    reading, read, rest, rested = 0.0, 0, 0.0, 0
    while agenda and agenda[0][0].total_seconds() < DAY:
        due, n = heapq.heappop(agenda)
        site, now = made[n], due.total_seconds()
        outcome = site.answer(now)
        began = process_time()
        wanted = needs_parsing(site.state, outcome)
        hashed = process_time() - began
        parsed = site.parsed(now) if wanted else None
        jitter = chance.random()
        began = process_time()
        decision = decide(site.feed, site.state, outcome, parsed, START + due, LIMITS, jitter)
        spent = process_time() - began + hashed
        if wanted:
            reading, read = reading + spent, read + 1
        else:
            rest, rested = rest + spent, rested + 1
        note(site, decision, now, unread=not wanted)
        assert decision.state.next_poll is not None
        heapq.heappush(agenda, (decision.state.next_poll - START, n))
    return reading, read, rest, rested


def note(site: Site, decision: Decision, now: float, *, unread: bool) -> None:
    first = site.state.polls == 0
    for item in decision.items:
        at = int((item.url or "").rpartition("/")[2])
        assert at not in site.told, "told twice"
        site.told[at] = now
        if not first:
            site.delays.append(now - site.times[at])
            site.shares.append(site.delays[-1] / site.state.interval)
    if not first:
        since = range(site.count(site.last), site.count(now))
        missing = sum(at not in site.told for at in since)
        site.lost += missing
        site.lost_untold += missing if not decision.gap else 0
        site.idle += not since
        site.idle_unread += unread and not since
    site.last, site.state = now, decision.state


@pytest.fixture(scope="module")
def day() -> list[Site]:
    chance = random.Random(20_260_302)
    made = sites(chance, 400)
    reading, read, rest, rested = run(made, chance)
    print()  # noqa: T201
    print("kind     a day  feeds  polls/day  interval min  p95 delay min  p95 delay/interval  lost  gaps")  # noqa: T201
    for kind in KINDS:
        for low, high in ((0.1, 1), (1, 10), (10, 100), (100, 1000)):
            some = [site for site in made if site.kind == kind and low <= site.rate < high]
            delays = [delay / 60 for site in some for delay in site.delays]
            shares = [share for site in some for share in site.shares]
            late, share = (quantiles(of, n=20)[-1] if len(of) > 1 else 0.0 for of in (delays, shares))
            print(  # noqa: T201
                f"{kind:8} {low:5}  {len(some):5}  {mean(site.state.polls for site in some):9.0f}"
                f"  {mean(site.state.interval for site in some) / 60:12.1f}  {late:13.1f}  {share:18.2f}"
                f"  {sum(site.lost for site in some):4}  {sum(site.state.gaps for site in some):4}"
            )
    sizes = sorted(len(msgspec.json.encode(site.state)) for site in made)
    print(  # noqa: T201
        f"polls {read + rested}, read {read}; CPU {1e6 * reading / read:.0f} µs when read, "
        f"{1e6 * rest / rested:.0f} µs when not; state {sizes[len(sizes) // 2]} bytes of JSON in the median, "
        f"{sizes[-1]} at most, of these seen {max(len(site.state.seen) for site in made)}; "
        f"idle polls {sum(site.idle for site in made)}, unread {sum(site.idle_unread for site in made)}"
    )
    return made


def test_nothing_is_lost_where_the_window_allows_it(day: list[Site]) -> None:
    allowing = [site for site in day if site.allows()]
    assert len(allowing) > 250
    assert sum(site.lost for site in allowing) == 0
    assert sum(len(site.told) for site in allowing) > 5000


def test_what_is_lost_elsewhere_is_little_and_told_as_a_gap(day: list[Site]) -> None:
    assert sum(site.lost_untold for site in day) == 0
    assert sum(site.lost for site in day) < 0.002 * sum(len(site.told) for site in day)


def test_items_come_within_the_interval_of_their_feed(day: list[Site]) -> None:
    shares = [share for site in day for share in site.shares]
    assert quantiles(shares, n=20)[-1] < 1
    for site in day:
        if len(site.shares) >= 40:
            assert quantiles(site.shares, n=20)[-1] < 1.1


def test_busy_feeds_are_followed_within_minutes_and_dead_ones_asked_a_few_times_a_day(day: list[Site]) -> None:
    busy = [delay for site in day if site.rate > 100 and site.kind == "poisson" for delay in site.delays]
    assert quantiles(busy, n=20)[-1] < 8 * 60
    assert all(site.state.polls <= 60 for site in day if site.kind == "dead" and site.dates and site.times)


def test_idle_polls_are_hardly_ever_read(day: list[Site]) -> None:
    assert sum(site.idle_unread for site in day) > 0.8 * sum(site.idle for site in day)


def test_no_moment_is_crowded(day: list[Site]) -> None:
    """At the end of the day the next polls lie as evenly as chance lets them."""
    soon = [(site.state.next_poll - START).total_seconds() - DAY for site in day if site.state.next_poll]
    assert max(sum(0 <= when - second < 10 for when in soon) for second in range(0, 21_600, 10)) <= 12
