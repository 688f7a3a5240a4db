"""The loop of every service that writes somewhere: a batch from Kafka → write it → commit it.

Offsets are committed only for batches that `write` has returned from, so that nothing is lost when a process dies; a
record can be written twice. The write runs in a thread of its own while this one keeps its place in the group. One
batch is under way at a time; its partitions are paused meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from kafka import ConsumerRebalanceListener, OffsetAndMetadata, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from pipeline.config import Settings
from pipeline.group_consumer import close_consumer, open_consumer
from pipeline.kafka_connection import refusal
from pipeline.observe import BATCH_RECORDS
from pipeline.topics import Topic, group
from pipeline.watchdog import Backlog, Watchdog, end_process

Write = Callable[[Sequence[ConsumerRecord]], None]
"""Returns once every record is durable where it belongs; retries passing faults for ever; raises Stopped when it gives
up because of `stop`, and anything else to end the service."""

GRACE_SECONDS = 4.0
"""How long a batch under way may go on after `stop`. With what follows, a stop has STOP_SECONDS."""
_COMMIT_MS = 3000
_LAST_COMMIT_MS = 1500  # at a stop
_POLL_MS = 200
_KEEP_ALIVE_SECONDS = 1.0
_TICK_SECONDS = 0.1

log = logging.getLogger("newswire.consumer")


class Stopped(Exception):  # noqa: N818 -- not an error: the user wanted it
    """The write gave up because the service stops; nothing of its batch is committed."""


def consume(
    settings: Settings,
    topic: Topic,
    group_suffix: str,
    write: Write,
    stop: threading.Event,
    *,
    batch_records: int,
    stall_seconds: float,
    reassigned: Callable[[], None] = lambda: None,
    end: Callable[[], None] = end_process,
) -> None:
    """Read `topic` as a member of the group and write batches until `stop` is set. Waits for Kafka when it is away.

    `reassigned` is called, from another thread, when partitions were gained; `end` likewise, when records wait and
    none arrives for `stall_seconds`. Raises ConfigError, KafkaRefusedError, and whatever `write` raises except Stopped.
    """
    name = topic.name(settings.topic_prefix)
    member_of = group(settings.topic_prefix, group_suffix)
    consumer = open_consumer(settings.kafka, name, member_of, stop, max_poll_records=batch_records)
    if consumer is None:
        return
    backlog = Backlog(settings.kafka, name, member_of, consumer.assignment)
    watchdog = Watchdog(stall_seconds, backlog, end)
    loop = _Loop(
        settings,
        consumer,
        write=write,
        stop=stop,
        service=group_suffix,
        reassigned=reassigned,
        moved=watchdog.touch,
    )
    try:
        consumer.subscribe([name], listener=loop)
        watchdog.start()
        loop.run()
    finally:
        watchdog.stop()
        close_consumer(consumer)


class _Batch:
    """Records under way, and the offsets that they stand for once they are durable."""

    def __init__(self, records: list[ConsumerRecord], write: Write) -> None:
        self.records = len(records)
        self.offsets = offsets_after(records)
        self.error: BaseException | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(records, write), name="newswire-write", daemon=True)
        self._thread.start()

    def _run(self, records: list[ConsumerRecord], write: Write) -> None:
        try:
            write(records)
        except BaseException as error:  # noqa: BLE001 -- raised again where the loop runs
            self.error = error
        finally:
            self._ended.set()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, after so many seconds at most."""
        return self._ended.wait(seconds)

    @property
    def durable(self) -> bool:
        """Whether all of it was written."""
        return self._ended.is_set() and self.error is None


class _Loop(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """The state of one consumer. kafka-python calls the listener's methods from its own thread."""

    def __init__(
        self,
        settings: Settings,
        consumer: Any,
        *,
        write: Write,
        stop: threading.Event,
        service: str,
        reassigned: Callable[[], None],
        moved: Callable[[], None],
    ) -> None:
        self._kafka = settings.kafka
        self._consumer = consumer
        self._write = write
        self._stop = stop
        self._service = service
        self._reassigned = reassigned
        self._moved = moved
        self._lock = threading.Lock()
        self._batch: _Batch | None = None
        self._durable: dict[TopicPartition, OffsetAndMetadata] = {}
        """Written and not known to be committed."""

    def run(self) -> None:
        """Until `stop`."""
        while not self._stop.is_set():
            records = self._poll(_POLL_MS)
            if records:
                self._moved()
                self._write_batch(records)
                self._commit()
            elif self._durable:
                self._commit()

    def _write_batch(self, records: list[ConsumerRecord]) -> None:
        self._consumer.pause(*self._consumer.assignment())
        batch = _Batch(records, self._write)
        with self._lock:
            self._batch = batch
        ended = self._await(batch)
        with self._lock:
            self._batch = None
            if batch.durable:
                self._durable.update(batch.offsets)
        if not ended or isinstance(batch.error, Stopped):
            log.info("stopped before %d records were written; they will be read again", batch.records)
            return
        if batch.error is not None:
            raise batch.error
        BATCH_RECORDS.labels(self._service).set(batch.records)
        self._consumer.resume(*self._consumer.paused())

    def _await(self, batch: _Batch) -> bool:
        """Keep the place in the group until the batch has ended; False when the grace after `stop` is over."""
        polled = monotonic()
        while not batch.wait(_TICK_SECONDS):
            self._moved()  # the write retries for as long as the store is away
            if self._stop.is_set():
                return batch.wait(GRACE_SECONDS)
            if monotonic() - polled > _KEEP_ALIVE_SECONDS:
                self._keep_alive()
                polled = monotonic()
        return True

    def _keep_alive(self) -> None:
        """Poll with everything paused. Should a record come all the same, it is put back."""
        for record in reversed(self._poll(_POLL_MS)):
            place = TopicPartition(record.topic, record.partition)
            if place in self._consumer.assignment():
                self._consumer.seek(place, record.offset)
                self._consumer.pause(place)

    def _poll(self, milliseconds: int) -> list[ConsumerRecord]:
        try:
            found = self._consumer.poll(timeout_ms=milliseconds)
        except KafkaError as error:
            self._bear(error, "read from Kafka")
            return []
        return [record for records in found.values() for record in records]

    def _commit(self) -> None:
        """Commit what is durable, as far as the partitions are still ours; what does not work now is kept.

        A partition that stays ours through a rebalance keeps its position, so that what was under way counts.
        """
        ours = self._consumer.assignment()
        with self._lock:
            self._durable = {place: offset for place, offset in self._durable.items() if place in ours}
            offsets = dict(self._durable)
        if not offsets:
            return
        try:
            self._consumer.commit(offsets, timeout_ms=_LAST_COMMIT_MS if self._stop.is_set() else _COMMIT_MS)
        except KafkaError as error:
            self._bear(error, "commit offsets")
            return
        with self._lock:
            self._durable = {place: offset for place, offset in self._durable.items() if offsets.get(place) != offset}

    def _bear(self, error: KafkaError, what: str) -> None:
        refused = refusal(error, self._kafka)
        if refused is not None:
            raise refused from error
        log.warning("cannot %s for now: %s", what, error)
        self._stop.wait(1)

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Commit what is finished while we may. What is under way goes on: `_commit` looks whose it is in the end."""
        with self._lock:
            if self._batch is not None and self._batch.durable:
                self._durable.update(self._batch.offsets)
            durable = {place: self._durable[place] for place in revoked if place in self._durable}
        if durable:
            self._consumer.commit_async(durable)  # it goes out before the request that gives the partitions away

    def on_partitions_lost(self, lost: Sequence[TopicPartition]) -> None:
        """They have another owner already, who will write again what we could not commit."""

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Nothing new is read while a batch is under way."""
        with self._lock:
            busy = self._batch is not None
        if busy:
            self._consumer.pause(*assigned)
        self._reassigned()


def offsets_after(records: Sequence[ConsumerRecord]) -> dict[TopicPartition, OffsetAndMetadata]:
    """What to commit when all of these are durable: by partition, the offset behind the last one."""
    last: dict[TopicPartition, int] = {}
    for record in records:
        place = TopicPartition(record.topic, record.partition)
        last[place] = max(record.offset, last.get(place, -1))
    return {place: OffsetAndMetadata(offset + 1, "", -1) for place, offset in last.items()}
