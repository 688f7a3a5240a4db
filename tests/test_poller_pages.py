"""The door: articles that feeds carry are published once each, with the text of their pages where feeds have none.

The real poller and Kafka, in time that runs a minute in a second.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource

from pipeline.config import Settings
from pipeline.identity import article_id
from pipeline.topics import FEED_ITEMS
from tests.newsroom import Item, Reply, Watch, page, rss, story, watching

pytestmark = pytest.mark.engines

SUMMARY = "Sixty families had to leave their homes on Monday night."


@pytest.fixture(scope="module")
def watch(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    with watching(kafka, tmp_path_factory.mktemp("pages"), 60) as made:
        made.start()
        yield made


# --- pages ---


def test_a_summary_is_published_with_its_page_and_what_the_feed_says(watch: Watch) -> None:
    host = watch.room.host()
    url = watch.room.put(f"{host}/2026/03/river-in-town", page("Arden"))
    more = "<dc:creator>Ida Moreno</dc:creator><category>Weather</category>"
    watch.add(watch.room.put(f"{host}/feed", rss(Item(url, "Flood in Arden", SUMMARY, more=more))))
    (article,) = watch.await_versions(url)
    assert article.content_type == "text/html"
    assert "raised before the next winter" in article.content
    assert (article.headline, article.description, article.by) == ("Flood in Arden", SUMMARY, "Ida Moreno")
    assert (article.keywords, article.feeds, article.url) == (("Weather",), (f"{host}/feed",), url)
    assert [one.status for one in watch.room.asked(url)] == [200]
    robots, first = watch.room.asked(f"{host}/robots.txt"), watch.room.asked(url)[0]
    assert len(robots) == 1
    assert robots[0].at < first.at
    assert first.headers["user-agent"].startswith("Newswire/")


def test_a_feed_with_the_whole_text_needs_no_page(watch: Watch) -> None:
    host = watch.room.host()
    url = watch.room.put(f"{host}/2026/03/river-in-town", page("Arden"))
    watch.add(watch.room.put(f"{host}/feed", rss(Item(url, whole=story("Arden")))))
    (article,) = watch.await_versions(url)
    assert "raised before the next winter" in article.content
    assert watch.room.asked(url) == []


def test_robots_txt_is_kept_to(watch: Watch) -> None:
    host = watch.room.host()
    watch.room.put(f"{host}/robots.txt", Reply("User-agent: *\nDisallow: /2026/", kind="text/plain"))
    url = watch.room.put(f"{host}/2026/03/river-in-town", page("Arden"))
    watch.add(watch.room.put(f"{host}/feed", rss(Item(url))))
    (article,) = watch.await_versions(url)
    assert SUMMARY in article.content
    assert "next winter" not in article.content
    assert watch.room.asked(url) == []


def test_a_crawl_delay_is_kept(watch: Watch) -> None:
    host = watch.room.host()
    watch.room.put(f"{host}/robots.txt", Reply("User-agent: *\nCrawl-delay: 40", kind="text/plain"))
    urls = [watch.room.put(f"{host}/2026/03/river-in-town-{n}", page(f"Town {n}")) for n in range(4)]
    watch.add(watch.room.put(f"{host}/feed", rss(*map(Item, urls))))
    for url in urls:
        watch.await_versions(url)
    times = sorted(one.at for url in urls for one in watch.room.asked(url))
    assert len(times) == 4
    assert all(later - earlier >= 40 for earlier, later in pairwise(times))


WITHOUT_PAGE = {
    "not found": Reply("no such page", 404),
    "forbidden": Reply("go away", 403),
    "gone": Reply("gone", 410),
    "a paywall": Reply("<!doctype html><title>Subscribe</title><body><form>Log in to read on</form></body>"),
    "no HTML": Reply(b"%PDF-1.7", kind="application/pdf"),
    "too large": Reply(page("Arden", text="<!--" + "x" * 200_000 + "-->")),
    "an endless redirect": Reply("", 302, headers={"Location": "/2026/03/river-in-town"}),
    "the front page": Reply("", 302, headers={"Location": "/"}),
    "a private host": Reply("", 302, headers={"Location": "http://169.254.169.254/latest/meta-data"}),
}


@pytest.mark.parametrize("reply", WITHOUT_PAGE.values(), ids=WITHOUT_PAGE)
def test_without_a_page_the_summary_is_published(watch: Watch, reply: Reply) -> None:
    host = watch.room.host()
    watch.room.put(f"{host}/", page("all towns"))
    url = watch.room.put(f"{host}/2026/03/river-in-town", reply)
    watch.add(watch.room.put(f"{host}/feed", rss(Item(url))))
    (article,) = watch.await_versions(url)
    assert SUMMARY in article.content
    assert "next winter" not in article.content
    assert watch.room.asked(url)


def test_a_server_that_is_busy_is_asked_when_it_says(watch: Watch) -> None:
    host = watch.room.host()
    busy = Reply("busy", 503, headers={"Retry-After": "90"})
    url = watch.room.put(f"{host}/2026/03/river-in-town", busy, Reply(page("Arden")))
    watch.add(watch.room.put(f"{host}/feed", rss(Item(url))))
    (article,) = watch.await_versions(url)
    assert "next winter" in article.content
    first, second = watch.room.asked(url)
    assert (first.status, second.status) == (503, 200)
    assert 90 <= second.at - first.at < 300


def test_a_server_that_stays_down_costs_its_page_alone(watch: Watch) -> None:
    host = watch.room.host()
    url = watch.room.put(f"{host}/2026/03/river-in-town", Reply("down", 500))
    watch.add(watch.room.put(f"{host}/feed", rss(Item(url))))
    (article,) = watch.await_versions(url)
    assert SUMMARY in article.content
    assert len(watch.room.asked(url)) == 4


def test_an_item_that_kafka_refuses_is_told_and_the_others_come(watch: Watch) -> None:
    host = watch.room.host()
    topic = FEED_ITEMS.name(watch.settings.topic_prefix)
    limit(watch.settings, topic, 300_000)
    try:
        urls = [f"{host}/2026/03/river-in-town-{number}" for number in range(4)]
        whole = [story(f"Town {number}") for number in range(4)]
        whole[1] = f"<p>{b64encode(Random(1).randbytes(600_000)).decode()}</p>"
        feed = watch.add(watch.room.put(f"{host}/feed", rss(*map(whole_item, urls, whole))))
        for url in (*urls[:1], *urls[2:]):
            watch.await_versions(url)
        state = watch.await_polls(feed)
        assert (state.health, state.failures, state.items) == ("ok", 0, 4)
        assert re.match(
            rf"1 item could not be taken, the first {urls[1]}: Kafka refuses the record: ", state.reason or ""
        )
        new = f"{host}/2026/03/river-in-town-4"
        watch.room.put(feed.url, rss(*map(whole_item, (new, *urls), (story("Town 4"), *whole))))
        assert watch.poll_again(feed).reason is None
        watch.await_versions(new)
        assert watch.published(urls[1]) == []
    finally:
        limit(watch.settings, topic, FEED_ITEMS.max_message_bytes)


def whole_item(url: str, text: str) -> Item:
    return Item(url, whole=text)


def limit(settings: Settings, topic: str, size: int) -> None:
    """Let the topic take no larger batches."""
    admin = KafkaAdminClient(bootstrap_servers=str(settings.kafka.bootstrap_servers))
    try:
        change = {"max.message.bytes": str(size)}
        admin.alter_configs([ConfigResource("topic", topic, change)])
    finally:
        admin.close()


# --- one article, however it is spelled and whoever carries it ---


def test_an_article_of_two_feeds_is_one_that_lists_both(watch: Watch) -> None:
    one, two = watch.room.host(), watch.room.host()
    url = watch.room.put(f"{one}/2026/03/river-in-town", page("Arden"))
    watch.add(watch.room.put(f"{one}/feed", rss(Item(url))))
    watch.await_versions(url)
    other = watch.add(watch.room.put(f"{two}/feed", rss(Item(f"{url}?utm_source=two", "Seen elsewhere"))))
    first, second = watch.await_versions(url, 2)
    assert (first.feeds, second.feeds) == ((f"{one}/feed",), (f"{one}/feed", f"{two}/feed"))
    assert second.fetched_at > first.fetched_at
    assert (second.content, second.headline, second.source) == (first.content, first.headline, first.source)
    assert len(watch.room.asked(url)) == 1
    watch.poll_again(other)
    watch.await_versions(url, 2)


def test_feeds_at_the_same_moment_make_one_article(watch: Watch) -> None:
    site = watch.room.host()
    url = watch.room.put(f"{site}/2026/03/river-in-town", page("Arden"))
    feeds = {watch.room.put(f"{watch.room.host()}/feed", rss(Item(url))) for _ in range(5)}
    for feed in feeds:
        watch.add(feed)
    watch.wait(lambda: any(set(one.feeds) == feeds for one in watch.published(url)), "all feeds are listed")
    assert len({one.id for one in watch.published(url)}) == 1
    assert all("next winter" in one.content for one in watch.published(url))
    assert len(watch.room.asked(url)) == 1


def test_spellings_for_mobiles_and_amp_meet(watch: Watch) -> None:
    host, port = watch.room.host(), watch.room.port
    urls = [
        f"http://www.daily.example:{port}/2026/03/river-in-our-town",
        f"http://m.daily.example:{port}/2026/03/river-in-our-town?utm_medium=rss",
        f"http://daily.example:{port}/2026/03/river-in-our-town/amp/",
        f"http://www.daily.example:{port}/2026/03/river-in-our-town?outputType=amp#top",
    ]
    for number, url in enumerate(urls):
        feed = watch.add(watch.room.put(f"{host}/{number}", rss(Item(url, whole=story("Arden")))))
        watch.await_polls(feed)
    assert len({article_id(url, None, "") for url in urls}) == 1
    watch.wait(lambda: len(watch.published(urls[0])[-1:] and watch.published(urls[0])[-1].feeds) == 4, "all have met")
    assert {one.content for one in watch.published(urls[0])} == {watch.published(urls[0])[0].content}


def test_a_headline_never_takes_the_place_of_the_text(watch: Watch) -> None:
    host = watch.room.host()
    url = watch.room.put(f"{host}/2026/03/river-in-town", page("Arden"))
    watch.add(watch.room.put(f"{host}/feed", rss(Item(url))))
    watch.await_versions(url)
    watch.add(watch.room.put(f"{host}/headlines", rss(Item(url, summary=""))))
    last = watch.await_versions(url, 2)[-1]
    assert "next winter" in last.content
    assert last.feeds == (f"{host}/feed", f"{host}/headlines")


def test_an_item_that_changes_brings_its_page_again(watch: Watch) -> None:
    host = watch.room.host()
    url = watch.room.put(f"{host}/2026/03/river-in-town", page("Arden"))
    feed = watch.add(watch.room.put(f"{host}/feed", rss(Item(url))))
    watch.await_versions(url)
    watch.room.put(url, page("Arden", text="<p>On Tuesday the army came with boats and sandbags to help.</p>"))
    watch.room.put(feed.url, rss(Item(url, summary="The army has come to help the town with its boats.")))
    watch.poll_again(feed)
    assert "sandbags" in watch.await_versions(url, 2)[-1].content
