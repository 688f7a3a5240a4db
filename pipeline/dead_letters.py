"""The dead letters of a deployment: read, chosen, and sent again to where they came from, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from pipeline.config import Settings
from pipeline.errors import NewswireError
from pipeline.kafka_connection import Report, connect
from pipeline.records import REPLAYS_HEADER, DeadLetter, InvalidRecordError, dead_letter_from_headers
from pipeline.topics import DEAD_LETTERS, TOPICS

_POLL_MS = 500

Send = Callable[[str, bytes | None, bytes, Sequence[tuple[str, bytes]]], Future[Any]]
"""Producer.send."""


class DeadLetterError(NewswireError):
    """There is no such dead letter, or it cannot be replayed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A dead letter's own place, written `partition:offset`; DeadLetter says where its input lay."""

    partition: int
    offset: int

    @classmethod
    def parse(cls, text: str) -> Place:
        """The inverse of `str`. Raises DeadLetterError."""
        partition, colon, offset = text.partition(":")
        if not (colon and partition.isascii() and offset.isascii() and partition.isdigit() and offset.isdigit()):
            raise DeadLetterError(f"{text!r} names no dead letter; write partition:offset, as in 0:17")
        return cls(int(partition), int(offset))

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"


@dataclass(frozen=True, slots=True)
class Buried:
    """A message of the dead-letter topic. `letter` is None where its headers are not a dead letter's."""

    place: Place
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    letter: DeadLetter | None

    @property
    def replays(self) -> int:
        """How often the record had been replayed before it was refused."""
        said = dict(self.headers).get(REPLAYS_HEADER, b"0")
        return int(said) if said.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters are meant; what is None does not matter. `reason` is a part of it, in any case."""

    stage: str | None = None
    reason: str | None = None
    since: datetime | None = None

    def __contains__(self, buried: Buried) -> bool:
        letter = buried.letter
        if letter is None:
            return self == Selection()
        return (
            (self.stage is None or letter.stage == self.stage)
            and (self.reason is None or self.reason.casefold() in letter.reason.casefold())
            and (self.since is None or letter.time >= self.since)
        )


class Graveyard:
    """Reads a deployment's dead-letter topic. Close it after use; waits for Kafka and reports it."""

    def __init__(self, settings: Settings, report: Report) -> None:
        self.topic = DEAD_LETTERS.name(settings.topic_prefix)
        self._consumer = connect(
            KafkaConsumer, settings.kafka, report, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        partitions = self._consumer.partitions_for_topic(self.topic)
        if not partitions:
            self.close()
            raise DeadLetterError(f"topic {self.topic} does not exist; make it with `newswire setup`")
        self._partitions = [TopicPartition(self.topic, number) for number in sorted(partitions)]

    def close(self) -> None:
        """Release the connection."""
        self._consumer.close(autocommit=False)

    def letters(self) -> Iterator[Buried]:
        """All that lie there now, each partition from its oldest on."""
        ends = self._consumer.end_offsets(self._partitions)
        for partition in self._partitions:
            self._consumer.assign([partition])
            self._consumer.seek_to_beginning(partition)
            while self._consumer.position(partition) < ends[partition]:
                for message in self._poll(partition):
                    if message.offset < ends[partition]:
                        yield _buried(message)

    def letter(self, place: Place) -> Buried:
        """One of them. Raises DeadLetterError."""
        partition = TopicPartition(self.topic, place.partition)
        if partition in self._partitions:
            first = self._consumer.beginning_offsets([partition])[partition]
            end = self._consumer.end_offsets([partition])[partition]
            if first <= place.offset < end:
                self._consumer.assign([partition])
                self._consumer.seek(partition, place.offset)
                messages: list[Any] = []
                while not messages and self._consumer.position(partition) < end:
                    messages = self._poll(partition, 1)
                if messages and messages[0].offset == place.offset:
                    return _buried(messages[0])
        raise DeadLetterError(f"there is no dead letter {place}; see `newswire dead-letters list`")

    def _poll(self, partition: TopicPartition, most: int | None = None) -> list[Any]:
        found: list[Any] = self._consumer.poll(_POLL_MS, max_records=most).get(partition, [])
        return found


def replay(letters: Iterable[Buried], send: Send, settings: Settings) -> Iterator[tuple[Buried, Future[Any]]]:
    """Produce each again: same key, same value, to the topic that it came from, with a header that counts replays.

    The future fails with DeadLetterError for a letter that belongs to another deployment or says no origin.
    """
    ours = {topic.name(settings.topic_prefix) for topic in TOPICS if topic is not DEAD_LETTERS}
    for buried in letters:
        if buried.letter is None or buried.letter.topic not in ours:
            origin = f"came from topic {buried.letter.topic}" if buried.letter else "does not say where it came from"
            failed: Future[Any] = Future()
            failed.set_exception(DeadLetterError(f"it {origin}, not from one of {', '.join(sorted(ours))}"))
            yield buried, failed
            continue
        header = (REPLAYS_HEADER, str(buried.replays + 1).encode())
        yield buried, send(buried.letter.topic, buried.key, buried.value, [header])


def _buried(message: Any) -> Buried:
    headers = tuple(message.headers)
    try:
        letter = dead_letter_from_headers(list(headers))
    except InvalidRecordError:  # somebody else's message; it is shown as it is
        letter = None
    return Buried(Place(message.partition, message.offset), message.key, message.value or b"", headers, letter)
