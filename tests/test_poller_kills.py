"""Pollers that die, leave and join, and what becomes of the feeds that they had."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from pipeline.records import RawArticle
from tests.feed_deployment import Deployment, assert_complete_and_once, assert_known, feed
from tests.feed_site.ledger import Ledger
from tests.feed_site.plan import Plan
from tests.feed_site.site import FeedSite
from tests.poller_process import PollerProcess
from tests.services import wait_until

pytestmark = pytest.mark.engines

Start = Callable[[PollerProcess], PollerProcess]

TAKEOVER_SECONDS = 60
FACTOR = 30
OFTEN = {f"NEWSWIRE_FEEDS__{name}_SECONDS": "150" for name in ("START", "MAX")}
"""Every feed is due again after five real seconds, so that a feed that is not polled shows."""
PLAN = Plan(feeds=120, hosts=24, hours=3, windows=(5, 20))
IN_FLIGHT = 10
"""Polls and articles that a process may have had in hand when it died, and that are done again."""


def test_a_poller_dies_another_leaves_and_a_third_joins(deployment: Deployment, start: Start) -> None:
    with FeedSite(PLAN, factor=FACTOR) as site:
        deployment.watch(*map(feed, site.feed_urls()))
        first, second, third = (start(deployment.poller(site, **OFTEN)) for _ in range(3))
        wait_until(lambda: len(site.ledger().versions()) == PLAN.feeds, "all were polled", 120, [first, second, third])
        wait_until(lambda: not deployment.unread(), "their items are through", 60, [first, second, third])

        first.kill()
        killed = time.time()
        wait_until(lambda: _all_polled(site, killed), "the others have its feeds", TAKEOVER_SECONDS, [second, third])

        second.stop()
        stopped = time.time()
        fourth = start(deployment.poller(site, **OFTEN))
        wait_until(lambda: _all_polled(site, stopped), "all are polled again", TAKEOVER_SECONDS, [third, fourth])

        told = deployment.settle(site, [third, fourth])
        published = deployment.versions()
        assert_known(site, told, published)
        assert _repetitions(published) <= 2 * IN_FLIGHT
        assert not site.ledger().overlaps()
        third.stop()
        fourth.stop()


def test_a_restart_of_all_forgets_nothing(deployment: Deployment, start: Start) -> None:
    with FeedSite(PLAN, factor=FACTOR) as site:
        deployment.watch(*map(feed, site.feed_urls()))
        before = [start(deployment.poller(site, **OFTEN)) for _ in range(2)]
        wait_until(lambda: len(site.ledger().versions()) == PLAN.feeds, "all were polled", 120, before)
        deployment.settle(site, before)
        for poller in before:
            poller.stop()
        known = len(site.ledger())

        after = [start(deployment.poller(site, **OFTEN)) for _ in range(2)]
        wait_until(lambda: len(_since(site, known).polls()) == PLAN.feeds, "all are polled again", 120, after)
        told = deployment.settle(site, after)
        for poller in after:
            poller.stop()
        assert_complete_and_once(site, told, deployment.versions())
        again = {number: polls[0] for number, polls in _since(site, known).polls().items()}
        usual = [
            number for number in again if site.plan.planned[number].validators in ("etag", "last-modified", "both")
        ]
        assert all(again[number].conditional for number in usual)
        last = {
            number: polls[-1].version
            for number, polls in Ledger(list(site.ledger())[:known], site.timing).polls().items()
        }
        unchanged = [number for number in usual if again[number].version == last[number]]
        assert unchanged
        assert {again[number].status for number in unchanged} == {304}
        early = [number for number in again if min(site.ledger().intervals(number)) < 60]
        assert len(early) <= IN_FLIGHT
        assert not site.ledger().overlaps()


def test_kills_at_random_lose_nothing(deployment: Deployment, start: Start) -> None:
    random = Random(5)
    with FeedSite(PLAN, factor=FACTOR) as site:
        deployment.watch(*map(feed, site.feed_urls()))
        pollers = [start(deployment.poller(site, **OFTEN)) for _ in range(3)]
        for _ in range(6):
            deaths = time.monotonic() + random.uniform(0.5, 4)
            wait_until(lambda deaths=deaths: time.monotonic() > deaths, "it is time to die", 60, pollers)  # type: ignore[misc]
            pollers.pop(random.randrange(3)).kill()
            pollers.append(start(deployment.poller(site, **OFTEN)))
        last = time.time()
        wait_until(lambda: _all_polled(site, last), "all are polled again", 2 * TAKEOVER_SECONDS, pollers)
        told = deployment.settle(site, pollers)
        for poller in pollers:
            poller.stop()
        assert_known(site, told, deployment.versions())
        assert not site.ledger().overlaps()


def _all_polled(site: FeedSite, since: float) -> bool:
    """Whether every feed was asked for after this moment."""
    return len({entry.feed for entry in site.ledger().feeds() if entry.started > since}) == site.plan.feeds


def _since(site: FeedSite, known: int) -> Ledger:
    """Of the requests after the first so many."""
    return Ledger(list(site.ledger())[known:], site.timing)


def _repetitions(published: dict[str, list[RawArticle]]) -> int:
    """Records that say what another of the same id says already."""
    return sum(
        count - 1
        for versions in published.values()
        for count in Counter((each.feeds, each.content) for each in versions).values()
    )
