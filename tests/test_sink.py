"""The sink as a service: from `news.articles` on a real Kafka into a real search engine, whatever goes away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from kafka import KafkaConsumer, TopicPartition
from msgspec.structs import replace

from pipeline import topics
from pipeline.config import Elasticsearch as EngineSettings
from pipeline.config import Kafka, Settings, Sink
from pipeline.consumer import consume
from pipeline.kafka_connection import connection_options
from pipeline.producer import Producer
from pipeline.records import Article, Mention, encode
from pipeline.search_engine import SearchEngineRefusedError, connect
from pipeline.search_index import alias, install
from pipeline.sinks import run_sink
from pipeline.sinks.elasticsearch import ElasticsearchSink
from pipeline.topic_setup import create_topics
from tests.conftest import SettingsFactory
from tests.gateway import Gateway
from tests.oracle import indexed_ids, messages, unread
from tests.services import wait_until
from tests.test_search_engine import ELASTICSEARCH_9, FakeServer
from tests.test_search_index import article

STOP_SECONDS = 15


@pytest.fixture
def deployment(settings: SettingsFactory) -> Iterator[Settings]:
    """Topics and templates of this test's own."""
    made = settings(sink=Sink(batch_records=50, retry_seconds=0.5))
    create_topics(made)
    with connect(made.elasticsearch) as client:
        install(client, made)
    yield made
    with connect(made.elasticsearch) as client:
        names = list(client.indices.get_alias(index=f"{alias(made.index_prefix)}-*"))
        if names:
            client.indices.delete(index=names)


@pytest.fixture
def client(deployment: Settings) -> Iterator[Elasticsearch]:
    with connect(deployment.elasticsearch) as client:
        yield client


@contextmanager
def in_background(work: Callable[[threading.Event], None]) -> Iterator[threading.Event]:
    """Runs `work(stop)` for the length of the block; it has to end in time and without an error."""
    stop = threading.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work(stop)
        except BaseException as error:  # noqa: BLE001 -- raised again below
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(STOP_SECONDS)
    assert not thread.is_alive(), "it did not stop in time"
    if failed:
        raise failed[0]


def sink_of(settings: Settings) -> Callable[[threading.Event], None]:
    """A sink whose watchdog ends the sink alone, and not the tests."""

    def run(stop: threading.Event) -> None:
        stalled = threading.Event()

        def end() -> None:
            stalled.set()
            stop.set()

        run_sink(settings, stop, end=end)
        assert not stalled.is_set(), "the sink stalled"

    return run


def publish(settings: Settings, *records: tuple[str, bytes]) -> None:
    with Producer(settings) as producer:
        for key, value in records:
            producer.send(topics.ARTICLES.name(settings.topic_prefix), key.encode(), value)


def made(number: int, **changes: Any) -> Article:
    return article(id=f"{number:032x}", **changes)


def sent(*articles: Article) -> list[tuple[str, bytes]]:
    return [(each.id, encode(each)) for each in articles]


def waiting(settings: Settings) -> int:
    return unread(settings, topics.SINK_GROUP, topics.ARTICLES)


@pytest.mark.engines
def test_every_article_is_in_the_index_once_and_committed(deployment: Settings, client: Elasticsearch) -> None:
    articles = [made(number) for number in range(300)]
    with in_background(sink_of(deployment)):
        publish(deployment, *sent(*articles), *sent(*articles[:100]))
        wait_until(lambda: waiting(deployment) == 0, "everything is committed")
        assert indexed_ids(client, deployment) == dict.fromkeys((each.id for each in articles), 1)


@pytest.mark.engines
def test_a_refused_document_is_a_dead_letter_before_it_is_committed_and_the_rest_is_indexed(
    deployment: Settings, client: Elasticsearch
) -> None:
    bad = encode(made(7, people=(Mention(name="A", count=2**40),)))
    publish(deployment, *sent(*(made(number) for number in range(5))), (f"{7:032x}", bad), ("rubbish", b"{"))
    with in_background(sink_of(deployment)):
        wait_until(lambda: waiting(deployment) == 0, "everything is committed")
        letters = {key: (value, dict(headers)) for key, value, headers in messages(deployment, topics.DEAD_LETTERS)}
    assert letters[f"{7:032x}".encode()][0] == bad
    assert letters[f"{7:032x}".encode()][1]["stage"] == b"index"
    assert letters[b"rubbish"][0] == b"{"
    assert letters[b"rubbish"][1]["stage"] == b"decode"
    assert len(indexed_ids(client, deployment)) == 5


@pytest.mark.engines
def test_an_engine_that_is_away_at_the_start_and_in_between_is_waited_for(
    deployment: Settings, client: Elasticsearch, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = Gateway(str(deployment.elasticsearch.url))
    away = deployment.model_copy(update={"elasticsearch": EngineSettings(url=gateway.url)})
    publish(deployment, *sent(*(made(number) for number in range(100))))
    with caplog.at_level("INFO", logger="newswire"), in_background(sink_of(away)):
        wait_until(lambda: "does not answer" in caplog.text, "the sink says that it waits")
        with gateway:
            wait_until(lambda: waiting(deployment) == 0, "the first part is committed")
        before = caplog.text.count("next try")
        publish(deployment, *sent(*(made(number) for number in range(100, 200))))
        wait_until(lambda: caplog.text.count("next try") > before, "the sink says that it waits again")
        assert waiting(deployment) == 100
        gateway.open()
        try:
            wait_until(lambda: waiting(deployment) == 0, "the rest is committed")
        finally:
            gateway.close()
    assert "works again" in caplog.text
    ids = indexed_ids(client, deployment)
    assert len(ids) == 200
    assert set(ids.values()) == {1}


@pytest.mark.engines
def test_the_sink_stops_in_time_while_the_engine_is_away_and_commits_nothing(deployment: Settings) -> None:
    gateway = Gateway(str(deployment.elasticsearch.url))
    away = deployment.model_copy(update={"elasticsearch": EngineSettings(url=gateway.url)})
    with gateway, in_background(sink_of(away)) as stop:
        publish(deployment, *sent(made(0)))
        wait_until(lambda: waiting(deployment) == 0, "the sink runs")
        gateway.close()
        publish(deployment, *sent(*(made(number) for number in range(1, 60))))
        wait_until(lambda: waiting(deployment) == 59, "the records are there")
        stop.set()
    assert waiting(deployment) == 59


def test_the_sink_stops_in_time_while_neither_engine_was_ever_there() -> None:
    nowhere = Settings(
        kafka=Kafka(bootstrap_servers="127.0.0.1:9"), elasticsearch=EngineSettings(url="http://127.0.0.1:9")
    )
    started = time.monotonic()
    with in_background(sink_of(nowhere)) as stop:
        stop.wait(0.5)
    assert time.monotonic() - started < STOP_SECONDS


def test_waiting_for_kafka_ends_with_stop() -> None:
    nowhere = Settings(kafka=Kafka(bootstrap_servers="127.0.0.1:9"))

    def work(stop: threading.Event) -> None:
        consume(nowhere, topics.ARTICLES, "test", lambda _: None, stop, batch_records=1, stall_seconds=60)

    before = set(threading.enumerate())
    with in_background(work) as stop:
        stop.wait(0.5)
    assert {thread.name for thread in threading.enumerate() if thread not in before} == set()


@pytest.mark.engines
def test_a_sink_with_wrong_credentials_ends_at_once_and_says_so(deployment: Settings) -> None:
    server = FakeServer()
    server.status, server.body = 401, {"error": {"type": "security_exception", "reason": "no"}}
    wrong = deployment.model_copy(update={"elasticsearch": EngineSettings(url=server.url)})
    try:
        with pytest.raises(SearchEngineRefusedError, match="refuses the credentials"):
            run_sink(wrong, threading.Event())
    finally:
        server.stop()


def test_credentials_that_are_withdrawn_end_the_sink() -> None:
    server = FakeServer()
    sink = ElasticsearchSink(Settings(elasticsearch=EngineSettings(url=server.url)), threading.Event())
    server.body = ELASTICSEARCH_9
    sink._client()
    server.status, server.body = 403, {"error": {"type": "security_exception", "reason": "key expired"}}
    try:
        with pytest.raises(SearchEngineRefusedError, match="key expired"):
            sink._find(["0" * 32])
    finally:
        sink.close()
        server.stop()


@pytest.mark.engines
def test_what_is_committed_is_always_durable(deployment: Settings, client: Elasticsearch) -> None:
    """Looks at the committed offsets first and at the index after, many times while the sink runs."""
    articles = [made(number) for number in range(2000)]
    publish(deployment, *sent(*articles))
    name = topics.ARTICLES.name(deployment.topic_prefix)
    by_place = _ids_by_place(deployment, name)
    with in_background(sink_of(deployment)):
        looks = 0
        while waiting(deployment):
            committed = _committed(deployment, name)
            indexed = (
                indexed_ids(client, deployment) if client.indices.exists(index=alias(deployment.index_prefix)) else {}
            )
            due = {each for (partition, offset), each in by_place.items() if offset < committed.get(partition, 0)}
            assert due <= set(indexed)
            looks += 1
        assert looks
    assert set(indexed_ids(client, deployment).values()) == {1}


@pytest.mark.engines
def test_two_sinks_share_the_work_and_one_takes_over(deployment: Settings, client: Elasticsearch) -> None:
    with in_background(sink_of(deployment)):
        publish(deployment, *sent(*(made(number) for number in range(200))))
        with in_background(sink_of(deployment)):
            publish(deployment, *sent(*(made(number) for number in range(200, 600))))
            wait_until(lambda: waiting(deployment) == 0, "both have written")
            newer = (replace(made(number), headline="new") for number in range(300))
            publish(deployment, *sent(*newer))
        publish(deployment, *sent(*(made(number) for number in range(600, 700))))
        wait_until(lambda: waiting(deployment) == 0, "the one that stayed has written")
        ids = indexed_ids(client, deployment)
    assert len(ids) == 700
    assert set(ids.values()) == {1}


def _committed(settings: Settings, name: str) -> dict[int, int]:
    group = topics.group(settings.topic_prefix, topics.SINK_GROUP)
    consumer = KafkaConsumer(**connection_options(settings.kafka), group_id=group, enable_auto_commit=False)
    try:
        partitions = consumer.partitions_for_topic(name) or ()
        return {number: consumer.committed(TopicPartition(name, number)) or 0 for number in partitions}
    finally:
        consumer.close()


def _ids_by_place(settings: Settings, name: str) -> dict[tuple[int, int], str]:
    consumer = KafkaConsumer(**connection_options(settings.kafka), enable_auto_commit=False)
    try:
        partitions = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        found = {}
        while any(consumer.position(place) < ends[place] for place in partitions):
            for records in consumer.poll(timeout_ms=500).values():
                found |= {(record.partition, record.offset): record.key.decode() for record in records}
        return found
    finally:
        consumer.close()
