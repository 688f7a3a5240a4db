"""How far consumer groups are behind. The brokers are asked, by somebody who does not want to wait for long."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any, TypeVar

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from pipeline.config import Kafka
from pipeline.errors import NewswireError
from pipeline.kafka_connection import connect

ANSWER_MS = 8000
_PAUSE_SECONDS = 0.2

T = TypeVar("T")

log = logging.getLogger("newswire.lag")


class KafkaAwayError(NewswireError):
    """No broker answered in time."""


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


def partitions(admin: KafkaAdminClient, topics: Iterable[str] | None = None) -> dict[str, list[TopicPartition]]:
    """The partitions of these topics, or of all, as far as they exist."""
    described = admin.describe_topics(None if topics is None else list(topics))
    return {
        found["name"]: [TopicPartition(found["name"], part["partition_index"]) for part in found["partitions"]]
        for found in described
    }


def first_offsets(admin: KafkaAdminClient, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    """Offset of the oldest record that each partition still holds."""
    return _offsets(admin, places, OffsetSpec.EARLIEST)


def end_offsets(admin: KafkaAdminClient, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    """Offset of the next record of each partition."""
    return _offsets(admin, places, OffsetSpec.LATEST)


def committed_offsets(admin: KafkaAdminClient, groups: Iterable[str]) -> dict[str, dict[TopicPartition, int]]:
    """What each group has committed. Raises KafkaAwayError."""
    # A broker that has just started knows no coordinators yet.
    found = patiently(lambda: admin.list_group_offsets(dict.fromkeys(groups)))
    return {group: {place: offset.offset for place, offset in of.items()} for group, of in found.items()}


def members(admin: KafkaAdminClient, groups: Iterable[str]) -> dict[str, list[set[TopicPartition]]]:
    """The partitions of each running member of each group. Raises KafkaAwayError."""
    described = patiently(lambda: admin.describe_groups(list(groups)))
    return {
        group: [
            {
                TopicPartition(assigned["topic"], number)
                for assigned in _assigned(member)
                for number in assigned["partitions"]
            }
            for member in found.get("members", ())
        ]
        for group, found in described.items()
    }


def waiting(
    admin: KafkaAdminClient, places: Sequence[TopicPartition], done: Mapping[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """The lag of each of these partitions, of which so much is done (committed)."""
    return lag(done, first_offsets(admin, places), end_offsets(admin, places))


def lag(
    done: Mapping[TopicPartition, int], first: Mapping[TopicPartition, int], last: Mapping[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """Records of each partition from the committed offset, or the first one that is left, to the end."""
    return {place: max(0, end - max(done.get(place, -1), first[place])) for place, end in last.items()}


def patiently(ask: Callable[[], T]) -> T:
    """The answer, once the brokers have one, but no later than ANSWER_MS. Raises KafkaAwayError."""
    deadline = monotonic() + ANSWER_MS / 1000
    while True:
        try:
            return ask()
        except KafkaError as error:
            if not error.retriable:
                raise
            if monotonic() > deadline:
                raise KafkaAwayError(f"Kafka cannot answer for now, try again: {type(error).__name__}") from error
            sleep(_PAUSE_SECONDS)


def _offsets(admin: KafkaAdminClient, places: Iterable[TopicPartition], spec: Any) -> dict[TopicPartition, int]:
    wanted = dict.fromkeys(places, spec)
    if not wanted:
        return {}
    return {place: info.offset for place, info in patiently(lambda: admin.list_partition_offsets(wanted)).items()}


def _assigned(member: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    assignment = member.get("member_assignment")  # empty bytes while the group is rebalancing
    return assignment.get("assigned_partitions", ()) if isinstance(assignment, Mapping) else ()
