"""Pollers while Kafka is away, while hosts are silent, and while nothing happens."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.conftest import SettingsFactory
from tests.feed_deployment import Deployment, assert_known, feed
from tests.feed_site.plan import Plan
from tests.feed_site.site import FeedSite
from tests.poller_process import PollerProcess
from tests.services import wait_until
from tests.tunnel import Tunnel

pytestmark = pytest.mark.engines

Start = Callable[[PollerProcess], PollerProcess]

STALL_SECONDS = 5
WATCHED = {
    "NEWSWIRE_WORKER__STALL_SECONDS": str(STALL_SECONDS),
    **{f"NEWSWIRE_FEEDS__{name}_SECONDS": "150" for name in ("START", "MAX")},
}
PLAN = Plan(feeds=40, hosts=8, hours=3, windows=(5, 20))


def test_kafka_away_for_a_while_loses_nothing(deployment: Deployment, start: Start) -> None:
    with FeedSite(PLAN, factor=30) as site, Tunnel() as tunnel:
        deployment.watch(*map(feed, site.feed_urls()))
        poller = start(deployment.poller(site, tunnel.url, **WATCHED))
        wait_until(lambda: len(site.ledger().feeds()) > PLAN.feeds // 2, "many were polled", 120, [poller])
        tunnel.cut()
        away = time.monotonic()
        # Longer than the group waits for a member that is not heard of, and than the watchdog does.
        wait_until(lambda: time.monotonic() > away + 6, "Kafka is away", 60, [poller])
        asked = len(site.ledger())
        wait_until(lambda: time.monotonic() > away + 12, "Kafka is away for long", 60, [poller])
        assert "waiting for it" in poller.output
        assert len(site.ledger()) == asked, "feeds are polled that another poller may have by now"
        tunnel.mend()
        wait_until(lambda: len(site.ledger()) > asked, "feeds are polled again", 60, [poller])
        wait_until(lambda: len(site.ledger().versions()) == PLAN.feeds, "all were polled", 120, [poller])
        told = deployment.settle(site, [poller])
        assert_known(site, told, deployment.versions())
        assert not site.ledger().overlaps()
        poller.stop()


def test_kafka_away_does_not_hold_up_a_stop(deployment: Deployment, start: Start) -> None:
    with FeedSite(PLAN, factor=30) as site, Tunnel() as tunnel:
        deployment.watch(*map(feed, site.feed_urls()))
        poller = start(deployment.poller(site, tunnel.url, **WATCHED))
        wait_until(lambda: len(site.ledger().feeds()) > PLAN.feeds // 2, "many were polled", 120, [poller])
        tunnel.cut()
        wait_until(lambda: "waiting for it" in poller.output, "the poller misses Kafka", 60, [poller])
        poller.stop()
        assert poller.process.returncode == 0


def test_a_stop_before_kafka_ever_answered(deployment: Deployment, start: Start) -> None:
    with FeedSite(PLAN) as site, Tunnel(open_=False) as tunnel:
        poller = start(deployment.poller(site, tunnel.url))
        wait_until(lambda: "waiting for it" in poller.output, "the poller misses Kafka", 60, [poller])
        poller.stop()
        assert poller.process.returncode == 0


def test_a_stop_before_there_are_topics(settings: SettingsFactory, deployment: Deployment, start: Start) -> None:
    nowhere = Deployment(settings(topic_prefix=f"{deployment.settings.topic_prefix}-none"), deployment.folder)
    with FeedSite(PLAN) as site:
        poller = start(nowhere.poller(site))
        wait_until(lambda: "do not exist" in poller.output, "the poller misses its topics", 60, [poller])
        poller.stop()
        assert poller.process.returncode == 0


def test_silent_hosts_do_not_hold_up_a_stop(deployment: Deployment, start: Start) -> None:
    with FeedSite(PLAN, factor=90, delays=(60, 60)) as site:
        deployment.watch(*map(feed, site.feed_urls()))
        more = {"NEWSWIRE_FEEDS__TIMEOUT_SECONDS": "120", "NEWSWIRE_FEEDS__START_SECONDS": "180"}
        poller = start(deployment.poller(site, **more))
        wait_until(lambda: "feeds are watched here" in poller.output, "the poller knows its feeds", 60, [poller])
        begun = site.seconds()
        wait_until(lambda: site.seconds() > begun + 180, "all hosts are asked", 60, [poller])
        poller.stop()
        assert poller.process.returncode == 0
        wait_until(lambda: len(site.ledger()) >= PLAN.hosts, "the hosts notice that nobody waits any more")
        assert {entry.status for entry in site.ledger()} == {0}


def test_a_poller_with_nothing_new_is_left_alone(deployment: Deployment, start: Start) -> None:
    with FeedSite(Plan(feeds=1, hosts=1, hours=0, windows=(3, 3)), factor=30) as site:
        deployment.watch(*map(feed, site.feed_urls()))
        pollers = [start(deployment.poller(site, **WATCHED)) for _ in range(2)]
        begun = time.monotonic()
        wait_until(
            lambda: time.monotonic() > begun + 3 * STALL_SECONDS and len(site.ledger().feeds()) >= 3,
            "it was polled often, and nobody had anything to do for long",
            180,
            pollers,
        )
        assert "stalled" not in "".join(poller.output for poller in pollers)
