"""The producer: every record is acknowledged or refused, whatever Kafka does meanwhile."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource
from kafka.errors import KafkaTimeoutError, SaslAuthenticationFailedError

from pipeline import kafka_connection, kafka_sender, producer
from pipeline.config import ConfigError, Kafka, Settings
from pipeline.delivery import AbandonedError, BusyError, MissingTopicError, NotDeliveredError
from pipeline.kafka_connection import KafkaRefusedError, LastWords, connect
from pipeline.producer import Producer
from pipeline.topic_setup import create_topics
from pipeline.topics import DEAD_LETTERS, MIB, RAW
from tests.topic_reader import messages
from tests.tunnel import Tunnel

engines = pytest.mark.engines
SHORT = 0.3


@pytest.fixture
def deployment(settings: Callable[..., Settings], kafka: str) -> Settings:
    """Topics of this test's own."""
    made: Settings = settings(kafka=Kafka(bootstrap_servers=kafka, raw_partitions=3, feed_partitions=1))
    create_topics(made)
    return made


@pytest.fixture
def tunnel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tunnel]:
    """All clients go through it, and lose patience soon."""
    monkeypatch.setattr(producer, "PATIENCE_SECONDS", SHORT)
    monkeypatch.setattr(kafka_connection, "PATIENCE_SECONDS", SHORT)
    with Tunnel() as open_tunnel:

        def through(client: Callable[..., Any], kafka: Kafka, report: Callable[[str], None], **options: Any) -> Any:
            return connect(client, kafka, report, **options, proxy_url=open_tunnel.url)

        monkeypatch.setattr(kafka_sender, "connect", through)
        yield open_tunnel


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@engines
def test_every_record_is_acknowledged_with_its_place(deployment: Settings, kafka: str) -> None:
    topic = RAW.name(deployment.topic_prefix)
    with Producer(deployment) as sender:
        futures = [sender.send(topic, f"k{n}".encode(), f"v{n}".encode(), [("h", b"1")]) for n in range(500)]
    places = [future.result(0) for future in futures]
    assert len({(place.partition, place.offset) for place in places}) == 500
    found = {(message.partition, message.offset): message for message in messages(kafka, topic)}
    for number, place in enumerate(places):
        message = found[place.partition, place.offset]
        assert (message.key, message.value, list(message.headers)) == (
            f"k{number}".encode(),
            f"v{number}".encode(),
            [("h", b"1")],
        )


@engines
def test_a_record_lies_in_the_partition_that_was_asked_for(deployment: Settings, kafka: str) -> None:
    topic = RAW.name(deployment.topic_prefix)
    with Producer(deployment) as sender:
        count = sender.partitions(topic)
        assert count == deployment.kafka.raw_partitions
        for partition in range(count):
            assert sender.send(topic, b"same key", None, partition=partition).result(60).partition == partition
        with pytest.raises(MissingTopicError, match="newswire setup"):
            sender.partitions("nowhere.raw")
    assert {(found.partition, found.value) for found in messages(kafka, topic)} == {(n, None) for n in range(count)}


@engines
def test_the_batches_are_compressed_and_idempotent(deployment: Settings) -> None:
    with Producer(deployment) as sender:
        assert sender._sender._kafka.config["enable_idempotence"] is True
        assert sender._sender._kafka.config["acks"] == -1
        assert sender._sender._kafka.config["compression_type"] == "lz4"


@engines
def test_a_record_that_no_topic_takes_is_refused_alone(deployment: Settings, kafka: str) -> None:
    topic = RAW.name(deployment.topic_prefix)
    with Producer(deployment) as sender:
        futures = [sender.send(topic, b"%d" % n, b"x" if n != 5 else bytes(40 * MIB)) for n in range(10)]
    with pytest.raises(NotDeliveredError, match="41,943,040 bytes"):
        futures[5].result(0)
    assert len(messages(kafka, topic)) == 9


@engines
def test_records_that_the_broker_refuses_do_not_take_others_with_them(deployment: Settings, kafka: str) -> None:
    """kafka-python's own idempotent producer is finished after the first of these."""
    topic = RAW.name(deployment.topic_prefix)
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.alter_configs([ConfigResource("topic", topic, {"max.message.bytes": "100000"})])
    admin.close()
    with Producer(deployment) as sender:
        futures = [sender.send(topic, b"%d" % n, os.urandom(200_000 if n % 100 == 50 else 1000)) for n in range(1000)]
    refused = [n for n, future in enumerate(futures) if future.exception(0)]
    assert refused == list(range(50, 1000, 100))
    with pytest.raises(NotDeliveredError, match="MessageSizeTooLarge"):
        futures[50].result(0)
    assert {message.key for message in messages(kafka, topic)} == {b"%d" % n for n in range(1000) if n not in refused}


@engines
def test_a_26_mib_dead_letter_goes_through(deployment: Settings, kafka: str) -> None:
    topic = DEAD_LETTERS.name(deployment.topic_prefix)
    value = os.urandom(24 * MIB)
    with Producer(deployment) as sender:
        sender.send(topic, b"k", value).result(60)
    assert messages(kafka, topic)[0].value == value


@engines
def test_it_waits_for_kafka_at_the_start_and_says_so(deployment: Settings, tunnel: Tunnel) -> None:
    tunnel.cut()
    said: list[str] = []
    made: list[Producer] = []
    thread = threading.Thread(target=lambda: made.append(Producer(deployment, said.append)))
    thread.start()
    until(lambda: bool(said))
    assert not made
    assert str(deployment.kafka.bootstrap_servers) in said[0]
    assert "waiting" in said[0]
    tunnel.mend()
    thread.join(60)
    with made[0] as sender:
        sender.send(RAW.name(deployment.topic_prefix), b"k", b"v").result(60)
    assert "again" in said[-1]


@engines
def test_nothing_is_lost_while_kafka_is_away(deployment: Settings, tunnel: Tunnel, kafka: str) -> None:
    topic = RAW.name(deployment.topic_prefix)
    said: list[str] = []
    with Producer(deployment, said.append) as sender:
        futures = [sender.send(topic, b"%d" % n, b"x") for n in range(100)]
        futures[0].result(60)
        tunnel.cut()
        futures += [sender.send(topic, b"%d" % n, b"x") for n in range(100, 1000)]
        until(lambda: any("does not answer" in line for line in said))
        assert not sender.flush(0)
        tunnel.mend()
        assert sender.flush(60)
        until(lambda: "again" in said[-1])
    assert all(future.result(0) for future in futures)
    assert {message.key for message in messages(kafka, topic)} == {b"%d" % n for n in range(1000)}


@engines
def test_send_waits_while_too_much_is_under_way(deployment: Settings, tunnel: Tunnel) -> None:
    topic = RAW.name(deployment.topic_prefix)
    futures: list[Future[Any]] = []
    with Producer(deployment, lambda line: None, in_flight_bytes=100_000) as sender:
        sender.send(topic, b"k", b"v").result(60)
        tunnel.cut()

        def send_one() -> None:
            futures.append(sender.send(topic, b"k", bytes(10_000)))

        def send_many() -> None:
            for _ in range(100):
                send_one()

        thread = threading.Thread(target=send_many)
        thread.start()
        until(lambda: len(futures) == 8)
        thread.join(SHORT)
        assert len(futures) == 8
        tunnel.mend()
        thread.join(60)
    assert len([future.result(0) for future in futures]) == 100


@engines
def test_a_caller_that_cannot_wait_is_told_and_nothing_is_sent(
    deployment: Settings, tunnel: Tunnel, kafka: str
) -> None:
    topic = RAW.name(deployment.topic_prefix)
    with Producer(deployment, lambda line: None, in_flight_bytes=30_000) as sender:
        sender.send(topic, b"first", b"v", seconds=60).result(60)
        until(lambda: sender.stalled_seconds == 0)
        tunnel.cut()
        held = [sender.send(topic, b"%d" % n, bytes(10_000), seconds=0) for n in range(2)]
        with pytest.raises(BusyError):
            sender.send(topic, b"refused", bytes(10_000), seconds=SHORT)
        assert sender.stalled_seconds >= SHORT
        tunnel.mend()
        assert all(future.result(60) for future in held)
        until(lambda: sender.stalled_seconds == 0)
    assert {message.key for message in messages(kafka, topic)} == {b"first", b"0", b"1"}


@engines
def test_giving_up_fails_what_is_under_way_and_ends_soon(deployment: Settings, tunnel: Tunnel) -> None:
    topic = RAW.name(deployment.topic_prefix)
    sender = Producer(deployment, lambda line: None)
    sender.send(topic, b"k", b"v").result(60)
    tunnel.cut()
    future = sender.send(topic, b"k", b"v")
    before = time.monotonic()
    sender.close()
    assert time.monotonic() - before < 20
    with pytest.raises(AbandonedError, match="given up"):
        future.result(0)


@engines
def test_a_missing_topic_is_named(deployment: Settings) -> None:
    with Producer(deployment) as sender, pytest.raises(MissingTopicError, match=r"nowhere\.raw.*newswire setup"):
        sender.send("nowhere.raw", b"k", b"v")


def test_a_certificate_file_that_is_not_there_is_told() -> None:
    wrong = Settings(kafka=Kafka(bootstrap_servers="127.0.0.1:1", security_protocol="SSL", ssl_cafile="/no/such.pem"))
    with pytest.raises(ConfigError, match=r"ssl_cafile names /no/such\.pem"):
        Producer(wrong)


def test_wrong_credentials_end_the_wait_with_a_message_without_the_password() -> None:
    """kafka-python tries wrong credentials for ever, and tells them nowhere but in its log."""

    def client(**options: Any) -> None:
        net = options["kafka_client"](bootstrap_servers="127.0.0.1:1")
        logging.getLogger("kafka.net.manager").warning("failed: %s", SaslAuthenticationFailedError("Invalid password"))
        until(lambda: net._manager.closed)
        raise KafkaTimeoutError

    kafka = Kafka(
        bootstrap_servers="broker.example:1",
        security_protocol="SASL_PLAINTEXT",
        sasl_username="ann",
        sasl_password="s3cret",
    )
    with pytest.raises(KafkaRefusedError) as refused:
        connect(client, kafka, lambda line: None)
    assert "refuses the user 'ann'" in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert not [each for each in logging.getLogger("kafka").handlers if isinstance(each, LastWords)]
