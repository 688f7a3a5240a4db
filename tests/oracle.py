"""The one oracle of fault tests: where is every id that Kafka acknowledged?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from elasticsearch import Elasticsearch
from kafka import KafkaConsumer, TopicPartition

from pipeline import topics
from pipeline.config import Settings
from pipeline.kafka_connection import connection_options
from pipeline.shards import ask
from tests import topic_reader


def indexed_ids(client: Elasticsearch, settings: Settings) -> Counter[str]:
    """How often each article id stands in the indices of this deployment, all months together."""
    alias = f"{settings.index_prefix}-articles"
    client.indices.refresh(index=alias, ignore_unavailable=True)
    found: Counter[str] = Counter()
    after: list[object] | None = None
    while True:
        asked = {
            "index": alias,
            "size": 2000,
            "sort": [{"id": "asc"}],
            "source": False,
            "ignore_unavailable": True,
            "allow_partial_search_results": False,
            **({"search_after": after} if after else {}),
        }
        page = ask(client, lambda: client.search(**asked).body)["hits"]["hits"]  # noqa: B023
        if not page:
            return found
        found.update(hit["_id"] for hit in page)
        after = page[-1]["sort"]


def messages(settings: Settings, topic: topics.Topic) -> list[tuple[bytes | None, bytes, list[tuple[str, bytes]]]]:
    """Everything that a topic holds now: key, value, headers."""
    found = topic_reader.messages(str(settings.kafka.bootstrap_servers), topic.name(settings.topic_prefix))
    return [(record.key, record.value, list(record.headers)) for record in found]


def unread(settings: Settings, group: str, topic: topics.Topic) -> int:
    """Records of the topic that the group has not committed."""
    consumer = KafkaConsumer(
        **connection_options(settings.kafka),
        group_id=topics.group(settings.topic_prefix, group),
        enable_auto_commit=False,
    )
    try:
        name = topic.name(settings.topic_prefix)
        partitions = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
        ends = consumer.end_offsets(partitions)
        return sum(ends[tp] - (consumer.committed(tp) or 0) for tp in partitions)
    finally:
        consumer.close()


def assert_accounted_for(
    client: Elasticsearch, settings: Settings, expected: Iterable[str], *, buried: Iterable[bytes] = ()
) -> None:
    """Every id is in the index exactly once, or its bytes are in the dead letters; nothing else is anywhere."""
    found = indexed_ids(client, settings)
    wanted = set(expected)
    assert set(found) == wanted, f"missing {len(wanted - set(found))}, unexpected {len(set(found) - wanted)}"
    assert not [article for article, count in found.items() if count != 1]
    letters = {value: dict(headers)["reason"] for _, value, headers in messages(settings, topics.DEAD_LETTERS)}
    assert set(letters) == set(buried), f"reasons: {set(letters.values())}"
