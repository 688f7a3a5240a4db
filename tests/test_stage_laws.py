"""The laws of stages/__init__.py, for every registered stage, on generated and on nasty input."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.chain import DEFAULT_STAGES, begin
from pipeline.outcomes import Dropped, Rejected
from pipeline.records import Article, RawArticle, Source, decode_article, encode
from pipeline.registry import Plugin, plugins
from tests.nasty import PAGES, PARAGRAPH, TEXTS

STAGES = [plugins("stages")[name] for name in DEFAULT_STAGES if name in plugins("stages")]
STAGES += [stage for name, stage in plugins("stages").items() if name not in DEFAULT_STAGES]
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
BOUND = 60.0
"""Seconds of CPU for three rounds of all stages over a megabyte: generous, as what is quadratic takes hours."""

PIECES = [
    "Baca Juga: Judul Lain", "Read more", "Source: AP", "(Reuters)", "JAKARTA (ANTARA) - ", "ADVERTISEMENT", "“", "”",
    "—", ": ", "By John Smith", "© 2024", "&amp;", "<b>", "\u202e", "Ã¶", "e\u0301", "(abc/def)", "a@b.example", "记者",
    "Follow us on WhatsApp", "【北京4月5日电】", "विज्ञापन",
    "اقرأ أيضا: ", "Sergey Lavrov", "Lavrov", "SCO", "Jakarta - ",
    "«", "»", '"', ",” kata Lavrov. ", '," said Helen Braithwaite. ', "「", "」と話す", "„", "‘", "’",
    "Rp 5 juta ", "5 Maret 2026", "12,5 % ", "3億5000万円", "yesterday", "February 29", "$", "१२", "99/99/9999",
    "Shanghai Cooperation Organisation (SCO)", "Photo: ", "www.example.org", "1. ", "\ufeff",
]  # fmt: skip
PIECES += ["\ud800", "\n", " ", "\n", " ", PARAGRAPH]
any_text = st.text(st.characters(), max_size=200)
news_like = st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(), max_size=12)), max_size=30).map(
    "".join
)
texts = st.one_of(any_text, news_like)
html = news_like.map(lambda text: f"<html><body><article><p>{text}</p></article></body></html>")


def raw_article(content: str, content_type: str = "text/plain", **fields: object) -> RawArticle:
    given = {"id": "0" * 32, "content": content, "content_type": content_type, "first_seen": NOW, "fetched_at": NOW}
    return RawArticle(**{**given, **fields})  # type: ignore[arg-type] -- the laws hold for any value of the right type


raw_articles = st.one_of(
    st.builds(
        raw_article,
        texts,
        headline=st.none() | texts,
        description=st.none() | texts,
        by=st.none() | texts,
        url=st.none() | st.sampled_from(["https://example.org/a?b=1", "not a url", "http://\ud800/"]) | texts,
        published_at=st.none() | st.sampled_from(["28/7/2022 10:15 WIB", "2024-06-02", "32/13/2022", "now"]),
        language=st.none() | st.sampled_from(["id", "en-GB", "xx", ""]),
        source=st.builds(Source, id=st.none() | texts, name=st.none() | texts),
    ),
    st.builds(lambda text: raw_article(text, "text/html"), html),
)


def steps(raw: RawArticle) -> Iterator[tuple[Plugin, Article, Article]]:
    """Each stage with its input and its output, along the chain, until one drops the article."""
    article = begin(raw, NOW)
    for stage in STAGES:
        made = stage.function(article, raw)
        assert isinstance(made, Article | Dropped | Rejected)
        if not isinstance(made, Article):
            return
        yield stage, article, made
        article = made


def assert_laws(raw: RawArticle) -> None:
    untouched = copy.deepcopy(raw)
    for stage, article, made in steps(raw):
        before = copy.deepcopy(article)
        assert stage.function(article, raw) == made, f"{stage.name} is not deterministic"
        assert article == before, f"{stage.name} changes its input"
        assert stage.function(made, raw) == made, f"{stage.name} is not idempotent"
        assert decode_article(encode(made)) == made, f"{stage.name} makes what JSON cannot carry"
    assert raw == untouched


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(raw_articles)
def test_laws_hold_for_generated_articles(raw: RawArticle) -> None:
    assert_laws(raw)


@pytest.mark.parametrize("name", TEXTS)
def test_laws_hold_for_nasty_texts_in_bounded_time(name: str) -> None:
    started = process_time()
    assert_laws(raw_article(TEXTS[name], headline=TEXTS[name][:2000], by=TEXTS[name][:200]))
    assert process_time() - started < BOUND


@pytest.mark.parametrize("name", PAGES)
def test_laws_hold_for_nasty_pages_in_bounded_time(name: str) -> None:
    started = process_time()
    assert_laws(raw_article(PAGES[name], "text/html"))
    assert process_time() - started < BOUND


def test_all_stages_of_the_default_chain_exist() -> None:
    assert set(DEFAULT_STAGES) <= set(plugins("stages"))
