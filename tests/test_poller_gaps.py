"""A feed whose items were all replaced between two polls: it is told, polled faster, and filled in from the sitemap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from html import escape
from urllib.request import urlopen

import pytest

from tests.newsroom import Item, Reply, Watch, rss, story, watching
from tests.ports import free_port

pytestmark = pytest.mark.engines

PORT = free_port(following=4)


@pytest.fixture(scope="module")
def watch(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    with watching(kafka, tmp_path_factory.mktemp("gaps"), 60) as made:
        made.start(NEWSWIRE_METRICS__PORT=str(PORT))
        yield made


def metric(name: str) -> float:
    with urlopen(f"http://127.0.0.1:{PORT}/metrics", timeout=10) as answer:
        told = [line for line in answer.read().decode().splitlines() if line.startswith(f"{name} ")]
    return float(told[0].split()[-1])


def items(watch: Watch, host: str, numbers: range) -> list[Item]:
    """Dated now, the newest first."""
    now = watch.room.now()
    return [
        Item(f"{host}/world/2026/03/story-number-{n}", f"Story {n}", whole=story(f"Arden {n}"), published=now)
        for n in reversed(numbers)
    ]


def news_sitemap(items: list[Item]) -> Reply:
    urls = "".join(
        f"<url><loc>{escape(item.link)}</loc><news:news><news:publication><news:name>Daily</news:name>"
        f"<news:language>en</news:language></news:publication><news:publication_date>"
        f"{item.published.isoformat() if item.published else ''}</news:publication_date>"
        f"<news:title>{escape(item.title)}</news:title></news:news></url>"
        for item in items
    )
    return Reply(
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
        f"xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{urls}</urlset>",
        kind="application/xml",
    )


def test_a_gap_is_told_and_filled_in_from_the_news_sitemap(watch: Watch) -> None:
    host = watch.room.host()
    index = "".join(f"<sitemap><loc>{host}/{name}.xml</loc></sitemap>" for name in ("images", "news", "archive-2019"))
    watch.room.put(f"{host}/robots.txt", Reply(f"Sitemap: {host}/index.xml\n", kind="text/plain"))
    watch.room.put(f"{host}/index.xml", Reply(f"<sitemapindex>{index}</sitemapindex>", kind="application/xml"))
    shown = items(watch, host, range(1, 5))
    feed = watch.add(watch.room.put(f"{host}/feed", rss(*shown)))
    before = watch.await_polls(feed)
    for item in shown:
        watch.await_versions(item.link)
    missed, later = items(watch, host, range(5, 9)), items(watch, host, range(9, 13))
    old = Item(f"{host}/world/2026/02/story-of-last-month", "Old", published=watch.room.now() - timedelta(days=30))
    other = Item(f"{host}/sport/2026/03/another-section-s-story", "Other", published=watch.room.now())
    watch.room.put(f"{host}/news.xml", news_sitemap([*later, *missed, *shown, old, other]))
    watch.room.put(feed.url, rss(*later))
    counted = metric("newswire_feed_gaps_total")
    state = watch.poll_again(feed)
    for item in (*missed, *later):
        assert watch.await_versions(item.link)[0].feeds == (feed.url,)
    for item in shown:
        watch.await_versions(item.link)
    assert [watch.published(item.link) for item in (old, other)] == [[], []]
    assert (state.gaps, state.sitemap) == (before.gaps + 1, f"{host}/news.xml")
    assert state.gap_at is not None
    assert state.interval < before.interval
    assert metric("newswire_feed_gaps_total") == counted + 1
    assert "were probably missed" in watch.pollers[0].output
    assert watch.room.asked(f"{host}/images.xml") == watch.room.asked(f"{host}/archive") == []


def test_without_a_news_sitemap_a_gap_is_told_all_the_same(watch: Watch) -> None:
    host = watch.room.host()
    feed = watch.add(watch.room.put(f"{host}/feed", rss(*items(watch, host, range(1, 4)))))
    watch.await_polls(feed)
    later = items(watch, host, range(4, 7))
    watch.room.put(feed.url, rss(*later))
    state = watch.poll_again(feed)
    for item in later:
        watch.await_versions(item.link)
    assert (state.gaps, state.sitemap, state.health) == (1, "", "ok")


def test_an_overlap_of_one_item_is_no_gap(watch: Watch) -> None:
    host = watch.room.host()
    feed = watch.add(watch.room.put(f"{host}/feed", rss(*items(watch, host, range(1, 4)))))
    watch.await_polls(feed)
    watch.room.put(feed.url, rss(*items(watch, host, range(3, 6))))
    state = watch.poll_again(feed)
    assert state.gaps == 0
    assert watch.room.asked(f"{host}/robots.txt") == []
