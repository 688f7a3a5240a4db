"""The page of an article, as a record, and what identifies its text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from pipeline.answers import Answer
from pipeline.feed_records import Page
from pipeline.polling.page_text import hints_of, page_article, text_hash
from pipeline.records import RawArticle, Source

NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)
URL = "https://post.example/2026/11/tide-barrier-holds"
FEEDS = ("https://post.example/feed.xml",)
TOLD = RawArticle(
    id="a" * 32, url=URL, source=Source(id="post.example", name="The Post", feed=FEEDS[0]), content_type="text/html",
    content="<article><h1>Tide barrier holds</h1>\n<p>The gates &amp; walls held.</p></article>",
    headline="Tide barrier holds", by="Io Brand", published_at="2026-11-02", language="en", section="Region",
    keywords=("tides",), first_seen=NOW, fetched_at=NOW,
)  # fmt: skip
PAGE = Page(
    id=TOLD.id, url=URL, feeds=FEEDS, told=("x",), first_seen=NOW, seen_at=NOW, next_fetch=NOW, hints=hints_of(TOLD)
)
STORY = "".join(
    f"<p>The barrier held through night number {night}, said the harbour office, and its gates opened at six.</p>"
    for night in range(8)
)


def html(story: str = STORY, around: str = "", headline: str = "Barrier holds, page says") -> str:
    return (
        f"<!doctype html><html><head><title>{headline}</title></head><body>{around}"
        f"<article><h1>{headline}</h1>{story}</article></body></html>"
    )


def answer(
    content: str | bytes = "", url: str = URL, status: int = 200, kind: str = "text/html; charset=utf-8"
) -> Answer:
    body = content if isinstance(content, bytes) else (content or html()).encode()
    return Answer(status=status, url=url, headers={"content-type": kind} if kind else {}, body=body)


def made(given: Answer, page: Page = PAGE) -> RawArticle:
    article = page_article(page, given, NOW + timedelta(hours=1))
    assert article is not None
    return article


def test_the_feed_tells_what_stands_beside_the_text() -> None:
    article = made(answer())
    assert article == replace(
        TOLD, content=html(), description="The gates & walls held.", feeds=FEEDS, fetched_at=NOW + timedelta(hours=1)
    )


@pytest.mark.parametrize(
    ("content", "description"),
    [
        ("Tide barrier holds", None),
        ("The gates held … Read more", None),
        ("x " * 900, None),
        ("The gates held.", "The gates held."),
    ],
)
def test_a_teaser_is_no_description(content: str, description: str | None) -> None:
    hints = hints_of(replace(TOLD, content=content))
    assert (hints.content, hints.description) == ("", description)


def test_encodings_are_those_of_the_page() -> None:
    story = STORY.replace("barrier", "barrière")
    assert "barrière" in made(answer(html(story).encode("iso-8859-1"), kind="text/html; charset=iso-8859-1")).content


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.post.example/2026/11/tide-barrier-holds/?utm_source=rss",
         "https://www.post.example/2026/11/tide-barrier-holds/"),
        ("https://news.example/story/tide-7", "https://news.example/story/tide-7"),
    ],
)  # fmt: skip
def test_the_address_is_where_the_page_was_found(url: str, found: str) -> None:
    assert made(answer(url=url)).url == found


@pytest.mark.parametrize(
    "given",
    [
        answer(status=404), answer(status=304), answer(kind="application/pdf"),
        answer(b"%PDF-1.7", kind=""), answer(b" "),
        answer(url="https://post.example/"), answer(url="https://post.example/2026/11/"), answer(url="https://id.example/login"),
        answer(url="https://consent.example/consent?back=1"), answer(url="nonsense"),
    ],
)  # fmt: skip
def test_what_is_no_page_of_an_article_makes_none(given: Answer) -> None:
    assert page_article(PAGE, given, NOW) is None


def test_html_is_known_without_its_type() -> None:
    assert page_article(PAGE, answer(kind=""), NOW) is not None


def test_what_surrounds_a_text_does_not_change_its_hash() -> None:
    plain = text_hash(made(answer()))
    busy = "<nav>Home Sport</nav><script>var views = 81;</script><div class='ad'>Buy now</div>"
    assert plain is not None
    assert text_hash(made(answer(html(around=busy)))) == plain
    assert text_hash(replace(made(answer()), fetched_at=NOW, feeds=("a", "b"))) == plain


def test_another_text_or_headline_is_another_hash() -> None:
    first = text_hash(made(answer()))
    assert text_hash(made(answer(html(STORY.replace("six", "seven"))))) != first
    corrected = replace(PAGE, hints=hints_of(replace(TOLD, headline="Barrier fails")))
    assert text_hash(made(answer(), corrected)) != first


def test_no_story_has_no_hash() -> None:
    wall = html("<p>Subscribe to continue reading. Already a subscriber? Log in.</p>", headline="Subscribe")
    assert text_hash(made(answer(wall))) is None
    assert text_hash(made(answer("<html><body></body></html>"))) is None
