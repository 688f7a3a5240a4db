"""Kill -9, rubbish, and engines that go away: every acknowledged id ends in the index or in the dead letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from msgspec.structs import replace

from pipeline import topics
from pipeline.chain import begin
from pipeline.config import Settings
from pipeline.producer import Producer
from pipeline.records import Mention, RawArticle, encode
from pipeline.search_engine import connect
from pipeline.search_index import install
from pipeline.topic_setup import create_topics
from tests.command import newswire
from tests.corpus import raw_articles
from tests.oracle import assert_accounted_for, indexed_ids, messages, unread
from tests.services import Service, running, wait_until

pytestmark = pytest.mark.engines

ARTICLES = 900


@pytest.fixture
def deployment(settings: Callable[..., Settings]) -> Settings:
    """Topics and indices of our own on the shared engines."""
    made = settings()
    create_topics(made)
    return made


@pytest.fixture
def client(deployment: Settings) -> Iterator[Elasticsearch]:
    with connect(deployment.elasticsearch) as connected:
        install(connected, deployment)
        yield connected


def produce(settings: Settings, articles: list[RawArticle]) -> None:
    with Producer(settings) as producer:
        sent = [
            producer.send(topics.RAW.name(settings.topic_prefix), article.id.encode(), encode(article))
            for article in articles
        ]
        producer.flush()
        for future in sent:
            future.result(30)


def settled(settings: Settings) -> bool:
    """Nothing waits on either topic."""
    return (
        unread(settings, topics.WORKER_GROUP, topics.RAW) == 0
        and unread(settings, topics.SINK_GROUP, topics.ARTICLES) == 0
    )


def outputs(settings: Settings) -> int:
    return len(messages(settings, topics.ARTICLES))


def test_a_worker_killed_in_mid_batch_loses_nothing(
    deployment: Settings, client: Elasticsearch, tmp_path: Path
) -> None:
    articles = list(raw_articles(ARTICLES))
    produce(deployment, articles)
    for part in (1, 2):
        worker = Service("worker", deployment, tmp_path)
        try:
            target = part * ARTICLES // 4
            wait_until(lambda: outputs(deployment) >= target, f"{target} outputs", 90, [worker])  # noqa: B023
        finally:
            worker.kill()
        assert unread(deployment, topics.WORKER_GROUP, topics.RAW) > 0, "the kill came too late to prove anything"
    with running("worker", deployment, tmp_path) as worker, running("sink", deployment, tmp_path) as sink:
        wait_until(lambda: settled(deployment), "all is read", 120, [worker, sink])
    assert_accounted_for(client, deployment, [article.id for article in articles])


def test_a_sink_killed_in_mid_batch_loses_nothing(deployment: Settings, client: Elasticsearch, tmp_path: Path) -> None:
    articles = list(raw_articles(ARTICLES))
    produce(deployment, articles)
    with running("worker", deployment, tmp_path) as worker:
        for part in (1, 2):
            sink = Service("sink", deployment, tmp_path, NEWSWIRE_SINK__BATCH_RECORDS="20")
            try:
                target = part * ARTICLES // 8
                wait_until(
                    lambda: indexed_ids(client, deployment).total() >= target,  # noqa: B023
                    f"{target} articles indexed",
                    90,
                    [worker, sink],
                )
            finally:
                sink.kill()
            assert indexed_ids(client, deployment).total() < ARTICLES, "the kill came too late to prove anything"
        with running("sink", deployment, tmp_path) as sink:
            wait_until(lambda: settled(deployment), "all is read", 120, [worker, sink])
    assert_accounted_for(client, deployment, [article.id for article in articles])


def test_a_clean_stop_in_mid_stream_loses_nothing(deployment: Settings, client: Elasticsearch, tmp_path: Path) -> None:
    articles = list(raw_articles(ARTICLES))
    produce(deployment, articles)
    with running("all", deployment, tmp_path) as services:
        wait_until(lambda: outputs(deployment) >= ARTICLES // 4, "some outputs", 90, [services])
        assert services.stop() < 15
    assert services.process.returncode == 0
    assert unread(deployment, topics.WORKER_GROUP, topics.RAW) > 0, "the stop came too late to prove anything"
    with running("all", deployment, tmp_path) as services:
        wait_until(lambda: settled(deployment), "all is read", 120, [services])
    assert_accounted_for(client, deployment, [article.id for article in articles])


def test_rubbish_goes_to_the_dead_letters_and_stops_nobody(
    deployment: Settings, client: Elasticsearch, tmp_path: Path
) -> None:
    good = list(raw_articles(20))
    # No integer of the mapping holds this count: the search engine refuses the document for good.
    uncountable = replace(
        begin(good[0], good[0].first_seen), id="f" * 32, people=(Mention(name="Nobody", count=2**40),)
    )
    rubbish = [
        b"no JSON at all",
        b'{"id": "' + b"0" * 32 + b'", "content": "cut sho',
        encode(good[0]).replace(b"corpus", b"corp\xff\xfe", 1),
        encode(good[1]).replace(b'"content":', b'"contents":', 1),
        b"",
        b"[1, 2, 3]",
    ]
    produce(deployment, good[:10])
    with Producer(deployment) as producer:
        raw = topics.RAW.name(deployment.topic_prefix)
        sent = [producer.send(raw, str(number).encode(), value) for number, value in enumerate(rubbish)]
        sent.append(producer.send(topics.ARTICLES.name(deployment.topic_prefix), b"key", encode(uncountable)))
        producer.flush()
        for future in sent:
            future.result(30)
    produce(deployment, good[10:])
    with running("worker", deployment, tmp_path) as worker, running("sink", deployment, tmp_path) as sink:
        wait_until(lambda: settled(deployment), "all is read", 90, [worker, sink])
        replayed = newswire(deployment, "dead-letters", "replay", "--reason", "not UTF-8")
        assert replayed.status == 0, replayed.stderr
        wait_until(lambda: settled(deployment), "the replay is read", 30, [worker, sink])
    letters = messages(deployment, topics.DEAD_LETTERS)
    buried = {value for _, value, headers in letters if dict(headers)["stage"] == b"decode"}
    assert buried == set(rubbish)
    (refused,) = [letter for letter in letters if dict(letter[2])["stage"] == b"index"]
    assert refused[1] == encode(uncountable)
    assert b"people.count" in dict(refused[2])["reason"]
    assert set(indexed_ids(client, deployment)) == {article.id for article in good}
    (again,) = [letter for letter in letters if dict(letter[2]).get("replays") == b"1"]
    assert again[1] == next(value for value in rubbish if b"\xff" in value)
    assert len(letters) == len(rubbish) + 2


def test_a_record_of_20_mb_is_refused_before_kafka_and_the_rest_goes_on(
    deployment: Settings, client: Elasticsearch, tmp_path: Path
) -> None:
    lines = [
        b'{"id": "before", "body": "A first short story."}',
        b'{"id": "huge", "body": "' + b"x" * 20_000_000 + b'"}',
    ]
    lines += [b'{"id": "broken", "body": ', b'{"id": "after", "body": "A last short story."}']
    path = tmp_path / "articles.jsonl"
    path.write_bytes(b"\n".join(lines))
    pushed = newswire(deployment, "push", str(path))
    assert pushed.status == 1
    assert "articles.jsonl, line 2: 20,000," in pushed.stderr
    assert "articles.jsonl, line 3: not JSON" in pushed.stderr
    assert "2 acknowledged, 2 rejected" in pushed.stderr + pushed.stdout.decode()
    with running("worker", deployment, tmp_path) as worker, running("sink", deployment, tmp_path) as sink:
        wait_until(lambda: settled(deployment), "all is read", 90, [worker, sink])
    assert_accounted_for(client, deployment, ["before", "after"])


def test_a_worker_with_too_many_rejects_stops_and_acknowledges_nothing(deployment: Settings, tmp_path: Path) -> None:
    with Producer(deployment) as producer:
        for number in range(50):
            producer.send(topics.RAW.name(deployment.topic_prefix), str(number).encode(), b"rubbish")
        producer.flush()
    with running("worker", deployment, tmp_path, NEWSWIRE_WORKER__BREAKER_RECORDS="20") as worker:
        wait_until(lambda: worker.process.poll() is not None, "the worker stops")
    assert worker.process.returncode == 75
    assert "circuit open" in worker.output
    assert unread(deployment, topics.WORKER_GROUP, topics.RAW) == 50
    assert messages(deployment, topics.DEAD_LETTERS) == []
