"""What is published when: a seed decides it, so that every process and every run knows the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from random import Random
from typing import Any, Literal

Format = Literal["rss", "atom", "json", "rdf"]
Validators = Literal["etag", "last-modified", "both", "none", "lying", "restless"]
"""lying: the same ETag whatever the content. restless: another ETag at each request, whatever the content."""

_FORMATS: tuple[Format, ...] = ("rss", "rss", "rss", "rss", "atom", "atom", "json", "rdf")
_VALIDATORS: tuple[Validators, ...] = (
    *("etag",) * 8,
    *("last-modified",) * 4,
    *("both",) * 5,
    "none",
    "lying",
    "restless",
)
_SECONDS_A_WEEK = 7 * 86_400
_ECHO_EVERY = 20


@dataclass(frozen=True, slots=True)
class Item:
    """An article: the `number`th, counted from 0, of feed `feed`, published `at` seconds after the start."""

    feed: int
    number: int
    at: int

    @property
    def path(self) -> str:
        return f"/articles/{self.feed}-{self.number}"


@dataclass(frozen=True, slots=True)
class PlannedFeed:
    """A feed and how it is served. `times` are when its items are published, in seconds after the start; whole and
    rising, so that a Last-Modified always tells a new item. `echo` is a feed that carries the same items earlier in
    the list, perhaps of another host: their articles must arrive once."""

    number: int
    host: int
    format: Format
    window: int
    complete: bool
    validators: Validators
    gzip: bool
    max_age: int | None
    ttl_minutes: int | None
    times: tuple[int, ...] = field(repr=False)
    echo: int | None = None

    @property
    def path(self) -> str:
        return f"/feeds/{self.number}.{'json' if self.format == 'json' else 'xml'}"

    def shown(self, seconds: float) -> range:
        """Numbers of the items that it shows at this moment, the oldest first."""
        return self.shown_of(bisect_right(self.times, seconds))

    def shown_of(self, version: int) -> range:
        """Those that it shows when it has published so many."""
        return range(max(0, version - self.window), version)


@dataclass(frozen=True)
class Plan:
    """`feeds` feeds on `hosts` hosts that publish for `hours` virtual hours; each shows a full window from the start.

    No window is renewed completely within `turnover_seconds`: who polls more often than that misses nothing.
    """

    seed: int = 1
    feeds: int = 2000
    hosts: int = 200
    hours: float = 1
    windows: tuple[int, int] = (10, 50)
    rates: tuple[float, float] = (1 / 168, 8)
    """Items an hour, the least and the most; feeds lie between them evenly by the logarithm."""
    summaries: float = 0.2
    """Share of the feeds that have no full texts."""
    turnover_seconds: float = 1800

    def as_dict(self) -> dict[str, Any]:
        """Its arguments, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, arguments: dict[str, Any]) -> Plan:
        """From what came of `as_dict`, even as JSON."""
        return cls(**arguments | {name: tuple(arguments[name]) for name in ("windows", "rates")})

    @cached_property
    def planned(self) -> tuple[PlannedFeed, ...]:
        """All feeds, by number."""
        made: list[PlannedFeed] = []
        for number in range(self.feeds):
            made.append(self._feed(number, made))
        return tuple(made)

    @cached_property
    def by_host(self) -> dict[int, list[PlannedFeed]]:
        hosts: dict[int, list[PlannedFeed]] = {host: [] for host in range(self.hosts)}
        for feed in self.planned:
            hosts[feed.host].append(feed)
        return hosts

    def item(self, feed: int, number: int) -> Item:
        """An item of a feed; of an echo, the item of the feed that it echoes."""
        planned = self.planned[feed]
        return Item(feed if planned.echo is None else planned.echo, number, planned.times[number])

    def shown(self, feed: int, seconds: float) -> list[Item]:
        """What a feed shows at this moment, the newest first."""
        return [self.item(feed, number) for number in reversed(self.planned[feed].shown(seconds))]

    def published(self, after: float, until: float) -> Iterator[Item]:
        """Each article once that came out after one moment and until another, echoes left out."""
        for feed in self.planned:
            if feed.echo is None:
                for number in range(bisect_right(feed.times, after), bisect_right(feed.times, until)):
                    yield Item(feed.number, number, feed.times[number])

    def due(self, first_versions: Mapping[int, int], until: float) -> set[Item]:
        """The articles that a poller must know of by `until` when these feeds had published so many items at their
        first polls: what they showed then, and what they published afterwards."""
        found: set[Item] = set()
        for number, version in first_versions.items():
            end = bisect_right(self.planned[number].times, until)
            found.update(self.item(number, each) for each in self.planned[number].shown_of(version))
            found.update(self.item(number, each) for each in range(version, end))
        return found

    def carriers(self, item: Item) -> list[int]:
        """The feeds that carry an item, or would if its echoes had windows as long."""
        return [item.feed, *(feed.number for feed in self.planned if feed.echo == item.feed)]

    def revision(self, item: Item, seconds: float) -> int:
        """How often an article's page has changed since it was published: one in ten does, after half an hour."""
        return int(item.number % 10 == 3 and seconds >= item.at + 1800)

    def _feed(self, number: int, before: list[PlannedFeed]) -> PlannedFeed:
        random = Random(f"{self.seed}/{number}")
        window = random.randint(*self.windows)
        rate = self.rates[0] * (self.rates[1] / self.rates[0]) ** random.random()
        form = random.choice(_FORMATS)
        echo = None
        times = self._times(random, rate, window)
        if number % _ECHO_EVERY == _ECHO_EVERY - 1:
            echo = random.choice([feed.number for feed in before if feed.echo is None])
            times, window = before[echo].times, before[echo].window
        return PlannedFeed(
            number=number,
            host=number % self.hosts,
            format=form,
            window=window,
            complete=random.random() >= self.summaries,
            validators=random.choice(_VALIDATORS),
            gzip=random.random() < 0.5,
            max_age=random.choice((None, None, 0, 60, 300, 900)),
            ttl_minutes=random.choice((None, None, 5, 15)) if form == "rss" else None,
            times=times,
            echo=echo,
        )

    def _times(self, random: Random, rate: float, window: int) -> tuple[int, ...]:
        """Independent of each other, as news is, with a burst now and then."""
        mean = min(3600 / rate, _SECONDS_A_WEEK)
        times: list[int] = []
        at = -random.expovariate(1 / mean) - window * 2 * mean
        while (at := at + random.expovariate(1 / mean)) < self.hours * 3600:
            burst = random.randint(2, max(2, min(6, window // 2))) if random.random() < 0.1 else 1
            for _ in range(burst):
                after = times[-1] + 1 if times else int(at)
                moment = max(after, int(at))
                renewed = len(times) >= window and moment - times[-window] < self.turnover_seconds
                if not renewed and moment <= self.hours * 3600:
                    times.append(moment)
                at += random.uniform(1, 20)
        return tuple(times)
