"""What a poller knows of its partitions, as the tables tell it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from pipeline.feed_records import Page
from pipeline.partition_tables import Entry
from pipeline.poller.share import Share
from pipeline.topics import FEED_STATE, FEEDS, PAGES, Topic

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAGE = Page(id="a" * 32, first_seen=NOW, seen_at=NOW)


def entry(partition: int, page: Page, *, removed: bool = False) -> Entry:
    return Entry(PAGES, partition, page.id, None if removed else msgspec.json.encode(page))


def test_a_page_is_known_with_its_partition_until_it_is_removed_or_not_ours() -> None:
    share = Share()
    other = Page(id="b" * 32, first_seen=NOW, seen_at=NOW)
    share.learn([entry(3, PAGE), entry(4, other)])
    assert share.page(PAGE.id) == (3, PAGE)
    share.forget({3})
    assert (share.page(PAGE.id), share.page(other.id)) == ((3, PAGE), None)
    share.learn([entry(3, PAGE, removed=True)])
    assert share.page(PAGE.id) is None


@pytest.mark.parametrize("topic", [FEEDS, FEED_STATE, PAGES])
@pytest.mark.parametrize("value", [b"", b"{", b"[" * 100_000, b"\xff", b"{}"])
def test_what_cannot_be_read_hides_nothing_else(topic: Topic, value: bytes) -> None:
    share = Share()
    share.learn([Entry(topic, 3, "c" * 32, value), entry(3, PAGE)])
    assert share.page(PAGE.id) == (3, PAGE)
    assert share.page("c" * 32) is None
    assert share.feeds == {}
