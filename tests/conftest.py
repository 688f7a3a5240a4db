"""What tests share: one real Kafka, and one search engine of each kind and major version, for a whole session.

The engines start when the first test asks for them, in a folder of their own, and are gone after the last one. To save
the start while developing, NEWSWIRE_TEST_KAFKA (host:port) and NEWSWIRE_TEST_OPENSEARCH (URL) name running ones. The
processes of pytest-xdist share both; whichever needs them first starts them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import pytest

from pipeline import engines as local_engines
from pipeline.config import Elasticsearch, Feeds, Kafka, Local, Settings
from pipeline.engines import Endpoints
from pipeline.topic_setup import create_topics
from tests import elasticsearch_core as core
from tests import opensearch2 as older
from tests.feed_deployment import Deployment
from tests.feed_site.site import ALLOW_HOSTS
from tests.services import Service

SettingsFactory = Callable[..., Settings]


def pytest_configure() -> None:
    """A developer's own deployment is none of the tests' business."""
    for name in [name for name in os.environ if name.startswith("NEWSWIRE_")]:
        if not name.startswith("NEWSWIRE_TEST_"):
            del os.environ[name]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The engines end with the last process that may use them."""
    factory = getattr(config, "_tmp_path_factory", None)
    if factory is not None and not _is_one_of_several():
        local_engines.down(_local(factory), _say, delete_data=True)


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """Both local engines, as `newswire up` starts them."""
    running = os.environ.get("NEWSWIRE_TEST_KAFKA"), os.environ.get("NEWSWIRE_TEST_OPENSEARCH")
    if all(running):
        yield Endpoints(*map(str, running))
        return
    yield local_engines.up(_local(tmp_path_factory), _say)


@pytest.fixture(scope="session")
def kafka(engines: Endpoints) -> str:
    """host:port of a real Kafka."""
    return engines.kafka


@pytest.fixture(scope="session")
def opensearch(engines: Endpoints) -> str:
    """URL of a real OpenSearch."""
    return engines.elasticsearch


@pytest.fixture(scope="session")
def opensearch2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real OpenSearch 2; the other one is a 3."""
    with older.running(tmp_path_factory.mktemp("opensearch2"), _say) as url:
        yield url


@pytest.fixture(scope="session")
def elasticsearch_core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a genuine Elasticsearch 9: the server core, without the modules that are not published. Needs a JDK."""
    yield from _core(9, tmp_path_factory)


@pytest.fixture(scope="session")
def elasticsearch8_core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a genuine Elasticsearch 8, likewise."""
    yield from _core(8, tmp_path_factory)


@pytest.fixture
def prefix() -> str:
    """A fresh prefix for topics, groups and indices."""
    return f"t{uuid4().hex[:8]}"


@pytest.fixture
def settings(engines: Endpoints, prefix: str, tmp_path: Path) -> SettingsFactory:
    """`settings(**changes)`: settings for this test's prefix on the session's engines."""

    def make(**changes: Any) -> Settings:
        values: dict[str, Any] = {
            "topic_prefix": prefix,
            "index_prefix": prefix,
            # One Kafka holds the topics of all tests.
            "kafka": Kafka(bootstrap_servers=engines.kafka, feed_partitions=2, alert_partitions=2),
            "elasticsearch": Elasticsearch(url=engines.elasticsearch),
            # Not where a developer's own engines live.
            "local": Local(data_dir=tmp_path / "local"),
        }
        return Settings(**(values | changes))

    return make


@pytest.fixture
def deployment(settings: SettingsFactory, engines: Endpoints, tmp_path: Path) -> Iterator[Deployment]:
    """Topics for feeds, which several pollers can share."""
    made = settings(
        feeds=Feeds(allow_hosts=ALLOW_HOSTS),
        kafka=Kafka(bootstrap_servers=engines.kafka, feed_partitions=6, alert_partitions=1),
    )
    create_topics(made)
    found = Deployment(made, tmp_path)
    yield found
    found.close()


@pytest.fixture
def start() -> Iterator[Callable[[Service], Service]]:
    """`start(service)` sees to it that it ends with the test."""
    with ExitStack() as stack:

        def take(service: Service) -> Service:
            stack.callback(lambda: service.process.poll() is None and service.kill())
            return service

        yield take


def _core(major: Literal[8, 9], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    obstacle = core.obstacle()
    if obstacle:
        pytest.skip(obstacle)
    with core.running(major, tmp_path_factory.mktemp(f"elasticsearch{major}"), _say) as url:
        yield url


def _local(tmp_path_factory: pytest.TempPathFactory) -> Local:
    folder = tmp_path_factory.getbasetemp()
    return Local(data_dir=(folder.parent if _is_one_of_several() else folder) / "engines")


def _is_one_of_several() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def _say(what: str, done: int, total: int) -> None:
    if not total or done in (0, total):
        sys.stderr.write(f"{what}\n")
