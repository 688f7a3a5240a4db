"""Makes the topics of a deployment, and keeps their settings as topics.py declares them."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient, errors
from kafka.admin import ConfigResource

from pipeline.config import Settings
from pipeline.errors import NewswireError
from pipeline.kafka_connection import Report, connect, refusal
from pipeline.topics import ALERT_TOPICS, ARTICLES, FEED_TOPICS, RAW, TOPICS, Topic

log = logging.getLogger("newswire.topics")

_TOPICS_SECONDS = 2.0
_READY_SECONDS = 120.0
_EXISTS = errors.TopicAlreadyExistsError.errno


class TopicSetupError(NewswireError):
    """Kafka will not make or change a topic; the message says which and why."""


def partitions(topic: Topic, settings: Settings) -> int:
    """How many partitions the deployment wants of a topic."""
    if topic in (RAW, ARTICLES):
        return settings.kafka.raw_partitions
    if topic in ALERT_TOPICS:
        return settings.kafka.alert_partitions
    return settings.kafka.feed_partitions if topic in FEED_TOPICS else topic.partitions


def create_topics(settings: Settings, report: Report = log.warning) -> list[str]:
    """Make the topics that are missing, and give the others the declared settings and no fewer partitions than wanted.

    Idempotent, and harmless when several run at once. Returns the names that this call made. Waits for Kafka; raises
    ConfigError, KafkaRefusedError and TopicSetupError.
    """
    wanted = {topic.name(settings.topic_prefix): topic for topic in TOPICS}
    with _admin(settings, report) as admin:
        known = set(admin.list_topics())
        made = [name for name, topic in wanted.items() if name not in known and _create(admin, name, topic, settings)]
        _await_ready(admin, list(wanted), report)
        for name, topic in wanted.items():
            if name not in made:
                _align(admin, name, topic, settings)
    return made


def missing_topics(settings: Settings, report: Report = log.warning) -> list[str]:
    """The names of the deployment's topics that do not exist (or that we may not see)."""
    with _admin(settings, report) as admin:
        known = set(admin.list_topics())
    return [name for topic in TOPICS if (name := topic.name(settings.topic_prefix)) not in known]


def await_topics(settings: Settings, report: Report = log.warning) -> None:
    """Return once the deployment's topics exist. Raises as `missing_topics` does."""
    while missing := missing_topics(settings, report):
        report(f"waiting for topics that do not exist: {', '.join(missing)}; make them with `newswire setup`")
        time.sleep(_TOPICS_SECONDS)


def _create(admin: KafkaAdminClient, name: str, topic: Topic, settings: Settings) -> bool:
    """Whether it was this call that made it."""
    wish = {
        "num_partitions": partitions(topic, settings),
        "replication_factor": settings.kafka.replication_factor,
        "configs": topic.settings(),
    }
    answer: dict[str, Any] = admin.create_topics({name: wish}, raise_errors=False)["topics"][0]
    if answer["error_code"] == _EXISTS:  # another setup was quicker
        return False
    _check(answer["error_code"], name, answer.get("error_message"), settings)
    return True


def _await_ready(admin: KafkaAdminClient, names: list[str], report: Report) -> None:
    """Return once all partitions have a leader; a small broker takes its time over many."""
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            admin.wait_for_topics(names)
        except errors.KafkaTimeoutError as error:
            if time.monotonic() > deadline:
                raise
            report(f"waiting for new topics to be ready: {error}")
        else:
            return


def _align(admin: KafkaAdminClient, name: str, topic: Topic, settings: Settings) -> None:
    found = admin.describe_configs([ConfigResource("topic", name)], config_filter="all")["topic"][name]
    wrong = {key: value for key, value in topic.settings().items() if found.get(key, {}).get("value") != value}
    if wrong:
        answer = admin.alter_configs([ConfigResource("topic", name, wrong)])["topic"][name]
        if answer != "OK":
            raise TopicSetupError(f"settings of topic {name}: {answer}")
    count = partitions(topic, settings)
    if len(admin.describe_topics([name])[0]["partitions"]) < count:
        answer = admin.create_partitions({name: count}, raise_errors=False).to_dict()["results"][0]
        # Invalid partitions: another setup was quicker.
        if answer["error_code"] != errors.InvalidPartitionsError.errno:
            _check(answer["error_code"], name, answer.get("error_message"), settings)


def _check(code: int, name: str, said: str | None, settings: Settings) -> None:
    if code:
        error = errors.for_code(code)
        raise refusal(error(name), settings.kafka) or TopicSetupError(f"topic {name}: {said or error.description}")


@contextmanager
def _admin(settings: Settings, report: Report) -> Iterator[KafkaAdminClient]:
    admin = connect(KafkaAdminClient, settings.kafka, report)
    try:
        yield admin
    except errors.KafkaError as error:
        raise (
            refusal(error, settings.kafka) or TopicSetupError(f"Kafka could not set up the topics: {error}")
        ) from error
    finally:
        admin.close()
