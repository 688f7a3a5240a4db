"""What rules would have fired for, as the index counts it: the same as the matcher, article by article."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch
from msgspec.structs import replace

from pipeline import search_index
from pipeline.alerts.lexer import RuleError
from pipeline.alerts.matcher import Matcher
from pipeline.config import Elasticsearch as EngineSettings
from pipeline.mapping_fields import without_analyzers
from pipeline.records import Article
from pipeline.rule_backtest import Difference, Past, Share
from pipeline.search_engine import connect
from tests.random_rules import RuleWriter, random_articles

pytestmark = pytest.mark.engines

NOW = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
DAYS = 12
OLD = "language:id OR language:fr"
NEW = "(language:id AND dermaga) OR language:de"


def moment(article: Article) -> datetime:
    """Its `@timestamp`."""
    return article.published_at or article.first_seen


def made_articles(count: int, seed: int) -> list[Article]:
    """Published over the days before NOW and a little longer; some without a time of publication."""
    chosen = random.Random(seed)
    times = [NOW - timedelta(hours=chosen.random() * 24 * (DAYS + 3)) for _ in range(count)]
    return [
        replace(
            article,
            first_seen=time + timedelta(minutes=1) if number % 5 else time,
            published_at=time if number % 5 else None,
        )
        for number, (article, time) in enumerate(zip(random_articles(count, seed), times, strict=True))
    ]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return made_articles(150, 11)


@pytest.fixture(params=["opensearch", pytest.param("elasticsearch_core", marks=pytest.mark.elasticsearch)])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@contextmanager
def indexed(
    url: str, prefix: str, articles: list[Article], blind: list[Article] | None = None
) -> Iterator[Elasticsearch]:
    """The articles behind the alias; `blind` ones in an index that has no sub-fields for rules."""
    mapping = search_index.mapping()
    older = {**mapping, "properties": without_analyzers(mapping["properties"], {"cased", "standard"})}
    settings = {**search_index.analysis(), "number_of_replicas": 0, "number_of_shards": 1}
    with connect(EngineSettings(url=url)) as client, ExitStack() as stack:
        for name, shape, kept in (("now", mapping, articles), ("older", older, blind or [])):
            index = f"{prefix}-{name}"
            client.indices.create(
                index=index, mappings=shape, settings=settings, aliases={search_index.alias(prefix): {}}
            )
            stack.callback(client.indices.delete, index=index)
            operations = [
                line
                for article in kept
                for line in ({"index": {"_id": article.id}}, json.loads(search_index.document(article)))
            ]
            if operations:
                assert not client.bulk(index=index, operations=operations, refresh=True)["errors"]
        yield client


def fired(articles: list[Article], *rules: str) -> dict[str, list[Article]]:
    """What the matcher says, newest first."""
    matcher = Matcher()
    for rule in rules:
        matcher.add(rule, rule)
    found: dict[str, list[Article]] = {rule: [] for rule in rules}
    for article in sorted(articles, key=moment, reverse=True):
        for rule in matcher.match(article)[0]:
            found[rule].append(article)
    return found


def test_each_day_counts_what_the_matcher_fires_for(url: str, prefix: str, articles: list[Article]) -> None:
    rules = [OLD, NEW, *(RuleWriter(articles, 8)() for _ in range(20))]
    since = datetime(2026, 3, 2, tzinfo=UTC) - timedelta(days=DAYS - 1)
    inside = [article for article in articles if moment(article) >= since]
    assert 0 < len(inside) < len(articles)
    expected = fired(inside, *rules)
    assert len(expected[NEW]) > 5
    with indexed(url, prefix, articles) as client:
        past = Past.days(client, prefix, NOW, DAYS)
        for rule in rules:
            made = past.backtest(rule, samples=3)
            assert [day.date for day in made.days] == [(since + timedelta(days=day)).date() for day in range(DAYS)]
            by_day = Counter(moment(article).date() for article in expected[rule])
            assert {day.date: day.fired for day in made.days if day.fired} == by_day
            assert made.total == Share(len(expected[rule]), len(inside)) == past.share(rule)
            assert [hit.id for hit in made.samples] == [article.id for article in expected[rule][:3]]
            assert (made.blind, made.gained, made.lost) == (0, None, None)
        counted = dict(past.shares({str(number): rule for number, rule in enumerate(rules)}, seconds=60))
    assert counted == {str(number): Share(len(expected[rule]), len(inside)) for number, rule in enumerate(rules)}


def test_samples_have_their_words_marked(url: str, prefix: str, articles: list[Article]) -> None:
    with indexed(url, prefix, articles) as client:
        hits = Past.days(client, prefix, NOW, DAYS).newest("body:kapal AND body:pelabuhan", 5)
    assert hits
    marked = {piece.text[start:end].lower() for hit in hits for piece in hit.fragments for start, end in piece.marks}
    assert {"kapal", "pelabuhan"} <= marked


def test_a_changed_rule_gains_and_loses_what_the_matcher_says(url: str, prefix: str, articles: list[Article]) -> None:
    since = datetime(2026, 3, 2, tzinfo=UTC) - timedelta(days=DAYS - 1)
    inside = [article for article in articles if moment(article) >= since]
    expected = fired(inside, OLD, NEW)
    gained = [article.id for article in expected[NEW] if article not in expected[OLD]]
    lost = [article.id for article in expected[OLD] if article not in expected[NEW]]
    assert gained
    assert lost
    with indexed(url, prefix, articles) as client:
        made = Past.days(client, prefix, NOW, DAYS).backtest(NEW, samples=2, instead_of=OLD)
        same = Past.days(client, prefix, NOW, DAYS).backtest(OLD, samples=2, instead_of=OLD)
    for difference, ids in ((made.gained, gained), (made.lost, lost)):
        assert difference is not None
        assert (difference.count, [hit.id for hit in difference.samples]) == (len(ids), ids[:2])
    assert same.gained == same.lost == Difference(0)


def test_articles_from_before_the_index_had_words_are_told(url: str, prefix: str, articles: list[Article]) -> None:
    inside = [article for article in articles if moment(article) >= NOW - timedelta(days=5)]
    with indexed(url, prefix, inside[10:], inside[:10]) as client:
        made = Past.days(client, prefix, NOW, DAYS).backtest("kapal OR language:id")
    assert made.blind == 10
    assert made.total.articles == len(inside)


def test_an_index_that_is_not_there_has_no_articles(url: str, prefix: str) -> None:
    with connect(EngineSettings(url=url)) as client:
        past = Past.days(client, prefix, NOW, 3)
        assert past.backtest("kapal").total == past.share("kapal") == Share(0, 0)
        assert list(past.shares({"a": "kapal"}, seconds=60)) == []


def test_counting_many_rules_ends_with_its_time(opensearch: str, prefix: str, articles: list[Article]) -> None:
    done: list[int] = []
    with indexed(opensearch, prefix, articles) as client:
        past = Past.days(client, prefix, NOW, DAYS)
        assert list(past.shares({str(number): "kapal" for number in range(500)}, seconds=-1, counted=done.append)) == []
        whole = list(past.shares({str(number): "kapal" for number in range(250)}, seconds=60, counted=done.append))
    assert len(whole) == sum(done) == 250


def test_a_rule_that_cannot_be_read_is_told_before_the_index_is_asked(opensearch: str, prefix: str) -> None:
    with connect(EngineSettings(url=opensearch)) as client, pytest.raises(RuleError, match="column 3"):
        Past.days(client, prefix, NOW, 3).backtest("a OR b c")
