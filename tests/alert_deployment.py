"""Rules, articles and alerts of a test on a real Kafka, and the oracle of what has to be there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition
from msgspec.structs import replace

from pipeline import topics
from pipeline.alert_records import Alert, Rule
from pipeline.alerts.parser import parse
from pipeline.config import Settings
from pipeline.delivery import Place
from pipeline.kafka_connection import connection_options
from pipeline.producer import Producer
from pipeline.records import Article, RawArticle, decode_article, encode
from tests import topic_reader
from tests.corpus import raw_articles
from tests.naive_rules import naive_match

Pair = tuple[str, str]
"""Rule and article."""


def fresh_articles(count: int, *, first: int = 0) -> list[RawArticle]:
    """As `raw_articles`, fetched now."""
    now = datetime.now(UTC)
    return [replace(raw, first_seen=now, fetched_at=now) for raw in raw_articles(count, first=first)]


def produce(settings: Settings, articles: Iterable[RawArticle]) -> None:
    """Return once Kafka has them."""
    send(settings, topics.RAW, ((article.id, encode(article)) for article in articles))


def write_rules(settings: Settings, *rules: Rule) -> None:
    """Return once Kafka has them."""
    with RuleWriting(settings) as writing:
        writing.write(*rules)


def remove_rules(settings: Settings, *ids: str) -> None:
    """Return once Kafka has the tombstones."""
    with RuleWriting(settings) as writing:
        writing.remove(*ids)


def write_raw_rule(settings: Settings, key: str, value: bytes) -> None:
    """Whatever somebody writes by hand."""
    send(settings, topics.RULES, [(key, value)])


class RuleWriting:
    """A producer of rules. A context manager; both methods return once Kafka has what they wrote."""

    def __init__(self, settings: Settings) -> None:
        self._name = topics.RULES.name(settings.topic_prefix)
        self._producer = Producer(settings)

    def __enter__(self) -> RuleWriting:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close()

    def write(self, *rules: Rule) -> None:
        self._await([self._producer.send(self._name, rule.id.encode(), encode(rule)) for rule in rules])

    def remove(self, *ids: str) -> None:
        self._await([self._producer.send(self._name, each.encode(), None) for each in ids])

    def _await(self, sent: Sequence[Future[Place]]) -> None:
        self._producer.flush()
        for future in sent:
            future.result(30)


def send(settings: Settings, topic: topics.Topic, records: Iterable[tuple[str, bytes | None]]) -> None:
    """Return once Kafka has these keys and values."""
    with Producer(settings) as producer:
        name = topic.name(settings.topic_prefix)
        sent = [producer.send(name, key.encode(), value) for key, value in records]
        producer.flush()
        for future in sent:
            future.result(30)


def count(settings: Settings, topic: topics.Topic) -> int:
    """How many records a topic holds."""
    consumer = KafkaConsumer(**connection_options(settings.kafka), group_id=None)
    try:
        name = topic.name(settings.topic_prefix)
        places = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
        return sum(consumer.end_offsets(places).values())
    finally:
        consumer.close()


def read(settings: Settings, topic: topics.Topic) -> list[Any]:
    """Kafka's records of a topic."""
    return topic_reader.messages(str(settings.kafka.bootstrap_servers), topic.name(settings.topic_prefix))


def alerts(settings: Settings) -> list[Alert]:
    """All of them, partition by partition."""
    return [msgspec.json.decode(record.value, type=Alert) for record in read(settings, topics.ALERTS)]


def pairs(settings: Settings) -> Counter[Pair]:
    """How often each alert was raised."""
    return Counter((alert.rule.id, alert.article.id) for alert in alerts(settings))


def articles(settings: Settings) -> dict[str, Article]:
    """What was published, by id."""
    return {found.id: found for found in (decode_article(record.value) for record in read(settings, topics.ARTICLES))}


def wanted(rules: Sequence[Rule], published: Iterable[Article]) -> set[Pair]:
    """The alerts that have to be there, by the plainest reading of the rules."""
    trees = {rule.id: parse(rule.query).tree for rule in rules}
    return {(name, article.id) for article in published for name, tree in trees.items() if naive_match(tree, article)}


def acknowledged(settings: Settings) -> set[str]:
    """Ids of the raw articles that the workers have committed."""
    group = topics.group(settings.topic_prefix, topics.WORKER_GROUP)
    consumer = KafkaConsumer(**connection_options(settings.kafka), group_id=group, enable_auto_commit=False)
    try:
        name = topics.RAW.name(settings.topic_prefix)
        committed = {
            number: consumer.committed(TopicPartition(name, number)) or 0
            for number in consumer.partitions_for_topic(name) or ()
        }
    finally:
        consumer.close()
    raw = read(settings, topics.RAW)
    return {record.key.decode() for record in raw if record.offset < committed[record.partition]}
