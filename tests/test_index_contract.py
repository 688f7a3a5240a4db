"""What the sink and the search need of a search engine, the same on OpenSearch 2 and 3 and Elasticsearch 8 and 9."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch
from msgspec import Struct
from msgspec.structs import replace
from pydantic import SecretStr

from pipeline import alert_index, search_index
from pipeline.config import Elasticsearch as EngineSettings
from pipeline.config import Local, Settings, Sink
from pipeline.records import MAX_ID_BYTES, Article, Mention, Quote, encode
from pipeline.search import Query, QueryError, search
from pipeline.search_engine import Product, SearchEngineRefusedError, connect, identify
from pipeline.sinks._bulk import Verdict, action
from pipeline.sinks._index_writer import IndexWriter
from pipeline.sinks.elasticsearch import ElasticsearchSink
from tests.test_search_index import article

pytestmark = pytest.mark.engines

NOVEMBER = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
BIG = 1_200_000
"""Characters; the engines mark no more than 1,000,000 unless told how."""


ENGINES: dict[str, tuple[Product, int]] = {
    "opensearch": ("opensearch", 3),
    "opensearch2": ("opensearch", 2),
    "elasticsearch_core": ("elasticsearch", 9),
    "elasticsearch8_core": ("elasticsearch", 8),
}
"""Product and major version by fixture."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[pytest.mark.elasticsearch] if product == "elasticsearch" else [])
        for name, (product, _) in ENGINES.items()
    ],
)
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def settings(url: str, prefix: str, tmp_path: Path) -> Settings:
    return settings_for(url, prefix, tmp_path)


@pytest.fixture
def client(settings: Settings) -> Iterator[Elasticsearch]:
    with connect(settings.elasticsearch) as client:
        yield client
        clear(client, settings)


def settings_for(url: str, prefix: str, folder: Path) -> Settings:
    return Settings(
        topic_prefix=prefix,
        index_prefix=prefix,
        elasticsearch=EngineSettings(url=url, refresh_interval="-1"),
        sink=Sink(retry_seconds=0.5),
        local=Local(data_dir=folder),
    )


def clear(client: Elasticsearch, settings: Settings) -> None:
    """Delete what a test made."""
    names = list(client.options(ignore_status=404).indices.get_alias(index=f"{settings.index_prefix}-*"))
    if names:
        client.indices.delete(index=names)
    for made in (search_index.indices(settings), alert_index.indices(settings)):
        client.options(ignore_status=404).indices.delete_index_template(name=made.alias)
        for component in made.templates()[0]:
            client.options(ignore_status=404).cluster.delete_component_template(name=component)


class Letters:
    """Stands in for the producer: keeps the dead letters."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes | None, bytes, dict[str, str]]] = []

    def send(self, topic: str, key: bytes | None, value: bytes, headers: Any = ()) -> Any:
        self.sent.append((topic, key, value, {name: text.decode() for name, text in headers}))
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def close(self) -> None:
        pass


class Record:
    def __init__(self, value: bytes, offset: int) -> None:
        self.topic, self.partition, self.offset, self.key, self.value = "raw", 3, offset, b"key", value
        self.headers: list[tuple[str, bytes]] = []


class Writer:
    """`writer(record or bytes, …)`: one batch through a sink that lives as long as this; makes it visible."""

    def __init__(self, client: Elasticsearch, alias: str, sink: IndexWriter[Any]) -> None:
        self._client = client
        self._name = alias
        self._sink = sink
        self._sink.prepare()

    def __call__(self, *given: Struct | bytes, visible: bool = True) -> Letters:
        letters = Letters()
        self._sink._producer = letters  # type: ignore[assignment]
        values = [each if isinstance(each, bytes) else encode(each) for each in given]
        records: Any = [Record(value, offset) for offset, value in enumerate(values)]
        self._sink.write(records)
        if visible:
            self._client.indices.refresh(index=self._name)
        return letters

    def close(self) -> None:
        self._sink.close()


def writer(client: Elasticsearch, settings: Settings) -> Writer:
    sink = ElasticsearchSink(settings, threading.Event())
    return Writer(client, search_index.alias(settings.index_prefix), sink)


@pytest.fixture
def write(settings: Settings, client: Elasticsearch) -> Iterator[Writer]:
    with closing(writer(client, settings)) as made:
        yield made


def made(number: int, **changes: Any) -> Article:
    return article(**{"id": f"{number:032x}", "first_seen": NOVEMBER, "fetched_at": NOVEMBER, **changes})


def documents(client: Elasticsearch, settings: Settings) -> list[tuple[int, str, str]]:
    """Number, month and headline of every document."""
    answer = client.search(index=search_index.alias(settings.index_prefix), size=1000, sort=[{"id": "asc"}])
    return [
        (int(hit["_id"], 16), hit["_index"].rpartition("-")[2], hit["_source"]["headline"])
        for hit in answer["hits"]["hits"]
    ]


def numbers(client: Elasticsearch, settings: Settings, text: str, **more: Any) -> list[int]:
    found = search(client, settings.index_prefix, Query(text=text, **more))
    return sorted(int(hit.id, 16) for hit in found.hits)


# The connection


def test_the_server_is_known_for_what_it_is(url: str, request: pytest.FixtureRequest) -> None:
    # Without its security module a server takes any credentials.
    given = EngineSettings(url=url, username="news", password=SecretStr("wire"))
    with connect(given) as client:
        engine = identify(client)
    assert (engine.product, engine.major) == ENGINES[request.node.callspec.params["url"]]


# The index


def test_installing_again_changes_nothing(client: Elasticsearch, settings: Settings) -> None:
    assert not search_index.is_current(client, settings)
    assert search_index.install(client, settings)
    assert search_index.is_current(client, settings)
    assert not search_index.install(client, settings)


def test_setups_at_one_moment_do_no_harm(client: Elasticsearch, settings: Settings) -> None:
    failed: list[BaseException] = []
    together = threading.Barrier(4)

    def run() -> None:
        try:
            together.wait()
            search_index.install(client, settings)
        except BaseException as error:  # noqa: BLE001 -- shown by the assertion
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert search_index.is_current(client, settings)


def test_changed_settings_reach_the_template_and_the_months_that_exist(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    write(made(1))
    changed = settings.model_copy(
        update={"elasticsearch": EngineSettings(url=settings.elasticsearch.url, refresh_interval="7s")}
    )
    assert search_index.install(client, changed)
    name = search_index.index_name(settings.index_prefix, NOVEMBER)
    assert client.indices.get_settings(index=name)[name]["settings"]["index"]["refresh_interval"] == "7s"


def test_a_month_takes_over_fields_that_are_new(client: Elasticsearch, settings: Settings) -> None:
    name = search_index.index_name(settings.index_prefix, NOVEMBER)
    old = {"dynamic": False, "properties": {"id": {"type": "keyword"}}}
    client.indices.create(index=name, mappings=old, settings=search_index.analysis())
    search_index.install(client, settings)
    properties = client.indices.get_mapping(index=name)[name]["mappings"]["properties"]
    assert properties["people"]["properties"]["name"]["type"] == "keyword"
    assert search_index.alias(settings.index_prefix) in client.indices.get_alias(index=name)[name]["aliases"]


def test_a_month_from_before_alert_rules_takes_over_all_but_their_fields_with_analyzers_of_their_own(
    client: Elasticsearch, settings: Settings
) -> None:
    name = search_index.index_name(settings.index_prefix, NOVEMBER)
    old = search_index.analysis()
    old["analysis"]["analyzer"] = {"neutral": old["analysis"]["analyzer"]["neutral"]}
    client.indices.create(
        index=name, mappings={"properties": {"body": {"type": "text", "analyzer": "neutral"}}}, settings=old
    )
    search_index.install(client, settings)
    properties = client.indices.get_mapping(index=name)[name]["mappings"]["properties"]
    assert list(properties["body"]["fields"]) == list(properties["lede"]["fields"]) == ["words"]
    assert "fields" not in properties["text"]["properties"]["id"]["properties"]["body"]
    assert "places" in properties


def test_a_month_that_cannot_take_the_mapping_over_stays_and_is_told(
    client: Elasticsearch, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    name = search_index.index_name(settings.index_prefix, NOVEMBER)
    client.indices.create(index=name, mappings={"properties": {"headline": {"type": "keyword"}}})
    assert search_index.install(client, settings)
    assert f"{name} keeps its older mapping" in caplog.text


def test_the_templates_of_a_newer_version_stay(
    client: Elasticsearch, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "MAPPING_VERSION", search_index.MAPPING_VERSION + 1)
    search_index.install(client, settings)
    monkeypatch.undo()
    assert not search_index.install(client, settings)
    assert search_index.is_current(client, settings)


def test_an_index_under_the_name_of_the_alias_is_told(client: Elasticsearch, settings: Settings) -> None:
    client.indices.create(index=search_index.alias(settings.index_prefix))
    with pytest.raises(SearchEngineRefusedError, match="is an index, but Newswire needs that name"):
        search_index.install(client, settings)


# Writing


def test_an_article_goes_into_the_month_in_which_it_was_first_seen(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    write(made(1), made(2, first_seen=DECEMBER))
    assert documents(client, settings) == [(1, "2026.11", "Menlu bertemu"), (2, "2026.12", "Menlu bertemu")]


def test_a_newer_version_replaces_and_an_older_one_never_does(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    first = made(1, headline="first")
    newer = replace(first, headline="newer", fetched_at=NOVEMBER + timedelta(hours=1))
    letters = write(newer, first)
    assert documents(client, settings) == [(1, "2026.11", "newer")]
    write(first)
    assert documents(client, settings) == [(1, "2026.11", "newer")]
    write(replace(newer, headline="reprocessed"))
    assert documents(client, settings) == [(1, "2026.11", "reprocessed")]
    assert letters.sent == []


def test_an_article_stays_in_its_month_when_it_is_seen_again_in_another(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    write(made(1))
    again = made(1, headline="again", first_seen=DECEMBER, fetched_at=DECEMBER)
    # A sink that did not write the first version has to ask the index.
    other = ElasticsearchSink(settings, threading.Event())
    records: Any = [Record(encode(again), 0)]
    other.write(records)
    other.close()
    client.indices.refresh(index=search_index.alias(settings.index_prefix))
    assert documents(client, settings) == [(1, "2026.11", "again")]


def test_an_article_stays_in_its_month_before_the_index_shows_it(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    write(made(1), made(2), visible=False)
    write(made(1, headline="again", first_seen=DECEMBER, fetched_at=DECEMBER))
    assert documents(client, settings) == [(1, "2026.11", "again"), (2, "2026.11", "Menlu bertemu")]


def test_a_new_owner_of_a_partition_sees_what_the_old_one_has_just_written(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    write(made(1), visible=False)
    heir = ElasticsearchSink(settings, threading.Event())
    records: Any = [Record(encode(made(1, headline="again", first_seen=DECEMBER, fetched_at=DECEMBER)), 0)]
    heir.write(records)
    heir.close()
    client.indices.refresh(index=search_index.alias(settings.index_prefix))
    assert documents(client, settings) == [(1, "2026.11", "again")]


def test_two_versions_in_one_batch_that_disagree_about_the_month_are_one_document(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    write(made(1), made(1, headline="again", first_seen=DECEMBER, fetched_at=DECEMBER))
    assert documents(client, settings) == [(1, "2026.11", "again")]


def test_what_the_mapping_refuses_is_a_dead_letter_and_the_rest_is_written(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    refused = encode(made(2, people=(Mention(name="A", count=2**40),)))
    letters = write(made(1), refused, made(3), b'{"id": 5}', b"\xff")
    assert [number for number, _, _ in documents(client, settings)] == [1, 3]
    by_offset = {headers["offset"]: (key, value, headers) for _, key, value, headers in letters.sent}
    assert sorted(by_offset) == ["1", "3", "4"]
    key, value, headers = by_offset["1"]
    assert (key, value) == (b"key", refused)
    assert headers["stage"] == "index"
    assert "people.count" in headers["reason"]
    assert (headers["topic"], headers["partition"]) == ("raw", "3")
    assert [by_offset[offset][2]["stage"] for offset in ("3", "4")] == ["decode", "decode"]
    assert by_offset["4"][1] == b"\xff"


def test_a_document_that_makes_the_engine_refuse_the_whole_request_is_found_out(
    client: Elasticsearch, settings: Settings
) -> None:
    sink = ElasticsearchSink(settings, threading.Event())
    sink.prepare()
    index = search_index.index_name(settings.index_prefix, NOVEMBER)
    actions = [action(made(number), index, number) for number in range(10)]
    actions[7] = dataclasses.replace(actions[7], id="x" * 600)  # an id may have 512 bytes
    answers = sink._index(actions)
    sink.close()
    client.indices.refresh(index=search_index.alias(settings.index_prefix))
    assert "action_request_validation_exception" in answers[7].reason
    assert [place for place, answer in answers.items() if answer.verdict is Verdict.REFUSED] == [7]
    assert [number for number, _, _ in documents(client, settings)] == [0, 1, 2, 3, 4, 5, 6, 8, 9]


def test_a_very_long_name_and_a_very_long_word_are_no_reason_to_refuse(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    long = "é" * 40_000
    letters = write(
        made(1, headline=long, body=long, url=f"https://x.org/{long}", people=(Mention(name=long, count=1),))
    )
    assert letters.sent == []
    assert len(documents(client, settings)) == 1


def test_the_longest_id_is_taken_and_a_longer_one_harms_no_other_article(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    longest = made(1, id="ж" * (MAX_ID_BYTES // 2))
    letters = write(longest, encode(longest).replace(longest.id.encode(), longest.id.encode() + b"x"))
    assert [letter[3]["stage"] for letter in letters.sent] == ["decode"]
    assert client.count(index=search_index.alias(settings.index_prefix))["count"] == 1


def test_a_batch_larger_than_a_request_is_written_in_several(
    client: Elasticsearch, settings: Settings, prefix: str
) -> None:
    small = settings.model_copy(update={"sink": Sink(bulk_bytes=10_000)})
    sink = ElasticsearchSink(small, threading.Event())
    sink.prepare()
    records: Any = [Record(encode(made(number, body="kata " * 500)), number) for number in range(40)]
    sink.write(records)
    sink.close()
    client.indices.refresh(index=f"{prefix}-articles")
    assert len(documents(client, settings)) == 40


def test_a_blocked_index_is_waited_for(client: Elasticsearch, settings: Settings, write: Writer) -> None:
    write(made(1))
    name = search_index.index_name(settings.index_prefix, NOVEMBER)
    client.indices.put_settings(index=name, settings={"index.blocks.write": True})
    done = threading.Event()
    letters: list[Letters] = []

    def run() -> None:
        letters.append(write(made(2)))
        done.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert not done.wait(1)
    client.indices.put_settings(index=name, settings={"index.blocks.write": None})
    thread.join(30)
    assert [number for number, _, _ in documents(client, settings)] == [1, 2]
    assert letters[0].sent == []


def test_templates_that_were_deleted_are_back_before_a_new_month_begins(
    client: Elasticsearch, settings: Settings, write: Writer
) -> None:
    write(made(1))
    client.indices.delete_index_template(name=search_index.alias(settings.index_prefix))
    write(made(2, first_seen=DECEMBER))
    assert [number for number, _, _ in documents(client, settings)] == [1, 2]
    assert numbers(client, settings, "hubungan") == [1, 2]


# Searching


Library = tuple[Elasticsearch, Settings]


@pytest.fixture(scope="module")
def library(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Four articles, written once for every test that only reads."""
    settings = settings_for(url, f"t{uuid4().hex[:8]}", tmp_path_factory.mktemp("library"))
    with connect(settings.elasticsearch) as client:
        with closing(writer(client, settings)) as write:
            write(
                made(
                    1,
                    headline="Lavrov di Tashkent",
                    body="Rusia ingin menghubungkan diri dengan Taliban.\nJalur diplomatik dibuka.",
                ),
                made(2, language="en", headline="Rates rise", body="Banks connected rates with Lavrov in Café Zürich."),
                made(3, language="zh", headline="北京新闻", body="中国外交部发言人在北京表示"),
                made(
                    4,
                    language="und",
                    headline=None,
                    body="menghubungkan",
                    published_at=NOVEMBER - timedelta(days=9),
                    quotes=(Quote(text="Kapal telat", speaker="Sergey Lavrov", start=0, end=11),),
                ),
            )
        yield client, settings
        clear(client, settings)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hubungan", [1]),
        ("hubungan diplomatik", [1]),
        ("menghubungkan", [1, 4]),
        ('"menghubungkan diri"', [1]),
        ("lavrov AND NOT taliban", [2]),
        ("lavrov -taliban", [2]),
        ("tashkent rusia", [1]),
        ("rate", [2]),
        ("cafe zurich", [2]),
        ("北京", [3]),
        ("外交部", [3]),
        ("部外", []),
        ("menghub*", [1, 4]),
        ("headline:lavrov", [1]),
        ("language:en OR language:zh", [2, 3]),
        ("nosuchfield:x", []),
        ("quotes.text:telat", [4]),
        ('quotes.speaker:"Sergey Lavrov"', [4]),
        ("quotes.speaker.text:lavrov", [4]),
        ("", [1, 2, 3, 4]),
    ],
)
def test_searches_find_what_they_mean(library: Library, text: str, found: list[int]) -> None:
    assert numbers(*library, text) == found


def test_a_kibana_user_finds_by_the_stem_without_choosing_a_field(library: Library) -> None:
    client, settings = library
    asked: list[dict[str, Any]] = [
        {"multi_match": {"type": "best_fields", "query": "hubungan", "lenient": True}},  # KQL
        {"query_string": {"query": "hubungan", "analyze_wildcard": True}},  # Lucene
    ]
    for query in asked:
        answer = client.search(index=search_index.alias(settings.index_prefix), query=query)
        assert [int(hit["_id"], 16) for hit in answer["hits"]["hits"]] == [1]


def test_time_language_order_and_size_narrow_a_search(library: Library) -> None:
    client, settings = library
    assert numbers(client, settings, "*", until=NOVEMBER - timedelta(days=1)) == [4]
    assert numbers(client, settings, "*", since=NOVEMBER) == [1, 2, 3]
    assert numbers(client, settings, "lavrov", language="en") == [2]
    newest = search(client, settings.index_prefix, Query(text="menghubungkan", order="newest", size=1))
    assert [int(hit.id, 16) for hit in newest.hits] == [1]
    assert newest.total == 2


def test_words_are_marked_in_the_form_in_which_they_stand(library: Library) -> None:
    client, settings = library
    [hit] = search(client, settings.index_prefix, Query(text="hubungan diplomatik")).hits
    words = {piece.text[start:end] for piece in hit.fragments for start, end in piece.marks}
    assert words == {"menghubungkan", "diplomatik"}
    assert "body" not in hit.article
    [hit] = search(client, settings.index_prefix, Query(text="hubungan", whole=True)).hits
    assert hit.article["body"].startswith("Rusia ingin")
    assert "text" not in hit.article


def test_a_very_long_body_can_be_found_and_marked(client: Elasticsearch, settings: Settings, write: Writer) -> None:
    write(
        made(1, body="menghubungkan " + "kata " * (BIG // 5)),
        made(2, language="und", body="kata " * (BIG // 5) + "ujung"),
    )
    [hit] = search(client, settings.index_prefix, Query(text="hubungan")).hits
    assert any(piece.marks for piece in hit.fragments)
    assert numbers(client, settings, "ujung") == [2]


@pytest.mark.parametrize("text", ["(unclosed", "a AND OR", '"open', "field:[1 TO"])
def test_a_query_that_cannot_be_read_is_told_on_one_line(library: Library, text: str) -> None:
    client, settings = library
    with pytest.raises(QueryError) as caught:
        search(client, settings.index_prefix, Query(text=text))
    assert "cannot read" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_before_anything_is_indexed_nothing_is_found(client: Elasticsearch, settings: Settings) -> None:
    assert search(client, settings.index_prefix, Query(text="x")).total == 0
