"""kafka-python's producer, set up as ours needs it, and ended without waiting."""

from __future__ import annotations

import logging
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer, errors

from pipeline.config import Kafka
from pipeline.delivery import MissingTopicError, Record, outlive_refusals
from pipeline.kafka_connection import Report, Waiting, connect, refusal
from pipeline.topics import TOPICS

_BATCH_BYTES = 256 * 1024  # idempotence keeps one batch a partition under way, so that small ones would be slow
_LINGER_MS = 20
_METADATA_MS = 3000
_CLOSE_SECONDS = 5
_ABANDON_SECONDS = 1

log = logging.getLogger("newswire.producer")


class KafkaSender:
    """Sends records once. Making one waits until a broker answers; raises ConfigError and KafkaRefusedError."""

    def __init__(self, settings: Kafka, report: Report) -> None:
        self._settings = settings
        self._report = report
        self._kafka = connect(
            KafkaProducer,
            settings,
            report,
            acks="all",
            enable_idempotence=True,
            delivery_timeout_ms=float("inf"),
            compression_type="lz4",
            linger_ms=_LINGER_MS,
            batch_size=_BATCH_BYTES,
            max_request_size=max(topic.max_message_bytes for topic in TOPICS),
            max_block_ms=_METADATA_MS,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )
        outlive_refusals(self._kafka)

    def offer(self, record: Record) -> Any:
        """The future of kafka-python. Raises KafkaTimeoutError where nothing is known of the topic yet."""
        return self._kafka.send(record.topic, record.value, record.key, record.headers, record.partition)

    def check_topic(self, topic: str) -> None:
        """Raises MissingTopicError and KafkaRefusedError."""
        admin = connect(KafkaAdminClient, self._settings, self._report)
        try:
            known = admin.list_topics()
        finally:
            admin.close()
        if topic not in known:
            raise MissingTopicError(
                f"topic {topic} does not exist at {self._settings.bootstrap_servers} (or is hidden from us); "
                "make it with `newswire setup`"
            )

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has. Raises MissingTopicError and KafkaRefusedError."""
        with Waiting(self._settings, self._report):
            while True:
                try:
                    return len(self._kafka.partitions_for(topic))
                except errors.KafkaTimeoutError:
                    self.check_topic(topic)
                except errors.KafkaError as error:
                    refused = refusal(error, self._settings)
                    if refused is None:
                        raise
                    raise refused from error

    def abandon(self) -> None:
        """Fail all that is under way now. close() of kafka-python would wait first, and leave its thread behind."""
        self._kafka._sender.force_close()

    def close(self, *, abandon: bool) -> None:
        """Release the connection."""
        if abandon:
            self.abandon()
            self._kafka._sender.join(_ABANDON_SECONDS)
        try:
            self._kafka.close(timeout=_ABANDON_SECONDS if abandon else _CLOSE_SECONDS)
        except errors.KafkaTimeoutError:
            log.warning("the connection to Kafka did not close in time")
