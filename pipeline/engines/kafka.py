"""The local Apache Kafka: one process in KRaft mode, broker and controller, at 127.0.0.1."""

from __future__ import annotations

import contextlib
import logging
import secrets
import socket
from base64 import urlsafe_b64encode
from typing import ClassVar

from pipeline.config import Local
from pipeline.engines.base import HOST, Engine, Place, log4j
from pipeline.topics import TOPICS

_NODE = 1
_DATA = "data"  # relative to the working folder: a comma in an absolute path would make a list of it


class Kafka(Engine):
    """A broker that clients reach at the port `listen`."""

    name = "kafka"
    title = "Kafka"
    artifact = "kafka_2.13"
    ports: ClassVar = {"listen": range(19000, 25000), "controller": range(25000, 31000)}

    def heap(self, local: Local) -> str:
        """As the settings say."""
        return local.kafka_heap

    def options(self, place: Place) -> list[str]:
        """Fast to start; the server stops cleanly on SIGTERM."""
        del place
        return [
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dlog4j2.configurationFile=log4j2.properties",
            "kafka.Kafka",
            "server.properties",
        ]

    def configure(self, place: Place) -> None:
        """Write server.properties and log4j2.properties."""
        lines = (f"{key}={value}" for key, value in server_properties(place).items())
        (place.home / "server.properties").write_text("\n".join(lines) + "\n")
        (place.home / "log4j2.properties").write_text(log4j(self.name))

    def first_run(self, place: Place) -> list[str] | None:
        """Kafka wants its folder formatted once, with an id of the cluster."""
        if (place.home / _DATA / "meta.properties").exists():
            return None
        cluster = urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=").replace("-", "A")
        return ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", "server.properties", "--ignore-formatted"]

    def is_ready(self, port: int) -> bool:
        """Whether the broker has joined its cluster, as the metadata it gives say."""
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return _knows_a_broker(port)
        return False


def server_properties(place: Place) -> dict[str, str]:
    """Kafka's configuration. One node holds one copy of everything; nothing is heard outside this machine."""
    largest = max(topic.max_message_bytes for topic in TOPICS)
    listen, controller = place.ports["listen"], place.ports["controller"]
    return {
        "process.roles": "broker,controller",
        "node.id": str(_NODE),
        "controller.quorum.voters": f"{_NODE}@{HOST}:{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{HOST}:{listen},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{listen}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": _DATA,
        "message.max.bytes": str(largest),
        "replica.fetch.max.bytes": str(largest),
        # A topic that nobody declared is a typing mistake; `newswire setup` makes the declared ones.
        "auto.create.topics.enable": "false",
        "default.replication.factor": "1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # There is no second member to wait for when the first one joins.
        "group.initial.rebalance.delay.ms": "0",
        # After a crash the broker may join again only when its old session has ended: 9 s by default.
        "broker.heartbeat.interval.ms": "1000",
        "broker.session.timeout.ms": "4000",
        # The default of 128 MB would be a third of the heap.
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        "num.network.threads": "2",
        "num.io.threads": "4",
    }


def _knows_a_broker(port: int) -> bool:
    from kafka import KafkaAdminClient  # noqa: PLC0415 -- slow to import, and only a start needs it
    from kafka.errors import KafkaError  # noqa: PLC0415

    # A broker that is still starting is expected here, not worth a warning.
    logger = logging.getLogger("kafka")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        client = KafkaAdminClient(bootstrap_servers=f"{HOST}:{port}", request_timeout_ms=5000)
        try:
            return bool(client.describe_cluster()["brokers"])
        finally:
            client.close()
    except (KafkaError, OSError):
        return False
    finally:
        logger.setLevel(level)
