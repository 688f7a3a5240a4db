"""The door: one article for all that feeds say of it, with the best text that can be had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.answers import Answer, Failure, FailureKind, Outcome
from pipeline.feed_records import Page, Sighting
from pipeline.identity import article_id, item_id
from pipeline.polling.door import Admission, DoorRules, admit, after_fetch, due, is_over
from pipeline.polling.page_text import page_article
from pipeline.records import RawArticle, Source, encode

NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)
URL = "https://post.example/2026/11/tide-barrier-holds"
ID = article_id(URL, None, "")
RULES = DoorRules()
A, B, C = (f"https://{name}.example/feed.xml" for name in "abc")
HOUR = timedelta(hours=1)
Full = Literal["auto", "always", "never"]


def sighting(
    feed: str = A, text: str = "The gates held.", complete: bool = False, full_text: Full = "auto", **fields: Any
) -> Sighting:
    article = RawArticle(
        **{
            "id": ID,
            "url": URL,
            "source": Source(id="post.example", name="The Post", feed=feed),
            "content_type": "text/plain",
            "content": text,
            "headline": "Tide barrier holds",
            "keywords": ("tides",),
            "first_seen": NOW,
            "fetched_at": NOW,
            **fields,
        }
    )
    return Sighting(feed=feed, address=feed, full_text=full_text, complete=complete, article=article)


def answer(text: str = "page one", status: int = 200, url: str = URL, **headers: str) -> Answer:
    body = f"<html><body><article>{text}</article></body></html>".encode()
    return Answer(status=status, url=url, headers={"content-type": "text/html", **headers}, body=body)


class Door:
    """What a process does with the door's answers: publishes, remembers where, writes the page."""

    def __init__(self, rules: DoorRules = RULES) -> None:
        self.rules = rules
        self.page: Page | None = None
        self.now = NOW
        self.published: list[RawArticle] = []

    def see(self, seen: Sighting, after: timedelta = timedelta()) -> Admission:
        self.now += after
        return self._do(admit(self.page, seen, self.now, self.rules))

    def fetch(self, outcome: Outcome, jitter: float = 0.5) -> Admission:
        assert self.page is not None
        assert self.page.next_fetch is not None, "nothing is to be fetched"
        self.now = max(self.now, self.page.next_fetch)
        return self._do(self.answered(outcome, jitter))

    def answered(self, outcome: Outcome, jitter: float = 0.5) -> Admission:
        assert self.page is not None
        article = page_article(self.page, outcome, self.now) if isinstance(outcome, Answer) else None
        # Of the real text_hash, tested apart, only this counts: the same for the same text.
        text_hash = None if article is None or "paywall" in article.content else article.content
        return after_fetch(self.page, outcome, text_hash, self.now, self.rules, jitter)

    def _do(self, made: Admission) -> Admission:
        assert made.page is not None
        assert made.publish is None or made.republish_with is None
        self.page = made.page
        if made.publish is not None:
            self._append(made.publish)
        if made.republish_with is not None:
            assert self.page.offset is not None
            assert self.page.version is not None
            known = self.published[self.page.offset]
            self._append(replace(known, feeds=made.republish_with, fetched_at=self.page.version))
        assert made.fetch_at == self.page.next_fetch
        self.page = msgspec.json.decode(encode(self.page), type=Page)  # as after a restart
        return made

    def _append(self, article: RawArticle) -> None:
        encode(article)
        assert self.page is not None
        self.published.append(article)
        self.page = replace(self.page, partition=0, offset=len(self.published) - 1)

    @property
    def last(self) -> RawArticle:
        return self.published[-1]


@pytest.fixture
def door() -> Door:
    return Door()


# Publishing


def test_a_whole_item_is_published_at_once(door: Door) -> None:
    door.see(sighting(complete=True))
    assert [(made.id, made.content, made.feeds) for made in door.published] == [(ID, "The gates held.", (A,))]
    assert door.page is not None
    assert (door.page.next_fetch, door.page.pending, door.page.hints) == (None, None, None)


@pytest.mark.parametrize(("complete", "full_text"), [(False, "auto"), (False, "always"), (True, "always")])
def test_what_lacks_its_text_waits_for_its_page(door: Door, complete: bool, full_text: Full) -> None:
    assert door.see(sighting(complete=complete, full_text=full_text)).fetch_at == NOW
    assert door.published == []
    door.fetch(answer(etag='"1"'))
    assert "page one" in door.last.content
    assert (door.last.content_type, door.last.headline, door.last.keywords) == (
        "text/html",
        "Tide barrier holds",
        ("tides",),
    )
    assert (door.last.feeds, door.last.source.feed, door.last.first_seen) == ((A,), A, NOW)
    assert door.page is not None
    assert (door.page.etag, door.page.pending, door.page.next_fetch) == ('"1"', None, NOW + HOUR)


def test_no_page_is_fetched_where_the_feed_says_never(door: Door) -> None:
    assert door.see(sighting(full_text="never")).fetch_at is None
    assert door.last.content == "The gates held."


@pytest.mark.parametrize("url", [None, "https://post.example/", "mailto:a@b.example"])
def test_an_item_without_a_page_of_its_own_is_published_as_it_is(door: Door, url: str | None) -> None:
    own = item_id(A, "guid-1")
    assert door.see(sighting(id=own, url=url, full_text="always")).fetch_at is None
    assert (door.last.id, door.last.content) == (own, "The gates held.")


@pytest.mark.parametrize("kind", ["robots", "private", "address", "tls", "size", "encoding", "redirects"])
def test_a_page_that_may_not_be_had_is_done_without(door: Door, kind: FailureKind) -> None:
    door.see(sighting())
    door.fetch(Failure(kind, "no"))
    assert (door.last.content, door.last.feeds) == ("The gates held.", (A,))
    assert door.page is not None
    assert (door.page.pending, door.page.next_fetch) == (None, None)


@pytest.mark.parametrize(
    "outcome",
    [answer(status=404), answer(status=410), answer(status=401), answer(status=403), answer("paywall"),
     Answer(status=200, url=URL, headers={"content-type": "application/pdf"}, body=b"%PDF"), answer(url="https://post.example/")],
)  # fmt: skip
def test_an_answer_that_is_no_article_is_done_without(door: Door, outcome: Outcome) -> None:
    door.see(sighting())
    door.fetch(outcome)
    assert [made.content for made in door.published] == ["The gates held."]
    assert door.page is not None
    assert door.page.next_fetch is None


@pytest.mark.parametrize("jitter", [0.0, 1.0])
@pytest.mark.parametrize(
    "outcome",
    [Failure("timeout", "slow"), Failure("dns", "x"), Failure("connect", "x"), Failure("protocol", "x"),
     answer(status=500), answer(status=503), answer(status=429), answer(status=304)],
)  # fmt: skip
def test_a_page_that_cannot_be_had_now_is_tried_again_and_then_done_without(
    door: Door, outcome: Outcome, jitter: float
) -> None:
    door.see(sighting())
    pauses = []
    while not door.published:
        before = door.now
        door.fetch(outcome, jitter)
        pauses.append((door.page.next_fetch or door.now) - before if door.page else None)
    assert len(pauses) == len(RULES.retry_seconds) + 1
    assert pauses[:-1] == sorted(pauses[:-1])  # type: ignore[type-var]
    assert timedelta(minutes=2) < door.now - NOW <= timedelta(seconds=RULES.patience_seconds)
    assert door.last.content == "The gates held."
    door.fetch(answer())  # an hour later
    assert "page one" in door.last.content
    assert door.now == NOW + HOUR


def test_a_server_is_left_alone_for_as_long_as_it_asks(door: Door) -> None:
    door.see(sighting())
    assert door.fetch(answer(status=503, **{"retry-after": "400"})).fetch_at == NOW + timedelta(seconds=400)
    door.fetch(answer(status=503, **{"retry-after": "Mon, 02 Nov 2026 07:00:00 GMT"}))
    assert door.last.content == "The gates held."  # longer than an article waits


# Further feeds and changes


def test_the_same_sighting_again_does_nothing(door: Door) -> None:
    door.see(sighting(complete=True))
    state = door.page
    made = door.see(sighting(complete=True, published_at="2026-11-02", content="<b>The</b> gates  held."), HOUR)
    assert (made.publish, made.republish_with, door.page) == (None, None, state)


def test_another_feed_joins_and_the_article_is_published_with_both(door: Door) -> None:
    door.see(sighting(A, complete=True))
    made = door.see(sighting(B, "Another wording.", complete=True))
    assert made.republish_with == (A, B)
    assert (door.last.content, door.last.feeds, door.last.source.feed) == ("The gates held.", (A, B), A)
    assert door.last.fetched_at >= door.published[0].fetched_at + timedelta(milliseconds=1)


def test_feeds_that_join_while_the_page_is_fetched_are_in_the_first_version(door: Door) -> None:
    for feed in (A, B, C):
        door.see(sighting(feed))
    door.fetch(answer())
    assert [made.feeds for made in door.published] == [(A, B, C)]


def test_a_changed_item_is_a_new_version(door: Door) -> None:
    door.see(sighting(complete=True))
    door.see(sighting(text="The gates broke.", complete=True), HOUR)
    assert (door.last.content, door.last.fetched_at, door.last.first_seen) == ("The gates broke.", NOW + HOUR, NOW)


def test_a_whole_item_goes_before_a_summary_whenever_it_comes(door: Door) -> None:
    door.see(sighting(A))
    door.see(sighting(B, "All of it.", complete=True))
    assert [(made.content, made.feeds) for made in door.published] == [("All of it.", (A, B))]
    door.see(sighting(A, "A changed summary."), HOUR)
    assert len(door.published) == 1
    later = Door()
    later.see(sighting(A))
    later.fetch(Failure("robots", "no"))
    later.see(sighting(B, "All of it.", complete=True))
    assert (later.last.content, later.last.source.feed, later.last.feeds) == ("All of it.", A, (A, B))


def test_a_feed_with_a_summary_brings_the_page_of_an_article_whose_page_was_not_tried(door: Door) -> None:
    door.see(sighting(A, full_text="never"))
    assert door.see(sighting(B)).republish_with == (A, B)
    door.fetch(answer())
    assert "page one" in door.last.content
    assert door.last.feeds == (A, B)


def test_full_text_always_fetches_the_page_of_a_whole_item_too(door: Door) -> None:
    door.see(sighting(A, complete=True))
    door.see(sighting(B, complete=True, full_text="always"))
    door.fetch(answer())
    assert "page one" in door.last.content


def test_a_changed_item_never_replaces_the_text_of_a_page(door: Door) -> None:
    door.see(sighting())
    door.fetch(answer(etag='"1"'))
    made = door.see(sighting(headline="Barrier fails"), timedelta(minutes=5))
    assert (len(door.published), made.fetch_at) == (1, door.now)
    assert door.page is not None
    assert door.page.etag is None  # "not modified" would hide the new headline
    door.fetch(answer("page two"))
    assert "page two" in door.last.content
    assert door.last.headline == "Barrier fails"


def test_a_feed_that_joins_a_fetched_page_keeps_its_text(door: Door) -> None:
    door.see(sighting(A))
    door.fetch(answer())
    door.see(sighting(B, "All of it.", complete=True))
    assert "page one" in door.last.content
    assert (door.last.feeds, door.page and door.page.next_fetch) == ((A, B), NOW + HOUR)


def test_the_number_of_feeds_is_bounded() -> None:
    door = Door(DoorRules(max_feeds=3))
    for number in range(9):
        door.see(sighting(f"https://{number}.example/", complete=True))
    assert len(door.last.feeds or ()) == 3
    assert len(door.published) == 3


# Refetching


def test_a_page_is_fetched_again_and_published_when_its_text_changed(door: Door) -> None:
    door.see(sighting())
    times = []
    for outcome in (answer(etag='"1"'), answer(status=304), answer("page two", etag='"2"'), answer("page two")):
        door.fetch(outcome)
        times.append(door.now - NOW)
    assert times == [timedelta(), HOUR, 6 * HOUR, 24 * HOUR]
    assert ["page one" in made.content for made in door.published] == [True, False]
    assert door.last.fetched_at == NOW + 6 * HOUR
    assert door.page is not None
    assert (door.page.next_fetch, door.page.hints, door.page.fetches) == (None, None, 4)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_not_fetched_again_and_its_article_stays(door: Door, status: int) -> None:
    door.see(sighting())
    door.fetch(answer())
    door.fetch(answer(status=status))
    assert len(door.published) == 1
    assert door.page is not None
    assert (door.page.next_fetch, door.page.text) == (None, "page")


@pytest.mark.parametrize(
    "outcome", [answer("paywall"), answer(status=403), Failure("robots", "no"), Failure("size", "x")]
)
def test_a_wall_at_a_refetch_leaves_the_text_and_the_later_refetches(door: Door, outcome: Outcome) -> None:
    door.see(sighting())
    door.fetch(answer())
    assert door.fetch(outcome).fetch_at == NOW + 6 * HOUR
    assert len(door.published) == 1


def test_validators_are_kept_over_not_modified(door: Door) -> None:
    door.see(sighting())
    door.fetch(answer(etag='"1"', **{"last-modified": "Mon, 02 Nov 2026 05:00:00 GMT"}))
    door.fetch(answer(status=503))
    door.fetch(answer(status=304))
    assert door.page is not None
    assert (door.page.etag, door.page.last_modified) == ('"1"', "Mon, 02 Nov 2026 05:00:00 GMT")


def test_a_page_is_forgotten_days_after_it_was_new_or_changed_in_a_feed_and_after_its_last_fetch(door: Door) -> None:
    door.see(sighting())
    days = timedelta(days=RULES.remember_days)
    assert door.page is not None
    assert not is_over(door.page, NOW + 2 * days, RULES)  # it still waits
    for _ in range(4):
        door.fetch(answer())
    assert due(door.page, RULES) == NOW + days
    assert not is_over(door.page, NOW + days - HOUR, RULES)
    assert is_over(door.page, NOW + days, RULES)
    door.see(sighting(B), 24 * HOUR)
    assert due(door.page, RULES) == door.now + days
    known = door.page
    door.see(sighting(B), 12 * HOUR)  # tells nothing new, as after a restart
    assert due(door.page, RULES) == due(known, RULES) < door.now + days


def test_an_answer_that_comes_after_the_page_was_settled_does_nothing(door: Door) -> None:
    door.see(sighting())
    door.see(sighting(B, "All of it.", complete=True))
    made = door.answered(answer())
    assert (made.page, made.publish) == (door.page, None)


# Laws

FEEDS = (A, B, C)
sightings = st.builds(
    sighting,
    st.sampled_from(FEEDS),
    st.sampled_from(["one", "two", "three"]),
    st.booleans(),
    st.sampled_from(["auto", "always", "never"]),
)
outcomes: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(answer, st.sampled_from(["page one", "page two", "paywall"])),
    st.builds(lambda status: answer(status=status), st.sampled_from([304, 401, 403, 404, 410, 429, 500, 503])),
    st.builds(lambda kind: Failure(kind, "x"), st.sampled_from(["robots", "timeout", "dns", "size"])),
)
events = st.lists(st.one_of(sightings, outcomes), max_size=40)


def play(door: Door, happened: Sequence[Sighting | Outcome], jitter: float = 0.5) -> None:
    for event in happened:
        if isinstance(event, Sighting):
            door.see(event, timedelta(minutes=3))
        elif door.page is not None and door.page.next_fetch is not None:
            door.fetch(event, jitter)


@given(sightings, events, st.floats(0, 1))
def test_whatever_happens_there_is_one_article_with_all_feeds_and_the_best_text(
    first: Sighting, happened: list[Sighting | Outcome], jitter: float
) -> None:
    door = Door()
    play(door, [first, *happened], jitter)
    for _ in range(40):  # from now on everything fails
        if door.page is not None and door.page.next_fetch is not None:
            door.fetch(Failure("timeout", "x"), jitter)
    page = door.page
    assert page is not None
    carried = dict.fromkeys(event.address for event in (first, *happened) if isinstance(event, Sighting))
    assert {made.id for made in door.published} == {ID}
    assert door.last.feeds == tuple(carried) == page.feeds
    assert (page.pending, page.next_fetch, page.hints) == (None, None, None)
    assert (
        ("page" in door.last.content) == any("page" in made.content for made in door.published) == (page.text == "page")
    )
    versions = [made.fetched_at for made in door.published]
    assert all(later - earlier >= timedelta(milliseconds=1) for earlier, later in pairwise(versions))
    assert {(made.first_seen, made.source.feed) for made in door.published} == {(NOW, first.address)}
    assert len(encode(page)) < 2000
    assert is_over(page, max(door.now, page.seen_at) + timedelta(days=RULES.remember_days), RULES)


@given(
    st.permutations([sighting(A), sighting(B, "All.", complete=True), sighting(C, full_text="always")]), st.booleans()
)
def test_feeds_can_come_in_any_order(order: list[Sighting], has_page: bool) -> None:
    door = Door()
    for seen in order:
        door.see(seen)
        door.see(seen)
    while door.page is not None and door.page.next_fetch is not None:
        door.fetch(answer() if has_page else Failure("robots", "no"))
    assert set(door.last.feeds or ()) == {A, B, C}
    assert ("page one" in door.last.content) == has_page
    assert has_page or door.last.content == "All."


@given(sightings, events)
def test_a_step_that_is_done_twice_is_harmless(first: Sighting, happened: list[Sighting | Outcome]) -> None:
    once, twice = Door(), Door()
    for event in (first, *happened):
        if isinstance(event, Sighting):
            once.see(event, timedelta(minutes=3))
            twice.now += timedelta(minutes=3)
            lost = admit(twice.page, event, twice.now, RULES)  # the process dies before the page is written
            made = twice.see(event)
            assert (made.publish, made.republish_with) == (lost.publish, lost.republish_with)
            again = twice.see(event)
            assert (again.publish, again.republish_with) == (None, None)
        elif once.page is not None and once.page.next_fetch is not None:
            once.fetch(event)
            assert twice.page is not None
            assert twice.page.next_fetch is not None
            twice.now = max(twice.now, twice.page.next_fetch)
            lost = twice.answered(event)
            made = twice.fetch(event)
            assert (made.publish, made.page) == (lost.publish, lost.page)
            assert twice.answered(event).publish is None or twice.page.text != "page"
    assert once.published == twice.published
    assert once.page == twice.page
