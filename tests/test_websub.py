"""WebSub without a socket: who is asked when, what a hub's word changes, and addresses that prove themselves."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.answers import Answer, Failure
from pipeline.config import ConfigError, load
from pipeline.feed_records import Feed, FeedPush, FeedState, Lease
from pipeline.polling.link_header import Link, read_links
from pipeline.polling.websub import (
    Announcement,
    Request,
    Rules,
    Subscribe,
    Unsubscribe,
    after_poll,
    after_push,
    after_request,
    announced,
    before_request,
    due_at,
    is_active,
    plan,
    stretch,
    subscription_form,
)
from pipeline.polling.websub_callback import Callback, callback_path, content_secret, read_callback

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
URL, HUB, OTHER = "https://news.example/feed.xml", "https://hub.example/", "https://hub.other.example/"
ID = "0123456789abcdef" * 2
SECRET = b"a-secret-of-the-tests"
RULES = Rules(url="https://news.example/newswire/", secret=SECRET)
FEED = Feed(id=ID, url=URL, added_at=NOW)
FOUND = Announcement(URL, (HUB,))
DAY = timedelta(days=1)
TAKEN = Answer(202, HUB)


def state(lease: Lease | None = None) -> FeedState:
    return FeedState(id=ID, url=URL, lease=lease)


def word(at: datetime = NOW, **more: object) -> FeedPush:
    return FeedPush(feed=ID, received_at=at, **more)


def asked(lease: Lease | None = None, at: datetime = NOW, request: Request | None = None) -> Lease:
    """A lease after a request that the hub has taken."""
    made = after_request(before_request(request or Subscribe(HUB, URL), lease, at), TAKEN)
    assert made is not None
    return made


def verified(seconds: float = 864_000, at: datetime = NOW) -> Lease:
    made = after_push(asked(at=at), word(at, lease_seconds=seconds))
    assert made is not None
    return made


# --- addresses and keys ---


@given(st.integers(0, 999_999), st.text(min_size=1, max_size=300).filter(lambda text: text.isprintable()))
def test_a_callback_tells_what_it_is_about(partition: int, topic: str) -> None:
    callback = Callback(partition, ID, topic)
    path = callback_path(callback, SECRET)
    assert path.isascii()
    assert urlsplit(path).path == path
    assert read_callback(path, SECRET) == callback
    assert read_callback(path, SECRET + b"x") is None


@given(st.data())
def test_a_callback_of_which_any_character_is_changed_is_none_of_ours(data: st.DataObject) -> None:
    path = callback_path(Callback(7, ID, URL), SECRET)
    at = data.draw(st.integers(0, len(path) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda mark: mark != path[at]))
    changed = read_callback(path[:at] + other + path[at + 1 :], SECRET)
    # The last character of Base64 has bits that mean nothing.
    assert changed is None or (at == len(path) - 1 and changed == Callback(7, ID, URL))


def test_keys_differ_by_feed_topic_and_purpose() -> None:
    keys = {content_secret(feed, topic, SECRET) for feed in (ID, ID[::-1]) for topic in (URL, URL + "?")}
    assert len(keys) == 4
    assert content_secret(ID, URL, SECRET) == hmac.new(SECRET, f"signature\n{ID}\n{URL}".encode(), "sha256").hexdigest()
    assert not any(key.startswith(callback_path(Callback(7, ID, URL), SECRET).split("/")[5]) for key in keys)


def test_the_form_has_what_the_recommendation_asks() -> None:
    form = subscription_form(Subscribe(HUB, URL), ID, 7, RULES)
    path = callback_path(Callback(7, ID, URL), SECRET)
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": URL,
        "hub.callback": f"https://news.example/newswire{path}",
        "hub.verify": "async",
        "hub.secret": content_secret(ID, URL, SECRET),
        "hub.lease_seconds": "864000",
    }
    assert len(form["hub.secret"]) < 200
    end = subscription_form(Unsubscribe(HUB, URL), ID, 7, RULES)
    assert end["hub.callback"] == form["hub.callback"]  # a hub knows a subscription by topic and callback
    assert (end["hub.mode"], "hub.secret" in end) == ("unsubscribe", False)
    assert "secret" not in repr(RULES)


# --- what a feed announces ---


@pytest.mark.parametrize(
    ("header", "links"),
    [
        ('<https://h.example/>; rel="hub"', [("https://h.example/", "hub")]),
        ("<https://h.example/>;rel=hub", [("https://h.example/", "hub")]),
        (
            '</feed>; rel="self", <//h.example/a,b;c>; REL="Hub next"',
            [("https://news.example/feed", "self"), ("https://h.example/a,b;c", "hub next")],
        ),
        ('<a>; title="x, <https://evil.example/>; rel=hub"; rel=self', [("https://news.example/a", "self")]),
        ('<a>; title="\\"; rel=hub; "; rel="self"', [("https://news.example/a", "self")]),
        ("<a>; rel=self; rel=hub", [("https://news.example/a", "self")]),
        ('<a> ; rel = "hub" ; foo', [("https://news.example/a", "hub")]),
        ('<a>; rel=hub; anchor="/other"', []),
        (f'<a>; rel=hub; anchor="{URL}"', [("https://news.example/a", "hub")]),
        ("<>; rel=self", [(URL, "self")]),
        ("<a>", [("https://news.example/a", "")]),
        ("<http://[bad>; rel=hub, <b>; rel=hub", [("https://news.example/b", "hub")]),
        ("nonsense", []),
        ("", []),
        (None, []),
    ],
)
def test_link_headers(header: str | None, links: list[tuple[str, str]]) -> None:
    assert list(read_links(header, URL)) == [Link(target, tuple(rel.split())) for target, rel in links]


@given(st.text(alphabet='<>;,="\\ relhub', max_size=2000))
def test_any_link_header_is_read(header: str) -> None:
    assert all(link.target for link in read_links(header, URL))


def test_hubs_of_the_header_go_before_those_of_the_document_and_tls_before_none() -> None:
    in_document = ("http://hub.example/", HUB, HUB)
    assert announced(in_document, None, URL) == Announcement(URL, (HUB, "http://hub.example/"))
    assert announced(in_document, "https://own.example/feed", URL).topic == "https://own.example/feed"
    header = f'<{OTHER}>; rel="hub", <https://self.example/>; rel="self"'
    assert announced(in_document, URL, URL, header) == Announcement("https://self.example/", (OTHER,))
    assert announced((), None, URL, "<style.css>; rel=preload") == Announcement(URL)


@pytest.mark.parametrize(
    "address",
    ["ftp://hub.example/", "javascript:alert(1)", "https:///x", "", "https://h.example/a b", "https://h/" + "x" * 2001],
)
def test_what_is_no_address_of_the_web_is_no_hub_and_no_topic(address: str) -> None:
    assert announced((address,), None, URL) == Announcement(URL)
    assert announced((HUB,), address, URL) == FOUND


# --- when a hub is asked ---


def test_a_hub_is_asked_once_the_feed_announces_it() -> None:
    assert plan(FEED, state(), FOUND, NOW, RULES) == Subscribe(HUB, URL)
    assert plan(FEED, state(), Announcement(URL), NOW, RULES) is None
    assert plan(FEED, state(), None, NOW, RULES) is None
    assert plan(replace(FEED, paused=True), state(), FOUND, NOW, RULES) is None


def test_a_request_under_way_is_not_sent_again_before_the_hub_had_an_hour() -> None:
    lease = before_request(Subscribe(HUB, URL), None, NOW)
    assert lease is not None
    assert not is_active(lease, NOW)
    assert lease.reason == "the hub has not verified the subscription"
    for after in (timedelta(0), timedelta(minutes=59)):
        assert plan(FEED, state(lease), FOUND, NOW + after, RULES) is None
    assert plan(FEED, state(lease), FOUND, NOW + timedelta(minutes=76), RULES) == Subscribe(HUB, URL)


def test_a_lease_is_renewed_well_before_its_end_and_not_by_all_feeds_at_once() -> None:
    lease = verified()
    assert lease.expires_at == NOW + 10 * DAY
    due = [due_at(f"{n:032x}", lease, RULES) for n in range(500)]
    assert NOW + 6 * DAY <= min(due) < NOW + 6.1 * DAY
    assert NOW + 7.9 * DAY < max(due) <= NOW + 8 * DAY
    mine = due_at(ID, lease, RULES)
    for found in (FOUND, None):  # also while the feed answers 304
        assert plan(FEED, state(lease), found, mine - timedelta(seconds=1), RULES) is None
        assert plan(FEED, state(lease), found, mine, RULES) == Subscribe(HUB, URL)
    again = asked(lease, mine)
    assert is_active(again, mine)
    longer = after_push(again, word(mine, lease_seconds=864_000))
    assert longer is not None
    assert (longer.expires_at, longer.failures, longer.reason) == (mine + 10 * DAY, 0, None)


def test_a_short_lease_does_not_make_us_ask_all_the_time() -> None:
    assert due_at(ID, verified(1), RULES) == NOW + timedelta(minutes=5)


def test_a_hub_that_never_verifies_is_asked_more_and_more_rarely() -> None:
    lease, moment, gaps = asked(), NOW, []
    for _ in range(12):
        due = due_at(ID, lease, RULES)
        gaps.append((due - moment) / timedelta(hours=1))
        assert plan(FEED, state(lease), FOUND, due - timedelta(seconds=1), RULES) is None
        assert plan(FEED, state(lease), FOUND, due, RULES) == Subscribe(HUB, URL)
        lease, moment = asked(lease, due), due
    assert gaps == sorted(gaps)
    assert gaps[0] < 1.26
    assert 7 * 24 <= gaps[-1] == gaps[-2] <= 7 * 24 * 1.25
    assert lease.failures == 13


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Answer(503, HUB), "the hub answered 503"),
        (
            Answer(422, HUB, body=b"hub.topic\n is not <mine>\xff"),
            "the hub answered 422: hub.topic is not <mine>\ufffd",
        ),
        (Failure("timeout", "no answer within 30 s"), "the hub does not answer: no answer within 30 s"),
    ],
)
def test_a_refused_request_says_why_and_is_tried_later(outcome: Answer | Failure, reason: str) -> None:
    lease = after_request(before_request(Subscribe(HUB, URL), None, NOW), outcome)
    assert lease is not None
    assert (lease.reason, lease.failures) == (reason, 1)
    assert plan(FEED, state(lease), FOUND, NOW + timedelta(minutes=30), RULES) is None


def test_a_hub_that_verifies_before_it_answers_has_verified() -> None:
    waiting = before_request(Subscribe(HUB, URL), None, NOW)
    lease = after_push(waiting, word(NOW + timedelta(seconds=1), lease_seconds=60))
    for outcome in (TAKEN, Answer(204, HUB), Failure("timeout", "no answer")):
        assert after_request(lease, outcome) == lease


def test_a_failed_renewal_leaves_the_lease_as_it_is() -> None:
    lease = after_request(before_request(Subscribe(HUB, URL), verified(), NOW + 7 * DAY), Answer(500, HUB))
    assert lease is not None
    assert is_active(lease, NOW + 9 * DAY)
    assert not is_active(lease, NOW + 10 * DAY)
    assert lease.failures == 1


def test_another_hub_is_asked_where_the_feed_names_another_and_where_one_fails() -> None:
    later = NOW + DAY
    moved = plan(FEED, state(verified()), Announcement(URL, (OTHER,)), later, RULES)
    assert moved == Subscribe(OTHER, URL)
    lease = asked(verified(), later, moved)
    assert (lease.hub, lease.expires_at, lease.failures) == (OTHER, None, 1)
    both = Announcement(URL, (HUB, OTHER))
    assert plan(FEED, state(asked()), both, later, RULES) == Subscribe(OTHER, URL)
    assert plan(FEED, state(lease), both, later + DAY, RULES) == Subscribe(HUB, URL)
    assert plan(FEED, state(verified()), both, NOW + 8 * DAY, RULES) == Subscribe(HUB, URL)


def test_a_feed_that_names_itself_anew_each_time_is_no_burden_to_its_hub() -> None:
    lease: Lease | None = None
    sent = 0
    for minute in range(0, 24 * 60, 10):
        moment = NOW + timedelta(minutes=minute)
        request = plan(FEED, state(lease), Announcement(f"{URL}?session={minute}", (HUB,)), moment, RULES)
        if request:
            sent += 1
            lease = after_push(asked(lease, moment, request), word(moment, lease_seconds=864_000))
    assert 10 <= sent <= 24


@pytest.mark.parametrize(("paused", "found"), [(False, Announcement(URL)), (True, FOUND), (True, None)])
def test_the_hub_is_told_once_when_no_more_is_wanted(paused: bool, found: Announcement | None) -> None:
    request = plan(replace(FEED, paused=paused), state(verified()), found, NOW, RULES)
    assert request == Unsubscribe(HUB, URL)
    assert before_request(request, verified(), NOW) is None
    assert after_request(None, Answer(500, HUB)) is None
    assert after_push(None, word(lease_seconds=0)) is None


# --- what a hub says ---


def test_a_denial_ends_the_lease_for_a_day_and_more() -> None:
    lease = after_push(verified(), word(NOW + DAY, denied="over quota"))
    assert lease is not None
    assert not is_active(lease, NOW + DAY)
    assert lease.reason == "the hub refuses the subscription: over quota"
    assert plan(FEED, state(lease), FOUND, NOW + DAY, RULES) is None
    assert plan(FEED, state(lease), FOUND, NOW + 3 * DAY, RULES) == Subscribe(HUB, URL)
    silent = after_push(verified(), word(denied=""))
    assert silent is not None
    assert str(silent.reason).endswith("it gives no reason")


def test_an_end_that_nobody_asked_for_is_mended() -> None:
    lease = after_push(verified(), word(NOW + DAY, lease_seconds=0))
    assert lease is not None
    assert lease.reason == "the hub ended the subscription"
    assert plan(FEED, state(lease), FOUND, NOW + DAY, RULES) == Subscribe(HUB, URL)


def test_an_old_word_that_kafka_brings_again_answers_no_later_request() -> None:
    later = asked(verified(), NOW + 7 * DAY)
    assert after_push(later, word(NOW, lease_seconds=864_000)) == later
    assert after_push(later, word(NOW, denied="no")) == later


# --- polling less ---


def test_polls_become_rarer_only_while_pushes_come() -> None:
    lease = verified()
    assert stretch(900, None, NOW, RULES) == 900
    assert stretch(900, asked(), NOW, RULES) == 900
    assert stretch(900, lease, NOW, RULES) == 900
    pushed = after_push(lease, word(content=b"<rss/>"))
    assert stretch(900, pushed, NOW, RULES) == 3600
    assert stretch(18_000, pushed, NOW, RULES) == 21_600
    assert stretch(30_000, pushed, NOW, RULES) == 30_000
    assert stretch(900, pushed, NOW + 10 * DAY - timedelta(seconds=1000), RULES) == 1000
    assert stretch(900, pushed, NOW + 10 * DAY, RULES) == 900


def test_a_hub_that_is_silent_while_polls_find_items_is_not_trusted_until_it_makes_good() -> None:
    lease = after_push(verified(), word(content=b"<rss/>"))
    assert after_poll(lease, 0, NOW) == lease
    for _ in range(3):
        lease = after_poll(lease, 2, NOW)
        assert stretch(900, lease, NOW, RULES) == 900
    for minute in range(1, 4):
        assert stretch(900, lease, NOW, RULES) == 900
        push = word(NOW + timedelta(minutes=minute), content=b"<rss/>")
        lease = after_push(lease, push)
        assert after_push(lease, push) == lease  # the same one twice makes nothing good
    assert stretch(900, lease, NOW, RULES) == 3600
    assert after_poll(None, 5, NOW) is None
    assert after_poll(asked(), 5, NOW) == asked()


@given(
    st.lists(st.sampled_from(["poll", "find", "push", "deny", "end", "verify", "ask", "fail"]), max_size=40),
    st.floats(120, 21_600),
)
def test_whatever_happens_the_interval_stays_within_the_bounds(events: list[str], interval: float) -> None:
    lease: Lease | None = None
    moment = NOW
    for event in events:
        moment += timedelta(minutes=17)
        match event:
            case "poll" | "find":
                lease = after_poll(lease, event == "find", moment)
            case "push":
                lease = after_push(lease, word(moment, content=b""))
            case "deny":
                lease = after_push(lease, word(moment, denied="no"))
            case "end":
                lease = after_push(lease, word(moment, lease_seconds=0))
            case "verify":
                lease = after_push(lease, word(moment, lease_seconds=86_400))
            case "ask":
                lease = before_request(Subscribe(HUB, URL), lease, moment)
            case _:
                lease = after_request(lease, Answer(500, HUB))
        assert interval <= stretch(interval, lease, moment, RULES) <= max(interval, min(4 * interval, 21_600))
        if lease:
            assert due_at(ID, lease, RULES) <= moment + timedelta(days=9)


# --- settings ---


def test_both_settings_or_none() -> None:
    assert load().feeds.websub_key is None
    assert load(feeds={"websub_secret": "", "websub_url": ""}).feeds.websub_key is None
    both = load(feeds={"websub_secret": "sixteen-letters-\n", "websub_url": "http://10.0.0.7:8080/newswire"})
    assert both.feeds.websub_key == b"sixteen-letters-"


@pytest.mark.parametrize(
    ("feeds", "said"),
    [
        ({"websub_secret": "sixteen-letters-"}, "set both or none"),
        ({"websub_url": "https://news.example"}, "set both or none"),
        ({"websub_secret": "hush", "websub_url": "https://news.example"}, "16 characters or more"),
        *(
            ({"websub_secret": "sixteen-letters-", "websub_url": url}, "http or https address")
            for url in (
                "news.example",
                "ftp://news.example",
                "https://",
                "https://u:p@n.example",
                "https://n.example?x",
            )
        ),
        ({"websub_secret": "sixteen-letters-", "websub_url": "https://n.example:99999"}, "http or https address"),
    ],
)
def test_settings_that_will_not_do_are_told_without_the_secret(feeds: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        load(feeds=feeds)
    assert not any(secret in str(error.value) for secret in ("hush", "sixteen-letters-"))
