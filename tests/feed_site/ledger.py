"""Every request that a site got, and what can be asked of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from tests.feed_site.timing import Timing

Kind = Literal["feed", "page", "robots", "sitemap", "other"]


class Entry(Struct, frozen=True, array_like=True):
    """A request and its answer. `started` is when its head had been read, `ended` just before its answer was sent: a
    client cannot have begun another request in between unless it has two at once. Unix times, in real time.

    `client` is address and port of the connection; two that are open at once are not yet an overlap.
    """

    host: str
    path: str
    kind: Kind
    started: float
    ended: float
    status: int
    """0: the client went away before the answer was ready."""
    size: int
    """Bytes of the body."""
    client: str
    agent: str
    others: int
    """Requests that the host was answering when this one came."""
    feed: int | None = None
    version: int | None = None
    """How many items the feed had published; a poll that finds the same number finds nothing new."""
    etag: str | None = None
    """If-None-Match"""
    modified_since: str | None = None

    @property
    def conditional(self) -> bool:
        return self.etag is not None or self.modified_since is not None


class Ledger:
    """The requests of a site, in the order in which they ended."""

    def __init__(self, entries: Iterable[Entry], timing: Timing) -> None:
        self.entries = list(entries)
        self.timing = timing

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def kinds(self) -> Counter[Kind]:
        """How many requests were for what."""
        return Counter(entry.kind for entry in self.entries)

    def feeds(self) -> list[Entry]:
        """The polls."""
        return [entry for entry in self.entries if entry.kind == "feed"]

    def polls(self) -> dict[int, list[Entry]]:
        """By feed, in order of time."""
        made: dict[int, list[Entry]] = defaultdict(list)
        for entry in sorted(self.feeds(), key=lambda each: each.started):
            if entry.feed is not None:
                made[entry.feed].append(entry)
        return dict(made)

    def versions(self) -> dict[int, list[int]]:
        """By feed, how many items it had published at each answer with its content, in order of time."""
        made = {
            feed: [entry.version for entry in polls if entry.status == 200 and entry.version is not None]
            for feed, polls in self.polls().items()
        }
        return {feed: versions for feed, versions in made.items() if versions}

    def intervals(self, feed: int) -> list[float]:
        """Virtual seconds between the polls of a feed."""
        times = [entry.started for entry in self.polls().get(feed, [])]
        return [(later - earlier) * self.timing.factor for earlier, later in pairwise(times)]

    def overlaps(self) -> list[tuple[Entry, Entry]]:
        """Pairs of requests that one host had to answer at once."""
        by_host: dict[str, list[Entry]] = defaultdict(list)
        for entry in sorted(self.entries, key=lambda each: each.started):
            by_host[entry.host].append(entry)
        found: list[tuple[Entry, Entry]] = []
        for entries in by_host.values():
            longest = entries[0]
            for entry in entries[1:]:
                if entry.started < longest.ended:
                    found.append((longest, entry))
                if entry.ended > longest.ended:
                    longest = entry
        return found

    def pauses(self) -> dict[str, float]:
        """By host the shortest virtual time between the end of a request and the start of the next; negative where
        two overlapped, and left out where there was only one."""
        ended: dict[str, float] = {}
        shortest: dict[str, float] = {}
        for entry in sorted(self.entries, key=lambda each: each.started):
            if entry.host in ended:
                pause = (entry.started - ended[entry.host]) * self.timing.factor
                shortest[entry.host] = min(pause, shortest.get(entry.host, pause))
            ended[entry.host] = max(entry.ended, ended.get(entry.host, 0))
        return shortest

    def unchanged_polls(self) -> tuple[int, int]:
        """Of the polls that found nothing new since the one before: how many were answered 304, and how many there
        were."""
        saved = all_ = 0
        for polls in self.polls().values():
            version = None
            for entry in polls:
                if entry.status in (200, 304):
                    all_ += entry.version == version
                    saved += entry.version == version and entry.status == 304
                    version = entry.version
        return saved, all_

    def statuses(self) -> Counter[int]:
        return Counter(entry.status for entry in self.entries)
