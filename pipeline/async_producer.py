"""Records on their way to Kafka, awaited in the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import msgspec

from pipeline.config import Settings
from pipeline.delivery import AbandonedError, BusyError, Header, Place
from pipeline.producer import Producer
from pipeline.threads import in_thread
from pipeline.topics import Topic

log = logging.getLogger("newswire.producer")


class AsyncProducer:
    """Sends records and tells when they are durable."""

    def __init__(self, settings: Settings, producer: Producer) -> None:
        self._prefix = settings.topic_prefix
        self._producer = producer

    async def send(self, topic: Topic, key: str, record: msgspec.Struct | None, partition: int | None = None) -> Place:
        """Where the record lies once Kafka has acknowledged it; None is a tombstone.

        Raises NotDeliveredError for what Kafka refuses, such as a record that is too large, and KafkaRefusedError.
        """
        value = None if record is None else msgspec.json.encode(record)
        return await self.send_bytes(topic, key, value, partition)

    async def send_bytes(
        self,
        topic: Topic,
        key: str,
        value: bytes | None,
        partition: int | None = None,
        headers: Sequence[Header] = (),
    ) -> Place:
        """The same, of a record that is encoded already."""
        name = topic.name(self._prefix)
        try:
            future = self._producer.send(name, key.encode(), value, headers, seconds=0, partition=partition)
        except BusyError:  # handing over waits while too much is under way, which the loop must not
            future = await in_thread(
                lambda: self._producer.send(name, key.encode(), value, headers, partition=partition), "newswire-send"
            )
        sent = asyncio.wrap_future(future)
        try:
            return await asyncio.shield(sent)
        except asyncio.CancelledError:  # whoever waits; the record is on its way all the same
            sent.add_done_callback(lambda ended: _tell(name, key, ended))
            raise


def _tell(topic: str, key: str, sent: asyncio.Future[Place]) -> None:
    """What nobody else hears. The producer counts those that it gives up, which come again."""
    error = None if sent.cancelled() else sent.exception()
    if error is not None and not isinstance(error, AbandonedError):
        log.error("%s did not get to %s: %s", key, topic, error)
