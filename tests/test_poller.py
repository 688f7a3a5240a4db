"""The pollers against a web of feeds on loopback, with real Kafka, in time that runs faster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline.config import Feeds, Settings
from pipeline.feed_records import Feed, FeedState
from pipeline.identity import article_id
from pipeline.polling.partition import host_of, partition_of
from pipeline.producer import Producer
from pipeline.records import RawArticle, decode_raw_article
from pipeline.topic_setup import create_topics
from pipeline.topics import FEED_STATE, FEEDS, RAW
from tests import oracle
from tests.conftest import SettingsFactory
from tests.feed_site.plan import Plan
from tests.feed_site.site import ALLOW_HOSTS, FeedSite
from tests.poller_process import PollerProcess
from tests.services import wait_until

pytestmark = pytest.mark.engines

ENVIRONMENT = {"NEWSWIRE_FEEDS__ALLOW_HOSTS": msgspec.json.encode(ALLOW_HOSTS).decode()}


class Deployment:
    """Settings, and what lies on their topics."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder

    def watch(self, *feeds: Feed) -> None:
        """Put feeds on the topic, as `newswire feeds add` does."""
        with Producer(self.settings) as producer:
            for feed in feeds:
                partition = partition_of(host_of(feed.url), self.settings.kafka.feed_partitions)
                name = FEEDS.name(self.settings.topic_prefix)
                producer.send(name, feed.id.encode(), msgspec.json.encode(feed), partition=partition)

    def poller(self, site: FeedSite, **more: str) -> PollerProcess:
        return PollerProcess(self.settings, self.folder, site.timing, **ENVIRONMENT, **more)

    def articles(self) -> list[RawArticle]:
        """What was published, every version."""
        return [decode_raw_article(value) for _, value, _ in oracle.messages(self.settings, RAW)]

    def states(self) -> dict[str, FeedState]:
        """The newest state of each feed, by its id."""
        found = oracle.messages(self.settings, FEED_STATE)
        return {(key or b"").decode(): msgspec.json.decode(value, type=FeedState) for key, value, _ in found if value}


@pytest.fixture
def deployment(settings: SettingsFactory, tmp_path: Path) -> Deployment:
    made = settings(feeds=Feeds(allow_hosts=ALLOW_HOSTS))
    create_topics(made)
    return Deployment(made, tmp_path)


@pytest.fixture
def start() -> Iterator[Callable[..., PollerProcess]]:
    """`start(process)` sees to it that it ends with the test."""
    with ExitStack() as stack:

        def take(process: PollerProcess) -> PollerProcess:
            stack.callback(lambda: process.process.poll() is None and process.stop())
            return process

        yield take


def feed(url: str, **more: object) -> Feed:
    return Feed(id=article_id(url, None, ""), url=url, added_at=datetime(2026, 3, 1, tzinfo=UTC), **more)  # type: ignore[arg-type]


def test_what_feeds_publish_arrives_complete_and_once(
    deployment: Deployment, start: Callable[[PollerProcess], PollerProcess]
) -> None:
    plan = Plan(feeds=60, hosts=10, hours=0.5)
    with FeedSite(plan, factor=30) as site:
        deployment.watch(*map(feed, site.feed_urls()))
        poller = start(deployment.poller(site))
        wait_until(lambda: site.seconds() > 1800, "half an hour is over", 120, [poller])
        due = site.due_ids(1800 - 900)
        wait_until(lambda: set(due) <= {each.id for each in deployment.articles()}, "all has arrived", 60, [poller])
        poller.stop()
        ledger = site.ledger()
    published = deployment.articles()
    assert not ledger.overlaps()
    assert {each.id for each in published} >= set(due)
