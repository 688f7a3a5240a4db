"""Membership in a group whose processes each own partitions: of the topics that they read, and of tables beside them.

What is known of a partition lies in compacted topics (tables) with as many partitions; who gains one reads it there
before the work on it begins.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kafka import ConsumerRebalanceListener, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.errors import KafkaError

from pipeline.config import Settings
from pipeline.consumer import offsets_after
from pipeline.group_consumer import close_consumer, open_consumer, subscribe
from pipeline.kafka_connection import refusal
from pipeline.partition_tables import Entry, Tables
from pipeline.topics import Topic
from pipeline.topics import group as group_name
from pipeline.watchdog import Backlog, Watchdog, end_process

_POLL_MS = 200
_COMMIT_MS = 3000
_BATCH_RECORDS = 200

log = logging.getLogger("newswire.member")


class Owner(Protocol):
    """What becomes of the partitions. Methods are called from the member's threads, one at a time, and may wait."""

    def lose(self, partitions: set[int]) -> None:
        """Another process may have them from now on: nothing more may be asked or written for them on return."""

    def keep(self, partitions: set[int]) -> None:
        """These are ours now, and no others; what is known of others is forgotten."""

    def learn(self, entries: Sequence[Entry]) -> None:
        """What the tables hold of our partitions, or what has changed in them."""

    def begin(self, partitions: set[int]) -> None:
        """All of these partitions is known: the work on them may begin."""

    def take(self, records: Sequence[ConsumerRecord]) -> bool:
        """Return once what follows from these records is durable; False when a stop came first."""

    def look(self) -> None:
        """Called a few times a second, for what is to be looked at besides. Raises KafkaError for a passing fault."""


@dataclass(frozen=True, slots=True)
class Group:
    """Who shares what. A member gets the same partitions of all topics."""

    suffix: str
    inputs: tuple[Topic, ...]
    """Read and committed; the first one is watched for a backlog."""
    tables: tuple[Topic, ...]
    followed: tuple[Topic, ...]
    """Tables that others write to as well."""
    last: Topic | None = None
    """As Tables takes it."""


class Member(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """One process in the group."""

    def __init__(self, settings: Settings, group: Group, owner: Owner, stop: threading.Event) -> None:
        self._settings = settings
        self._group = group
        self._owner = owner
        self._stop = stop
        self._tables = Tables(settings, stop, group.tables, group.followed, group.last)
        self._gained: set[int] | None = None

    def run(self) -> None:
        """Until `stop`. Raises NewswireError for what waiting cannot mend, and whatever the owner raises."""
        prefix = self._settings.topic_prefix
        inputs = [topic.name(prefix) for topic in self._group.inputs]
        group = group_name(prefix, self._group.suffix)
        consumer = open_consumer(
            self._settings.kafka,
            inputs[0],
            group,
            self._stop,
            max_poll_records=_BATCH_RECORDS,
            # Gives a member the same partitions of all topics.
            partition_assignment_strategy=[RangePartitionAssignor],
        )
        if consumer is None:
            return
        backlog = Backlog(self._settings.kafka, inputs[0], group, consumer.assignment)
        watchdog = Watchdog(self._settings.worker.stall_seconds, backlog, end_process)
        try:
            while not self._stop.is_set() and not self._subscribed(consumer, inputs):
                pass
            watchdog.start()
            while not self._stop.is_set():
                self._step(consumer, watchdog)
        finally:
            watchdog.stop()
            close_consumer(consumer)
            self._tables.close()

    def _subscribed(self, consumer: Any, names: Sequence[str]) -> bool:
        try:
            subscribe(consumer, names, self)
        except KafkaError as error:
            self._bear(error, "look at the topics")
            return False
        return True

    def _step(self, consumer: Any, watchdog: Watchdog) -> None:
        try:
            found = consumer.poll(timeout_ms=_POLL_MS)
        except KafkaError as error:
            self._bear(error, "read from Kafka")
            return
        gained, self._gained = self._gained, None
        if gained is not None:
            self._owner.keep(gained)
            while not self._begin(gained, watchdog):
                if self._stop.is_set():
                    return
        try:
            self._owner.look()
            changed = self._tables.follow()
        except KafkaError as error:
            self._bear(error, "look for changes")
        else:
            if changed:
                self._owner.learn(changed)
        records = [record for each in found.values() for record in each]
        if records:
            watchdog.touch()
            if not self._owner.take(records):
                return
            watchdog.touch()
            try:
                consumer.commit(offsets_after(records), timeout_ms=_COMMIT_MS)
            except KafkaError as error:  # they come again, to whoever has the partitions
                self._bear(error, "commit offsets")

    def _begin(self, gained: set[int], watchdog: Watchdog) -> bool:
        """Read the tables to their ends, and begin; or False, and the next try goes on there."""
        try:
            for entries in self._tables.catch_up(gained):
                watchdog.touch()
                self._owner.learn(entries)
        except KafkaError as error:
            watchdog.touch()
            self._bear(error, "read the tables")
            return False
        if not self._stop.is_set():
            self._owner.begin(gained)
        return not self._stop.is_set()

    def _bear(self, error: KafkaError, what: str) -> None:
        refused = refusal(error, self._settings.kafka)
        if refused is not None:
            raise refused from error
        log.warning("cannot %s for now: %s", what, error)
        self._stop.wait(1)

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Kafka waits for our return before it gives them to another."""
        self._owner.lose({place.partition for place in revoked})

    def on_partitions_lost(self, lost: Sequence[TopicPartition]) -> None:
        """They are another's already."""
        self._owner.lose({place.partition for place in lost})

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """What is ours; the tables are read outside of this call, which must not wait."""
        self._gained = {place.partition for place in assigned}
