"""Indices whose shards are not up: a month made just now is waited for, one that stays down is told, never left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch
from msgspec.structs import replace

from pipeline import alert_index, alert_search, search_index, shards, status
from pipeline.alert_history import AlertHistory
from pipeline.config import Elasticsearch as EngineSettings
from pipeline.config import Settings
from pipeline.rule_backtest import Past
from pipeline.search import Query, search
from pipeline.search_engine import SearchEngineAwayError, connect
from tests.test_alert_index import alert
from tests.test_search_index import article

pytestmark = pytest.mark.engines

UP = article()
NOW = datetime(2026, 12, 2, tzinfo=UTC)
Question = Callable[[Elasticsearch, str], int]


@pytest.fixture(params=["opensearch", pytest.param("elasticsearch_core", marks=pytest.mark.elasticsearch)])
def settings(request: pytest.FixtureRequest, prefix: str) -> Settings:
    url = str(request.getfixturevalue(request.param))
    return Settings(index_prefix=prefix, elasticsearch=EngineSettings(url=url))


@pytest.fixture
def client(settings: Settings) -> Iterator[Elasticsearch]:
    with connect(settings.elasticsearch) as client:
        yield client


@contextmanager
def months(client: Elasticsearch, prefix: str, *, down: str, up: str = "") -> Iterator[None]:
    """Indices of articles and of alerts: the month `down` may have no shard for now, `up` has a document."""
    names = []
    for kind, document in (
        (search_index, search_index.document(UP)),
        (alert_index, alert_index.document(replace(alert(1), matched_at=NOW))),
    ):
        made = kind.indices(Settings(index_prefix=prefix))
        for month in filter(None, (up, down)):
            names.append(f"{made.alias}-{month}")
            client.indices.create(
                index=names[-1],
                mappings=made.mappings["mappings"],
                settings={
                    **made.mappings["settings"],
                    "number_of_replicas": 0,
                    "number_of_shards": 1,
                    "index.routing.allocation.enable": "none" if month == down else "all",
                },
                aliases={made.alias: {}},
                wait_for_active_shards="0",
            )
        if up:
            client.index(index=f"{made.alias}-{up}", id="1", document=json.loads(document), refresh=True)
    try:
        yield
    finally:
        client.indices.delete(index=names)


def found(client: Elasticsearch, prefix: str) -> int:
    return search(client, prefix, Query(text="*")).total


def found_by_rule(client: Elasticsearch, prefix: str) -> int:
    return search(client, prefix, Query(text="nothing OR nowhere", rule=True)).total


def raised(client: Elasticsearch, prefix: str) -> int:
    return alert_search.newest(client, prefix).total


def fired(client: Elasticsearch, prefix: str) -> int:
    return sum(AlertHistory(client, prefix).counts(NOW - timedelta(days=1), []).values())


def backtested(client: Elasticsearch, prefix: str) -> int:
    return Past.days(client, prefix, NOW, 2).backtest("nothing").total.fired


@pytest.mark.parametrize("question", [found, found_by_rule, raised, fired, backtested])
def test_an_index_that_is_being_made_is_waited_for(
    question: Question, client: Elasticsearch, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = []

    def start(seconds: float) -> None:
        if not pauses:
            for kind in (search_index, alert_index):
                let = {"index.routing.allocation.enable": "all"}
                client.indices.put_settings(index=f"{kind.alias(settings.index_prefix)}-2026.12", settings=let)
        pauses.append(seconds)
        client.cluster.health(wait_for_events="languid")

    monkeypatch.setattr(shards.time, "sleep", start)
    with months(client, settings.index_prefix, down="2026.12"):
        assert question(client, settings.index_prefix) == 0
    assert pauses


@pytest.mark.parametrize("question", [found, raised, fired, backtested])
def test_what_stays_down_is_an_error_that_says_so(
    question: Question, client: Elasticsearch, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards.time, "monotonic", iter(range(0, 10_000, 6)).__next__)
    monkeypatch.setattr(shards.time, "sleep", lambda _: None)
    with months(client, settings.index_prefix, down="2026.12"), pytest.raises(SearchEngineAwayError, match="for now"):
        question(client, settings.index_prefix)


def test_a_list_without_some_month_says_so(client: Elasticsearch, settings: Settings) -> None:
    prefix = settings.index_prefix
    with months(client, prefix, up="2026.11", down="2026.12"):
        articles = search(client, prefix, Query(text="*"))
        alerts = alert_search.newest(client, prefix)
    assert (articles.total, articles.incomplete) == (1, "1 of 2 shards are not up")
    assert (alerts.total, alerts.incomplete) == (1, "1 of 2 shards are not up")


@pytest.mark.parametrize("question", [fired, backtested])
def test_a_count_without_some_month_is_none(
    question: Question, client: Elasticsearch, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards.time, "monotonic", iter(range(0, 10_000, 6)).__next__)
    monkeypatch.setattr(shards.time, "sleep", lambda _: None)
    prefix = settings.index_prefix
    with months(client, prefix, up="2026.11", down="2026.12"), pytest.raises(SearchEngineAwayError, match="for now"):
        question(client, prefix)


def test_status_names_the_month_that_is_down(client: Elasticsearch, settings: Settings) -> None:
    prefix = settings.index_prefix
    with months(client, prefix, up="2026.11", down="2026.12"):
        told = {each.index: each.documents for each in status.index_statuses(client, settings)}
    assert told == {
        f"{prefix}-articles-2026.11": 1,
        f"{prefix}-articles-2026.12": None,
        f"{prefix}-alerts-2026.11": 1,
        f"{prefix}-alerts-2026.12": None,
    }
