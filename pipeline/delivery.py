"""What can become of a record on its way to Kafka, and which answers of the brokers are final."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from kafka import KafkaProducer, errors

from pipeline.errors import NewswireError

Header = tuple[str, bytes]
_OVERHEAD = 2048  # what a record weighs in memory beside its bytes, on both sides of kafka-python


class NotDeliveredError(NewswireError):
    """Kafka refuses this record for good; the message says why."""


class AbandonedError(NotDeliveredError):
    """The producer was closed before Kafka answered; the record may have arrived."""


class BusyError(NewswireError):
    """Too much is under way, and was for as long as the caller wanted to wait; nothing was sent."""


class MissingTopicError(NewswireError):
    """The cluster is there, the topic is not."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an acknowledged record lies."""

    topic: str
    partition: int
    offset: int


class Record:
    """A record on its way, and what is needed to send it again."""

    __slots__ = ("future", "headers", "key", "partition", "topic", "value", "weight")

    def __init__(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[Header],
        partition: int | None = None,
    ) -> None:
        self.topic = topic
        self.key = key
        self.value = value
        self.headers = list(headers)
        self.partition = partition
        self.future: Future[Place] = Future()
        told = sum(len(name) + len(content) for name, content in self.headers)
        self.weight = len(value or b"") + len(key or b"") + told + _OVERHEAD


def outlive_refusals(kafka: KafkaProducer) -> None:
    """Let one refused batch not end the whole idempotent producer.

    kafka-python 3.0 then fails every later record with the first one's error; Apache's own client goes on with a new
    producer epoch (KIP-360), which kafka-python can do as well, only not in this case.
    """
    manager = kafka._transaction_manager
    classify = manager.classify_batch_error

    def classify_kindly(error: Exception, batch: Any, log_start_offset: int = -1) -> Any:
        found = classify(error, batch, log_start_offset=log_start_offset)
        if found != manager.ERROR_CLASS_FATAL or isinstance(error, _ENDING):
            return found
        if manager._supports_epoch_bump():
            return manager.ERROR_CLASS_NEEDS_EPOCH_BUMP
        return manager.ERROR_CLASS_NEEDS_PRODUCER_ID_RESET

    manager.classify_batch_error = classify_kindly


_ENDING = (errors.AuthorizationError, errors.SaslAuthenticationFailedError, errors.ProducerFencedError)
PERMANENT = (
    errors.MessageSizeTooLargeError,
    errors.RecordListTooLargeError,
    errors.InvalidRecordError,
    errors.InvalidTimestampError,
    errors.InvalidTopicError,
    errors.InvalidRequiredAcksError,
    errors.PolicyViolationError,
    errors.UnsupportedCompressionTypeError,
    errors.UnsupportedForMessageFormatError,
    errors.UnsupportedVersionError,
)
"""What the brokers would answer to the same record tomorrow, too."""


def said(error: Exception) -> str:
    """What the brokers, or else kafka-python, say of an error."""
    return str(error.args[0] if error.args and error.args[0] else getattr(error, "description", ""))
