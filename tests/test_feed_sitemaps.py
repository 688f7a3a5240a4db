"""The news sitemap that fills a gap: which is chosen, and what of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.feeds import FeedItem, Sitemap, parse_feed
from pipeline.polling.sitemaps import choose, has_news, listed, missed

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SITE = "https://courier.example"


def test_robots_txt_names_sitemaps_in_any_case_and_with_any_line_ends() -> None:
    robots = (
        "\ufeffSitemap: https://courier.example/a.xml\r\nUser-agent: *\r\nDisallow: /x # Sitemap: https://no.example/\r\n"
        "  SITEMAP :https://courier.example/b.xml  # news\r\nSitemap: /relative.xml\nSitemap:\n"
        "sitemap: ftp://courier.example/c.xml\nSitemap: https://courier.example/a.xml\n"
    )
    assert [one.url for one in listed(robots)] == [f"{SITE}/a.xml", f"{SITE}/b.xml"]
    assert listed("") == ()
    assert listed("<html>not found</html>") == ()


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["sitemap.xml", "news-sitemap.xml"], "news-sitemap.xml"),
        (["sitemap-newsletter.xml", "sitemap.xml"], "sitemap.xml"),
        (["sitemap-authors.xml", "sitemap-latest.xml", "sitemap.xml"], "sitemap-latest.xml"),
        (
            ["image-sitemap-news.xml", "arc/outboundfeeds/news-sitemap/?outputType=xml"],
            "arc/outboundfeeds/news-sitemap/?outputType=xml",
        ),
        (["page-sitemap.xml", "category-sitemap.xml", "post-sitemap.xml"], "post-sitemap.xml"),
        (["sitemap.xml"], "sitemap.xml"),
        (["video-sitemap.xml"], None),
        ([], None),
    ],
)
def test_the_sitemap_with_news_goes_first(names: list[str], chosen: str | None) -> None:
    assert choose(Sitemap(f"{SITE}/{name}") for name in names) == (chosen and f"{SITE}/{chosen}")


def test_of_several_the_one_that_changed_last_is_chosen() -> None:
    months = [
        Sitemap(f"{SITE}/news-2026-01.xml", "2026-01-31"),
        Sitemap(f"{SITE}/news-2026-03.xml", "2026-03-02T11:00:00+01:00"),
        Sitemap(f"{SITE}/news-2026-02.xml", "2026-02-28"),
    ]
    assert choose(months) == f"{SITE}/news-2026-03.xml"


def entry(path: str, minutes: float | None, headline: str | None = "Headline") -> FeedItem:
    """Published so many minutes ago."""
    when = None if minutes is None else (NOW - timedelta(minutes=minutes)).isoformat()
    return FeedItem(number=1, url=f"{SITE}{path}", headline=headline, published_at=when)


def test_what_was_published_in_the_gap_and_is_not_in_the_feed_was_missed() -> None:
    sitemap = [
        entry("/new", 5),
        entry("/in-the-feed?utm_source=sitemap", 20),
        entry("/later", 30),
        entry("/earlier", 50),
        entry("/old", 500),
        entry("/undated", None),
        entry("/no-headline", 30, None),
    ]
    carried = [entry("/in-the-feed", 20), entry("/fresh", 1)]
    found = missed(sitemap, carried, NOW - timedelta(hours=1), NOW)
    assert [one.url for one in found] == [f"{SITE}/earlier", f"{SITE}/later", f"{SITE}/new"]


def test_of_a_feed_of_one_section_only_that_section_was_missed() -> None:
    sitemap = [entry("/sport/x", 5), entry("/politics/y", 6), entry("/sport/rowing/z", 7)]
    carried = [entry(f"/sport/{name}", 1) for name in "abc"]
    assert [one.url for one in missed(sitemap, carried, NOW - timedelta(hours=1), NOW)] == [
        f"{SITE}/sport/rowing/z",
        f"{SITE}/sport/x",
    ]
    by_day = [entry(f"/2026/03/02/{name}", 1) for name in "abc"]
    assert len(missed(sitemap, by_day, NOW - timedelta(hours=1), NOW)) == 3


def test_a_sitemap_of_articles_has_headlines() -> None:
    plain = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://courier.example/a</loc>{}</url></urlset>'
    )
    assert not has_news(parse_feed(plain.format("").encode()))
    assert has_news(parse_feed(plain.format("<news:news><news:title>A</news:title></news:news>").encode()))
