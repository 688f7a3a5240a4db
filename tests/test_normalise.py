"""normalise: fields, source, and the time of publication."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.chain import begin
from pipeline.records import Article, RawArticle, Source
from pipeline.stages._dates import publication_time
from pipeline.stages.normalise import normalise

SEEN = datetime(2022, 7, 28, 12, 0, 30, tzinfo=UTC)


def article_of(**fields: object) -> Article:
    given = {"id": "0" * 32, "content": "text", "content_type": "text/plain", "first_seen": SEEN, "fetched_at": SEEN}
    raw = RawArticle(**{**given, **fields})  # type: ignore[arg-type] -- fields of RawArticle
    return normalise(begin(raw, SEEN), raw)


def test_fields_become_clean_lines_and_the_body_clean_paragraphs() -> None:
    made = article_of(
        content="One \r\n\r\n  two&nbsp;three ",
        headline=" <b>Tom</b> &amp; Jerry\n",
        description="<p></p>",
        by="Ja\u0301n ",
    )
    assert (made.body, made.headline, made.description, made.by) == ("One\ntwo three", "Tom & Jerry", None, "Ján")


def test_html_is_left_to_clean() -> None:
    assert article_of(content="<p>text</p>", content_type="text/html").body == ""


@pytest.mark.parametrize(
    ("source", "url", "made"),
    [
        (Source(), "https://www.example.org/a", Source(id="example.org")),
        (Source(id="x"), "https://www.example.org/a", Source(id="x")),
        (Source(name=" The  X "), None, Source(name="The X")),
        (Source(feed=" https://example.org/feed "), None, Source(feed="https://example.org/feed")),
        (Source(), "no address", Source()),
    ],
)
def test_a_source_that_nobody_named_is_the_site(source: Source, url: str | None, made: Source) -> None:
    assert article_of(source=source, url=url).source == made


def test_an_address_keeps_its_spelling_and_gets_a_canonical_one() -> None:
    made = article_of(url=" https://example.org/a?utm_source=x#top\ud800 ")
    assert (made.url, made.canonical_url) == ("https://example.org/a?utm_source=x#top", "https://example.org/a")


MORNING = datetime(2022, 7, 28, 3, 15, tzinfo=UTC)
TEN = datetime(2022, 7, 28, 10, 15, tzinfo=UTC)
MIDNIGHT = datetime(2022, 7, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "language", "time"),
    [
        ("2022-07-28T10:15:00Z", None, TEN),
        ("2022-07-28T10:15:00+07:00", None, MORNING),
        ("2022-07-28 10:15:00.000000001+07:00", None, MORNING),
        ("20220728T101500Z", None, TEN),
        ("2022-07-28", None, MIDNIGHT),
        ("Thu, 28 Jul 2022 10:15:00 +0700", None, MORNING),
        ("Thu, 28 Jul 2022 10:15 GMT", None, TEN),
        ("1659003300", None, TEN),
        ("1659003300000", None, TEN),
        ("28/7/2022 10:15 WIB", None, MORNING),
        ("Kamis, 28/07/2022, 10.15 WIB", "id", MORNING),
        ("28-07-2022 | 10:15 WIB", "id", MORNING),
        ("28.07.2022 10:15 MSK", "ru", datetime(2022, 7, 28, 7, 15, tzinfo=UTC)),
        ("2022/7/28 10:15", "ja", TEN),
        ("7/28/2022 3:15 AM", "en", MORNING),
        ("7/8/2022", "en-US", datetime(2022, 7, 8, tzinfo=UTC)),
        ("7/6/2022", "en-GB", datetime(2022, 6, 7, tzinfo=UTC)),
        ("7/6/2022", None, datetime(2022, 6, 7, tzinfo=UTC)),
        ("7/8/2022", None, datetime(2022, 7, 8, tzinfo=UTC)),
        ("Kamis, 28 Jul 2022 10:15 WIB", "id", MORNING),
        ("28 juillet 2022 à 10h15", "fr", TEN),
        ("28. Juli 2022, 10:15 Uhr", "de", TEN),
        ("28 июля 2022, 10:15", "ru", TEN),
        ("2022年7月28日 10時15分", "ja", TEN),
        ("28 जुलाई 2022", "hi", MIDNIGHT),
        ("٢٨ يوليو ٢٠٢٢", "ar", MIDNIGHT),
        ("28 ก.ค. 2565", "th", MIDNIGHT),
        ("2 jam yang lalu", "id", datetime(2022, 7, 28, 10, 0, tzinfo=UTC)),
        ("2 hours ago", None, datetime(2022, 7, 28, 10, 0, tzinfo=UTC)),
    ],
)
def test_any_usual_spelling_of_a_time_is_read(text: str, language: str | None, time: datetime) -> None:
    assert publication_time(text, SEEN, language) == time


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "rubbish", "32/13/2022", "0001-01-01", "9999-12-31T23:59:59-12:00", "2022", "10:15", "99999999999",
     "x" * 500, "28", "١٢٣", "--", "July", "+07:00"],
)  # fmt: skip
def test_what_is_no_date_gives_none(text: str | None) -> None:
    assert publication_time(text, SEEN) is None


def test_the_future_within_a_day_counts_as_first_seen_and_beyond_as_unknown() -> None:
    assert publication_time((SEEN + timedelta(hours=7)).isoformat(), SEEN) == SEEN
    assert publication_time((SEEN + timedelta(hours=24)).isoformat(), SEEN) == SEEN
    assert publication_time((SEEN + timedelta(hours=24, seconds=1)).isoformat(), SEEN) is None


def test_relative_times_count_from_first_seen_and_never_from_the_clock() -> None:
    earlier = SEEN - timedelta(days=5000)
    assert publication_time("yesterday", earlier) == (earlier - timedelta(days=1)).replace(second=0)


@settings(deadline=None)
@given(st.text(max_size=40), st.sampled_from([None, "id", "en", "xx", "zh-Hans", ""]))
def test_any_text_gives_none_or_a_time_not_after_first_seen(text: str, language: str | None) -> None:
    time = publication_time(text, SEEN, language)
    assert time is None or (time <= SEEN and time.utcoffset() == timedelta(0))
