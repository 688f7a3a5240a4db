"""The loop from batch to commit, on a real Kafka, with writes that a test controls."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition

from pipeline import topics
from pipeline.config import Settings
from pipeline.consumer import Stopped, consume
from pipeline.group_consumer import close_consumer, open_consumer
from pipeline.producer import Producer
from pipeline.topic_setup import create_topics
from tests.conftest import SettingsFactory
from tests.oracle import unread
from tests.services import wait_until

pytestmark = pytest.mark.engines

GROUP = topics.SINK_GROUP
STALL_SECONDS = 2.0


class Writer:
    """Keeps what it is given. While `gate` is closed, a write waits, until `stop` unless it is `patient`; `error` is
    raised instead of finishing."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        self.error: BaseException | None = None
        self.written: list[bytes] = []
        self.batches = 0
        self.patient = False

    def __call__(self, records: Sequence[Any]) -> None:
        self.batches += 1
        self.begun.set()
        while not self.gate.wait(0.05):
            if self.stop.is_set() and not self.patient:
                raise Stopped
        if self.error:
            raise self.error
        self.written += [record.value for record in records]


class Member:
    """A consumer in a thread."""

    def __init__(self, settings: Settings, batch_records: int = 10) -> None:
        self.stop = threading.Event()
        self.writer = Writer(self.stop)
        self.gained = 0
        self.stalled = threading.Event()
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(settings, batch_records))
        self._thread.start()

    def _run(self, settings: Settings, batch_records: int) -> None:
        try:
            consume(
                settings,
                topics.ARTICLES,
                GROUP,
                self.writer,
                self.stop,
                batch_records=batch_records,
                stall_seconds=STALL_SECONDS,
                reassigned=self._gain,
                end=self.stalled.set,
            )
        except BaseException as error:  # noqa: BLE001 -- for the test to look at
            self.error = error

    def _gain(self) -> None:
        self.gained += 1

    def end(self) -> None:
        """Stop it; harmless when it has ended."""
        self.stop.set()
        self._thread.join(15)
        assert not self._thread.is_alive()


@pytest.fixture
def join(request: pytest.FixtureRequest) -> Iterator[Callable[..., Member]]:
    """`join()` starts a member, of the `deployment` if not told another; those that still run end with the test."""
    members: list[Member] = []

    def start(settings: Settings | None = None, **options: Any) -> Member:
        members.append(Member(settings or request.getfixturevalue("deployment"), **options))
        return members[-1]

    yield start
    for member in members:
        member.writer.gate.set()
        member.end()


@pytest.fixture
def deployment(settings: SettingsFactory) -> Settings:
    made = settings()
    create_topics(made)
    return made


def publish(settings: Settings, count: int, start: int = 0) -> list[bytes]:
    values = [b"%d" % number for number in range(start, start + count)]
    with Producer(settings) as producer:
        for value in values:
            producer.send(topics.ARTICLES.name(settings.topic_prefix), value, value)
    return values


def waiting(settings: Settings) -> int:
    return unread(settings, GROUP, topics.ARTICLES)


def test_batches_are_no_larger_than_wanted_and_each_is_committed(
    deployment: Settings, join: Callable[..., Member]
) -> None:
    values = publish(deployment, 95)
    member = join(batch_records=10)
    wait_until(lambda: waiting(deployment) == 0, "all is committed")
    member.end()
    assert sorted(member.writer.written) == sorted(values)
    assert member.writer.batches >= 10
    assert member.error is None


def test_a_batch_that_is_not_written_is_not_committed_when_the_service_stops(
    deployment: Settings, join: Callable[..., Member]
) -> None:
    publish(deployment, 5)
    member = join()
    member.writer.gate.clear()
    assert member.writer.begun.wait(30)
    member.end()
    assert member.error is None
    assert waiting(deployment) == 5


def test_a_batch_that_ends_within_the_grace_is_committed(deployment: Settings, join: Callable[..., Member]) -> None:
    values = publish(deployment, 1)
    member = join()
    member.writer.gate.clear()
    member.writer.patient = True
    assert member.writer.begun.wait(30)
    threading.Timer(0.5, member.writer.gate.set).start()
    member.end()
    assert member.writer.written == values
    assert waiting(deployment) == 0


def test_an_error_of_the_write_ends_the_service_and_commits_nothing(
    deployment: Settings, join: Callable[..., Member]
) -> None:
    member = join()
    member.writer.error = RuntimeError("a fault in the code")
    publish(deployment, 3)
    wait_until(lambda: member.error is not None, "the service has ended")
    member.end()
    assert str(member.error) == "a fault in the code"
    assert waiting(deployment) == 3


def test_a_partition_that_moves_in_mid_batch_is_written_by_its_new_owner_and_lost_by_nobody(
    deployment: Settings, join: Callable[..., Member]
) -> None:
    values = publish(deployment, 40)
    slow = join(batch_records=40)
    slow.writer.gate.clear()
    assert slow.writer.begun.wait(30)
    second = join(batch_records=40)
    wait_until(lambda: second.gained > 0, "the second has partitions")
    wait_until(lambda: len(second.writer.written) > 0, "and has written what the first one has under way")
    held = waiting(deployment)
    assert 0 < held < 40
    slow.writer.gate.set()
    wait_until(lambda: waiting(deployment) == 0, "all is committed")
    more = publish(deployment, 40, start=40)
    wait_until(lambda: waiting(deployment) == 0, "both go on")
    slow.end()
    second.end()
    assert set(slow.writer.written) | set(second.writer.written) == {*values, *more}


def test_a_member_that_leaves_hands_its_partitions_over(deployment: Settings, join: Callable[..., Member]) -> None:
    first, second = join(), join()
    wait_until(lambda: first.gained > 0 and second.gained > 0, "both are members")
    first.end()
    values = publish(deployment, 30)
    wait_until(lambda: waiting(deployment) == 0, "all is committed")
    second.end()
    assert sorted(second.writer.written) == sorted(values)


def test_a_member_of_a_topic_that_was_just_made_gets_its_partitions_at_once(
    settings: SettingsFactory, join: Callable[..., Member], caplog: pytest.LogCaptureFixture
) -> None:
    made = settings()
    member = join(made)
    wait_until(lambda: any("waiting for topic" in line for line in caplog.messages), "it waits for the topic")
    create_topics(made)
    values = publish(made, 3)
    wait_until(lambda: len(member.writer.written) == len(values), "all is written")
    assert not [line for line in caplog.messages if "No partition metadata" in line], "it joined without knowing any"


def test_a_join_that_outlasts_a_poll_is_seen_to_its_end(deployment: Settings) -> None:
    """As when the leader's metadata have changed: without `_finish_joins`, no record comes any more."""
    topic = topics.ARTICLES.name(deployment.topic_prefix)
    consumer = open_consumer(deployment.kafka, topic, f"{deployment.topic_prefix}-join", threading.Event())
    coordinator = consumer._coordinator

    def settled() -> bool:
        consumer.poll(timeout_ms=100)
        return (
            bool(coordinator._metadata_snapshot.get(topic)) and coordinator.stable() and not coordinator.need_rejoin()
        )

    try:
        consumer.subscribe([topic], listener=Bystander())
        wait_until(settled, "it is a member")
        while not coordinator.rejoining:  # until one has outlasted its poll
            coordinator._assignment_snapshot = {"another topic": {0}}
            assert not consumer.poll(timeout_ms=1)
        wait_until(lambda: coordinator._join_task is None or coordinator._join_task.is_done, "the join is over")
        values = publish(deployment, 3)
        found: list[bytes] = []
        while len(found) < len(values):
            records = consumer.poll(timeout_ms=10_000)
            assert records, "it reads nothing any more"
            found += [record.value for each in records.values() for record in each]
        assert sorted(found) == sorted(values)
    finally:
        close_consumer(consumer)


def test_a_member_that_lost_its_place_without_an_error_is_found_out(
    deployment: Settings, join: Callable[..., Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(deployment, 3)
    monkeypatch.setattr(KafkaConsumer, "poll", lambda _, timeout_ms: stall(timeout_ms))
    assert join().stalled.wait(60)


def test_a_member_whose_store_is_away_or_that_has_nothing_to_do_is_not_taken_for_stalled(
    deployment: Settings, join: Callable[..., Member]
) -> None:
    idle = join()
    publish(deployment, 3)
    wait_until(lambda: len(idle.writer.written) == 3, "all is written")
    idle.writer.gate.clear()
    publish(deployment, 3, start=3)
    assert idle.writer.begun.wait(30)
    assert not idle.stalled.wait(3 * STALL_SECONDS)
    idle.writer.gate.set()
    wait_until(lambda: waiting(deployment) == 0, "all is committed")
    assert not idle.stalled.wait(3 * STALL_SECONDS)


class Bystander(ConsumerRebalanceListener):
    """Wants to be told, as the loop does."""

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Nothing to do."""

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Nothing to do."""


def stall(timeout_ms: int) -> dict[Any, Any]:
    threading.Event().wait(timeout_ms / 1000)
    return {}
