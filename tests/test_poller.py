"""An hour of a web of feeds, in time that runs faster, with three pollers and real Kafka.

NEWSWIRE_TEST_FEEDS=2000 makes it as large as the issue wants it. `--log-cli-level=INFO` tells the figures.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from statistics import quantiles

import pytest

from tests.feed_deployment import (
    Deployment,
    assert_complete_and_once,
    cpu_seconds,
    feed,
    resident_bytes,
)
from tests.feed_site.ledger import Ledger
from tests.feed_site.plan import Plan
from tests.feed_site.site import FeedSite
from tests.poller_process import PollerProcess
from tests.services import wait_until

pytestmark = pytest.mark.engines

FEW = 10
FEEDS = int(os.environ.get("NEWSWIRE_TEST_FEEDS", "300"))
FACTOR = float(os.environ.get("NEWSWIRE_TEST_FEEDS_FACTOR", "45"))
HOUR = 3600
SETTLED = 1500
"""Virtual seconds until every feed was polled once, and what it held then is through."""
PAGES_AGAIN = 2700
"""Here pages are fetched again after so many virtual seconds. Those that change do half an hour after they came out."""
LATE_SECONDS = 300
"""A feed that was due so many virtual seconds ago is polled too late."""

log = logging.getLogger(__name__)


def test_an_hour_of_feeds_arrives_complete_once_and_in_time(
    deployment: Deployment, start: Callable[[PollerProcess], PollerProcess]
) -> None:
    plan = Plan(feeds=FEEDS, hosts=FEEDS // 10, hours=1.4, windows=(5, 20))
    with FeedSite(plan, factor=FACTOR) as site:
        urls = site.feed_urls()
        deployment.watch(*(feed(url, poll_at=site.timing.moment(0)) for url in urls[:FEW]))
        pollers = [start(deployment.poller(site, NEWSWIRE_FEEDS__REFETCH_HOURS=f"[{PAGES_AGAIN / HOUR}]"))]
        wait_until(lambda: len(site.ledger().versions()) == FEW, "the first few feeds were polled", 60, pollers)
        deployment.settle(site, pollers)
        few_bytes = resident_bytes(pollers)
        deployment.watch(*map(feed, urls[FEW:]))
        pollers += [
            start(deployment.poller(site, NEWSWIRE_FEEDS__REFETCH_HOURS=f"[{PAGES_AGAIN / HOUR}]")) for _ in "23"
        ]
        begun = site.seconds()

        wait_until(lambda: site.seconds() > begun + SETTLED, "the first polls are over", SETTLED, pollers)
        wait_until(lambda: not deployment.unread(), "what they brought is through", SETTLED, pollers)
        early, used, from_ = len(site.ledger()), cpu_seconds(pollers), site.seconds()
        wait_until(lambda: site.seconds() > begun + PAGES_AGAIN, "pages are to be fetched again", HOUR, pollers)
        usual = Ledger(list(site.ledger())[early:], site.timing)
        cpu, seconds = cpu_seconds(pollers) - used, site.timing.real_seconds(site.seconds() - from_)
        wait_until(lambda: site.seconds() > begun + HOUR, "an hour is over", HOUR, pollers)
        told = deployment.settle(site, pollers)
        total, memory = cpu_seconds(pollers), resident_bytes(pollers)
        stopped = max([poller.stop() for poller in pollers])
        ledger, published = site.ledger(), deployment.versions()
        due = site.timing.moment(begun + HOUR - LATE_SECONDS)
        late = [each.url for each in deployment.states().values() if each.next_poll and each.next_poll < due]
        assert_complete_and_once(site, told, published)
        waits, shares = _waits(deployment, site, told, begun + SETTLED)
    saved, unchanged = ledger.unchanged_polls()
    log.info(
        "%d feeds: %s; %d articles in %d records; %d of %d polls of unchanged feeds were 304; "
        "to Kafka half within %.0f s and 95 %% within %.0f s, %.2f and %.2f of the interval (%d articles)",
        FEEDS, dict(ledger.kinds()), len(published), sum(map(len, published.values())), saved, unchanged,
        waits[9], waits[18], shares[9], shares[18], len(told),
    )  # fmt: skip
    log.info(
        "CPU: %.1f ms a poll over %.0f s with %s, %.1f s in all; %d MB of one with few feeds, %d MB of three with all; "
        "stopped within %.1f s",
        1000 * cpu / len(usual.feeds()), seconds, dict(usual.kinds()), total, few_bytes // 1_000_000,
        memory // 1_000_000, stopped,
    )  # fmt: skip
    assert len(ledger.polls()) == FEEDS
    assert not late, f"{len(late)} feeds were not polled when they were due"
    assert not ledger.overlaps()
    assert saved > 0.8 * unchanged
    assert shares[18] < 1.1  # polls come a tenth of the interval sooner or later


def _waits(
    deployment: Deployment, site: FeedSite, told: Iterable[str], after: float
) -> tuple[list[float], list[float]]:
    """Of the articles that came out after a virtual second: twentieths of the virtual seconds from publishing until
    Kafka had it, and of these as parts of the interval between polls of its feed as it was planned then."""
    had: dict[str, float] = {}
    for real, article in deployment.articles():
        had.setdefault(article.id, site.timing.virtual(real))
    by_url = {states[-1].url: states for states in deployment.state_history().values()}
    items = site.told_ids()
    waits, shares = [], []
    for article in told:
        item = items[article]
        states = by_url.get(site.feed_url(item.feed), [])
        polled = [each for each in states if each.last_poll and site.timing.seconds(each.last_poll) <= item.at]
        if polled and item.at > after:
            waits.append(had[article] - item.at)
            shares.append(waits[-1] / polled[-1].interval)
    return quantiles(waits, n=20), quantiles(shares, n=20)
