"""Canonical URLs and article ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identity import MAX_URL_LENGTH, article_id, bare_host, canonical_url, identity_of, site, uncached

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


SAME = {
    "http": ("http://www.example.org/a/story", "https://www.example.org/a/story"),
    "www": ("https://example.org/news/12", "https://www.example.org/news/12"),
    "www of a country": ("https://example.co.uk/news/12", "https://www.example.co.uk/news/12"),
    "tracking": ("https://example.org/a?utm_source=rss&usqp=mq331", "https://example.org/a"),
    "fragment": ("https://example.org/a#comments", "https://example.org/a"),
    "text fragment": ("https://example.org/a#:~:text=tide", "https://example.org/a"),
    "last slash": ("https://example.org/a/story/", "https://example.org/a/story"),
    "index page": ("https://example.org/a/story/index.html", "https://example.org/a/story/"),
    "index page with query": ("https://example.org/index.php?id=7", "https://example.org/?id=7"),
    "amp below": ("https://example.org/tide-barrier-holds/amp/", "https://example.org/tide-barrier-holds/"),
    "amp without slash": ("https://example.org/2026/tide-7/amp", "https://example.org/2026/tide-7"),
    "amp ending": ("https://example.org/tide-7.amp.html", "https://example.org/tide-7.html"),
    "amp parameter": ("https://example.org/story?id=7&amp=1", "https://example.org/story?id=7"),
    "amp parameter alone": ("https://example.org/story?amp", "https://example.org/story"),
    "amp output": ("https://example.org/story?outputType=amp", "https://example.org/story"),
    "amp host": ("https://amp.example.org/2026/03/tide-barrier-holds", "https://www.example.org/2026/03/tide-barrier-holds"),
    "amp cache": (
        "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/tide-7/amp/?amp_js_v=0.1",
        "https://www.example.org/tide-7/",
    ),
    "amp viewer": ("https://www.google.com/amp/s/example.org/tide-7.amp.html", "http://example.org/tide-7.html"),
    "print": ("https://example.org/story?id=7&print=yes", "https://example.org/story?id=7"),
    "mobile host": ("https://m.example.org/news/1234567", "https://www.example.org/news/1234567"),
    "click ids of a shop and an advertiser": (
        "https://example.org/story?srsltid=a&gad_source=1&gad_campaignid=2&_openstat=b",
        "https://example.org/story",
    ),
    "mobile host of a section": ("https://mobile.news.example.org/the-tide-barrier", "https://news.example.org/the-tide-barrier"),
    "mobile host, other scripts": ("https://m.example.org/новости", "https://example.org/новости"),
}  # fmt: skip
TWO = {
    "hosts": ("https://news.example.org/a-tide-story", "https://sport.example.org/a-tide-story"),
    "ports": ("http://example.org:8080/a", "http://example.org/a"),
    "www is a name": ("https://www.co.uk/a", "https://m.co.uk/a"),
    "case of the path": ("https://example.org/A", "https://example.org/a"),
    "fragment that chooses": ("https://example.org/#!/story/7", "https://example.org/#!/story/8"),
    "route of a front page": ("https://example.org/#/story/7", "https://example.org/#/story/8"),
    "number below": ("https://example.org/a/1/", "https://example.org/a/11"),
    "index is an article": ("https://example.org/index/", "https://example.org/"),
    "indexes differ": ("https://example.org/index.php?id=7", "https://example.org/index.php?id=8"),
    "index.html in a name": ("https://example.org/a/price-index.html", "https://example.org/a/"),
    "an article about amp": ("https://example.org/guitars/amp", "https://example.org/guitars"),
    "amps are counted": ("https://example.org/fuse?amp=16", "https://example.org/fuse?amp=32"),
    "a domain called amp": ("https://amp.dev/the-tide-barrier-holds", "https://www.dev.example/the-tide-barrier-holds"),
    "a company called amp": ("https://amp.com.au/the-tide-barrier-holds", "https://print.com.au/the-tide-barrier-holds"),
    "articles in one cache": (
        "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/tide-7",
        "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/tide-8",
    ),
    "a cache is no host": ("https://www.google.com/amp/s/example.org/tide-7", "https://www.google.com/amp/s/example.com/tide-7"),
    "numbers of a host's own": ("https://mobile.example.org/news/12", "https://www.example.org/news/12"),
    "parameters of a host's own": ("https://m.example.org/?p=5", "https://example.org/?p=5"),
    "printing is the subject": ("https://example.org/products/print", "https://example.org/products"),
    "bytes of a legacy encoding": ("https://example.org/story?t=%CF%EE", "https://example.org/story?t=%CF%E5"),
    "its names of parameters": ("https://example.org/story?%CF=1", "https://example.org/story?%EE=1"),
    "a tracker's like": ("https://example.org/view?ref=5", "https://example.org/view?ref=6"),
}  # fmt: skip


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME.keys())
def test_two_spellings_are_one_article(pair: tuple[str, str]) -> None:
    assert article_id(pair[0], "a", "x") == article_id(pair[1], "b", "y")
    assert identity_of(pair[0]) is not None


@pytest.mark.parametrize("pair", TWO.values(), ids=TWO.keys())
def test_two_articles_stay_two(pair: tuple[str, str]) -> None:
    assert article_id(pair[0], "a", "x") != article_id(pair[1], "a", "x")


def test_an_address_that_is_asked_for_keeps_its_scheme_and_host() -> None:
    assert canonical_url("http://m.example.org/a/") == "http://m.example.org/a/"
    assert uncached("https://x-org.cdn.ampproject.org/c/x.org/a-1/amp/") == "http://x.org/a-1/amp/"
    assert uncached("https://example.org/a") == "https://example.org/a"


@pytest.mark.parametrize(
    ("host", "bare"),
    [("www.m.example.org", "example.org"), ("m.co.uk", "m.co.uk"), ("www.co.uk", "co.uk"), ("amp.dev", "amp.dev"),
     ("mobile.news.example.co.uk", "news.example.co.uk"), ("127.0.0.1", "127.0.0.1"), ("localhost", "localhost")],
)  # fmt: skip
def test_a_bare_host_is_the_same_for_all_hosts_of_a_site(host: str, bare: str) -> None:
    assert bare_host(host) == bare


@given(
    st.sampled_from(["http", "https"]),
    st.sampled_from(["", "www.", "m.", "amp.", "www.m."]),
    st.text("ab/12-_.?=&#!é", max_size=30),
)
def test_the_identity_of_an_address_is_that_of_its_canonical_spelling(scheme: str, host: str, tail: str) -> None:
    url = f"{scheme}://{host}example.org/{tail}"
    assert identity_of(canonical_url(url)) == identity_of(url)


@given(st.one_of(st.text(), st.text("ab/?&=#%.:@[]é ;+", max_size=40).map(lambda tail: f"https://example.org/{tail}")))
def test_a_canonical_address_is_its_own_canonical_address(url: str) -> None:
    once = canonical_url(url)
    assert once is None or canonical_url(once) == once


def test_a_query_in_a_legacy_encoding_is_asked_for_as_it_came() -> None:
    assert canonical_url("https://example.org/s?t=%cf%EE&utm_source=x&u=п") == "https://example.org/s?t=%CF%EE&u=%D0%BF"


def test_site_is_the_host_without_www() -> None:
    assert site("https://www.Example.org:8080/a") == "example.org"
    assert site("https://news.example.org/a") == "news.example.org"


def test_without_an_address_source_and_content_are_the_identity() -> None:
    assert article_id(None, "a", "text") == article_id("rubbish", "a", "text")
    assert len({article_id(None, "a", "text"), article_id(None, "b", "text"), article_id(None, "a", "text2")}) == 3


def test_ids_are_32_hex_digits_and_never_change() -> None:
    assert article_id(CANONICAL, None, "") == "7af1c92f790586d07f25922e26e78cd9"
    assert article_id(None, None, "\ud800") != article_id(None, None, "")
