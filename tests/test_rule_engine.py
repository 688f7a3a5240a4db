"""A rule's query finds in the engine what the matcher fires: rules of the whole grammar, fourteen languages.

NEWSWIRE_TEST_RULES=20000x500 sets how many rules and articles there are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from elasticsearch import Elasticsearch

from pipeline import search_index
from pipeline.alerts.matcher import Matcher
from pipeline.alerts.parser import parse
from pipeline.alerts.query import query
from pipeline.config import Elasticsearch as EngineSettings
from pipeline.records import Article
from pipeline.search import Query, search
from pipeline.search_engine import connect
from tests.conftest import SettingsFactory
from tests.random_rules import RuleWriter, random_articles

pytestmark = pytest.mark.engines

RULES, ARTICLES = map(int, os.environ.get("NEWSWIRE_TEST_RULES", "1500x60").split("x"))
SEED = int(os.environ.get("NEWSWIRE_TEST_RULES_SEED", "6"))
AT_ONCE = 250

Fired = list[tuple[str, str]]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return random_articles(ARTICLES, SEED)


@pytest.fixture(scope="module")
def rules(articles: list[Article]) -> dict[str, str]:
    write = RuleWriter(articles, SEED)
    return {f"r{number}": write() for number in range(RULES)}


@pytest.fixture(scope="module")
def fired(rules: dict[str, str], articles: list[Article]) -> Fired:
    """Rule and article, sorted."""
    matcher = Matcher()
    for rule, text in rules.items():
        matcher.add(rule, text)
    return sorted((rule, article.id) for article in articles for rule in matcher.match(article)[0])


@contextmanager
def index(url: str, name: str, with_rules: bool = False) -> Iterator[Elasticsearch]:
    mapping = search_index.mapping()
    if with_rules:
        mapping["properties"]["rule"] = {"type": "percolator"}
    settings = {**search_index.analysis(), "number_of_replicas": 0, "number_of_shards": 1}
    with connect(EngineSettings(url=url)) as client:
        client.indices.create(index=name, mappings=mapping, settings=settings)
        try:
            yield client
        finally:
            client.indices.delete(index=name)


def slices(count: int, size: int = AT_ONCE) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, count, size))


@pytest.mark.timeout(7200)
def test_the_percolator_finds_the_same_rules(
    opensearch: str, prefix: str, rules: dict[str, str], articles: list[Article], fired: Fired
) -> None:
    found: Fired = []
    with index(opensearch, prefix, with_rules=True) as client:
        for part in slices(len(rules)):
            operations = [
                line
                for rule in list(rules)[part]
                for line in ({"index": {"_id": rule}}, {"rule": query(parse(rules[rule]).tree)})
            ]
            assert not client.bulk(index=prefix, operations=operations)["errors"]
        client.indices.refresh(index=prefix)
        for part in slices(len(articles), max(1, min(20, 40_000 // RULES))):
            documents = [json.loads(search_index.document(article)) for article in articles[part]]
            percolate = {"percolate": {"field": "rule", "documents": documents}}
            hits = client.options(request_timeout=600).search(
                index=prefix, query={"constant_score": {"filter": percolate}}, size=10_000, source=False,
                fields=["_percolator_document_slot"],
            )["hits"]  # fmt: skip
            assert hits["total"]["value"] < 10_000
            for hit in hits["hits"]:
                found += [(hit["_id"], articles[part][slot].id) for slot in hit["fields"]["_percolator_document_slot"]]
    assert len(fired) > RULES
    assert differences(found, fired, rules) == []


@pytest.fixture(params=["opensearch", pytest.param("elasticsearch_core", marks=pytest.mark.elasticsearch)])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.mark.timeout(7200)
def test_searching_by_a_rule_finds_the_same_articles(
    url: str, prefix: str, rules: dict[str, str], articles: list[Article], fired: Fired
) -> None:
    found: Fired = []
    with index(url, prefix) as client:
        for part in slices(len(articles)):
            operations = [
                line
                for article in articles[part]
                for line in ({"index": {"_id": article.id}}, json.loads(search_index.document(article)))
            ]
            assert not client.bulk(index=prefix, operations=operations)["errors"]
        client.indices.refresh(index=prefix)
        for part in slices(len(rules)):
            names = list(rules)[part]
            searches = [
                line
                for rule in names
                for line in (
                    {},
                    {"query": query(parse(rules[rule]).tree), "size": 1000, "_source": False},
                )
            ]
            for rule, answer in zip(names, client.msearch(index=prefix, searches=searches)["responses"], strict=True):
                found += [(rule, hit["_id"]) for hit in answer["hits"]["hits"]]
    assert differences(found, fired, rules) == []


def differences(found: Fired, fired: Fired, rules: dict[str, str]) -> list[tuple[str, str, str]]:
    """Ten of them, with who says that the rule fires."""
    engine, matcher = set(found), set(fired)
    wrong = [("engine", *each) for each in engine - matcher] + [("matcher", *each) for each in matcher - engine]
    return [(who, rules[rule], article) for who, rule, article in sorted(wrong)[:10]]


def test_search_takes_a_rule_and_marks_its_words(opensearch: str, settings: SettingsFactory, prefix: str) -> None:
    made = settings()
    article = random_articles(1, 5)[0]
    words = article.body.split()[:2]
    with connect(made.elasticsearch) as client:
        search_index.install(client, made)
        name = search_index.index_name(prefix, article.first_seen)
        try:
            client.index(index=name, id=article.id, document=json.loads(search_index.document(article)), refresh=True)
            rule = f'lede:"{" ".join(words)}" AND NOT headline:nothing'
            [hit] = search(client, prefix, Query(text=rule, rule=True)).hits
            assert hit.id == article.id
            assert "lede" not in hit.article
            assert any(piece.marks for piece in hit.fragments_of("body"))
            assert search(client, prefix, Query(text=f"{rule} AND headline:nothing", rule=True)).total == 0
        finally:
            client.indices.delete(index=name)
            client.indices.delete_index_template(name=search_index.alias(prefix))
            for component in search_index.templates(made)[0]:
                client.cluster.delete_component_template(name=component)
