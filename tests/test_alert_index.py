"""The index of alerts: its shape, and what the sink writes into it, the same on OpenSearch 2 and 3 and Elasticsearch 8
and 9."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from elasticsearch import Elasticsearch
from msgspec.structs import replace

from pipeline import alert_index, search_index
from pipeline.alert_examples import ALERTS
from pipeline.alert_records import Alert, AlertArticle, Rule, Snippet, alert_id
from pipeline.config import Settings
from pipeline.records import Source, encode
from pipeline.search_engine import connect
from pipeline.sinks.alerts import AlertSink
from tests.test_index_contract import ENGINES, Writer, clear, settings_for
from tests.test_search_index import fields

NOVEMBER = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def alert(number: int = 1, rule: str = "ferries", **changes: Any) -> Alert:
    """An alert of this rule for the article of this number."""
    article = AlertArticle(
        id=f"{number:032x}",
        url=f"https://news.example/{number}",
        headline="Fährverkehr in Ærø eingestellt",
        source=Source(id="news.example", name="The Example"),
        language="de",
        first_seen=NOVEMBER,
        fetched_at=NOVEMBER,
    )
    values: dict[str, Any] = {
        "id": alert_id(rule, article.id),
        "rule": Rule(id=rule, query="ferry", name="Ferries & ports", owner="desk", channels=("mail",)),
        "article": article,
        "terms": ("fähre",),
        "snippet": Snippet(field="body", text="Die Fähre liegt im Hafen.", marks=((4, 9),)),
        "entities": ("Ærø",),
        "matched_at": NOVEMBER,
    }
    return Alert(**(values | changes))


def of_article(given: Alert, **changes: Any) -> Alert:
    return replace(given, article=replace(given.article, **changes))


# The shape


def test_every_field_of_an_alert_and_of_its_article_is_mapped() -> None:
    properties = alert_index.mapping()["properties"]
    assert set(properties) == {*Alert.__struct_fields__, "@timestamp"}
    assert set(properties["article"]["properties"]) == set(AlertArticle.__struct_fields__)
    assert set(properties["article"]["properties"]["source"]["properties"]) == set(Source.__struct_fields__)
    assert set(properties["rule"]["properties"]) < set(Rule.__struct_fields__)


def test_no_keyword_is_long_enough_to_be_refused() -> None:
    for field in fields(alert_index.mapping()["properties"]):
        if field.get("type") == "keyword":
            assert field["ignore_above"] * 4 <= 32_766 + 4


def test_what_a_search_goes_to_is_text_of_the_mapping() -> None:
    for name in alert_index.SEARCH_FIELDS:
        properties: Any = alert_index.mapping()
        for part in name.split("."):
            properties = {**properties.get("properties", {}), **properties.get("fields", {})}[part]
        assert properties["type"] == "text", name


@pytest.mark.parametrize("given", [alert(), *ALERTS])
def test_a_document_is_the_alert_at_the_time_at_which_it_was_raised(given: Alert) -> None:
    made = json.loads(alert_index.document(given))
    assert made["@timestamp"] == made["matched_at"]
    assert msgspec.convert(made, Alert) == given


def test_articles_and_alerts_share_no_index_and_no_template() -> None:
    ours, theirs = (each.indices(Settings()) for each in (alert_index, search_index))
    assert ours.alias == "news-alerts"
    assert not ours.templates()[0].keys() & theirs.templates()[0].keys()
    assert ours.settings["index"]["codec"] == theirs.settings["index"]["codec"]
    assert ours.settings["index"]["query"] != theirs.settings["index"]["query"]


# On engines


@pytest.fixture(
    params=[
        pytest.param(name, marks=[pytest.mark.elasticsearch] if product == "elasticsearch" else [])
        for name, (product, _) in ENGINES.items()
    ],
)
def settings(request: pytest.FixtureRequest, prefix: str, tmp_path: Path) -> Settings:
    return settings_for(str(request.getfixturevalue(request.param)), prefix, tmp_path)


@pytest.fixture
def client(settings: Settings) -> Iterator[Elasticsearch]:
    with connect(settings.elasticsearch) as client:
        yield client
        clear(client, settings)


def writer(client: Elasticsearch, settings: Settings) -> Writer:
    return Writer(client, alert_index.alias(settings.index_prefix), AlertSink(settings, threading.Event()))


@pytest.fixture
def write(settings: Settings, client: Elasticsearch) -> Iterator[Writer]:
    with closing(writer(client, settings)) as made:
        yield made


def documents(client: Elasticsearch, settings: Settings) -> dict[str, tuple[str, Alert]]:
    """Month and content of each alert in the index."""
    answer = client.search(index=alert_index.alias(settings.index_prefix), size=1000)
    made = [(hit["_id"], hit["_index"].rpartition("-")[2], hit["_source"]) for hit in answer["hits"]["hits"]]
    assert len({found for found, _, _ in made}) == len(made)
    return {found: (month, msgspec.convert(source, Alert)) for found, month, source in made}


@pytest.mark.engines
def test_an_alert_lives_in_the_month_of_its_article_whenever_it_is_raised(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    first = alert(matched_at=DECEMBER)
    other = of_article(alert(2), first_seen=DECEMBER)
    write(first, other)
    assert documents(client, settings) == {first.id: ("2026.11", first), other.id: ("2026.12", other)}


@pytest.mark.engines
def test_an_alert_that_is_raised_again_replaces_itself_and_one_of_an_older_article_never_does(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    first = alert()
    newer = replace(
        of_article(first, fetched_at=DECEMBER, first_seen=DECEMBER, headline="Ferries sail again"), matched_at=DECEMBER
    )
    replayed = replace(newer, matched_at=DECEMBER + timedelta(days=1), late="replay")
    write(first, visible=False)
    write(newer)
    assert documents(client, settings) == {first.id: ("2026.11", newer)}
    write(replayed)
    letters = write(first)
    assert documents(client, settings) == {first.id: ("2026.11", replayed)}
    assert letters.sent == []


@pytest.mark.engines
def test_a_new_owner_of_a_partition_sees_where_the_old_one_has_just_written(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    first = alert()
    write(first, visible=False)
    again = of_article(first, fetched_at=DECEMBER, first_seen=DECEMBER)
    with closing(writer(client, settings)) as heir:
        heir(again)
    assert documents(client, settings) == {first.id: ("2026.11", again)}


@pytest.mark.engines
def test_what_the_mapping_refuses_is_a_dead_letter_and_the_rest_is_written(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    refused = encode(alert(2, together=2**40))
    letters = write(alert(1), refused, alert(3), b'{"id": "5"}', b"\xff")
    assert set(documents(client, settings)) == {alert(1).id, alert(3).id}
    by_offset = {headers["offset"]: (value, headers) for _, _, value, headers in letters.sent}
    assert by_offset["1"][0] == refused
    assert by_offset["1"][1]["stage"] == "index"
    assert "together" in by_offset["1"][1]["reason"]
    assert [by_offset[offset][1]["stage"] for offset in ("3", "4")] == ["decode", "decode"]


@pytest.mark.engines
def test_alerts_are_found_by_what_kibana_users_filter_by(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    other = alert(2, "tides", terms=(), entities=(), snippet=None, matched_at=DECEMBER)
    other = of_article(other, url=None, headline="Tides", source=Source(id="x"), language="en")
    write(alert(late="backfill"), replace(other, rule=Rule(id="tides", query="tide")))
    queries: list[dict[str, Any]] = [
        {"term": {"rule.id": "ferries"}},
        {"term": {"rule.name": "Ferries & ports"}},
        {"match": {"rule.name.text": "PORTS"}},
        {"term": {"rule.owner": "desk"}},
        {"term": {"rule.channels": "mail"}},
        {"term": {"article.source.name": "The Example"}},
        {"term": {"article.language": "de"}},
        {"term": {"article.url": "https://news.example/1"}},
        {"match": {"article.headline": "aero"}},
        {"term": {"terms": "fähre"}},
        {"term": {"entities": "Ærø"}},
        {"match": {"snippet.text": "hafen"}},
        {"term": {"late": "backfill"}},
        {"range": {"@timestamp": {"gte": "2026-11-30T11:00:00Z", "lt": "2026-11-30T13:00:00Z"}}},
        {"query_string": {"query": "fahrverkehr"}},
        {"query_string": {"query": "hafen"}},
        {"multi_match": {"type": "best_fields", "query": "ports", "lenient": True}},  # KQL
    ]
    for query in queries:
        answer = client.search(index=alert_index.alias(settings.index_prefix), query=query)
        assert [hit["_id"] for hit in answer["hits"]["hits"]] == [alert().id], query


@pytest.mark.engines
def test_installing_again_changes_nothing(client: Elasticsearch, settings: Settings) -> None:
    assert not alert_index.is_current(client, settings)
    assert alert_index.install(client, settings)
    assert alert_index.is_current(client, settings)
    assert not alert_index.install(client, settings)
    assert not search_index.is_current(client, settings)


@pytest.mark.engines
def test_a_month_takes_over_fields_and_settings_that_are_new(client: Elasticsearch, settings: Settings) -> None:
    name = alert_index.index_name(settings.index_prefix, NOVEMBER)
    old = {"dynamic": False, "properties": {"id": {"type": "keyword"}}}
    client.indices.create(index=name, mappings=old, settings=search_index.analysis())
    alert_index.install(client, settings)
    properties = client.indices.get_mapping(index=name)[name]["mappings"]["properties"]
    assert properties["rule"]["properties"]["name"]["type"] == "keyword"
    assert alert_index.alias(settings.index_prefix) in client.indices.get_alias(index=name)[name]["aliases"]
