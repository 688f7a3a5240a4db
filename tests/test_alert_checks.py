"""`newswire doctor` and `newswire status` about alerts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import alert_index, rule_registry
from pipeline.alert_checks import check_channels, check_rules
from pipeline.alert_records import Rule
from pipeline.config import Settings
from pipeline.finding import Finding
from pipeline.search_engine import connect
from pipeline.status import rules_status
from pipeline.topic_setup import create_topics
from tests.command import newswire
from tests.services import running, wait_until
from tests.test_alert_index import alert
from tests.test_alert_sink import raise_alerts, waiting

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CHANNELS = {"desk": {"kind": "test-channel"}}


def rules(*given: Rule) -> dict[str, Rule]:
    return {rule.id: rule for rule in given}


def of(settings: Settings, *given: Rule, senders: int = 0) -> dict[str, Finding]:
    return {finding.check: finding for finding in check_rules(settings, rules(*given), senders)}


def test_nothing_is_said_of_alerts_where_there_are_no_rules_and_no_channels() -> None:
    assert list(check_rules(Settings(alerts={"match": False}), {}, 0)) == []
    assert list(check_channels(Settings())) == []


def test_rules_that_cannot_be_read_are_told_with_the_reason() -> None:
    told = of(Settings(), Rule(id="good", query="ferry"), Rule(id="bad", query='"open'))["alert rules"]
    assert told.verdict == "problem"
    assert told.detail.startswith("1 of 2 cannot be read and are not matched: bad: column 1")
    assert "rules test" in (told.remedy or "")
    fine = of(Settings(), Rule(id="good", query="ferry"))
    assert (fine["alert rules"].verdict, len(fine)) == ("ok", 1)


def test_rules_that_nobody_matches_are_told() -> None:
    told = of(Settings(alerts={"match": False}), Rule(id="good", query="ferry"))["matching"]
    assert told.verdict == "warning"
    assert "alerts.match" in (told.remedy or "")


def test_channels_that_the_settings_lack_are_told() -> None:
    lost = Rule(id="lost", query="ferry", channels=("desk", "nowhere"))
    told = of(Settings(deliver={"channels": CHANNELS}), lost, Rule(id="kept", query="tide"), senders=1)
    assert told["channels"].verdict == "problem"
    assert told["channels"].detail == "1 rules name channels that the settings lack: nowhere"
    assert "deliver.channels.nowhere" in (told["channels"].remedy or "")
    assert "sending" not in told


def test_alerts_that_nobody_sends_are_told() -> None:
    wanted = Rule(id="wanted", query="ferry", channels=("desk",))
    settings = Settings(deliver={"channels": CHANNELS})
    assert of(settings, wanted)["sending"].verdict == "problem"
    assert "sending" not in of(settings, wanted, senders=1)
    assert "sending" not in of(settings, Rule(id="kept", query="ferry"))
    off = of(Settings(deliver={"channels": CHANNELS, "processes": 0}), wanted)["sending"]
    assert "deliver.processes is 0" in (off.remedy or "")


def test_a_channel_of_an_unknown_kind_is_told() -> None:
    (told,) = check_channels(Settings(deliver={"channels": {"desk": {"kind": "pigeon", "secret": "hidden-word-0123"}}}))
    assert (told.check, told.verdict) == ("channel desk", "problem")
    assert "pigeon" in told.detail
    assert "hidden-word" not in f"{told}"


def test_each_channel_is_told_with_what_is_wrong_in_its_settings() -> None:
    good = {"kind": "webhook", "url": "https://hooks.example/news", "secret": "hidden-word-0123456789"}
    channels = {"good": good, "bad": {**good, "secret": "hidden-word"}}
    told = {finding.check: finding for finding in check_channels(Settings(deliver={"channels": channels}))}
    assert (told["channel good"].verdict, told["channel good"].detail) == ("ok", "webhook")
    assert told["channel bad"].verdict == "problem"
    assert "deliver.channels.bad.secret" in told["channel bad"].detail
    assert "hidden-word" not in f"{told}"


def test_rules_are_counted_by_what_becomes_of_their_articles() -> None:
    given = [
        Rule(id="a", query="x"),
        Rule(id="b", query="x", snoozed_until=datetime(2026, 11, 24, tzinfo=UTC)),
        Rule(id="c", query="x", snoozed_until=datetime(2026, 11, 22, tzinfo=UTC)),
        Rule(id="d", query="x", paused=True, snoozed_until=datetime(2026, 11, 24, tzinfo=UTC)),
    ]
    counted = rules_status(given, NOW)
    assert (counted.active, counted.snoozed, counted.paused, counted.total) == (2, 1, 1, 4)


@pytest.mark.engines
def test_status_and_doctor_count_rules_and_alerts_and_tell_who_reads_them(
    settings: Callable[..., Settings], tmp_path: Path
) -> None:
    made = settings()
    create_topics(made)
    rule_registry.write(made, print, [Rule(id="ferries", query="ferry"), Rule(id="idle", query="x", paused=True)])
    raise_alerts(made, alert(1), alert(2))

    def told(kind: str, **more: str) -> list[dict[str, object]]:
        return [line[kind] for line in newswire(made, "status", "--json", **more).lines if kind in line]

    channels = {"NEWSWIRE_DELIVER__CHANNELS": '{"desk": {"kind": "webhook"}}'}
    assert told("rules") == [{"active": 1, "snoozed": 0, "paused": 1}]
    lags = {group["service"]: group["lag"] for group in told("group", **channels)}
    assert (lags["alert-sink"], lags["deliver"]) == (2, 2)
    assert "deliver" not in {group["service"] for group in told("group")}, "there is nothing to send to"

    doctor = {line["check"]: line for line in newswire(made, "doctor", "--json").lines}
    assert doctor["alert-sink"]["remedy"] == "newswire run sink, or newswire run all"
    assert doctor["alert rules"]["verdict"] == "ok"
    assert alert_index.alias(made.index_prefix) in doctor["index templates"]["detail"]

    with running("sink", made, tmp_path) as sink:
        wait_until(lambda: waiting(made) == 0, "the alerts are in the index", 60, [sink])
        doctor = {line["check"]: line for line in newswire(made, "doctor", "--json").lines}
    assert doctor["alert-sink"]["verdict"] == "ok"
    assert doctor["index templates"]["verdict"] == "ok"
    shown = newswire(made, "status").stdout.decode()
    assert f"{alert_index.alias(made.index_prefix)}-2026.11" in shown
    assert "Alert rules" in shown
    with connect(made.elasticsearch) as client:
        client.indices.delete(index=list(client.indices.get_alias(index=f"{made.index_prefix}-*")))
