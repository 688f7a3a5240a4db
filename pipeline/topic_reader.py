"""Topics read as they are now, by a command: in no group, and nothing is committed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline.config import Settings
from pipeline.delivery import MissingTopicError
from pipeline.errors import NewswireError
from pipeline.kafka_connection import Report, connect_reader, refusal
from pipeline.topics import Topic

_POLL_MS = 500


class TopicReader:
    """Reads topics, all partitions, from their beginning or from now on. A context manager.

    Raises MissingTopicError for a topic that does not exist, and KafkaRefusedError.
    """

    def __init__(self, settings: Settings, report: Report, topics: Sequence[Topic], *, from_now: bool = False) -> None:
        self._settings = settings
        self._consumer = connect_reader(settings.kafka, report, auto_offset_reset="earliest")
        self.topics = [topic.name(settings.topic_prefix) for topic in topics]
        self.partitions: dict[str, int] = {}
        """Number of partitions of each topic."""
        try:
            self._places = self._find()
            self._consumer.assign(self._places)
            if from_now:
                self._consumer.seek_to_end(*self._places)
                for place in self._places:
                    self._consumer.position(place)
            else:
                self._consumer.seek_to_beginning(*self._places)
        except KafkaError as error:
            self._consumer.close(autocommit=False)
            raise self._told(error) from error
        except BaseException:
            self._consumer.close(autocommit=False)
            raise

    def __enter__(self) -> TopicReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close(autocommit=False)

    def read(self) -> Iterable[Any]:
        """What has come since, up to where the topics end when it begins."""
        try:
            ends = self._consumer.end_offsets(self._places)
            while any(self._consumer.position(place) < end for place, end in ends.items()):
                for records in self._consumer.poll(_POLL_MS).values():
                    yield from records
        except KafkaError as error:
            raise self._told(error) from error

    def _find(self) -> list[TopicPartition]:
        places = []
        for name in self.topics:
            numbers = self._consumer.partitions_for_topic(name)
            if not numbers:
                raise MissingTopicError(f"topic {name} does not exist; make it with `newswire setup`")
            self.partitions[name] = len(numbers)
            places += [TopicPartition(name, number) for number in sorted(numbers)]
        return places

    def _told(self, error: KafkaError) -> NewswireError:
        return refusal(error, self._settings.kafka) or NewswireError(f"cannot read {', '.join(self.topics)}: {error}")
