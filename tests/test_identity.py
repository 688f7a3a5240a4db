"""Canonical URLs and article ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identity import MAX_URL_LENGTH, article_id, canonical_url, site

CANONICAL = "https://www.example.org/a/story?id=5&page=2"


@pytest.mark.parametrize(
    "url",
    [
        CANONICAL,
        " HTTPS://WWW.Example.ORG:443/a//story?page=2&id=5#comments ",
        "https://www.example.org/x/../a/story?id=5&page=2&utm_source=feed&utm_medium=rss",
        "https://www.example.org/a/story?fbclid=abc&gclid=1&id=5&page=2&mc_cid=9&at_medium=x",
        "https://user:secret@www.example.org./a/story?id=5&page=2",
    ],
)
def test_spellings_of_one_address_become_one(url: str) -> None:
    assert canonical_url(url) == CANONICAL
    assert article_id(url, "a", "text") == article_id(CANONICAL, "b", "other text")


@pytest.mark.parametrize(
    "query", ["id=5", "cid=5", "uid=5", "ref=5", "reference_id=5", "source=5", "session=5", "p=5", "a=", "utm=5"]
)
def test_parameters_that_may_choose_the_article_stay(query: str) -> None:
    assert canonical_url(f"https://example.org/view.php?{query}") == f"https://example.org/view.php?{query}"


@pytest.mark.parametrize(
    "url",
    [None, "", "   ", "example.org/a", "ftp://example.org/", "javascript:alert(1)", "mailto:a@b.example", "http://", "http://..",
     "https:///path", "http://a b.example/", "http://[::1", "http://example.org:99999999/",
     "https://example.org/" + "x" * MAX_URL_LENGTH],
)  # fmt: skip
def test_rubbish_is_no_address(url: str | None) -> None:
    assert canonical_url(url) is None
    assert site(url) is None


def test_other_scripts_are_escaped_in_host_and_path() -> None:
    assert canonical_url("https://пример.рф/новости") == (
        "https://xn--e1afmkfd.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"
    )


@given(st.one_of(st.text(), st.text("ab/?&=#%.:@[]é ;+", max_size=40).map(lambda tail: f"https://example.org/{tail}")))
def test_a_canonical_address_is_its_own_canonical_address(url: str) -> None:
    once = canonical_url(url)
    assert once is None or canonical_url(once) == once


def test_site_is_the_host_without_www() -> None:
    assert site("https://www.Example.org:8080/a") == "example.org"
    assert site("https://news.example.org/a") == "news.example.org"


def test_without_an_address_source_and_content_are_the_identity() -> None:
    assert article_id(None, "a", "text") == article_id("rubbish", "a", "text")
    assert len({article_id(None, "a", "text"), article_id(None, "b", "text"), article_id(None, "a", "text2")}) == 3


def test_ids_are_32_hex_digits_and_never_change() -> None:
    assert article_id(CANONICAL, None, "") == "7af1c92f790586d07f25922e26e78cd9"
    assert article_id(None, None, "\ud800") != article_id(None, None, "")
