"""What a real worker learns of a source, from topic to topic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import topics
from pipeline.config import Settings
from pipeline.identity import article_id
from pipeline.producer import Producer
from pipeline.records import Article, RawArticle, Source, decode_article, encode
from pipeline.topic_setup import create_topics
from tests.oracle import messages
from tests.services import running, wait_until
from tests.test_source_memory import FOOTER, STORIES, story

pytestmark = pytest.mark.engines

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ARTICLES = 40


def raw(number: int, lines: list[str]) -> RawArticle:
    url = f"https://gazette.example/{number}"
    return RawArticle(
        id=article_id(url, None, ""),
        url=url,
        source=Source(id="gazette.example"),
        content="\n".join(lines),
        content_type="text/plain",
        first_seen=NOW,
        fetched_at=NOW,
    )


def produce(settings: Settings, articles: list[RawArticle]) -> None:
    with Producer(settings) as producer:
        for article in articles:
            producer.send(topics.RAW.name(settings.topic_prefix), article.id.encode(), encode(article))
        producer.flush()


def made(settings: Settings) -> list[Article]:
    """What the worker published, in the order in which it did its work."""
    found = [decode_article(value) for _, value, _ in messages(settings, topics.ARTICLES)]
    return sorted(found, key=lambda article: article.processed_at)


def test_a_worker_learns_the_footer_of_a_source_keeps_every_sentence_and_tells_when_the_source_drifts(
    settings: Callable[..., Settings], tmp_path: Path
) -> None:
    deployment = settings()
    create_topics(deployment)
    stories = {raw(i, []).id: story() for i in range(ARTICLES)}
    pushed = [raw(i, [*lines, FOOTER]) for i, lines in enumerate(stories.values())]
    with running("worker", deployment, tmp_path) as worker:
        produce(deployment, pushed)
        wait_until(lambda: len(made(deployment)) == ARTICLES, "all articles came out", 60, [worker])
        first = made(deployment)
        produce(deployment, pushed)
        wait_until(lambda: len(made(deployment)) == 2 * ARTICLES, "they came out again", 60, [worker])
        again = made(deployment)[ARTICLES:]
        produce(deployment, [raw(1000 + i, []) for i in range(20)])  # nothing but empty shells
        wait_until(lambda: "gazette.example" in worker.output, "the worker tells of the drift", 30, [worker])
        assert worker.output.count("of the text of gazette.example, usually") == 1

    for article in [*first, *again]:
        assert [line for line in article.body.split("\n") if line != FOOTER] == stories[article.id]
    learned = [("repeated", FOOTER, "learned.repeated")]
    removed = [[(removal.kind, removal.text, removal.rule) for removal in article.removed] for article in first]
    assert [FOOTER in article.body for article in first] == [not removals for removals in removed]
    assert removed[: STORIES - 1] == [[]] * (STORIES - 1)
    assert removed[2 * STORIES :] == [learned] * (ARTICLES - 2 * STORIES)
    assert all(FOOTER not in article.body for article in again)
