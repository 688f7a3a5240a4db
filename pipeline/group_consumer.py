"""A kafka-python consumer that is to be a member of a group: how it starts, and how it ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient

from pipeline.config import Kafka
from pipeline.kafka_connection import connect

_CLOSE_MS = 1500
_SESSION_MS = 10_000  # how long the partitions of a killed process wait for another one
_FETCH_BYTES = 16 * 1024 * 1024
_METADATA_MS = 15_000  # partitions that are added are seen so soon
_TICK_SECONDS = 0.1
_TOPIC_SECONDS = 0.5

log = logging.getLogger("newswire.consumer")


def open_consumer(kafka: Kafka, topic: str, group: str, stop: threading.Event, **options: Any) -> Any:
    """A consumer that knows the topic, as soon as Kafka answers and has it; None when `stop` came first.

    It has not joined the group yet. Raises ConfigError and KafkaRefusedError.
    """
    networks: list[Any] = []
    made: list[Any] = []
    failed: list[BaseException] = []
    ended = threading.Event()

    def network(**told: Any) -> Any:
        networks.append(KafkaNetClient(**told))
        return networks[-1]

    def make() -> None:
        try:
            consumer = connect(
                KafkaConsumer,
                kafka,
                log.warning,
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                session_timeout_ms=_SESSION_MS,
                fetch_max_bytes=_FETCH_BYTES,
                metadata_max_age_ms=_METADATA_MS,
                allow_auto_create_topics=False,
                metrics_enabled=False,
                kafka_client=network,
                **options,
            )
            _finish_joins(consumer)
            _await_topic(consumer, topic, stop)
            made.append(consumer)
        except BaseException as error:  # noqa: BLE001 -- raised again in the caller's thread
            failed.append(error)
        finally:
            ended.set()

    # Connecting waits as long as Kafka is away; a stop must not wait for that.
    threading.Thread(target=make, name="newswire-connect", daemon=True).start()
    while not ended.wait(_TICK_SECONDS):
        if stop.is_set():
            for each in networks:  # or it would go on trying in its own thread
                each.close()
            ended.wait(_CLOSE_MS / 1000)
            return None
    if failed:
        raise failed[0]
    return made[0]


def subscribe(consumer: Any, topics: Sequence[str], listener: ConsumerRebalanceListener) -> None:
    """Have it join the group with its next poll. Waits for Kafka; raises KafkaError.

    A leader of the group that has not looked at these topics since it subscribed takes the first look for a change,
    and has all join a second time: partitions that were just assigned would be revoked half a second later.
    """
    consumer.subscribe(list(topics), listener=listener)
    consumer.topics()


def close_consumer(consumer: Any) -> None:
    """Leave the group, within a few seconds."""
    try:
        consumer.close(autocommit=False, timeout_ms=_CLOSE_MS)
    except KafkaError as error:  # the group notices by itself a little later
        log.warning("Kafka did not take the leave of this consumer: %s", error)


def _finish_joins(consumer: Any) -> None:
    """Let the consumer see every join to its end that it has begun, as Apache's own client does.

    kafka-python 3.0.12 asks again whether a join is needed while one is under way. If it had begun because the
    leader's metadata changed, the answer is no as soon as the leader has assigned anew; a poll that ends before the
    join does is then its last: no partition is read, no heartbeat is sent, and no error is told.
    """
    coordinator = consumer._coordinator
    needed = coordinator.need_rejoin
    coordinator.need_rejoin = lambda: coordinator.rejoining or needed()


def _await_topic(consumer: Any, topic: str, stop: threading.Event) -> None:
    """Return once the consumer knows the partitions of the topic.

    One that joins the group without them gets none, and has to join again at once.
    """
    told = False
    while not stop.is_set():
        try:
            if consumer.partitions_for_topic(topic):
                return
        except KafkaError as error:
            log.warning("cannot look for topic %s for now: %s", topic, error)
        if not told:
            log.warning("waiting for topic %s; `newswire setup` makes it", topic)
            told = True
        stop.wait(_TOPIC_SECONDS)
