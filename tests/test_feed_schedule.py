"""The decider of a feed's polls: every rule, and laws that hold whatever comes."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.answers import Answer, Failure
from pipeline.feed_records import Feed, FeedState
from pipeline.feeds import Content, FeedItem, NotAFeedError, ParsedFeed, Sitemap, parse_feed
from pipeline.polling.cache_headers import fresh_seconds, retry_after
from pipeline.polling.schedule import Decision, Limits, decide, first_state, needs_parsing, next_due, take_push
from pipeline.polling.seen import KEPT_BEFORE, compare

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
LIMITS = Limits(min_seconds=120, max_seconds=21_600, start_seconds=900)
URL = "https://courier.example/feed"
FEED = Feed(id="f" * 32, url=URL, added_at=NOW)
NEW = first_state(FEED, NOW, LIMITS, 0.5)


def item(name: object, **fields: object) -> FeedItem:
    given = {"number": 1, "id": f"id-{name}", "url": f"https://courier.example/{name}", "headline": f"Headline {name}"}
    return FeedItem(**{**given, **fields})  # type: ignore[arg-type]


def items(*names: object) -> tuple[FeedItem, ...]:
    """As feeds have them, the newest first."""
    return tuple(item(name, number=number) for number, name in enumerate(names, 1))


def feed(*names: object, **fields: object) -> ParsedFeed:
    return ParsedFeed(**{"kind": "rss", "items": items(*names), **fields})  # type: ignore[arg-type]


def answer(body: object = "", status: int = 200, moved_to: str | None = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, moved_to or URL, named, repr(body).encode() if body != "" else b"", moved_to)


def poll(
    state: FeedState,
    parsed: ParsedFeed | NotAFeedError,
    after: float = 0,
    moved_to: str | None = None,
    limits: Limits = LIMITS,
    **headers: str,
) -> Decision:
    """A poll that is answered with 200, so many seconds after the last one."""
    now = (state.last_poll or NOW) + timedelta(seconds=after)
    body = msgspec.json.encode(parsed) if isinstance(parsed, ParsedFeed) else str(parsed)
    outcome = answer(body, moved_to=moved_to, **headers)
    return decide(FEED, state, outcome, parsed if needs_parsing(state, outcome) else None, now, limits, 0.5)


def refuse(state: FeedState, status: int, after: float = 900, **headers: str) -> Decision:
    now = (state.last_poll or NOW) + timedelta(seconds=after)
    return decide(FEED, state, answer(status=status, **headers), None, now, LIMITS, 0.5)


def wait(decision: Decision) -> float:
    assert decision.state.next_poll is not None
    assert decision.state.last_poll is not None
    return (decision.state.next_poll - decision.state.last_poll).total_seconds()


def names(decision: Decision) -> list[str | None]:
    return [one.headline and one.headline.removeprefix("Headline ") for one in decision.items]


def dated(*ages: float) -> tuple[FeedItem, ...]:
    """Items that were published so many seconds before NOW."""
    return tuple(
        item(age, number=number, published_at=(NOW - timedelta(seconds=age)).isoformat())
        for number, age in enumerate(ages, 1)
    )


OK = poll(NEW, feed("c", "b", "a"), etag='"1"').state


class TestNewItems:
    def test_all_items_of_the_first_poll_are_new_the_oldest_first(self) -> None:
        decision = poll(NEW, feed("c", "b", "a"))
        assert names(decision) == ["a", "b", "c"]
        assert decision.state.items == 3
        assert decision.state.last_item == NOW
        assert not decision.gap

    def test_times_order_them_where_all_have_one(self) -> None:
        mixed = dated(50, 300, 20)
        assert [one.number for one in poll(NEW, feed(items=mixed)).items] == [2, 1, 3]

    def test_only_what_was_not_there_is_new(self) -> None:
        assert names(poll(OK, feed("e", "d", "c", "b"), 900)) == ["d", "e"]

    def test_changed_words_are_told_once(self) -> None:
        changed = (item("c", headline="Headline C"), *items("b", "a"))
        decision = poll(OK, feed(items=changed), 900)
        assert names(decision) == ["C"]
        assert decision.state.items == 3
        assert names(poll(decision.state, feed(items=changed, title="x"), 900)) == []

    def test_two_copies_that_answer_in_turn_are_told_once_each(self) -> None:
        old, new = feed("b", "a"), feed(items=(item("b", headline="Headline B"), *items("a")))
        state, told = NEW, []
        for turn in range(6):
            decision = poll(state, (old, new)[turn % 2], 900)
            state, told = decision.state, told + names(decision)
        assert told == ["a", "b", "B"]

    def test_items_that_are_changed_at_every_poll_are_not_told_for_ever(self) -> None:
        def counting(turn: int, *of: str) -> ParsedFeed:
            return feed(items=tuple(item(n, number=at, description=f"{turn} comments") for at, n in enumerate(of)))

        state, told = NEW, []
        for turn in range(20):
            decision = poll(state, counting(turn, *("edcba" if turn < 19 else "fedcb")), 900)
            state, told = decision.state, told + names(decision)
        assert len(told) == 5 * 3 + 1
        assert told[-1] == "f"
        assert "changed at every poll" in (state.reason or "")

    def test_one_item_may_change_as_often_as_it_likes(self) -> None:
        state, told = NEW, []
        for turn in range(20):
            live = item("live", description=f"At {turn} o'clock")
            decision = poll(state, feed(items=(live, *items("c", "b", "a"))), 900)
            state, told = decision.state, told + names(decision)
        assert told.count("live") == 20

    def test_markup_that_changes_is_no_change(self) -> None:
        def told(pixel: int) -> ParsedFeed:
            content = Content("text/html", f'<p>Rain.</p><img src="https://count.example/{pixel}">')
            return feed(items=(item("a", content=content), item("b", content=content)))

        assert names(poll(poll(NEW, told(1)).state, told(2), 900)) == []

    def test_an_item_that_comes_back_is_not_new(self) -> None:
        without = poll(OK, feed("c", "b"), 900).state
        empty = poll(without, feed(), 900).state
        decision = poll(empty, feed("c", "b", "a"), 900)
        assert names(decision) == []
        assert decision.state.gaps == 0

    def test_an_address_that_goes_to_https_is_the_same(self) -> None:
        plain = feed(
            items=tuple(
                item(n, id=f"http://www.courier.example/{n}", url=f"http://www.courier.example/{n}") for n in "abc"
            )
        )
        safe = feed(items=tuple(item(n, id=f"https://courier.example/{n}") for n in "abc"))
        assert names(poll(poll(NEW, plain).state, safe, 900)) == []

    def test_without_ids_addresses_tell_items_apart_and_without_addresses_words(self) -> None:
        nameless = tuple(item(n, id=None) for n in "ab")
        bare = tuple(item(n, id=None, url=None) for n in "cd")
        state = poll(NEW, feed(items=nameless + bare)).state
        decision = poll(state, feed(items=(item("e", id=None), *nameless, item("f", id=None, url=None), *bare)), 900)
        assert sorted(names(decision)) == ["e", "f"]  # type: ignore[type-var]
        assert "neither id nor address" in (decision.state.reason or "")

    def test_an_id_that_several_items_share_hides_none(self) -> None:
        def shared(*of: str) -> ParsedFeed:
            return feed(items=tuple(item(n, id="https://courier.example/") for n in of))

        state, told = NEW, []
        for of in ("a", "ba", "cba", "dcb", "d", "ed"):
            decision = poll(state, shared(*of), 900)
            state, told = decision.state, told + names(decision)
        assert told == ["a", "b", "c", "d", "e"]
        assert "share an id" in (state.reason or "")

    def test_an_item_that_is_there_twice_is_told_once(self) -> None:
        assert names(poll(NEW, feed("a", "a", "b"))) == ["b", "a"]

    @pytest.mark.parametrize("url", ["https://courier.example/{}", None, "https://courier.example/"])
    def test_ids_that_change_at_every_poll_are_found_out(self, url: str | None) -> None:
        def anew(turn: int, *of: str) -> ParsedFeed:
            return feed(
                items=tuple(item(n, number=at, id=f"{n}-{turn}", url=url and url.format(n)) for at, n in enumerate(of))
            )

        state, told = NEW, []
        for turn, of in enumerate(("cba", "cba", "dcb", "edc", "fed")):
            decision = poll(state, anew(turn, *of), 900)
            state, told = decision.state, told + names(decision)
        assert told == list("abcdef")
        assert "new ids all the time" in (state.reason or "")
        assert state.health == "ok"
        assert state.gaps == 0

    def test_addresses_with_a_session_are_found_out(self) -> None:
        def anew(turn: int, *of: str) -> ParsedFeed:
            return feed(
                items=tuple(
                    item(n, number=at, id=None, url=f"https://courier.example/{n}?s={turn}") for at, n in enumerate(of)
                )
            )

        state, told = NEW, []
        for turn, of in enumerate(("cba", "cba", "dcb", "edc")):
            decision = poll(state, anew(turn, *of), 900)
            state, told = decision.state, told + names(decision)
        assert told == list("abcde")

    def test_the_same_words_under_another_address_are_another_item(self) -> None:
        first = feed(items=(item("a", id=None, headline="Weather"), item("b", id=None, headline="Traffic")))
        second = feed(items=(item("c", id=None, headline="Weather"), item("b", id=None, headline="Traffic")))
        assert names(poll(poll(NEW, first).state, second, 900)) == ["Weather"]

    def test_a_push_tells_items_that_the_next_poll_does_not_tell_again(self) -> None:
        pushed = take_push(OK, feed("e", "d", "c"), NOW)
        assert names(pushed) == ["d", "e"]
        assert pushed.state.next_poll == OK.next_poll
        decision = poll(pushed.state, feed("f", "e", "d", "c"), 900)
        assert names(decision) == ["f"]
        assert not decision.gap


class TestUnchanged:
    def test_a_304_keeps_everything_and_counts(self) -> None:
        decision = refuse(OK, 304)
        state = decision.state
        assert (decision.items, state.health, state.unchanged, state.polls) == ((), "ok", 1, 2)
        assert (state.etag, state.seen, state.last_item, state.reason) == (OK.etag, OK.seen, OK.last_item, OK.reason)

    def test_the_same_body_needs_no_parsing(self) -> None:
        assert needs_parsing(NEW, answer("body"))
        assert poll(OK, feed("c", "b", "a"), 900).state.unchanged == 1

    def test_the_same_etag_with_another_body_is_read(self) -> None:
        assert names(poll(OK, feed("d", "c", "b"), 900, etag='"1"')) == ["d"]

    def test_a_body_that_was_not_parsed_though_it_had_to_be_is_refused(self) -> None:
        with pytest.raises(ValueError, match="parsed"):
            decide(FEED, OK, answer("other"), None, NOW, LIMITS, 0.5)

    def test_validators_are_those_of_the_last_answer(self) -> None:
        dated_answer = poll(OK, feed("d", "c"), 900, last_modified="Mon, 02 Mar 2026 11:00:00 GMT").state
        assert (dated_answer.etag, dated_answer.last_modified) == (None, "Mon, 02 Mar 2026 11:00:00 GMT")
        assert poll(OK, feed("d", "c"), 900, etag="x" * 5000).state.etag is None

    def test_one_poll_in_fifty_is_in_full(self) -> None:
        state, without = OK, 0
        for _ in range(200):
            decision = refuse(state, 304) if state.etag else poll(state, feed("c", "b", "a"), 900, etag='"1"')
            state = decision.state
            without += state.etag is None
        assert without == 4
        assert (state.unchanged, state.failures) == (200, 0)

    def test_a_304_that_was_not_asked_for_is_told(self) -> None:
        state = refuse(NEW, 304).state
        assert state.health == "failing"
        assert "304" in (state.reason or "")

    def test_what_broke_off_is_taken_told_and_asked_for_in_full(self) -> None:
        decision = poll(OK, feed("d", "c", flaw="it ends too early"), 900, etag='"2"')
        assert names(decision) == ["d"]
        assert decision.state.etag is None
        assert decision.state.health == "ok"
        assert "it ends too early" in (decision.state.reason or "")


class TestFailures:
    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (401, "password"),
            (403, "refuses us"),
            (404, "moved or ended"),
            (406, "no form"),
            (418, "418 I'm a Teapot"),
            (429, "fewer requests"),
            (500, "Internal Server Error"),
            (503, "not available"),
            (599, "599"),
            (204, "without a feed"),
            (302, "sends us on"),
        ],
    )
    def test_each_status_has_its_words(self, status: int, words: str) -> None:
        state = refuse(OK, status).state
        assert (state.health, state.failures, state.since) == ("failing", 1, state.last_poll)
        assert words in (state.reason or "")
        assert state.etag == OK.etag
        assert state.next_poll is not None

    def test_no_answer_is_told_in_the_fetchers_words(self) -> None:
        state = decide(FEED, OK, Failure("dns", "No such host: mend the address"), None, NOW, LIMITS, 0.5).state
        assert (state.health, state.reason) == ("failing", "No such host: mend the address")

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (b"<!DOCTYPE html><html><body>Consent</body></html>", "web page instead of the feed"),
            (b"  ", "nothing at all"),
            (b"<opml version='2.0'/>", "begins with <opml>"),
            (b"just words", "neither XML nor JSON"),
        ],
    )
    def test_what_is_no_feed_is_told(self, body: bytes, words: str) -> None:
        with pytest.raises(NotAFeedError) as error:
            parse_feed(body)
        state = decide(FEED, OK, Answer(200, URL, {}, body), error.value, NOW, LIMITS, 0.5).state
        assert words in (state.reason or "")
        assert (state.health, state.body_hash, state.etag, state.seen) == ("failing", OK.body_hash, OK.etag, OK.seen)

    def test_a_page_that_stays_is_parsed_again_and_fails_again(self) -> None:
        error = NotAFeedError("a web page, not a feed")
        state = poll(OK, error).state
        assert poll(state, error, 900).state.failures == 2

    def test_an_index_of_sitemaps_names_them(self) -> None:
        index = ParsedFeed(kind="sitemap index", sitemaps=(Sitemap("https://courier.example/news.xml"),))
        state = poll(NEW, index).state
        assert state.health == "failing"
        assert "https://courier.example/news.xml" in (state.reason or "")

    def test_they_back_off_to_the_longest_interval_and_no_further(self) -> None:
        state, waits = OK, []
        for _ in range(60):
            decision = refuse(state, 500)
            state = decision.state
            waits.append(wait(decision))
        assert waits[:4] == [900, 1800, 3600, 7200]
        assert waits[5:] == [21_600] * 55
        assert state.since == NOW + timedelta(seconds=900)

    def test_a_busy_feed_is_tried_again_soon(self) -> None:
        busy = poll(NEW, feed(items=dated(*range(100, 3000, 100)))).state
        assert wait(refuse(busy, 500)) < 200

    def test_a_feed_that_answers_again_is_well_at_once(self) -> None:
        failing = refuse(refuse(OK, 500).state, 500).state
        decision = poll(failing, feed("d", "c", "b"), 900)
        assert (decision.state.health, decision.state.failures, decision.state.reason) == ("ok", 0, None)
        assert decision.state.since == decision.state.last_poll
        assert names(decision) == ["d"]

    def test_after_a_failure_the_same_body_is_parsed_for_the_remarks_on_it(self) -> None:
        odd = feed("c", "b", flaw="it ends too early")
        again = poll(refuse(poll(NEW, odd).state, 500).state, odd, 900)
        assert "it ends too early" in (again.state.reason or "")
        assert again.state.unchanged == 1

    def test_retry_after_is_kept_to_even_beyond_the_longest_interval(self) -> None:
        assert 40_000 <= wait(refuse(OK, 503, retry_after="40000")) <= 44_000
        until = format_datetime(NOW + timedelta(hours=3, seconds=900), usegmt=True)
        assert 3 * 3600 <= wait(refuse(OK, 429, retry_after=until)) <= 3.3 * 3600
        assert wait(refuse(OK, 429, retry_after="999999999")) <= 1.1 * 86_400
        assert "wait 11 hours" in (refuse(OK, 503, retry_after="40000").state.reason or "")

    def test_410_retires_it_with_a_word_and_a_poll_by_hand_revives_it(self) -> None:
        state = refuse(OK, 410).state
        assert (state.health, state.next_poll) == ("gone", None)
        assert "410" in (state.reason or "")
        assert next_due(FEED, state) is None
        asked = msgspec.structs.replace(FEED, poll_at=NOW + timedelta(days=1))
        assert next_due(asked, state) == asked.poll_at
        assert poll(state, feed("d", "c"), 86_400).state.health == "ok"

    @pytest.mark.parametrize(
        ("odd", "words"),
        [
            (
                feed(items=(item("a", published_at="2031-01-01T00:00:00Z"), item("b"))),
                "1 item dated in the future",
            ),
            (feed(), "no items"),
            (feed("a", "b", flaw="its XML is broken"), "its XML is broken"),
        ],
    )
    def test_oddities_are_remarked_on(self, odd: ParsedFeed, words: str) -> None:
        state = poll(NEW, odd).state
        assert state.health == "ok"
        assert words in (state.reason or "")


class TestMoving:
    MOVED = "https://news.example/feed"

    def test_a_permanent_redirect_to_a_feed_moves_it(self) -> None:
        known = msgspec.structs.replace(OK, sitemap="https://courier.example/news.xml")
        decision = poll(known, feed("d", "c"), 900, moved_to=self.MOVED)
        assert decision.moved
        assert (decision.state.url, decision.state.id) == (self.MOVED, FEED.id)
        assert decision.state.sitemap is None

    def test_to_something_else_it_does_not(self) -> None:
        decision = poll(OK, NotAFeedError("a web page, not a feed"), 900, moved_to=self.MOVED)
        assert (decision.moved, decision.state.url) == (False, URL)
        assert decide(FEED, OK, answer(status=410, moved_to=self.MOVED), None, NOW, LIMITS, 0.5).state.url == URL

    def test_a_304_from_there_is_not_believed_before_the_feed_was_seen(self) -> None:
        decision = decide(FEED, OK, answer(status=304, moved_to=self.MOVED), None, NOW, LIMITS, 0.5)
        assert (decision.moved, decision.state.url, decision.state.etag) == (False, URL, None)
        assert poll(decision.state, feed("c", "b", "a"), 900, moved_to=self.MOVED).moved


class TestGaps:
    def test_when_nothing_is_left_items_were_missed(self) -> None:
        known = msgspec.structs.replace(OK, sitemap="https://courier.example/news.xml")
        decision = poll(known, feed("x", "y", "z"), 3600)
        assert decision.gap
        assert decision.state.sitemap == "https://courier.example/news.xml"
        assert (decision.state.gaps, decision.state.gap_at) == (1, decision.state.last_poll)
        assert decision.state.interval <= 900

    def test_what_is_known_of_sitemaps_stays_as_it_is(self) -> None:
        for sitemap in (None, ""):
            decision = poll(msgspec.structs.replace(OK, sitemap=sitemap), feed("x", "y"), 900)
            assert (decision.gap, decision.state.sitemap) == (True, sitemap)

    def test_one_item_that_is_left_is_enough(self) -> None:
        assert not poll(OK, feed("z", "y", "x", "c"), 900).gap

    def test_an_item_from_long_ago_is_not(self) -> None:
        later = poll(OK, feed("f", "e", "d", "c"), 900).state
        assert poll(later, feed("z", "y", "x", "a"), 900).gap

    def test_a_feed_of_one_item_has_none(self) -> None:
        one = poll(NEW, feed("a")).state
        assert not poll(one, feed("b"), 900).gap


class TestPace:
    def test_its_own_rate_is_taken_from_the_times_in_the_first_poll(self) -> None:
        hourly = poll(NEW, feed(items=dated(*range(1800, 72_000, 3600))))
        assert 20 < hourly.state.rate < 28
        assert 600 < wait(hourly) < 900
        dead = poll(NEW, feed(items=dated(*range(300 * 86_400, 320 * 86_400, 86_400))))
        assert wait(dead) == 21_600

    def test_without_times_it_begins_with_the_start_interval(self) -> None:
        assert wait(poll(NEW, feed("a", "b"))) == 900

    def test_an_old_item_that_is_pinned_does_not_slow_it(self) -> None:
        assert poll(NEW, feed(items=dated(30_000_000, *range(600, 12_000, 600)))).state.rate > 100

    def test_a_feed_that_falls_silent_is_polled_ever_less(self) -> None:
        state, waits = poll(NEW, feed(items=dated(*range(600, 12_000, 600))), etag='"1"').state, []
        while (state.last_poll or NOW) < NOW + timedelta(days=75):
            decision = (
                refuse(state, 304, wait(Decision(state)))
                if state.etag
                else poll(state, feed("q"), wait(Decision(state)), etag='"1"')
            )
            state = decision.state
            waits.append(wait(decision))
        assert waits[0] < 600
        assert waits[-1] > 20_000
        assert len(waits) < 2000

    def test_a_burst_is_followed_and_let_go_slowly(self) -> None:
        quiet = poll(NEW, feed(items=dated(*range(0, 10 * 86_400, 86_400)))).state
        assert quiet.interval > 3000
        burst = poll(quiet, feed(*"zyxwvuts", items=(*items(*"zyxwvuts"), *dated(0, 86_400))), 3600).state
        assert burst.interval < 3600
        after = poll(burst, feed(items=(*items(*"zyxwvuts"), *dated(0, 86_400)), title="x"), burst.interval).state
        assert after.interval <= 1.5 * burst.interval

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"cache-control": "max-age=3600"}, 3600),
            ({"cache-control": "public, max-age=60, s-maxage=3600", "age": "600"}, 3000),
            ({"cache-control": 'max-age="300"', "expires": "Mon, 02 Mar 2026 23:00:00 GMT"}, 300),
            ({"cache-control": "no-cache, max-age=3600"}, 0),
            ({"cache-control": "max-age=x"}, 0),
            ({"expires": "Mon, 02 Mar 2026 13:00:00 GMT"}, 3600),
            ({"expires": "Mon, 02 Mar 2026 13:00:00 GMT", "date": "Mon, 02 Mar 2026 12:30:00 GMT"}, 1800),
            ({"expires": "0"}, 0),
            ({"expires": "Mon, 99 Foo 2026 13:00:00 GMT"}, 0),
            ({"cache-control": "max-age=10", "age": "600"}, 0),
            ({}, 0),
        ],
    )
    def test_freshness(self, headers: dict[str, str], seconds: float) -> None:
        assert fresh_seconds(headers, NOW) == seconds

    def test_retry_after_in_both_forms(self) -> None:
        assert retry_after({"retry-after": "120"}, NOW) == 120
        assert retry_after({"retry-after": "Mon, 02 Mar 2026 12:02:00 GMT"}, NOW) == 120
        assert retry_after({"retry-after": "Mon, 02 Mar 2026 11:02:00 GMT"}, NOW) == 0
        assert retry_after({"retry-after": "soon"}, NOW) is None
        assert retry_after({}, NOW) is None

    def test_max_age_holds_polls_back_but_not_for_a_year_and_not_until_items_are_missed(self) -> None:
        quiet = feed(items=dated(*range(0, 10 * 86_400, 86_400)))
        assert poll(NEW, quiet, cache_control="max-age=10000").state.interval == 10_000
        assert wait(poll(NEW, quiet, cache_control="max-age=31536000")) <= 21_600
        assert poll(NEW, quiet, cache_control="max-age=1").state.interval == poll(NEW, quiet).state.interval
        busy = feed(items=dated(*range(100, 1100, 100)))
        assert wait(poll(NEW, busy, cache_control="max-age=31536000")) <= 600

    def test_ttl_stretches_the_interval_and_is_remembered_when_nothing_changes(self) -> None:
        quiet = feed(items=dated(*range(0, 10 * 86_400, 86_400)), ttl=180)
        decision = poll(NEW, quiet, etag='"1"')
        assert decision.state.interval == 10_800
        assert refuse(decision.state, 304, 10_800).state.interval >= 10_800
        brisk = feed(items=dated(*range(300, 15_300, 300)), ttl=1440)
        assert poll(NEW, brisk).state.interval < 4000

    def test_hours_and_days_without_news_are_left_out(self) -> None:
        few = dated(*range(0, 10 * 86_400, 86_400))
        hours = poll(NEW, feed(items=few, skip_hours=(12, 13, 14))).state
        assert hours.next_poll is not None
        assert hours.next_poll.hour == 15
        day = poll(NEW, feed(items=few, skip_days=("Monday",))).state
        assert day.next_poll == NOW + timedelta(seconds=21_600)  # not until Tuesday: the longest interval holds
        always = poll(NEW, feed(items=few, skip_hours=tuple(range(24)))).state
        assert always.next_poll == NOW + timedelta(seconds=21_600)


class TestFirst:
    def test_an_import_is_spread_and_a_feed_that_is_asked_for_is_polled_at_once(self) -> None:
        times = sorted((first_state(FEED, NOW, LIMITS, n / 10_000).next_poll or NOW) for n in range(10_000))
        assert times[0] >= NOW
        assert times[-1] <= NOW + timedelta(seconds=900)
        assert max(sum(t <= x < t + timedelta(seconds=1) for x in times) for t in times[::500]) <= 13
        asked = msgspec.structs.replace(FEED, poll_at=NOW)
        assert first_state(asked, NOW, LIMITS, 0.9).next_poll == NOW

    def test_feeds_at_a_bound_are_spread_as_well(self) -> None:
        dead = feed(items=dated(300 * 86_400, 301 * 86_400))
        body = answer("dead")
        waits = [decide(FEED, NEW, body, dead, NOW, LIMITS, n / 100).state.next_poll for n in range(100)]
        assert len(set(waits)) > 40

    def test_a_paused_feed_has_no_time_and_is_due_when_it_goes_on(self) -> None:
        paused = msgspec.structs.replace(FEED, paused=True)
        assert first_state(paused, NOW, LIMITS, 0.5).next_poll is None
        state = decide(paused, OK, answer(status=304), None, NOW, LIMITS, 0.5).state
        assert state.next_poll is None
        assert next_due(paused, state) is None
        assert next_due(FEED, state) == FEED.added_at

    def test_a_poll_that_was_asked_for_is_due_once(self) -> None:
        asked = msgspec.structs.replace(FEED, poll_at=NOW + timedelta(seconds=5))
        assert next_due(asked, OK) == asked.poll_at
        polled = msgspec.structs.replace(OK, last_poll=NOW + timedelta(seconds=6))
        assert next_due(asked, polled) == OK.next_poll


outcomes = st.one_of(
    st.builds(Failure, st.just("timeout"), st.just("No answer")),
    st.builds(
        Answer,
        st.sampled_from([200, 200, 200, 203, 204, 301, 304, 401, 403, 404, 410, 429, 500, 503]),
        st.just(URL),
        st.dictionaries(
            st.sampled_from(["etag", "last-modified", "cache-control", "expires", "age", "date", "retry-after"]),
            st.one_of(
                st.sampled_from(["max-age=99999999", "no-cache", "3600", "0", "-1", "Mon, 02 Mar 2026 12:00:00 GMT"]),
                st.text(max_size=20),
            ),
        ),
        st.binary(max_size=3),
        st.sampled_from([None, None, "https://news.example/feed", "javascript:x"]),
    ),
)
item_lists = st.lists(
    st.builds(
        FeedItem,
        number=st.integers(1, 100),
        id=st.one_of(st.none(), st.text(max_size=2)),
        url=st.one_of(st.none(), st.sampled_from(["https://a.example/1", "https://a.example/2", "x"])),
        headline=st.one_of(st.none(), st.text(max_size=2)),
        published_at=st.one_of(
            st.none(),
            st.text(max_size=10),
            st.datetimes().map(lambda time: time.isoformat()),
            st.sampled_from(
                ["Mon, 02 Mar 2026 11:00:00 GMT", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
            ),
        ),
    ),
    max_size=12,
).map(tuple)
readings = st.one_of(
    st.builds(NotAFeedError, st.just("a web page")),
    st.builds(
        ParsedFeed,
        kind=st.sampled_from(["rss", "sitemap index"]),
        items=item_lists,
        ttl=st.one_of(st.none(), st.integers(-5, 10**12)),
        skip_hours=st.lists(st.integers(0, 23), max_size=24).map(tuple),
        skip_days=st.lists(st.sampled_from(["Monday", "Tuesday"]), max_size=2).map(tuple),
        flaw=st.sampled_from([None, "it ends too early"]),
    ),
)


class TestLaws:
    @settings(max_examples=300, deadline=None)
    @given(
        st.lists(st.tuples(outcomes, readings, st.floats(0, 1e6), st.floats(0, 1)), max_size=12),
        st.booleans(),
        st.floats(10, 1000),
        st.floats(1, 100),
    )
    def test_whatever_comes_the_state_is_sound(
        self,
        polls: list[tuple[Answer | Failure, ParsedFeed | NotAFeedError, float, float]],
        paused: bool,
        least: float,
        times: float,
    ) -> None:
        limits = Limits(least, least * times, least * times / 2)
        feed_ = msgspec.structs.replace(FEED, paused=paused)
        state, now = first_state(feed_, NOW, limits, 0.3), NOW
        for outcome, reading, after, jitter in polls:
            now += timedelta(seconds=after)
            parsed = reading if needs_parsing(state, outcome) else None
            before, decision = state, decide(feed_, state, outcome, parsed, now, limits, jitter)
            assert decision == decide(feed_, state, outcome, parsed, now, limits, jitter)
            state = decision.state
            assert state == msgspec.json.decode(msgspec.json.encode(state), type=FeedState)
            if state.health == "gone" or paused:
                assert state.next_poll is None
            else:
                assert state.next_poll is not None
                seconds = (state.next_poll - now).total_seconds()
                assert seconds >= limits.min_seconds - 0.01
                asked = isinstance(outcome, Answer) and "retry-after" in outcome.headers
                assert seconds <= (max(limits.max_seconds, 86_400) * 1.1 if asked else limits.max_seconds) + 0.01
            assert (state.reason is None) <= (state.health == "ok")
            assert state.polls == before.polls + 1
            assert len(state.seen) <= 8 * (KEPT_BEFORE + 12 + 12)
            assert state.items - before.items <= len(decision.items) <= 12
            assert state.interval >= 0
            assert state.rate >= 0

    def test_what_is_remembered_is_bounded_for_the_longest_sitemap(self) -> None:
        seen, window = b"", 0
        for start in (0, 40_000, 80_000):
            made = compare([item(n) for n in range(start, start + 50_000)], seen, window)
            seen, window = made.seen, made.window
            assert window == 50_000
            assert len(made.fresh) == (50_000 if start == 0 else 40_000)
        assert len(seen) <= 8 * (50_000 + 10 * KEPT_BEFORE)

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, 2**32), st.integers(2, 20), st.integers(5, 120))
    def test_no_item_is_told_twice_and_none_is_lost_while_it_is_in_any_poll(
        self, seed: int, window: int, total: int
    ) -> None:
        chance = random.Random(seed)
        seen, count, told, carried = b"", 0, [], set()
        at = 0
        while at < total:
            at += chance.randint(0, window + 3)
            some = [n for n in range(max(0, at - window), at) if chance.random() < 0.8]
            chance.shuffle(some)
            made = compare([item(n) for n in some], seen, count)
            seen, count = made.seen, made.window
            told += [one.headline for one in made.fresh]
            carried |= {f"Headline {n}" for n in some}
            assert not made.changed
        assert len(told) == len(set(told))
        assert set(told) == carried
