"""Records on their way to Kafka, awaited in the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from pipeline.config import Settings
from pipeline.delivery import BusyError, Header, Place
from pipeline.producer import Producer
from pipeline.topics import Topic


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
            future = await asyncio.to_thread(
                self._producer.send, name, key.encode(), value, headers, partition=partition
            )
        # Whoever waits may be cancelled; the record is on its way all the same.
        return await asyncio.shield(asyncio.wrap_future(future))
