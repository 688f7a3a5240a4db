"""The watchdog's own decisions, and what it asks a real Kafka."""

from __future__ import annotations

import threading

import pytest
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition

from pipeline import topics
from pipeline.config import Kafka
from pipeline.kafka_connection import connection_options
from pipeline.producer import Producer
from pipeline.topic_setup import create_topics
from pipeline.watchdog import Backlog, Watchdog
from tests.conftest import SettingsFactory
from tests.services import wait_until

TOPIC = topics.ARTICLES
GROUP = "someone"


def test_it_ends_what_does_not_move_while_work_waits() -> None:
    ended = threading.Event()
    Watchdog(0.05, lambda: True, ended.set).start()
    assert ended.wait(10)


def test_it_looks_again_while_nothing_waits() -> None:
    ended, looks = threading.Event(), iter((False, False, True))
    Watchdog(0.05, lambda: next(looks), ended.set).start()
    assert ended.wait(10)
    assert list(looks) == []


def test_it_does_not_even_look_while_something_moves() -> None:
    looked = threading.Event()
    watchdog = Watchdog(2.0, lambda: looked.set() or False, lambda: None)
    watchdog.start()
    moving = threading.Event()
    for _ in range(40):
        watchdog.touch()
        assert not moving.wait(0.1)
    assert not looked.is_set()
    assert looked.wait(10), "and does when nothing moves any more"


def test_it_ends_nothing_once_it_is_stopped_be_it_in_the_middle_of_a_look() -> None:
    ended, looking, goes_on = threading.Event(), threading.Event(), threading.Event()

    def look() -> bool:
        looking.set()
        return goes_on.wait(10)

    watchdog = Watchdog(0.05, look, ended.set)
    watchdog.start()
    assert looking.wait(10)
    watchdog.stop()
    goes_on.set()
    assert not ended.wait(0.5)


def test_nothing_waits_while_kafka_is_away() -> None:
    backlog = Backlog(Kafka(bootstrap_servers="127.0.0.1:9"), "t", "g", set)
    assert [backlog(), backlog()] == [False, False]


@pytest.mark.engines
def test_records_wait_when_two_looks_find_the_same_lag_and_no_other_member_has_the_partition(
    settings: SettingsFactory,
) -> None:
    made = settings()
    create_topics(made)
    name = TOPIC.name(made.topic_prefix)
    with Producer(made) as producer:
        producer.send(name, b"one", b"1").result(30)
    group = topics.group(made.topic_prefix, GROUP)
    mine: set[TopicPartition] = set()
    backlog = Backlog(made.kafka, name, group, lambda: mine)
    assert [backlog(), backlog(), backlog()] == [False, True, True]

    other = KafkaConsumer(**connection_options(made.kafka), group_id=group, enable_auto_commit=False)
    try:
        wait_until(lambda: other.partitions_for_topic(name), "the topic is known")
        other.subscribe([name])
        wait_until(lambda: other.poll(timeout_ms=100) or other.assignment(), "another member has the partitions")
        assert [backlog(), backlog()] == [False, False], "that one is to read them"
        mine |= other.assignment()
        assert [backlog(), backlog()] == [False, True]
        ends = other.end_offsets(other.assignment())
        other.commit({place: OffsetAndMetadata(end, "", -1) for place, end in ends.items()})
        assert [backlog(), backlog()] == [False, False], "nothing is left"
    finally:
        other.close(autocommit=False)
