"""`newswire demo`: engines and services up, articles and a feed through the whole pipeline, what came out, how fast.

It uses the deployment's own topics and indices; another demo only renews the same documents. The feed is watched, and
the sample rules are in force, for as long as the demo lasts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from elasticsearch import ApiError, Elasticsearch, TransportError
from kafka import KafkaConsumer, TopicPartition

from pipeline import consumer_lag, demo_site, feed_registry, topics
from pipeline.alert_records import Alert
from pipeline.alert_search import with_ids
from pipeline.config import Settings, engine_environment
from pipeline.errors import NewswireError
from pipeline.feed_records import Feed
from pipeline.feeds import parse_feed
from pipeline.identity import article_id, feed_id
from pipeline.kafka_connection import Report, connection_options
from pipeline.producer import Producer
from pipeline.records import Article, RawArticle, decode_article, encode
from pipeline.samples import sample_articles
from pipeline.search_engine import SearchEngineAwayError, failure, is_passing
from pipeline.search_index import alias, document_version
from pipeline.sources import Defaults, Document, Found
from pipeline.sources.json_lines import read_json_lines
from pipeline.supervisor import SUPERVISOR_VARIABLE

ROUNDS = 5
"""Times that the samples are pushed to measure the latency, after a first time that warms the services up."""
PACE_SECONDS = 0.2
"""Pause between two articles of such a round: a light load."""
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 120.0
STOP_SECONDS = 16.0


class DemoError(NewswireError):
    """The demo did not come to its end; the message says where to look."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from Kafka's acknowledgement of an article until a search found it, over many articles."""

    count: int
    p50: float
    p99: float


@contextmanager
def services(settings: Settings, log: Path) -> Iterator[Callable[[], bool]]:
    """`newswire run all` for the length of a block; gives a function that tells whether it still runs."""
    environment = {
        **os.environ,
        **engine_environment(settings),
        # Its own feed is on this machine, which a poller asks only where it may.
        "NEWSWIRE_FEEDS__ALLOW_HOSTS": msgspec.json.encode([*settings.feeds.allow_hosts, demo_site.HOST]).decode(),
        "NEWSWIRE_FEEDS__PROCESSES": str(settings.feeds.processes or 1),
        "NEWSWIRE_ALERTS__MATCH": "true",
        SUPERVISOR_VARIABLE: str(os.getpid()),
    }
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pipeline", "run", "all"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield lambda: process.poll() is None
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(frozen=True, slots=True)
class SampleFeed:
    """A feed of the demo, and the ids of its articles."""

    id: str
    articles: tuple[str, ...]


@contextmanager
def watched_feed(settings: Settings, report: Report, now: datetime) -> Iterator[SampleFeed | None]:
    """The sample feed, served and watched for the length of a block.

    None where other pollers run, for those do not ask this machine.
    """
    group = topics.group(settings.topic_prefix, topics.FEEDS_GROUP)
    with consumer_lag.administer(settings.kafka) as admin:
        if consumer_lag.members(admin, [group])[group]:
            report("other pollers run in this deployment, which do not ask this machine: no sample feed")
            yield None
            return
    with demo_site.serve() as site:
        url = f"{site}/feed.xml"
        feed = Feed(id=feed_id(url) or "", url=url, site=f"{site}/", folder=("Demo",), added_at=now, poll_at=now)
        # What a demo that was killed has left of it.
        feed_registry.remove(settings, report, feed_registry.read(settings, report), [feed.id])
        feed_registry.write(settings, report, feed_registry.read(settings, report), [feed])
        try:
            items = parse_feed(demo_site.pages(site)["/feed.xml"]).items
            yield SampleFeed(feed.id, tuple(article_id(item.url, None, "") for item in items))
        finally:
            feed_registry.remove(settings, report, feed_registry.read(settings, report), [feed.id])


def await_feed(
    feed: SampleFeed,
    settings: Settings,
    client: Elasticsearch,
    alive: Callable[[], bool],
    *,
    report: Report,
    seen: Callable[[int], None],
) -> None:
    """Return once the feed was polled and a search finds its articles; `seen` is told how many it does.

    Raises DemoError.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    polled = False
    while True:
        count = len(_by_id(client, settings, feed.articles, source=False))
        seen(count)
        if not polled:  # those of the last demo may be found before
            state = feed_registry.read(settings, report).states.get(feed.id)
            polled = state is not None and state.last_success is not None
        if polled and count == len(feed.articles):
            return
        _check(alive, deadline, "articles of the sample feed", len(feed.articles) - count)
        time.sleep(LOOK_SECONDS)


def await_alerts(
    ids: Sequence[str],
    since: datetime,
    settings: Settings,
    client: Elasticsearch,
    alive: Callable[[], bool],
    *,
    pushed: Container[str],
    seen: Callable[[int], None],
) -> tuple[Alert, ...]:
    """These alerts, once the index has all of them, those of articles that were `pushed` as they were raised since
    then; what a feed still shows is known from the last demo. `seen` is told how many it has.

    Raises DemoError.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            found = with_ids(client, settings.index_prefix, ids).alerts
        except SearchEngineAwayError:  # it is too busy to answer, say; there is a limit below
            found = ()
        renewed = tuple(alert for alert in found if alert.matched_at >= since or alert.article.id not in pushed)
        seen(len(renewed))
        if len(renewed) == len(ids):
            return renewed
        _check(alive, deadline, "alerts", len(ids) - len(renewed))
        time.sleep(LOOK_SECONDS)


def sample_raw_articles(now: datetime) -> list[RawArticle]:
    """The samples as `newswire push` would send them."""
    path = sample_articles()
    with path.open("rb") as stream:
        items = read_json_lines(Document(str(path), stream), Defaults(now=lambda: now))
        return [item.raw for item in items if isinstance(item, Found)]


def push_and_find(
    articles: Sequence[RawArticle],
    settings: Settings,
    client: Elasticsearch,
    alive: Callable[[], bool],
    *,
    now: Callable[[], datetime],
    pace: float,
    seen: Callable[[int, int], None] = lambda *_: None,
) -> list[float]:
    """Push one article after the other, `pace` seconds apart, each as fetched now; return each one's latency, seconds.

    `seen` is told how many of how many have been found. Raises DemoError when the services end or time runs out.
    """
    waiting: dict[tuple[str, int], float] = {}
    latencies: list[float] = []
    left = list(articles)
    started = due = time.monotonic()
    with Producer(settings) as producer:
        while left or waiting:
            if left and time.monotonic() >= due:
                article = msgspec.structs.replace(left.pop(0), fetched_at=now())
                topic = topics.RAW.name(settings.topic_prefix)
                producer.send(topic, article.id.encode(), encode(article)).result(PATIENCE_SECONDS)
                waiting[article.id, document_version(article.fetched_at)] = time.monotonic()
                due += pace
            for key in found(client, settings, waiting):
                latencies.append(time.monotonic() - waiting.pop(key))
                seen(len(latencies), len(articles))
            _check(alive, started + PATIENCE_SECONDS + len(articles) * pace, "articles", len(waiting))
            time.sleep(LOOK_SECONDS)
    return latencies


def found(client: Elasticsearch, settings: Settings, wanted: Mapping[tuple[str, int], float]) -> list[tuple[str, int]]:
    """Those of the wanted (id, version) pairs that a search finds in that version or a newer one."""
    if not wanted:
        return []
    ids = sorted({article for article, _ in wanted})
    hits = _by_id(client, settings, ids, version=True, source=False)
    versions = {hit["_id"]: hit["_version"] for hit in hits}
    return [key for key in wanted if versions.get(key[0], -1) >= key[1]]


def indexed_articles(client: Elasticsearch, settings: Settings, ids: Sequence[str]) -> list[Article]:
    """The documents of these ids, in this order."""
    hits = _by_id(client, settings, ids)
    made = {hit["_id"]: msgspec.convert(hit["_source"], Article) for hit in hits}
    return [made[article] for article in ids if article in made]


def latency(seconds: Sequence[float]) -> Latency:
    """Median and 99th percentile (nearest rank)."""
    ordered = sorted(seconds)

    def rank(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return Latency(count=len(ordered), p50=rank(0.5), p99=rank(0.99))


def follow(settings: Settings, alive: Callable[[], bool]) -> Iterator[Article]:
    """Articles as they leave the worker, from now on, for as long as the services run."""
    consumer = KafkaConsumer(**connection_options(settings.kafka), enable_auto_commit=False, group_id=None)
    try:
        name = topics.ARTICLES.name(settings.topic_prefix)
        partitions = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
        consumer.assign(partitions)
        consumer.seek_to_end(*partitions)
        while alive():
            for batch in consumer.poll(timeout_ms=500).values():
                for message in batch:
                    yield decode_article(message.value)
    finally:
        consumer.close()


def _check(alive: Callable[[], bool], deadline: float, what: str, missing: int) -> None:
    if not alive():
        raise DemoError("the services ended; their log says why")
    if time.monotonic() > deadline:
        raise DemoError(f"{missing} {what} were not found in time; the services' log may say why")


def _by_id(client: Elasticsearch, settings: Settings, ids: Sequence[str], **options: Any) -> list[dict[str, Any]]:
    try:
        answer = client.search(
            index=alias(settings.index_prefix),
            query={"ids": {"values": list(ids)}},
            size=len(ids),
            ignore_unavailable=True,  # the first article makes the index
            **options,
        )
    except (ApiError, TransportError) as error:
        if is_passing(error):  # a shard that is being made, say; the caller has a limit
            return []
        raise failure(error, client) from error
    hits: list[dict[str, Any]] = answer["hits"]["hits"]
    return hits


@contextmanager
def naming(log: Path) -> Iterator[None]:
    """Add where the services' log is to the message of a DemoError."""
    try:
        yield
    except DemoError as error:
        raise DemoError(f"{error}: {log}") from error
