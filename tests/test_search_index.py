"""The shape of the index, without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from pipeline import search_index
from pipeline.alerts.stems import stem_language
from pipeline.config import Elasticsearch, Settings
from pipeline.languages import languages
from pipeline.records import Article, Entity, Mention, Source

SEEN = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
SMALLEST_FIELD_LIMIT = 1000
"""`index.mapping.total_fields.limit` of both engines."""


def article(**changes: Any) -> Article:
    values: dict[str, Any] = {
        "id": "0" * 32,
        "headline": "Menlu bertemu",
        "body": "Hubungan dibuka.",
        "language": "id",
        "first_seen": SEEN,
        "fetched_at": SEEN,
        "processed_at": SEEN,
    }
    return Article(**(values | changes))


def fields(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for field in properties.values():
        yield field
        yield from fields(field.get("properties", {}))
        yield from fields(field.get("fields", {}))


def test_every_field_of_an_article_is_mapped_and_nothing_else_but_time_text_and_lede() -> None:
    properties = search_index.mapping()["properties"]
    assert set(properties) == {*Article.__struct_fields__, "@timestamp", "text", "lede"}
    assert set(properties["source"]["properties"]) == set(Source.__struct_fields__)
    assert set(properties["people"]["properties"]) == set(Mention.__struct_fields__)
    assert properties["quotes"]["properties"] == {"text": properties["body"], "speaker": properties["info_sources"]}


def test_what_is_only_kept_costs_no_index() -> None:
    properties = search_index.mapping()["properties"]
    assert [name for name, field in properties.items() if field.get("enabled") is False] == [
        "entities",
        "removed",
        "stages",
    ]


def test_no_keyword_is_long_enough_to_be_refused() -> None:
    most_bytes = 32_766
    for field in fields(search_index.mapping()["properties"]):
        if field.get("type") == "keyword":
            assert field["ignore_above"] * 4 <= most_bytes + 4


def test_the_mapping_stays_far_from_the_limit_of_fields() -> None:
    assert sum(1 for _ in fields(search_index.mapping()["properties"])) < SMALLEST_FIELD_LIMIT / 2


def test_each_language_with_an_analysis_of_its_own_has_its_text_fields() -> None:
    mapped = search_index.mapping()["properties"]["text"]["properties"]
    assert mapped["th"]["properties"]["body"] == {"type": "text", "analyzer": "thai"}
    stems = {"type": "text", "analyzer": "stems_id", "norms": False}
    assert mapped["id"]["properties"]["body"] == {"type": "text", "analyzer": "indonesian", "fields": {"stems": stems}}
    assert set(mapped) == {tag for tag, each in languages().items() if each.analyzer not in ("standard", "cjk")}


def test_articles_are_stemmed_for_rules_in_the_language_that_their_text_is_indexed_in() -> None:
    for tag in (*languages(), "en-GB", "zh-Hans", "und", "xx"):
        if language := stem_language(tag):
            assert search_index.text_language(tag) == language


def test_the_month_is_that_of_utc() -> None:
    assert search_index.index_name("news", SEEN) == "news-articles-2026.11"
    assert search_index.index_name("news", SEEN.astimezone(timezone(timedelta(hours=7)))) == "news-articles-2026.11"
    assert search_index.index_name("x", datetime(987, 1, 1, tzinfo=UTC)) == "x-articles-0987.01"


def test_a_document_is_the_article_with_its_time_and_its_text_in_its_language() -> None:
    given = article(
        people=(Mention(name="A", count=1),),
        entities=(Entity(text="A", label="PER", field="body", start=0, end=1),),
        feeds=("https://desk.example/feed",),
    )
    made = json.loads(search_index.document(given))
    assert made.pop("@timestamp") == "2026-11-30T23:30:00Z"
    assert made.pop("text") == {"id": {"headline": "Menlu bertemu", "body": "Hubungan dibuka."}}
    assert made.pop("lede") == "Hubungan dibuka."
    assert made["people"] == [{"name": "A", "count": 1}]
    assert set(made) == set(Article.__struct_fields__)


def test_the_time_of_a_document_is_that_of_publication_where_it_is_known() -> None:
    published = SEEN - timedelta(days=3)
    assert json.loads(search_index.document(article(published_at=published)))["@timestamp"] == "2026-11-27T23:30:00Z"


@pytest.mark.parametrize("language", ["und", "ja", "zh", "zh-Hans", "vi", "tlh"])
def test_text_without_an_analysis_of_its_own_is_not_stored_twice(language: str) -> None:
    assert "text" not in json.loads(search_index.document(article(language=language)))


@pytest.mark.parametrize(
    ("tag", "field"), [("id", "id"), ("en-GB", "en"), ("pt-BR", "pt"), ("nn", "nn"), ("und", None), ("zh-Hans", None)]
)
def test_a_language_is_found_by_its_primary_subtag(tag: str, field: str | None) -> None:
    assert search_index.text_language(tag) == field


def test_the_settings_of_the_deployment_reach_the_template_and_change_its_digest() -> None:
    small, large = (
        Settings(elasticsearch=Elasticsearch(shards=shards, replicas=2, refresh_interval="5s")) for shards in (1, 3)
    )
    components, template = search_index.templates(large)
    index = components["news-articles-settings"]["template"]["settings"]["index"]
    assert index["number_of_shards"] == "3"
    assert index["number_of_replicas"] == "2"
    assert index["refresh_interval"] == "5s"
    assert template["meta"]["digest"] != search_index.templates(small)[1]["meta"]["digest"]
    assert template["meta"] == search_index.templates(large)[1]["meta"]
