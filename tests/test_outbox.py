"""When alerts are sent and with which others: decisions, without any engine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.alert_records import Delivery, QuietHours, Rule
from pipeline.deliver.ledger import Ledger
from pipeline.delivery_records import Dispatch, Failed, Retry, Sent
from pipeline.outbox.intake import Limited, dispatch, limit_of, withheld
from pipeline.outbox.messages import again, compose, message, message_id, pause, settle
from pipeline.outbox.timetable import after_quiet, next_digest, zone
from pipeline.partition_tables import Entry
from pipeline.topics import DELIVERIES
from tests.raised_alerts import alert

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
GATHER = timedelta(seconds=2)
DAY = timedelta(days=1)
ZONES = ("UTC", "Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca")
zones = st.sampled_from(ZONES)
clocks = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- st adds it


def made(rule: Rule, article: str = "a", now: datetime = NOON, limited: Limited | None = None) -> Dispatch:
    return dispatch(alert(rule, article, at=now), "desk", rule, now, gather=GATHER, limited=limited)


def rule(**delivery: object) -> Rule:
    return Rule(id="r", query="news", channels=("desk",), delivery=Delivery(**delivery))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("timezone", "at", "days"),
    [
        # Clocks go from 01:00 to 02:00, and back from 02:00 to 01:00.
        ("Europe/Lisbon", "01:30", (date(2026, 3, 29), "2026-03-29T01:30:00+00:00")),
        ("Europe/Lisbon", "01:30", (date(2026, 10, 25), "2026-10-25T00:30:00+00:00")),
        # From 02:00 to 03:00, and back.
        ("America/New_York", "02:30", (date(2026, 3, 8), "2026-03-08T07:30:00+00:00")),
        ("America/New_York", "01:30", (date(2026, 11, 1), "2026-11-01T05:30:00+00:00")),
        # By half an hour, from 02:00 to 01:30.
        ("Australia/Lord_Howe", "01:45", (date(2026, 4, 5), "2026-04-04T14:45:00+00:00")),
    ],
)
def test_a_daily_digest_comes_once_on_the_day_on_which_the_clock_is_changed(
    timezone: str, at: str, days: tuple[date, str]
) -> None:
    day, expected = days
    digests = [datetime(day.year, day.month, day.day, tzinfo=UTC) - 2 * DAY]
    while len(digests) < 6:
        digests.append(next_digest(Delivery(every="day", at=at, timezone=timezone), digests[-1]))
    assert expected in [digest.isoformat() for digest in digests[1:]]
    dates = [digest.astimezone(ZoneInfo(timezone)).date() for digest in digests[1:]]
    assert [later - earlier for earlier, later in pairwise(dates)] == [DAY] * 4


@given(zones, clocks, moments)
def test_digests_of_a_day_and_a_week_come_once_on_each_of_their_dates(timezone: str, at: str, now: datetime) -> None:
    where = ZoneInfo(timezone)
    for delivery in (
        Delivery(every="day", at=at, timezone=timezone),
        Delivery(every="week", at=at, timezone=timezone, weekday="sunday"),
    ):
        first = next_digest(delivery, now)
        second = next_digest(delivery, first)
        step = DAY if delivery.every == "day" else 7 * DAY
        assert now < first
        assert second.astimezone(where).date() - first.astimezone(where).date() == step
        assert first - now <= step + timedelta(hours=2)
        assert delivery.every == "day" or first.astimezone(where).weekday() == 6


@given(zones, moments)
@example("Australia/Lord_Howe", datetime(2026, 4, 4, 14, 45, tzinfo=UTC))
@example("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 0, tzinfo=UTC))
@example("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 20, tzinfo=UTC))
@example("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 10, tzinfo=UTC))
def test_hourly_digests_come_at_each_full_hour_of_the_local_clock(timezone: str, now: datetime) -> None:
    digest = next_digest(Delivery(every="hour", timezone=timezone), now)
    local = digest.astimezone(ZoneInfo(timezone))
    assert (local.minute, local.second, local.microsecond) == (0, 0, 0)
    # Lord Howe puts its clock by half an hour: from 02:00 back to 01:30, so that 90 minutes are between full hours.
    assert timedelta(0) < digest - now <= timedelta(minutes=90 if timezone == "Australia/Lord_Howe" else 60)


@given(zones, clocks, clocks, moments)
def test_nothing_is_sent_in_quiet_hours_and_all_of_it_at_their_end(
    timezone: str, since: str, until: str, now: datetime
) -> None:
    later = after_quiet(QuietHours(since=since, until=until), timezone, now)
    assert now <= later <= now + DAY + timedelta(hours=2)
    if since != until:
        assert after_quiet(QuietHours(since=since, until=until), timezone, later) == later


def test_quiet_hours_go_over_midnight() -> None:
    quiet = QuietHours(since="22:00", until="06:00")
    night, morning = datetime(2026, 3, 2, 23, 30, tzinfo=UTC), datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
    assert after_quiet(quiet, "UTC", night) == morning
    assert after_quiet(quiet, "UTC", morning - timedelta(hours=3)) == morning
    assert after_quiet(quiet, "UTC", NOON) == NOON
    assert after_quiet(quiet, "Asia/Tokyo", NOON + timedelta(hours=1)) == datetime(2026, 3, 2, 21, 0, tzinfo=UTC)


def test_a_timezone_that_does_not_exist_is_named_and_keeps_no_alert_back() -> None:
    for wrong in ("Mars/Olympus", "Europe", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="there is no timezone"):
            zone(wrong)
    waiting = made(rule(every="day", timezone="Mars/Olympus"))
    assert (waiting.state, waiting.due) == ("waiting", NOON)
    assert "Mars/Olympus" in (waiting.reason or "")


def test_an_alert_waits_for_its_siblings_its_digest_or_the_end_of_the_quiet_hours() -> None:
    assert made(rule()).due == NOON + GATHER
    daily = made(rule(every="day", at="18:00"))
    assert daily.due == datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
    assert daily.bundle == made(rule(every="day", at="18:00"), "b").bundle
    quiet = made(rule(quiet=QuietHours(since="11:00", until="14:00")))
    assert quiet.due == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    assert made(rule(), "a").bundle != made(rule(), "b").bundle


@pytest.mark.parametrize("by", ["rule", "entity"])
def test_a_throttled_rule_sends_at_most_one_message_in_its_time(by: str) -> None:
    throttled = rule(throttle_seconds=3600, throttle_by=by)
    ledger = Ledger()
    sent: dict[str, list[datetime]] = {}
    random = Random(1)
    now = NOON
    for number in range(300):
        now += timedelta(seconds=random.randrange(0, 240))
        for queue in ledger.queues.values():
            while parts := queue.next(now):
                composed = compose(parts, now)
                ledger.put(0, composed)
                ledger.put(0, settle(composed, Sent(), now, 0, longest=60, give_up=DAY))
                for limit in {each.limit for each in composed}:
                    sent.setdefault(limit, []).append(now)
        raised = replace(alert(throttled, str(number), at=now), entities=(random.choice(["Ada", "Bo"]),))
        limited = ledger.limited("desk", limit_of(raised, throttled))
        ledger.put(0, [dispatch(raised, "desk", throttled, now, gather=GATHER, limited=limited)])
    assert len(sent) == (1 if by == "rule" else 2)
    for times in sent.values():
        assert len(times) > 5
        assert min(later - earlier for earlier, later in pairwise(times)) >= timedelta(seconds=3600 - 2)


def test_what_is_not_sent_says_why() -> None:
    plain = rule()
    now_alert = alert(plain, "a", at=NOON)
    assert withheld(now_alert, plain, NOON) is None
    assert withheld(now_alert, None, NOON) == "the rule was removed"
    assert withheld(now_alert, replace(plain, paused=True), NOON) == "the rule is paused"
    assert withheld(now_alert, replace(plain, snoozed_until=NOON), NOON) is None
    assert withheld(now_alert, replace(plain, snoozed_until=NOON + DAY), NOON)
    old = replace(now_alert, late="backfill")
    assert withheld(old, plain, NOON) == "the article is no news: backfill"
    assert withheld(old, replace(plain, replays=True), NOON) is None
    assert made(replace(plain, paused=True)).content is None


def test_a_message_has_the_same_key_and_the_same_words_at_each_try() -> None:
    waiting = [made(rule(), "a"), replace(made(rule(), "b"), bundle="article a")]
    parts = compose(waiting, NOON + GATHER)
    tried = settle(parts, Retry("503: later"), NOON + DAY, 0.5, longest=600, give_up=2 * DAY)
    assert message(parts) == message(list(reversed(tried)))
    assert {each.message for each in tried} == {message_id(waiting)} == {message(parts).id}
    assert (message(parts).kind, len(message(parts).alerts)) == ("alert", 2)


def test_an_answer_settles_a_message_or_says_when_it_is_tried_again() -> None:
    parts = compose([made(rule())], NOON)
    sent = settle(parts, Sent("id 7"), NOON, 0, longest=600, give_up=DAY)[0]
    assert (sent.state, sent.content, sent.tries, sent.due, sent.reason) == ("sent", None, 1, None, "id 7")
    failed = settle(parts, Failed("404: no such hook"), NOON, 0, longest=600, give_up=DAY)[0]
    assert (failed.state, failed.reason, failed.content) == ("failed", "404: no such hook", parts[0].content)
    wished = settle(parts, Retry("429", 120), NOON, 0, longest=600, give_up=DAY)[0]
    assert (wished.state, wished.due) == ("sending", NOON + timedelta(seconds=120))
    given_up = settle(parts, Retry("503: down"), NOON + DAY, 0, longest=600, give_up=DAY)[0]
    assert given_up.state == "failed"
    assert given_up.reason == "given up after 1 tries in 24 hours; the last one: 503: down"
    retried = again(failed, NOON + DAY)
    assert (retried.state, retried.tries, retried.content) == ("waiting", 0, parts[0].content)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_pauses_grow_up_to_a_limit_and_never_vanish(tries: int, jitter: float) -> None:
    assert 1.0 <= pause(tries, jitter, 600) <= 600
    assert 30 <= pause(tries, jitter, 600, 30) <= 33
    assert pause(tries, jitter, 600, 1e9) <= 6 * 3600 * 1.1


actions = st.lists(
    st.tuples(st.sampled_from(["alert", "send", "retry", "fail", "crash"]), st.integers(0, 5), st.integers(0, 3)),
    max_size=60,
)


@settings(max_examples=200)
@given(actions, st.sampled_from(["article", "hour", "day"]), st.sampled_from([0, 1800]))
def test_every_alert_ends_and_none_is_sent_twice(done: list[tuple[str, int, int]], every: str, throttle: int) -> None:
    """A ledger that is used, and at times read anew from what was written down: alerts end once, in one message."""
    delivery = rule(every=every, throttle_seconds=throttle).delivery
    rules = [Rule(id=f"r{n}", query="news", channels=("desk",), owner="o", delivery=delivery) for n in range(4)]
    ledger, table, now = Ledger(), {}, NOON
    messages: dict[str, set[str]] = {}

    def note(dispatches: list[Dispatch]) -> None:
        table.update({each.key: msgspec.json.encode(each) for each in dispatches})
        ledger.put(0, dispatches)

    for what, number, which in [*done, *[("send", 0, 0)] * 80]:
        now += timedelta(minutes=20 * number)
        if what == "crash":
            ledger = Ledger()
            for key, value in table.items():
                ledger.learn(Entry(DELIVERIES, 0, key, value))
        elif what == "alert":
            raised = alert(rules[which], str(number), at=now)
            limited = ledger.limited("desk", limit_of(raised, rules[which]))
            anew = Ledger()
            for key, value in table.items():
                anew.learn(Entry(DELIVERIES, 0, key, value))
            assert limited == anew.limited("desk", limit_of(raised, rules[which]))
            new = dispatch(raised, "desk", rules[which], now, gather=GATHER, limited=limited)
            if new.key not in ledger:
                note([new])
        else:
            now += DAY if done and number == 0 else timedelta(0)
            queue = ledger.queues.get("desk")
            parts = queue.next(now) if queue else []
            if not parts:
                continue
            if parts[0].state == "waiting":
                parts = compose(parts, now)
                note(parts)
            kept = messages.setdefault(message(parts).id, {each.key for each in parts})
            assert kept == {each.key for each in parts}
            answer = {"send": Sent(), "retry": Retry("later", 1), "fail": Failed("no")}[what]
            note(settle(parts, answer, now, 0, longest=600, give_up=DAY * 400))
    ended = [msgspec.json.decode(value, type=Dispatch).state for value in table.values()]
    assert set(ended) <= {"sent", "failed"}
    assert not len(ledger)
    keys = [key for parts in messages.values() for key in parts]
    assert len(keys) == len(set(keys)) == len(table)
