"""Alerts reach their channels: once, together where they belong together, and through whatever happens."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from pydantic import SecretStr

from pipeline.alert_records import Delivery, Rule
from pipeline.clock import ScaledClock
from pipeline.config import Channel, Deliver, Settings
from pipeline.deliver.service import run_deliver
from pipeline.delivery_registry import read, retry
from pipeline.stopping import Stop
from pipeline.topic_setup import create_topics
from tests.alert_deployment import write_rules
from tests.alert_receiver import AlertReceiver, receiving
from tests.raised_alerts import SECRET, alert, channel, dispatches, write_alerts
from tests.services import Service, running, wait_until
from tests.tunnel import Tunnel, wholly_behind

pytestmark = pytest.mark.engines

Start = Callable[[Service], Service]


@pytest.fixture
def deployment(settings: Callable[..., Settings]) -> Settings:
    made = settings()
    create_topics(made)
    return made


def states(settings: Settings) -> Counter[str]:
    return Counter(each.state for each in dispatches(settings))


def test_rules_of_one_owner_share_a_message_and_nothing_comes_twice(deployment: Settings, tmp_path: Path) -> None:
    rules = [Rule(id=f"r{n}", query="news", owner="desk", channels=("desk",)) for n in range(3)]
    alone = Rule(id="alone", query="news", channels=("desk", "desk"))
    silent = Rule(id="silent", query="news")
    write_rules(deployment, *rules, alone, silent)
    alerts = [alert(rule, f"a{n}", together=3) for n in range(4) for rule in rules]
    alerts += [alert(alone, "a0"), alert(silent, "a0")]
    with receiving() as receiver:
        write_alerts(deployment, [*alerts, *alerts[:5]])
        with running("deliver", deployment, tmp_path, **channel("desk", receiver.url)) as service:
            wait_until(lambda: len(receiver.bodies) == 5, "all messages came", 60, [service])
            write_alerts(deployment, alerts)  # the articles came again
            late = alert(alone, "a9")
            write_alerts(deployment, [late])
            wait_until(lambda: len(receiver.bodies) == 6, "the new one came", 60, [service])
            wait_until(lambda: states(deployment) == {"sent": 14}, "it is written down", 60, [service])
        assert sorted(len(body["alerts"]) for body in receiver.bodies) == [1, 1, 3, 3, 3, 3]
        assert set(receiver.pairs(once=False).values()) == {1}
        with running("deliver", deployment, tmp_path, **channel("desk", receiver.url)) as service:
            write_alerts(deployment, [*alerts, alert(alone, "a10")])
            wait_until(lambda: len(receiver.bodies) == 7, "only the new one came", 60, [service])


def test_a_message_that_is_not_taken_is_tried_again_and_one_that_is_refused_is_told(
    deployment: Settings, tmp_path: Path
) -> None:
    rule = Rule(id="r", query="news", channels=("desk", "other"))
    write_rules(deployment, rule)
    with receiving() as receiver, receiving() as other:
        receiver.answer = lambda number: (503, {"Retry-After": "1"}) if number <= 2 else (200, {})
        other.answer = lambda number: (422, {}) if number == 1 else (200, {})
        more = channel("desk", receiver.url) | channel("other", other.url)
        write_alerts(deployment, [alert(rule, "a")])
        with running("deliver", deployment, tmp_path, **more) as service:
            wait_until(lambda: states(deployment) == {"sent": 1, "failed": 1}, "both are settled", 60, [service])
            assert receiver.requests == 3
            failed = next(each for each in dispatches(deployment) if each.state == "failed")
            assert failed.channel == "other"
            assert "422" in (failed.reason or "")
            assert failed.content is not None
            assert "422" in service.output
            assert retry(deployment, print, read(deployment, print), datetime.now(UTC)) == 1
            wait_until(lambda: states(deployment) == {"sent": 2}, "it is sent again", 60, [service])
        assert other.pairs(once=False) == {("r", "a"): 1}


def test_alerts_wait_for_a_channel_that_is_not_there_yet(deployment: Settings, tmp_path: Path) -> None:
    rule = Rule(id="r", query="news", channels=("desk",))
    write_rules(deployment, rule)
    write_alerts(deployment, [alert(rule, "a")])
    with receiving() as receiver:
        with running("deliver", deployment, tmp_path, **channel("other", receiver.url)) as service:
            wait_until(lambda: "no channel is called 'desk'" in service.output, "it is told", 60, [service])
            wait_until(lambda: states(deployment) == {"waiting": 1}, "it waits", 60, [service])
        with running("deliver", deployment, tmp_path, **channel("desk", receiver.url)) as service:
            wait_until(lambda: states(deployment) == {"sent": 1}, "it is sent", 60, [service])
        assert receiver.pairs(once=False) == {("r", "a"): 1}


def test_what_is_no_news_or_not_wanted_is_not_sent(deployment: Settings, tmp_path: Path) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    snoozed = Rule(id="snoozed", query="news", channels=("desk",), snoozed_until=until)
    plain, replays = (Rule(id=name, query="news", channels=("desk",), replays=name == "yes") for name in ("no", "yes"))
    gone = Rule(id="gone", query="news", channels=("desk",))
    young = Rule(id="young", query="news", channels=("desk",))
    write_rules(deployment, snoozed, plain, replays, young)
    late = [replace(alert(rule, "old"), late="backfill") for rule in (plain, replays)]
    early = alert(replace(young, channels=()), "before it had a channel")
    write_alerts(deployment, [*late, early, alert(snoozed, "a"), alert(gone, "a"), alert(plain, "a")])
    with receiving() as receiver:
        with running("deliver", deployment, tmp_path, **channel("desk", receiver.url)) as service:
            wait_until(lambda: states(deployment) == {"sent": 2, "withheld": 2}, "all are settled", 60, [service])
        assert receiver.pairs(once=False) == {("yes", "old"): 1, ("no", "a"): 1}
    reasons = {each.rule: each.reason for each in dispatches(deployment) if each.state == "withheld"}
    assert (reasons["gone"], (reasons["snoozed"] or "")[:26]) == ("the rule was removed", "the rule is snoozed until ")


def test_a_throttled_rule_sends_one_message_and_the_rest_together(deployment: Settings, tmp_path: Path) -> None:
    rule = Rule(id="r", query="news", channels=("desk",), delivery=Delivery(throttle_seconds=5))
    write_rules(deployment, rule)
    write_alerts(deployment, [alert(rule, f"a{n}") for n in range(20)])
    with receiving() as receiver:
        with running("deliver", deployment, tmp_path, **channel("desk", receiver.url)) as service:
            wait_until(lambda: states(deployment) == {"sent": 20}, "all are sent", 60, [service])
        assert [len(body["alerts"]) for body in receiver.bodies] == [1, 19]
        assert [body["kind"] for body in receiver.bodies] == ["alert", "digest"]


def test_a_sender_that_dies_with_a_message_under_way_sends_the_same_again(
    deployment: Settings, tmp_path: Path, start: Start
) -> None:
    """Killed by the receiver itself: when the request has come, when it has counted, and when it is answered."""
    rules = [Rule(id=f"r{n}", query="news", owner="desk", channels=("desk",)) for n in range(2)]
    write_rules(deployment, *rules)
    write_alerts(deployment, [alert(rule, f"a{n}", together=2) for n in range(15) for rule in rules])
    with receiving() as receiver:
        services = [start(Service("deliver", deployment, tmp_path, **channel("desk", receiver.url)))]
        receiver.before = lambda number: services[-1].kill() if number == 3 else None
        receiver.after = lambda number: services[-1].kill() if number == 9 else None
        receiver.answered = lambda number: services[-1].kill() if number == 12 else None
        for _ in range(3):
            wait_until(lambda: services[-1].process.poll() is not None, "it died", 60)
            services.append(start(Service("deliver", deployment, tmp_path, **channel("desk", receiver.url))))
        wait_until(lambda: states(deployment) == {"sent": 30}, "all are sent", 90, services[-1:])
        services[-1].stop()
    assert_once(receiver, 30)
    ids = Counter(body["id"] for body in receiver.bodies)
    repeated = [name for name, count in ids.items() if count > 1]
    assert 2 <= len(repeated) <= 3
    for name in repeated:
        first, *others = (body for body in receiver.bodies if body["id"] == name)
        assert all(other == first for other in others)


def test_kills_at_random_neither_lose_nor_repeat_an_alert(deployment: Settings, tmp_path: Path, start: Start) -> None:
    random = Random(6)
    rules = [Rule(id=f"r{n}", query="news", owner=f"desk {n % 5}", channels=("desk",)) for n in range(10)]
    write_rules(deployment, *rules)
    with receiving() as receiver:
        # Every seventh try fails, now before and now after it counted.
        receiver.answer = lambda number: (500, {}) if number % 7 == 0 else (200, {})
        senders = [start(Service("deliver", deployment, tmp_path, **channel("desk", receiver.url))) for _ in range(2)]
        written = 0
        for turn in range(4):
            write_alerts(deployment, [alert(rule, f"{turn}-{n}", together=2) for n in range(10) for rule in rules])
            written += 100
            wanted = receiver.requests + random.randrange(1, 30)
            wait_until(lambda wanted=wanted: receiver.requests >= wanted, "some came", 60, senders)  # type: ignore[misc]
            senders.pop(random.randrange(2)).kill()
            senders.append(start(Service("deliver", deployment, tmp_path, **channel("desk", receiver.url))))
        wait_until(lambda: states(deployment) == {"sent": written}, "all are sent", 120, senders)
        for sender in senders:
            sender.stop()
    assert_once(receiver, written)


def assert_once(receiver: AlertReceiver, count: int) -> None:
    """Exactly once to a receiver that honours keys, at least once to one that does not."""
    assert len(receiver.pairs(once=False)) == count
    pairs = receiver.pairs(once=True)
    assert len(pairs) == count
    assert set(pairs.values()) == {1}


def test_a_daily_digest_comes_once_a_day_also_when_the_clock_is_changed(
    deployment: Settings, tmp_path: Path, settings: Callable[..., Settings]
) -> None:
    """Lisbon puts its clock forward on 29 March 2026: 08:00 is 08:00 UTC before, and 07:00 UTC from then on."""
    lisbon = ZoneInfo("Europe/Lisbon")
    rule = Rule(
        id="r", query="news", channels=("desk",), delivery=Delivery(every="day", at="08:00", timezone=lisbon.key)
    )
    write_rules(deployment, rule)
    clock = ScaledClock(20_000, datetime(2026, 3, 27, 12, 0, tzinfo=UTC))
    with receiving() as receiver:
        desk = Channel(kind="webhook", url=SecretStr(receiver.url), secret=SecretStr(SECRET))
        made = settings(deliver=Deliver(channels={"desk": desk}, allow_hosts=("127.0.0.1",)))
        stop = Stop()
        with ThreadPoolExecutor(1) as pool:
            ended = pool.submit(run_deliver, made, stop, clock)
            try:
                for day in range(3):
                    write_alerts(deployment, [alert(rule, f"{day} {number}") for number in range(4)])
                    wait_until(lambda day=day: len(receiver.bodies) > day or ended.done(), "a digest came", 60)  # type: ignore[misc]
            finally:
                stop.set()
        ended.result()
    assert receiver.pairs(once=False).total() == len(receiver.pairs(once=False)) == 12
    times = [datetime.fromisoformat(body["made_at"]).astimezone(lisbon) for body in receiver.bodies]
    dates = [time.date().isoformat() for time in times]
    assert dates == sorted(set(dates))
    assert dates[-1] >= "2026-03-29"
    assert {time.hour for time in times} <= {8, 9, 10}
    assert {body["kind"] for body in receiver.bodies} == {"digest"}


def test_a_sender_that_was_frozen_sends_nothing_that_another_one_has(
    deployment: Settings, tmp_path: Path, start: Start
) -> None:
    rules = [Rule(id=f"r{n}", query="news", owner=f"desk {n}", channels=("desk",)) for n in range(4)]
    write_rules(deployment, *rules)
    with receiving() as receiver:
        more = channel("desk", receiver.url)
        frozen = start(Service("deliver", deployment, tmp_path, **more))
        wait_until(lambda: "alerts wait here" in frozen.output, "it is ready", 60, [frozen])
        receiver.before = lambda number: frozen.process.send_signal(signal.SIGSTOP) if number == 5 else None
        write_alerts(deployment, [alert(rule, str(number)) for number in range(20) for rule in rules])
        wait_until(lambda: receiver.requests >= 5, "it was frozen", 60, [frozen])
        other = start(Service("deliver", deployment, tmp_path, **more))
        wait_until(lambda: states(deployment) == {"sent": 80}, "the other one has sent all", 90, [other])
        requests = receiver.requests
        before = frozen.output.count("are ours")
        frozen.process.send_signal(signal.SIGCONT)
        wait_until(lambda: frozen.output.count("are ours") > before, "it has found its place again", 60, [frozen])
        frozen.stop()
        other.stop()
        assert receiver.requests == requests
    assert_once(receiver, 80)
    assert set(receiver.pairs(once=False).values()) <= {1, 2}
    assert receiver.pairs(once=False).total() <= 81


def test_an_owner_who_changes_gets_each_alert_once(deployment: Settings, tmp_path: Path) -> None:
    """What fired before lies in the former owner's partition, and stays there."""
    before = [Rule(id=f"r{n}", query="news", owner=f"old {n}", channels=("desk",)) for n in range(6)]
    after = [replace(rule, owner="new") for rule in before]
    write_rules(deployment, *after)
    write_alerts(deployment, [alert(rule, "a", together=6) for rule in (*before[:3], *after[3:])])
    with receiving() as receiver:
        for _ in range(2):
            with running("deliver", deployment, tmp_path, **channel("desk", receiver.url)) as service:
                wait_until(lambda: states(deployment) == {"sent": 6}, "all are sent", 60, [service])
                held = {(partition, each.group) for partition, each in read(deployment, print)}
                assert len({group for _, group in held}) == len(held) == 4
        assert receiver.pairs(once=False) == {(rule.id, "a"): 1 for rule in before}


def test_kafka_away_for_a_while_loses_and_repeats_nothing(deployment: Settings, tmp_path: Path, start: Start) -> None:
    rule = Rule(id="r", query="news", channels=("desk",))
    write_rules(deployment, rule)
    write_alerts(deployment, [alert(rule, str(number)) for number in range(40)])
    with receiving() as receiver, Tunnel() as tunnel:
        receiver.before = lambda number: tunnel.cut() if number in (5, 25) else None
        more = channel("desk", receiver.url)
        sender = start(wholly_behind(tunnel)("deliver", deployment, tmp_path, **more))
        for _ in range(2):
            wait_until(lambda: "waiting for it" in sender.output, "it misses Kafka", 60, [sender])
            tunnel.mend()
            wait_until(lambda: receiver.requests >= 25, "it goes on", 60, [sender])
        wait_until(lambda: states(deployment) == {"sent": 40}, "all are sent", 60, [sender])
        tunnel.cut()
        sender.stop()
        assert sender.process.returncode == 0
    assert_once(receiver, 40)
