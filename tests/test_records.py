"""Records: what the codec keeps, refuses and ignores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import (
    Article,
    DeadLetter,
    Entity,
    InvalidRecordError,
    Mention,
    RawArticle,
    Removal,
    Source,
    dead_letter_from_headers,
    dead_letter_headers,
    decode_article,
    decode_raw_article,
    encode,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
optional = st.none() | text
times = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 -- hypothesis adds the zone itself
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 -- as above
    timezones=st.just(UTC),
)
article_ids = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=[chr(code) for code in (*range(32), 127)]),
    min_size=1,
    max_size=128,
)
sources = st.builds(Source, id=optional, name=optional, feed=optional)
raw_articles = st.builds(
    RawArticle,
    id=article_ids,
    url=optional,
    source=sources,
    content_type=st.sampled_from(["text/plain", "text/html"]),
    content=text,
    headline=optional,
    description=optional,
    by=optional,
    published_at=optional,
    language=optional,
    first_seen=times,
    fetched_at=times,
)
mentions = st.lists(st.builds(Mention, name=text, count=st.integers(1, 9), uri=text), max_size=3).map(tuple)
articles = st.builds(
    Article,
    id=article_ids,
    url=optional,
    canonical_url=optional,
    source=sources,
    headline=optional,
    description=optional,
    body=text,
    language=text,
    language_confidence=st.floats(0, 1),
    by=optional,
    located=optional,
    info_sources=st.lists(text, max_size=3).map(tuple),
    published_at=st.none() | times,
    first_seen=times,
    fetched_at=times,
    processed_at=times,
    people=mentions,
    organisations=mentions,
    places=mentions,
    entities=st.lists(
        st.builds(Entity, text=text, label=text, field=st.just("body"), start=st.just(0), end=st.integers(1, 9)),
        max_size=3,
    ).map(tuple),
    related=st.lists(text, max_size=3).map(tuple),
    removed=st.lists(st.builds(Removal, kind=text, text=text, rule=text), max_size=3).map(tuple),
    content_hash=optional,
    stages=st.dictionaries(text, text, max_size=3),
    story_id=optional,
)
dead_letters = st.builds(
    DeadLetter,
    stage=text,
    reason=text,
    topic=text,
    partition=st.integers(0, 10_000),
    offset=st.integers(0, 2**62),
    time=times,
)


@given(raw_articles)
def test_a_raw_article_survives_the_wire(record: RawArticle) -> None:
    assert decode_raw_article(encode(record)) == record


@given(articles)
def test_an_article_survives_the_wire(record: Article) -> None:
    assert decode_article(encode(record)) == record


@given(dead_letters)
def test_a_dead_letter_survives_its_headers(letter: DeadLetter) -> None:
    assert dead_letter_from_headers(dead_letter_headers(letter)) == letter


def raw(**changes: object) -> bytes:
    record = {
        "id": "a" * 32,
        "content_type": "text/plain",
        "content": "x",
        "first_seen": "2026-03-02T00:00:00Z",
        "fetched_at": "2026-03-02T00:00:00Z",
    }
    return msgspec.json.encode(record | changes)


def test_unknown_fields_are_ignored() -> None:
    assert decode_raw_article(raw(from_the_future={"a": 1})) == decode_raw_article(raw())


def test_times_are_the_same_moment_whatever_their_zone() -> None:
    east = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=9)))
    assert decode_raw_article(raw(first_seen=east)).first_seen == NOW


@pytest.mark.parametrize("name", ["a1", "news.example/1", "é", "x" * 512, "ü b"])
def test_a_producer_may_bring_its_own_id(name: str) -> None:
    assert decode_raw_article(raw(id=name)).id == name


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"id": "\xff"}', "not UTF-8"),
        (b"[]", "expected record"),
        (raw(id=""), r"\$\.id"),
        (raw(id="a\n"), r"\$\.id"),
        (raw(id="a\x00b"), r"\$\.id"),
        (raw(id="x" * 513), r"\$\.id"),
        (raw(id="ж" * 257), "id has more than 512 bytes"),
        (raw(content=None), r"\$\.content"),
        (raw(content_type="image/png"), r"\$\.content_type"),
        (raw(first_seen="2026-03-02T00:00:00"), "timezone"),
    ],
)
def test_what_is_no_record_is_refused_with_the_place(value: bytes, said: str) -> None:
    with pytest.raises(InvalidRecordError, match=said):
        decode_raw_article(value)


def test_json_that_is_nested_without_end_is_no_record_as_any_other_that_is_none() -> None:
    deep = b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    for decode in (decode_raw_article, decode_article):
        with pytest.raises(InvalidRecordError, match="nested too deeply"):
            decode(deep)


def test_a_lone_surrogate_cannot_be_sent() -> None:
    record = RawArticle(id="a", content_type="text/plain", content="x\ud800", first_seen=NOW, fetched_at=NOW)
    with pytest.raises(InvalidRecordError, match="surrogate"):
        encode(record)


def test_headers_of_something_else_are_no_dead_letter() -> None:
    with pytest.raises(InvalidRecordError, match="DeadLetter"):
        dead_letter_from_headers([("stage", b"x")])
