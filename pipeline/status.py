"""What `newswire status` tells: topics, consumer groups with their lag, and indices."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError
from msgspec import Struct

from pipeline import topics
from pipeline.config import Kafka, Settings
from pipeline.errors import NewswireError
from pipeline.kafka_connection import connect
from pipeline.search_engine import failure
from pipeline.search_index import alias

ANSWER_MS = 8000

log = logging.getLogger("newswire.status")


class TopicStatus(Struct, frozen=True, kw_only=True):
    """A topic; `records` are those that it still holds, None when it does not exist."""

    topic: str
    partitions: int
    records: int | None


class GroupStatus(Struct, frozen=True, kw_only=True):
    """A consumer group; `lag` counts records that it has still to read, `members` its running processes."""

    service: str
    group: str
    topic: str
    members: int
    lag: int


class IndexStatus(Struct, frozen=True, kw_only=True):
    """A monthly index; `bytes` on disk, replicas included."""

    index: str
    documents: int
    bytes: int


class KafkaAwayError(NewswireError):
    """No broker answered in time; unlike a service, somebody who looks does not want to wait for long."""


READERS = ((topics.WORKER_GROUP, topics.RAW), (topics.SINK_GROUP, topics.ARTICLES))


@contextmanager
def administer(kafka: Kafka) -> Iterator[KafkaAdminClient]:
    """A client for looking. Raises KafkaAwayError, KafkaRefusedError and ConfigError."""
    try:
        admin = connect(KafkaAdminClient, kafka, log.debug, bootstrap_timeout_ms=ANSWER_MS)
    except KafkaError as error:
        raise KafkaAwayError(
            f"Kafka at {kafka.bootstrap_servers} does not answer ({type(error).__name__}): start it, or correct "
            "kafka.bootstrap_servers and kafka.security_protocol"
        ) from error
    try:
        yield admin
    finally:
        admin.close()


def topic_statuses(admin: KafkaAdminClient, settings: Settings) -> list[TopicStatus]:
    """Every topic of this deployment, in the order of their declaration."""
    found = _partitions(admin)
    names = [topic.name(settings.topic_prefix) for topic in topics.TOPICS]
    partitions = [tp for name in names for tp in found.get(name, ())]
    first = _offsets(admin, partitions, OffsetSpec.EARLIEST)
    last = _offsets(admin, partitions, OffsetSpec.LATEST)
    return [
        TopicStatus(
            topic=name,
            partitions=len(found.get(name, ())),
            records=sum(last[tp] - first[tp] for tp in found[name]) if name in found else None,
        )
        for name in names
    ]


def group_statuses(admin: KafkaAdminClient, settings: Settings) -> list[GroupStatus]:
    """The services' consumer groups; a group that never ran has no members and lags by the whole topic."""
    found = _partitions(admin)
    names = [topics.group(settings.topic_prefix, suffix) for suffix, _ in READERS]
    committed = admin.list_group_offsets(dict.fromkeys(names))
    described = admin.describe_groups(names)
    statuses = []
    for name, (suffix, topic) in zip(names, READERS, strict=True):
        partitions = found.get(topic.name(settings.topic_prefix), [])
        done = {tp: offset.offset for tp, offset in committed.get(name, {}).items()}
        first = _offsets(admin, partitions, OffsetSpec.EARLIEST)
        last = _offsets(admin, partitions, OffsetSpec.LATEST)
        statuses.append(
            GroupStatus(
                service=suffix,
                group=name,
                topic=topic.name(settings.topic_prefix),
                members=len(described.get(name, {}).get("members", ())),
                lag=lag(done, first, last),
            )
        )
    return statuses


def lag(
    done: Mapping[TopicPartition, int], first: Mapping[TopicPartition, int], last: Mapping[TopicPartition, int]
) -> int:
    """Records from the committed offset (the first one that is left, where none counts) to the end."""
    return sum(max(0, end - max(done.get(tp, -1), first[tp])) for tp, end in last.items())


def index_statuses(client: Elasticsearch, settings: Settings) -> list[IndexStatus]:
    """The monthly indices of this deployment, oldest first. Raises SearchEngineAwayError, SearchEngineRefusedError."""
    try:
        stats = client.indices.stats(index=f"{alias(settings.index_prefix)}-*", metric=["docs", "store"])
    except (ApiError, TransportError) as error:
        raise failure(error, client) from error
    return [
        IndexStatus(
            index=name,
            documents=found["primaries"]["docs"]["count"],
            bytes=found["total"]["store"]["size_in_bytes"],
        )
        for name, found in sorted(stats["indices"].items())
    ]


def _partitions(admin: KafkaAdminClient) -> dict[str, list[TopicPartition]]:
    described = admin.describe_topics()
    return {
        found["name"]: [TopicPartition(found["name"], part["partition_index"]) for part in found["partitions"]]
        for found in described
    }


def _offsets(admin: KafkaAdminClient, partitions: list[TopicPartition], spec: Any) -> dict[TopicPartition, int]:
    if not partitions:
        return {}
    found = admin.list_partition_offsets(dict.fromkeys(partitions, spec))
    return {tp: info.offset for tp, info in found.items()}
