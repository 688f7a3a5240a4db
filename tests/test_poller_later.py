"""What becomes of pages later: they are fetched again, forgotten, and outlive the poller. An hour lasts two seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.topics import PAGES
from tests.newsroom import Item, Reply, Watch, page, rss, story, watching

pytestmark = pytest.mark.engines

SECONDS = 150


@pytest.fixture
def watch(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    with watching(kafka, tmp_path_factory.mktemp("later"), 1800) as made:
        yield made


def test_pages_are_fetched_again_published_when_their_text_changed_and_forgotten(watch: Watch) -> None:
    host = watch.room.host()

    def at(number: int) -> str:
        return f"{host}/2026/03/river-in-town-{number}"

    added = "<p>On Tuesday the army came with boats and sandbags to help the town.</p>"
    more = added + "<p>On Wednesday the water fell, and the first families could go home again.</p>"
    watch.room.put(at(1), page("Arden"), page("Arden", text=added), page("Arden", text=more))
    watch.room.put(at(2), *(page("Belmont", advertisement=f"Offer {n}") for n in range(4)))
    watch.room.put(at(3), Reply(page("Corley"), tag='"one"'))
    watch.room.put(at(4), Reply(page("Dunmore"), tag='"one"'), Reply("gone", 410))
    watch.start(NEWSWIRE_FEEDS__REMEMBER_DAYS="0.6", NEWSWIRE_FEEDS__REFETCH_HOURS="[2, 6, 12]")
    watch.add(watch.room.put(f"{host}/feed", rss(*(Item(at(number)) for number in range(1, 5)))))
    watch.wait(lambda: all(len(watch.room.asked(at(n))) == 4 for n in (1, 2, 3)), "the last fetch", SECONDS)
    first, *again = watch.room.asked(at(1))
    hours = [(one.at - first.at) / 3600 for one in again]
    assert [round(hour) for hour in hours] == [2, 6, 12]
    versions = watch.await_versions(at(1), 3)
    assert ["sandbags" in one.content for one in versions] == [False, True, True]
    assert ["could go home" in one.content for one in versions] == [False, False, True]
    assert len({one.id for one in versions}) == 1
    assert sorted({one.fetched_at for one in versions}) == [one.fetched_at for one in versions]
    watch.await_versions(at(2))
    watch.await_versions(at(3))
    assert [one.status for one in watch.room.asked(at(3))] == [200, 304, 304, 304]
    watch.await_versions(at(4))
    assert [one.status for one in watch.room.asked(at(4))] == [200, 410]
    watch.wait(lambda: all(watch.page(at(n)) is None for n in range(1, 5)), "all are forgotten", SECONDS)


def test_a_poller_that_dies_between_publishing_and_writing_repeats_one_record(watch: Watch) -> None:
    host = watch.room.host()
    whole, short = (f"{host}/2026/03/river-in-{name}" for name in ("town", "village"))
    watch.room.put(short, page("Belmont"))
    watch.room.put(f"{host}/feed", rss(Item(whole, whole=story("Arden"))))
    watch.room.put(f"{host}/summaries", rss(Item(short)))
    dying = watch.start(POLLER_DIES_BEFORE=PAGES.suffix)
    watch.add(f"{host}/feed")
    assert dying.process.wait(SECONDS) == -9
    (first,) = watch.published(whole)
    assert watch.page(whole) is None
    watch.start()
    watch.wait(lambda: watch.page(whole) is not None, "it is written down", SECONDS)
    _, second = watch.await_versions(whole, 2)
    assert (second.id, second.content, second.feeds) == (first.id, first.content, first.feeds)
    watch.add(f"{host}/summaries")
    watch.await_versions(short)


def test_what_waits_for_its_page_outlives_the_poller(watch: Watch) -> None:
    host = watch.room.host()
    url = watch.room.put(f"{host}/2026/03/river-in-town", Reply("busy", 503, headers={"Retry-After": "400"}))
    first = watch.start()
    watch.add(watch.room.put(f"{host}/feed", rss(Item(url))))
    watch.wait(lambda: (known := watch.page(url)) is not None and known.pending is not None, "it waits", SECONDS)
    first.kill()
    watch.room.put(url, page("Arden"))
    watch.start()
    (article,) = watch.await_versions(url, seconds=SECONDS)
    assert "next winter" in article.content
