"""Pollers on topics of their own, what they publish there, and whether it is complete and there once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha1
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import psutil
from kafka import KafkaConsumer, TopicPartition

from pipeline.config import Settings
from pipeline.feed_records import Feed, FeedState
from pipeline.identity import article_id
from pipeline.polling.partition import host_of, partition_of
from pipeline.producer import Producer
from pipeline.records import RawArticle, decode_raw_article
from pipeline.topics import FEED_ITEMS, FEED_STATE, FEEDS, FEEDS_GROUP, RAW, Topic
from tests import oracle
from tests.feed_oracle import fates, known_by, missing, polls_of, told_by
from tests.feed_site.site import ALLOW_HOSTS, FeedSite
from tests.poller_process import PollerProcess
from tests.services import wait_until

ENVIRONMENT = {"NEWSWIRE_FEEDS__ALLOW_HOSTS": msgspec.json.encode(ALLOW_HOSTS).decode()}

_FEED = msgspec.json.Decoder(Feed)
_STATE = msgspec.json.Decoder(FeedState)


def feed(url: str, **more: object) -> Feed:
    """A feed as it is when it was just added."""
    return Feed(id=article_id(url, None, ""), url=url, added_at=datetime(2026, 3, 1, tzinfo=UTC), **more)  # type: ignore[arg-type]


class Deployment:
    """Settings, and what lies on their topics."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self._published: list[tuple[float, RawArticle]] = []
        self._states: dict[str, list[FeedState]] = defaultdict(list)
        self._consumers: dict[Topic, KafkaConsumer] = {}
        self._pollers = 0

    def watch(self, *feeds: Feed) -> None:
        """Put feeds on the topic, as `newswire feeds add` does."""
        with Producer(self.settings) as producer:
            for each in feeds:
                partition = partition_of(host_of(each.url), self.settings.kafka.feed_partitions)
                name = FEEDS.name(self.settings.topic_prefix)
                producer.send(name, each.id.encode(), msgspec.json.encode(each), partition=partition)

    def poller(self, site: FeedSite, proxy: str | None = None, **more: str) -> PollerProcess:
        """A further one, in the site's time; with `proxy` it reaches Kafka through that alone. The agents in the site's
        ledger bear its number."""
        self._pollers += 1
        more = {"NEWSWIRE_FEEDS__CONTACT": f"poller-{self._pollers}@example.org", **ENVIRONMENT, **more}
        return PollerProcess(self.settings, self.folder, site.timing, proxy, **more)

    def articles(self) -> list[tuple[float, RawArticle]]:
        """What was published, every version, with the Unix time at which Kafka had it."""
        self._published += ((record.timestamp / 1000, decode_raw_article(record.value)) for record in self._new(RAW))
        return self._published

    def versions(self) -> dict[str, list[RawArticle]]:
        """By article id what was published of it, in this order."""
        found: dict[str, list[RawArticle]] = defaultdict(list)
        for _, article in self.articles():
            found[article.id].append(article)
        return found

    def feeds(self) -> dict[str, Feed]:
        """By id."""
        found = {(key or b"").decode(): value for key, value, _ in oracle.messages(self.settings, FEEDS)}
        return {key: _FEED.decode(value) for key, value in found.items() if value}

    def state_history(self) -> dict[str, list[FeedState]]:
        """By feed id the states that were written, as far as Kafka has not compacted them."""
        for record in self._new(FEED_STATE):
            if record.value:
                self._states[(record.key or b"").decode()].append(_STATE.decode(record.value))
        return self._states

    def states(self) -> dict[str, FeedState]:
        """The newest state of each feed, by its id."""
        return {key: states[-1] for key, states in self.state_history().items()}

    def unread(self) -> int:
        """Sightings that no poller is through with."""
        return oracle.unread(self.settings, FEEDS_GROUP, FEED_ITEMS)

    def settle(self, site: FeedSite, pollers: Sequence[PollerProcess], seconds: float = 300) -> dict[str, set[str]]:
        """Wait until the pollers have published all that they must know by now, and say what that is: by article id the
        addresses of its feeds. A feed whose poll was cut off is waited for until it was polled again."""
        asked = {number: polls[-1] for number, polls in polls_of(site, {}).items() if polls}

        def unsettled() -> list[str]:
            states = {some[-1].url: some[-1] for some in self.state_history().values()}
            last = {url: each.last_poll and site.timing.seconds(each.last_poll) for url, each in states.items()}
            return [
                f"{site.feed_url(number)} at {poll}"
                for number, poll in asked.items()
                if (last.get(site.feed_url(number)) or 0) < poll.ended
            ]

        def await_(left: Callable[[], Sequence[object]], what: str, told: Callable[[], str]) -> None:
            try:
                wait_until(lambda: not left(), what, seconds, pollers)
            except AssertionError as error:
                raise AssertionError(f"{told()}\n{error}") from None

        await_(unsettled, "the state of every poll is written", lambda: "\n".join(unsettled()))
        wait_until(lambda: not self.unread(), "no sighting waits", seconds, pollers)
        polls = polls_of(site, self.state_history())
        known = known_by(site, polls)

        def lost() -> list[str]:
            return missing(known, self.versions())

        await_(lost, "all that feeds told is published", lambda: fates(site, polls, lost()))
        return known

    def _new(self, topic: Topic) -> list[Any]:
        """What came on a topic since this was last asked for."""
        consumer = self._consumers.get(topic)
        if consumer is None:
            consumer = self._consumers[topic] = KafkaConsumer(
                bootstrap_servers=str(self.settings.kafka.bootstrap_servers), auto_offset_reset="earliest"
            )
            name = topic.name(self.settings.topic_prefix)
            consumer.assign([TopicPartition(name, number) for number in consumer.partitions_for_topic(name)])
        places = sorted(consumer.assignment())
        ends, found = consumer.end_offsets(places), []
        while any(consumer.position(place) < ends[place] for place in places):
            for some in consumer.poll(timeout_ms=200).values():
                found += some
        return found

    def close(self) -> None:
        """Release the connections."""
        for consumer in self._consumers.values():
            consumer.close()


def assert_known(site: FeedSite, told: dict[str, set[str]], published: dict[str, list[RawArticle]]) -> None:
    """Every article that must be known was published, the newest version with all its feeds, and no other than feeds
    have told."""
    polls = polls_of(site, {})
    assert not (lost := missing(told, published)), fates(site, polls, lost)
    possible = told_by(site, polls)
    for article, versions in published.items():
        assert article in possible, f"told by no feed: {told_of(versions)}"
        assert all(set(each.feeds) <= possible[article] for each in versions), told_of(versions)


def assert_complete_and_once(site: FeedSite, told: dict[str, set[str]], published: dict[str, list[RawArticle]]) -> None:
    """The same, and each version says something that the ones before did not: that another feed carries the article,
    or another text; and there are no more texts than the site had."""
    assert_known(site, told, published)
    items = site.told_ids()
    for article, versions in published.items():
        said = [(each.feeds, each.content) for each in versions]
        assert len(set(said)) == len(said), f"{items[article]} was published again without need: {told_of(versions)}"
        assert all(set(one.feeds) <= set(next_.feeds) for one, next_ in pairwise(versions)), told_of(versions)
        times = [each.fetched_at for each in versions]
        assert times == sorted(set(times)), f"the versions of {items[article]} are not in order: {told_of(versions)}"
        texts = len({each.content for each in versions})
        most = 1 + site.plan.revision(items[article], site.seconds())
        assert texts <= most, f"{items[article]} has {texts} texts: {told_of(versions)}"


def told_of(versions: Sequence[RawArticle]) -> list[tuple[str, int, tuple[str, ...], str]]:
    """Versions of an article in short, for messages."""
    return [
        (
            each.fetched_at.isoformat(),
            len(each.content),
            each.feeds,
            sha1(each.content.encode(), usedforsecurity=False).hexdigest()[:8],
        )
        for each in versions
    ]


def cpu_seconds(pollers: Sequence[PollerProcess]) -> float:
    """What the running ones have used so far."""
    return sum(sum(psutil.Process(each.process.pid).cpu_times()[:2]) for each in pollers)


def resident_bytes(pollers: Sequence[PollerProcess]) -> int:
    """Memory of the running ones."""
    return sum(psutil.Process(each.process.pid).memory_info().rss for each in pollers)
