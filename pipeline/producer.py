"""The only Kafka producer outside the worker: every record ends as acknowledged or refused, in bounded memory.

kafka-python 3.0 as it is has no limit on what it buffers and fails records after two minutes without a broker. Here a
record that cannot be delivered for a passing reason is tried again for ever (`report` says so), `send` waits while
too much is under way, and only what the brokers refuse for good fails.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from time import monotonic
from types import TracebackType
from typing import Any

from kafka import errors

from pipeline.config import Settings
from pipeline.delivery import (
    PERMANENT,
    AbandonedError,
    BusyError,
    Header,
    NotDeliveredError,
    Place,
    Record,
    said,
)
from pipeline.errors import NewswireError
from pipeline.kafka_connection import (
    PATIENCE_SECONDS,
    REMINDER_SECONDS,
    KafkaRefusedError,
    LastWords,
    Report,
    Waiting,
    away,
    back,
    refusal,
)
from pipeline.kafka_sender import KafkaSender
from pipeline.topics import MIB

log = logging.getLogger("newswire.producer")

IN_FLIGHT_BYTES = 32 * MIB
"""Most bytes sent and not acknowledged yet; one larger record goes alone."""
_WATCH_SECONDS = 1.0
_WATCHER_SECONDS = 0.5
_GIVEN_UP = "given up before Kafka answered"


class Producer:
    """Sends records; a context manager that flushes on a clean exit and gives up at once on an exception.

    Making one waits until a broker answers. Safe to use from several threads. `report` takes one line when Kafka has
    been away for some seconds, and one when it is back. Raises ConfigError and KafkaRefusedError.
    """

    def __init__(
        self, settings: Settings, report: Report = log.warning, in_flight_bytes: int = IN_FLIGHT_BYTES
    ) -> None:
        self._settings = settings.kafka
        self._report = report
        self._limit = in_flight_bytes
        self._sender = KafkaSender(settings.kafka, report)
        self._changed = threading.Condition()
        self._under_way = 0
        self._weight = 0
        self._progress = monotonic()
        self._again: deque[Record] = deque()
        self._refused: NewswireError | None = None
        self._closed = False
        self._closing = threading.Event()
        self._last_words = LastWords()
        self._last_words.listen()
        self._watcher = threading.Thread(target=self._watch, name="newswire-producer", daemon=True)
        self._watcher.start()

    @property
    def stalled_seconds(self) -> float:
        """For how long records have been under way and none has ended."""
        return monotonic() - self._progress if self._under_way else 0.0

    @property
    def refused(self) -> NewswireError | None:
        """Why nothing can be sent any more; a new producer is needed then."""
        return self._refused

    @property
    def _ended(self) -> bool:
        return self._closed or self._refused is not None

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[Header] = (),
        seconds: float | None = None,
        *,
        partition: int | None = None,
    ) -> Future[Place]:
        """Hand a record over, without a value a tombstone; its key chooses the partition where none is named.

        Waits while too much is under way, or for about so many seconds and raises BusyError.
        The future ends with its Place, or raises NotDeliveredError or KafkaRefusedError. Raises KafkaRefusedError,
        MissingTopicError, and AbandonedError when the producer is closed meanwhile.
        """
        record = Record(topic, key, value, headers, partition)
        deadline = None if seconds is None else monotonic() + seconds
        with self._changed:
            while self._under_way and self._weight + record.weight > self._limit and not self._ended:
                _check(deadline)
                self._changed.wait(1 if deadline is None else max(0, min(1, deadline - monotonic())))
            if self._ended:
                raise self._refused or AbandonedError(_GIVEN_UP)
            if not self._under_way:
                self._progress = monotonic()
            self._under_way += 1
            self._weight += record.weight
        try:
            self._submit(record, deadline)
        except BaseException as error:  # also an interrupt: the record is not under way any more
            self._settle(record, error=error)
            raise
        return record.future

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has. Raises MissingTopicError and KafkaRefusedError."""
        return self._sender.partitions(topic)

    def flush(self, seconds: float | None = None) -> bool:
        """Wait until every record has ended, at most so long; False if some have not. Raises KafkaRefusedError."""
        deadline = None if seconds is None else monotonic() + seconds
        with self._changed:
            while self._under_way and not self._refused:
                if deadline is not None and monotonic() > deadline:
                    return False
                self._changed.wait(0.2)
            if self._refused:
                raise self._refused
        return True

    def close(self, seconds: float = 0) -> None:
        """Release the connection. Records that have not ended after so many seconds fail with NotDeliveredError."""
        if self._closed:
            return
        try:
            done = self.flush(seconds)
        except KafkaRefusedError:
            done = False
        with self._changed:
            self._closed = True
            given_up = 0 if done else self._under_way
            self._changed.notify_all()
        self._closing.set()
        self._watcher.join(_WATCHER_SECONDS)  # it may be waiting for Kafka
        self._sender.close(abandon=not done)
        while self._again:
            self._settle(self._again.popleft(), error=self._refused or AbandonedError(_GIVEN_UP))
        self._last_words.stop()
        if given_up:
            log.info("%d records were given up before Kafka answered; some may have arrived", given_up)

    def __enter__(self) -> Producer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self.close()

    def _submit(self, record: Record, deadline: float | None = None) -> None:
        try:
            sent = self._append(record, deadline)
        except errors.MessageSizeTooLargeError:
            size = f"{len(record.value or b''):,} bytes are more than any topic takes"
            self._settle(record, error=NotDeliveredError(f"Kafka refuses the record: {size}"))
            return
        except errors.KafkaError as error:
            refused = refusal(error, self._settings)
            if refused is None:
                raise
            raise refused from error
        sent.add_callback(lambda place: self._acknowledge(record, place))
        sent.add_errback(lambda error: self._decide(record, error))

    def _append(self, record: Record, deadline: float | None) -> Any:
        try:
            return self._sender.offer(record)
        except errors.KafkaTimeoutError:  # no metadata of the topic yet
            _check(deadline)
            self._sender.check_topic(record.topic)
        with Waiting(self._settings, self._report):
            while True:
                try:
                    return self._sender.offer(record)
                except errors.KafkaTimeoutError:
                    _check(deadline)

    def _acknowledge(self, record: Record, place: Any) -> None:
        self._settle(record, place=Place(place.topic, place.partition, place.offset))

    def _decide(self, record: Record, error: Exception) -> None:
        """On kafka-python's thread: the record is refused, or everything is, or it is tried again."""
        refused = self._refused or refusal(error, self._settings)
        if refused is not None:
            self._refused = refused
            self._settle(record, error=refused)
        elif self._closed:
            self._settle(record, error=AbandonedError(_GIVEN_UP))
        elif isinstance(error, PERMANENT):
            reason = f"{type(error).__name__.removesuffix('Error')}: {said(error)}"
            self._settle(record, error=NotDeliveredError(f"Kafka refuses the record: {reason}"))
        else:
            self._again.append(record)

    def _settle(self, record: Record, place: Place | None = None, error: BaseException | None = None) -> None:
        if place is not None:
            record.future.set_result(place)
        else:
            record.future.set_exception(error)
        with self._changed:
            self._under_way -= 1
            self._weight -= record.weight
            self._progress = monotonic()
            self._changed.notify_all()

    def _watch(self) -> None:
        """Once a second: sends again what failed for a passing reason, and reports stalls."""
        reported = stalled = 0.0
        while not self._closing.wait(_WATCH_SECONDS):
            now = monotonic()
            waited = now - self._progress if self._under_way else 0.0
            if waited < PATIENCE_SECONDS:
                if reported:
                    self._report(back(stalled))
                    reported = 0.0
                self._last_words.forget()
            else:
                stalled = waited
                self._notice_refusal()
                if not reported or now - reported > REMINDER_SECONDS:
                    self._report(away(self._settings, self._last_words.text))
                    reported = now
            for _ in range(len(self._again)):
                self._resend(self._again.popleft())

    def _notice_refusal(self) -> None:
        """Credentials that are withdrawn while we work reach no future: kafka-python only logs them, and reconnects."""
        refused = self._last_words.refusal(self._settings)
        if refused is not None:
            self._refused = refused
            self._sender.abandon()

    def _resend(self, record: Record) -> None:
        try:
            self._submit(record)
        except NewswireError as error:
            self._settle(record, error=error)
        except errors.KafkaError as error:
            log.debug("sending again failed: %s", error)
            self._again.append(record)


def _check(deadline: float | None) -> None:
    if deadline is not None and monotonic() >= deadline:
        raise BusyError("Kafka lets us wait: too much is under way")
