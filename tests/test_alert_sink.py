"""The sink of alerts as a service, beside that of articles: from `news.alerts` on a real Kafka into a real engine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from pipeline import alert_index, search_index, topics
from pipeline.alert_records import Alert
from pipeline.config import Settings, Sink
from pipeline.errors import NewswireError
from pipeline.producer import Producer
from pipeline.records import encode
from pipeline.registry import sink
from pipeline.search_engine import connect
from pipeline.shards import ask
from pipeline.sinks import run_sink
from pipeline.topic_setup import create_topics
from tests.conftest import SettingsFactory
from tests.oracle import indexed_ids, messages, unread
from tests.services import Service, running, wait_until
from tests.test_alert_index import alert
from tests.test_sink import in_background, made, publish, sent, sink_of

ALERTS = 1500

pytestmark = pytest.mark.engines


@pytest.fixture
def deployment(settings: SettingsFactory) -> Iterator[Settings]:
    made = settings(sink=Sink(batch_records=50, retry_seconds=0.5))
    create_topics(made)
    yield made
    with connect(made.elasticsearch) as client:
        names = list(client.options(ignore_status=404).indices.get_alias(index=f"{made.index_prefix}-*"))
        if names:
            client.indices.delete(index=names)


@pytest.fixture
def client(deployment: Settings) -> Iterator[Elasticsearch]:
    with connect(deployment.elasticsearch) as client:
        yield client


def raise_alerts(settings: Settings, *alerts: Alert | bytes) -> None:
    """As the worker does."""
    name = topics.ALERTS.name(settings.topic_prefix)
    with Producer(settings) as producer:
        for each in alerts:
            if isinstance(each, bytes):
                producer.send(name, b"rule x", each)
            else:
                producer.send(name, each.rule.group.encode(), encode(each))


def waiting(settings: Settings) -> int:
    return unread(settings, topics.ALERT_SINK_GROUP, topics.ALERTS)


def indexed(client: Elasticsearch, settings: Settings) -> int:
    """Documents, all months together: an alert in two of them counts twice."""
    name = alert_index.alias(settings.index_prefix)
    client.indices.refresh(index=name, ignore_unavailable=True)
    return int(ask(client, lambda: client.count(index=name, ignore_unavailable=True).body)["count"])


def test_one_process_writes_articles_and_alerts_each_with_its_own_group(
    deployment: Settings, client: Elasticsearch
) -> None:
    bad = encode(alert(9, together=2**40))
    with in_background(sink_of(deployment)):
        publish(deployment, *sent(made(1), made(2)))
        raise_alerts(deployment, alert(1), alert(2), alert(1), bad)
        wait_until(lambda: waiting(deployment) == 0, "alerts are committed")
        wait_until(lambda: unread(deployment, topics.SINK_GROUP, topics.ARTICLES) == 0, "articles are committed")
    assert sorted(indexed_ids(client, deployment)) == [made(1).id, made(2).id]
    assert indexed(client, deployment) == 2
    assert search_index.is_current(client, deployment)
    assert alert_index.is_current(client, deployment)
    ((_, value, headers),) = messages(deployment, topics.DEAD_LETTERS)
    assert value == bad
    assert dict(headers)["topic"].decode() == topics.ALERTS.name(deployment.topic_prefix)


def test_when_one_sink_fails_the_others_stop_and_its_reason_is_told(deployment: Settings) -> None:
    running_beside = threading.Event()

    class Failing:
        topic = topics.ALERTS
        group = topics.ALERT_SINK_GROUP

        def prepare(self) -> None:
            assert running_beside.wait(60)
            raise NewswireError("no more")

        def write(self, records: object) -> None: ...

        def reassigned(self) -> None: ...

        def close(self) -> None: ...

    class Beside(Failing):
        topic = topics.ARTICLES
        group = topics.SINK_GROUP

        def prepare(self) -> None: ...

        def reassigned(self) -> None:
            running_beside.set()

    sink("test-failing")(lambda *_: Failing())
    sink("test-beside")(lambda *_: Beside())
    with pytest.raises(NewswireError, match="no more"):
        run_sink(deployment, threading.Event(), ("test-beside", "test-failing"))


def test_a_sink_killed_in_mid_batch_loses_no_alert(deployment: Settings, client: Elasticsearch, tmp_path: Path) -> None:
    alerts = [alert(number, rule=f"rule {number % 7}") for number in range(ALERTS)]
    raise_alerts(deployment, *alerts)
    for part in (1, 2):
        service = Service("sink", deployment, tmp_path, NEWSWIRE_SINK__BATCH_RECORDS="20")
        target = part * ALERTS // 8
        try:
            wait_until(lambda: indexed(client, deployment) >= target, f"{target} alerts", 90, [service])  # noqa: B023
        finally:
            service.kill()
        assert waiting(deployment) > 0, "the kill came too late to prove anything"
    with running("sink", deployment, tmp_path) as service:
        wait_until(lambda: waiting(deployment) == 0, "all is committed", 120, [service])
    assert indexed(client, deployment) == ALERTS
    answer = client.search(index=alert_index.alias(deployment.index_prefix), size=ALERTS, source=False)
    assert {hit["_id"] for hit in answer["hits"]["hits"]} == {each.id for each in alerts}
    assert messages(deployment, topics.DEAD_LETTERS) == []
