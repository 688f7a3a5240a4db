"""What was published, read again from `news.raw` by its place: to publish it anew with a further feed."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError, OffsetOutOfRangeError

from pipeline.config import Settings
from pipeline.kafka_connection import connect_reader, refusal
from pipeline.records import InvalidRecordError, RawArticle, decode_raw_article
from pipeline.threads import in_thread
from pipeline.topics import RAW

_POLL_MS = 5000
_FETCH_BYTES = 1  # Kafka gives the batch of the record all the same, and not what comes after it
_FETCH_MS = 10  # what a fetch that was sent ahead at the topic's end may hold up the next record
_CLOSE_SECONDS = 0.5
_RETRY_SECONDS = 1.0

log = logging.getLogger("newswire.feeds")


class Published:
    """A reader of single records, one at a time, for an event loop. While Kafka is away it waits: whoever is cancelled
    waits no more, and neither does the end of the process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._topic = RAW.name(settings.topic_prefix)
        self._turn = asyncio.Lock()
        self._lock = threading.Lock()
        """Of the consumer: a read goes on when nobody waits for it any more."""
        self._consumer: Any = None

    async def read(self, partition: int, offset: int) -> RawArticle | None:
        """The record; None when it is not there any more, or not readable. Raises KafkaRefusedError."""
        async with self._turn:
            while True:
                try:
                    return await in_thread(lambda: self._read(partition, offset), "newswire-published")
                except KafkaError as error:
                    refused = refusal(error, self._settings.kafka)
                    if refused:
                        raise refused from error
                    log.warning("cannot read an article again for now: %s", error)
                    await asyncio.sleep(_RETRY_SECONDS)

    def close(self) -> None:
        """Release the connection, unless a read still waits for Kafka; it ends with the process."""
        if not self._lock.acquire(timeout=_CLOSE_SECONDS):
            return
        try:
            if self._consumer is not None:
                self._consumer.close()
        finally:
            self._lock.release()

    def _read(self, partition: int, offset: int) -> RawArticle | None:
        place = TopicPartition(self._topic, partition)
        with self._lock:
            try:
                consumer = self._connected()
                consumer.assign([place])
                consumer.seek(place, offset)
                found = consumer.poll(timeout_ms=_POLL_MS, max_records=1).get(place, [])
                if not found and consumer.end_offsets([place], timeout_ms=_POLL_MS)[place] > offset:
                    raise KafkaTimeoutError(f"nothing came from offset {offset} of {self._topic} within {_POLL_MS} ms")
            except OffsetOutOfRangeError:
                return None
        if not found or found[0].offset != offset or found[0].value is None:
            return None
        try:
            return decode_raw_article(found[0].value)
        except InvalidRecordError as error:
            log.warning("an article in %s is not readable: %s", self._topic, error)
            return None

    def _connected(self) -> Any:
        if self._consumer is None:
            self._consumer = connect_reader(
                self._settings.kafka,
                log.warning,
                auto_offset_reset="none",
                max_partition_fetch_bytes=_FETCH_BYTES,
                fetch_max_wait_ms=_FETCH_MS,
            )
        return self._consumer
