"""Membership in the group that shares the feeds: which partitions are ours, and what other pollers send to them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Any, Protocol

from kafka import ConsumerRebalanceListener, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.errors import KafkaError

from pipeline import topics
from pipeline.config import Settings
from pipeline.consumer import offsets_after
from pipeline.group_consumer import close_consumer, open_consumer
from pipeline.kafka_connection import refusal
from pipeline.poller.tables import Entry, Tables
from pipeline.watchdog import Backlog, Watchdog, end_process

_POLL_MS = 200
_COMMIT_MS = 3000
_BATCH_RECORDS = 200

log = logging.getLogger("newswire.feeds")


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
        """Return once what follows from these sightings and pushes is durable; False when a stop came first."""


class Member(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """One process in the group."""

    def __init__(self, settings: Settings, owner: Owner, stop: threading.Event) -> None:
        self._settings = settings
        self._owner = owner
        self._stop = stop
        self._tables = Tables(settings, stop)
        self._gained: set[int] | None = None

    def run(self) -> None:
        """Until `stop`. Raises NewswireError for what waiting cannot mend, and whatever the owner raises."""
        prefix = self._settings.topic_prefix
        items, pushes = topics.FEED_ITEMS.name(prefix), topics.FEED_PUSHES.name(prefix)
        group = topics.group(prefix, topics.FEEDS_GROUP)
        consumer = open_consumer(
            self._settings.kafka,
            items,
            group,
            self._stop,
            max_poll_records=_BATCH_RECORDS,
            # Gives a member the same partitions of both topics.
            partition_assignment_strategy=[RangePartitionAssignor],
        )
        if consumer is None:
            return
        backlog = Backlog(self._settings.kafka, items, group, consumer.assignment)
        watchdog = Watchdog(self._settings.worker.stall_seconds, backlog, end_process)
        try:
            consumer.subscribe([items, pushes], listener=self)
            watchdog.start()
            while not self._stop.is_set():
                self._step(consumer, watchdog)
        finally:
            watchdog.stop()
            close_consumer(consumer)
            self._tables.close()

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
            changed = self._tables.follow()
        except KafkaError as error:
            self._bear(error, "look for changed feeds")
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
            self._bear(error, "read the feeds")
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
