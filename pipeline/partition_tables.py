"""Compacted topics, read by partition: all that is there, and later what has come since."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kafka import TopicPartition

from pipeline.config import Settings
from pipeline.kafka_connection import connect_reader
from pipeline.threads import unless_stopped
from pipeline.topics import Topic

_POLL_MS = 500
_ENDS_MS = 5000

log = logging.getLogger("newswire.tables")


@dataclass(frozen=True, slots=True)
class Entry:
    """The newest record of a key so far; `value` is None for a tombstone."""

    topic: Topic
    partition: int
    key: str
    value: bytes | None


class Tables:
    """A reader of `topics`, of which `followed` change by others' hands; a record of `last` stands for what was written
    before it to the others of these. For one thread. After a KafkaError its methods may be called again."""

    def __init__(
        self,
        settings: Settings,
        stop: threading.Event,
        topics: Sequence[Topic],
        followed: Sequence[Topic],
        last: Topic | None = None,
    ) -> None:
        self._settings = settings
        self._stop = stop
        self._topics = {topic.name(settings.topic_prefix): topic for topic in topics}
        self._followed = {topic.name(settings.topic_prefix) for topic in followed}
        self._last = last
        self._positions: dict[TopicPartition, int] = {}
        self._consumer: Any = None

    def catch_up(self, partitions: set[int]) -> Iterator[list[Entry]]:
        """What the tables of these partitions hold, or what came since this was last asked for, in batches; those of
        other partitions are forgotten. Ends early at a stop."""
        places = {TopicPartition(name, number) for name in self._topics for number in partitions}
        self._positions = {place: offset for place, offset in self._positions.items() if place in places}
        yield from self._read(places)

    def follow(self) -> list[Entry]:
        """What was changed since in the followed topics, without waiting; that of the last one comes last, with all
        that was written before it."""
        places = {place for place in self._positions if place.topic in self._followed}
        found = [entry for batch in self._read(places, wait=False) for entry in batch]
        if any(entry.topic is self._last and entry.value is not None for entry in found):
            found += (entry for batch in self._read(places) for entry in batch)
        return sorted(found, key=lambda entry: entry.topic is self._last)

    def close(self) -> None:
        """Release the connection."""
        if self._consumer is not None:
            self._consumer.close()

    def _read(self, places: set[TopicPartition], wait: bool = True) -> Iterator[list[Entry]]:
        if not places:
            return
        consumer = self._connected()
        if consumer is None:
            return
        if set(consumer.assignment()) != places:
            consumer.assign(sorted(places))
            for place in places:
                if place in self._positions:
                    consumer.seek(place, self._positions[place])
                else:
                    consumer.seek_to_beginning(place)
        ends = consumer.end_offsets(sorted(places), timeout_ms=_ENDS_MS) if wait else {}
        while not self._stop.is_set():
            found = consumer.poll(timeout_ms=_POLL_MS if wait else 0)
            if found:
                yield [self._entry(record) for records in found.values() for record in records]
            if all(consumer.position(place, timeout_ms=_ENDS_MS) >= end for place, end in ends.items()):
                break
        self._positions |= {place: consumer.position(place, timeout_ms=_ENDS_MS) for place in places}

    def _connected(self) -> Any:
        """None when a stop came before Kafka answered."""
        if self._consumer is None:
            self._consumer = unless_stopped(
                lambda: connect_reader(self._settings.kafka, log.warning, auto_offset_reset="earliest"),
                "newswire-connect",
                self._stop,
            )
        return self._consumer

    def _entry(self, record: Any) -> Entry:
        key = (record.key or b"").decode("utf-8", "replace")
        return Entry(self._topics[record.topic], record.partition, key, record.value)
