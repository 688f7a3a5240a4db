"""Topics: declared once, made and aligned by setup, described."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource

from pipeline import reference, schemas
from pipeline.config import Kafka, Settings
from pipeline.topic_setup import create_topics, missing_topics
from pipeline.topics import ARTICLES, DEAD_LETTERS, FEED_TOPICS, MAX_ARTICLE_BYTES, MAX_RAW_BYTES, RAW, TOPICS

engines = pytest.mark.engines
PACKAGE = Path(reference.__file__).parent


def test_each_topic_is_named_in_one_place() -> None:
    literals = [
        f"{quote}{prefix}{topic.suffix}{quote}" for topic in TOPICS for quote in "\"'" for prefix in ("news.", ".")
    ]
    found = [
        (str(path), literal)
        for path in PACKAGE.rglob("*.py")
        if path.name != "topics.py"
        for literal in literals
        if literal in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_each_topic_has_a_schema_file() -> None:
    of_webhooks = {"message-1.json"}
    assert {topic.schema for topic in TOPICS} == set(schemas.files()) - of_webhooks


def test_the_topics_of_feeds_have_equally_many_partitions() -> None:
    assert len({topic.partitions for topic in FEED_TOPICS}) == 1


def test_what_fits_one_topic_fits_the_next() -> None:
    assert RAW.max_message_bytes > MAX_RAW_BYTES
    assert ARTICLES.max_message_bytes > MAX_ARTICLE_BYTES > MAX_RAW_BYTES
    assert DEAD_LETTERS.max_message_bytes > max(RAW.max_message_bytes, ARTICLES.max_message_bytes)


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_the_made_pages_are_up_to_date(name: str) -> None:
    page = reference.FOLDER / name
    assert page.read_text(encoding="utf-8") == reference.pages()[name], "run `make docs`"


@pytest.fixture
def deployment(settings: Callable[..., Settings], kafka: str) -> Settings:
    made: Settings = settings(
        kafka=Kafka(bootstrap_servers=kafka, raw_partitions=2, feed_partitions=1, alert_partitions=1)
    )
    return made


def described(kafka: str, name: str) -> tuple[int, dict[str, str]]:
    """Partitions and settings of a topic."""
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        configs = admin.describe_configs([ConfigResource("topic", name)], config_filter="all")["topic"][name]
        partitions = admin.describe_topics([name])[0]["partitions"]
        return len(partitions), {key: told["value"] for key, told in configs.items()}
    finally:
        admin.close()


@engines
def test_setup_makes_every_topic_as_declared_and_only_once(deployment: Settings, kafka: str) -> None:
    names = [topic.name(deployment.topic_prefix) for topic in TOPICS]
    assert missing_topics(deployment) == names
    assert create_topics(deployment) == names
    assert missing_topics(deployment) == []
    assert create_topics(deployment) == []
    for topic, name in zip(TOPICS, names, strict=True):
        partitions, found = described(kafka, name)
        assert partitions == (2 if topic in (RAW, ARTICLES) else 1)
        assert topic.settings().items() <= found.items()


@engines
def test_setup_mends_settings_and_adds_partitions_but_takes_none_away(
    deployment: Settings, settings: Callable[..., Settings], kafka: str
) -> None:
    create_topics(deployment)
    name = RAW.name(deployment.topic_prefix)
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.alter_configs([ConfigResource("topic", name, {"max.message.bytes": "1000", "segment.ms": "12345678"})])
    admin.close()
    create_topics(
        settings(kafka=Kafka(bootstrap_servers=kafka, raw_partitions=4, feed_partitions=1, alert_partitions=1))
    )
    partitions, found = described(kafka, name)
    assert partitions == 4
    assert found["max.message.bytes"] == str(RAW.max_message_bytes)
    assert found["segment.ms"] == "12345678"  # what is not declared is left to the operator
    create_topics(deployment)
    assert described(kafka, name)[0] == 4


@engines
def test_setups_at_the_same_time_do_no_harm(deployment: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = [name for names in pool.map(create_topics, [deployment] * 4) for name in names]
    assert sorted(made) == sorted(topic.name(deployment.topic_prefix) for topic in TOPICS)
