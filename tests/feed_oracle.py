"""What pollers must know of a site: exactly what it told them, less what died with a poller and could not be had again.

A poll is through when its state was written: what it was told is durable by then. One that was cut off, because its
poller ended or because its partition went to another, has told nobody anything; the next poll makes it good as far as
the feed still shows it. So what must be known is what stood in the feeds at polls that are through.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.feed_records import FeedState
from pipeline.records import RawArticle
from tests.feed_site.ledger import Entry
from tests.feed_site.site import FeedSite

_SERVED = (200, 304)
"""With the feed, or as it was at a poll before, which was through: its validators were in the state."""
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll that the site has answered with what the feed showed then. Times are virtual seconds."""

    entry: Entry
    started: float
    ended: float
    through: bool
    shown: range
    """Numbers of the feed's items."""

    def __str__(self) -> str:
        said = "through" if self.through else "cut off"
        return f"{self.started:.1f} s {self.entry.agent.rpartition('+')[2].rstrip(')')} {self.entry.status} {said}"


def polls_of(site: FeedSite, states: Mapping[str, Sequence[FeedState]]) -> dict[int, list[Poll]]:
    """By feed its polls that were answered, in order. `states` are all that were written, by feed id."""
    written: dict[str, set[float]] = defaultdict(set)
    for each in (state for some in states.values() for state in some):
        if each.last_success is not None and each.last_success == each.last_poll:
            written[each.url].add(site.timing.seconds(each.last_success))
    found: dict[int, list[Poll]] = {}
    for number, entries in site.ledger().polls().items():
        ends = [site.timing.virtual(entry.ended) for entry in entries]
        ended = sorted(ends)
        # A state's time is that at which the answer of its poll had been read, before the next one began.
        through = {ended[bisect_right(ended, moment) - 1] for moment in written[site.feed_url(number)]}
        found[number] = [
            Poll(
                entry,
                site.timing.virtual(entry.started),
                end,
                end in through,
                site.plan.planned[number].shown_of(entry.version),
            )
            for entry, end in zip(entries, ends, strict=True)
            if entry.status in _SERVED and entry.version is not None
        ]
    return found


def told_by(site: FeedSite, polls: Mapping[int, Iterable[Poll]]) -> dict[str, set[str]]:
    """By article id the addresses of the feeds that showed it at these polls."""
    found: dict[str, set[str]] = defaultdict(set)
    for number, some in polls.items():
        for item in {each for poll in some for each in poll.shown}:
            found[site.item_id(site.plan.item(number, item))].add(site.feed_url(number))
    return found


def known_by(site: FeedSite, polls: Mapping[int, Iterable[Poll]]) -> dict[str, set[str]]:
    """What must be known, likewise: of the polls that are through."""
    return told_by(site, {number: [poll for poll in some if poll.through] for number, some in polls.items()})


def missing(told: Mapping[str, set[str]], published: Mapping[str, Sequence[RawArticle]]) -> list[str]:
    """Articles that were not published, or not yet with all their feeds."""
    return [
        article
        for article, feeds in told.items()
        if article not in published or not feeds <= set(max(published[article], key=lambda each: each.fetched_at).feeds)
    ]


def fates(site: FeedSite, polls: Mapping[int, Iterable[Poll]], articles: Sequence[str]) -> str:
    """For messages: when articles came out, and which polls of their feeds showed them."""
    items = {site.item_id(each): each for each in (site.plan.item(n, m) for n, m in _shown(polls))}
    said = [f"{len(articles)} articles"]
    for article in articles[:_MOST_NAMED]:
        item = items[article]
        said.append(f"{article}, number {item.number} of feed {item.feed}, out at {item.at} s")
        for number in site.plan.carriers(item):
            for poll in polls.get(number, ()):
                if poll.started >= item.at:
                    where = "in" if item.number in poll.shown else "not in"
                    said.append(f"  {where} {site.feed_url(number)} at {poll}")
    return "\n".join(said)


def _shown(polls: Mapping[int, Iterable[Poll]]) -> set[tuple[int, int]]:
    return {(number, item) for number, some in polls.items() for poll in some for item in poll.shown}
