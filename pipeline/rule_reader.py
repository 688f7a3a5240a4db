"""The topic of rules, read whole: all that there are, and later what has changed since."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from kafka import TopicPartition

from pipeline.alert_records import Rule
from pipeline.config import Settings
from pipeline.kafka_connection import connect_reader
from pipeline.records import UNREADABLE
from pipeline.threads import unless_stopped
from pipeline.topics import RULES

_POLL_MS = 500
_ENDS_MS = 5000

Change = tuple[str, Rule | None]
"""A rule's id, and what it is now: None if it was removed."""

log = logging.getLogger("newswire.rules")


def take_over(changes: Iterable[Change], rules: dict[str, Rule]) -> None:
    """Bring rules, by their ids, up to date."""
    for key, rule in changes:
        if rule is None:
            rules.pop(key, None)
        else:
            rules[key] = rule


class RuleReader:
    """Reads RULES. For one thread. After a KafkaError its methods may be called again, and go on where they were."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        self._settings = settings
        self._stop = stop
        self._place = TopicPartition(RULES.name(settings.topic_prefix), 0)
        self._consumer: Any = None
        self._decoder = msgspec.json.Decoder(Rule)

    def catch_up(self) -> Iterator[list[Change]]:
        """All changes that have not been read yet, in batches, up to where the topic ends now; the first time these are
        all rules. Ends early at a stop. Waits for Kafka; raises KafkaError, and KafkaRefusedError."""
        consumer = self._connected()
        if consumer is None:
            return
        end = consumer.end_offsets([self._place], timeout_ms=_ENDS_MS)[self._place]
        while not self._stop.is_set() and consumer.position(self._place) < end:
            yield self._changes(_POLL_MS)

    def follow(self, wait_ms: int = 0) -> list[Change]:
        """What has changed since, after so long at most. Raises KafkaError."""
        return self._changes(wait_ms)

    def close(self) -> None:
        """Release the connection."""
        if self._consumer is not None:
            self._consumer.close()

    def _changes(self, wait_ms: int) -> list[Change]:
        consumer = self._connected()
        found = consumer.poll(timeout_ms=wait_ms) if consumer is not None else {}
        changes = [self._change(record) for records in found.values() for record in records]
        return [change for change in changes if change is not None]

    def _change(self, record: Any) -> Change | None:
        key = (record.key or b"").decode("utf-8", "replace")
        if record.value is None:
            return key, None
        try:
            return key, self._decoder.decode(record.value)
        except UNREADABLE as error:
            # What was in force stays: a broken record is no order to stop watching.
            log.error("rule %s is not readable and is passed over: %s; write it again, or remove it", key, error)
            return None

    def _connected(self) -> Any:
        """None when a stop came before Kafka answered."""
        if self._consumer is None:
            consumer = unless_stopped(
                lambda: connect_reader(self._settings.kafka, log.warning, auto_offset_reset="earliest"),
                "newswire-connect",
                self._stop,
            )
            if consumer is not None:
                consumer.assign([self._place])
                consumer.seek_to_beginning(self._place)
            self._consumer = consumer
        return self._consumer
