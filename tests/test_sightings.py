"""What a poll of a feed has seen: the same ids and records as a push of the saved feed makes."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from pipeline.feed_records import Feed, FeedState, Sighting
from pipeline.feeds import FeedItem, ParsedFeed, parse_feed
from pipeline.identity import article_id, item_id
from pipeline.polling.health import with_refusals
from pipeline.polling.partition import host_of, partition_of
from pipeline.polling.sightings import Refusal, obstacle, sightings_of
from pipeline.sources import Defaults, Document, Found
from pipeline.sources.feed import read_feed
from pipeline.topics import MAX_RAW_BYTES

NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)
ADDRESS = "https://post.example/feed.xml"
FEED = Feed(id="f" * 32, url=ADDRESS, added_at=NOW)
LONG = "<p>The barrier held through the night, and the harbour office opened its gates again at six.</p>" * 20
RSS = f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Post</title><link>https://post.example/</link><language>en</language>
<item><title>Tide barrier holds</title><link>https://post.example/tide-1?utm_source=rss</link><guid>1</guid>
<description>Short.</description><content:encoded><![CDATA[{LONG}]]></content:encoded><category>tides</category></item>
<item><title>Second</title><link>https://post.example/second</link><description>Only so much…</description></item>
<item><title>At the front</title><link>https://post.example/</link><guid>front-1</guid><description>Text.</description></item>
<item><title>Without an address</title><guid isPermaLink="false">x-9</guid><description>Text.</description></item>
<item><link>https://post.example/nothing</link></item>
<item><title>Tide barrier holds</title><link>http://www.post.example/tide-1/</link><guid>1</guid></item>
</channel></rss>""".encode()


def sighting_of(
    item: FeedItem, parsed: ParsedFeed, feed: Feed, state: FeedState | None, now: datetime
) -> Sighting | None:
    return next(iter(sightings_of([item], parsed, feed, state, now)), None)


def test_a_polled_feed_makes_the_records_of_a_pushed_one() -> None:
    parsed = parse_feed(RSS, url=ADDRESS)
    document = Document("feed.xml", io.BytesIO(RSS))
    pushed = [
        each.raw for each in read_feed(document, Defaults(now=lambda: NOW, url=ADDRESS)) if isinstance(each, Found)
    ]
    seen = sightings_of(parsed.items, parsed, FEED, None, NOW)
    assert [each.article for each in seen] == pushed
    assert [each.complete for each in seen] == [True, False, False, False]
    assert [each.article.id for each in seen] == [
        article_id("https://post.example/tide-1", None, ""),
        article_id("https://post.example/second", None, ""),
        item_id(ADDRESS, "front-1"),
        item_id(ADDRESS, "x-9"),
    ]
    assert {(each.feed, each.address) for each in seen} == {(FEED.id, ADDRESS)}
    assert [each.full_text for each in seen] == ["auto", "auto", "never", "never"]  # the front page tells of all


def test_one_item_makes_the_same_sighting_as_among_others() -> None:
    parsed = parse_feed(RSS, url=ADDRESS)
    for item, seen in zip(parsed.items, sightings_of(parsed.items, parsed, FEED, None, NOW), strict=False):
        assert sighting_of(item, parsed, FEED, None, NOW) == seen
    assert sighting_of(parsed.items[4], parsed, FEED, None, NOW) is None


def test_what_users_say_of_a_feed_goes_before_what_it_says() -> None:
    parsed = parse_feed(RSS.replace(b"<language>en</language>", b""), url=ADDRESS)
    feed = replace(FEED, title="Harbour Post", language="en-GB", full_text="never")
    seen = sighting_of(parsed.items[0], parsed, feed, FeedState(id=FEED.id, url=ADDRESS, title="Old"), NOW)
    assert seen is not None
    assert (seen.article.source.name, seen.article.source.id) == ("Harbour Post", "post.example")
    assert (seen.article.language, seen.full_text) == ("en-GB", "never")


@pytest.mark.parametrize(("own", "general", "holds"), [("auto", "always", "always"), ("never", "always", "never")])
def test_the_setting_is_for_feeds_without_their_own(own: str, general: str, holds: str) -> None:
    parsed = parse_feed(RSS, url=ADDRESS)
    (seen,) = sightings_of(parsed.items[:1], parsed, replace(FEED, full_text=own), None, NOW, general)  # type: ignore[arg-type]
    assert seen.full_text == holds


def test_an_item_that_is_too_large_to_send_is_told_as_such() -> None:
    large = RSS.replace(b"Only so much", b"x " * (MAX_RAW_BYTES // 2))
    parsed = parse_feed(large, url=ADDRESS)
    one, two = (sighting_of(item, parsed, FEED, None, NOW) for item in parsed.items[:2])
    assert one is not None
    assert two is not None
    assert obstacle(one) is None
    said = with_refusals("Odd", [Refusal.of(two, obstacle(two) or "")]) or ""
    assert said.startswith(f"1 item could not be taken, the first {two.article.url}: its 8,3")
    assert said.endswith("bytes are more than the 8,388,608 that an article may have; Odd")
    assert with_refusals("Odd", []) == "Odd"


def test_all_spellings_of_an_article_come_to_one_partition() -> None:
    spellings = [
        "http://post.example/tide-barrier-holds/", "https://www.post.example/tide-barrier-holds?utm_source=x",
        "https://m.post.example/tide-barrier-holds", "https://amp.post.example/tide-barrier-holds",
        "https://post-example.cdn.ampproject.org/c/s/post.example/tide-barrier-holds/amp/",
    ]  # fmt: skip
    assert {host_of(url) for url in spellings} == {"post.example"}
    assert len({article_id(url, None, "") for url in spellings}) == 1
    assert host_of("http://127.0.0.1:8080/a") == "127.0.0.1:8080"
    assert host_of("mailto:a@b.example") == ""
    assert partition_of("post.example", 16) in range(16)
