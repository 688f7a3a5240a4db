"""Rules as users call, write and import them. Without engines, but for what is marked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import typer

from pipeline.alert_examples import RULES as EXAMPLES
from pipeline.alert_records import Delivery, QuietHours, Rule
from pipeline.alerts.parser import parse
from pipeline.cli._rule_table import row, summary, table, whole
from pipeline.cli._rule_words import later, percentage, quiet_hours, rule_id, seconds, state, time_of_day, timing
from pipeline.config import Settings
from pipeline.delivery import MissingTopicError
from pipeline.producer import Producer
from pipeline.rule_backtest import Share
from pipeline.rule_import import is_comma_separated, plan, read_rule_file
from pipeline.rule_registry import Registry, RuleChoiceError, read, remove, write
from pipeline.topic_setup import create_topics
from pipeline.topics import RULES

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(days=3)


def quiet(line: str) -> None:
    """A Report."""


def registry(*rules: Rule) -> Registry:
    return Registry({rule.id: rule for rule in rules})


def test_a_rule_is_found_by_id_name_beginning_or_words_that_no_other_has() -> None:
    one = Rule(id="ferries", query="ferry AND strike", name="Ferry strikes")
    two = Rule(id="ferries-2", query="boat", name="Ferries")
    three = Rule(id="tides", query='"tide barrier"', name="Barrier")
    found = registry(one, two, three)
    for text in ("ferries", "ferry strikes", "  FERRY   strikes", "strike"):
        assert found.find(text) is one
    for text in ("ferries-", "Ferries", "boat"):
        assert found.find(text) is two
    for text in ("TID", "barrier", '"tide'):
        assert found.find(text) is three
    for text, said in (
        ("ferr", r"2 rules may be meant by 'ferr', say which: ferries \(Ferry strikes\), ferries-2 \(Ferries\)"),
        ("zeppelin", "there is no rule 'zeppelin'; see `newswire rules list`"),
        (" ", "there is no rule"),
    ):
        with pytest.raises(RuleChoiceError, match=said):
            found.find(text)


def test_of_many_candidates_five_are_listed() -> None:
    many = registry(*(Rule(id=f"r{number}", query="x" * 100) for number in range(9)))
    with pytest.raises(RuleChoiceError, match=r"9 rules .* r4 \(x{60}\) and 4 more$"):
        many.find("r")


@pytest.mark.parametrize(
    ("name", "query", "made"),
    [
        ("Tide barrier, closed!", "x", "tide-barrier-closed"),
        (None, 'headline:(ferry OR "harbour pilots") NOT sport', "ferry-harbour-pilots"),
        (None, "pilots NEAR/5 strike AND lorr* AND language:en", "pilots-strike-lorr-en"),
        (None, "東京", "東-京"),
        ("Überfälle", "x", "überfälle"),
        ("!!", "x", "rule"),
        ("taken", "x", "taken-3"),
    ],
)
def test_a_new_id_is_readable_and_new(name: str | None, query: str, made: str) -> None:
    assert rule_id(name, parse(query).tree, {"taken", "taken-2"}) == made


def test_lengths_and_times_are_read_and_told() -> None:
    assert [seconds(text, "--for") for text in ("90s", "30m", "2h", "1d", "2w", "off", "0")] == [
        90, 1800, 7200, 86_400, 1_209_600, 0, 0,
    ]  # fmt: skip
    assert time_of_day("7:05", "--at") == "07:05"
    assert quiet_hours("22:00-6:30", "--quiet") == ("22:00", "06:30")
    assert quiet_hours("off", "--quiet") is None
    assert later("2026-03-29T12:00", "Europe/Lisbon", "--until") == datetime(2026, 3, 29, 11, tzinfo=UTC)
    assert later("2026-03-29T12:00+07:00", "Europe/Lisbon", "--until") == datetime(2026, 3, 29, 5, tzinfo=UTC)
    for wrong in (
        lambda: seconds("2 hours", "--for"),
        lambda: seconds("-2h", "--for"),
        lambda: time_of_day("24:00", "--at"),
        lambda: time_of_day("٠٧:٣٠", "--at"),
        lambda: quiet_hours("22:00", "--quiet"),
        lambda: quiet_hours("22:00-22:00", "--quiet"),
        lambda: later("soon", "UTC", "--until"),
    ):
        with pytest.raises(typer.BadParameter):
            wrong()


def test_when_alerts_are_sent_is_told_in_words() -> None:
    assert timing(Delivery()) == "at once"
    assert timing(Delivery(every="hour", throttle_seconds=5400)) == "hourly, once in 90 min"
    weekly = Delivery(every="week", at="07:30", timezone="Asia/Jakarta", throttle_seconds=86_400, throttle_by="entity")
    assert timing(weekly) == "Mondays 07:30, once in 1 d an entity Asia/Jakarta"
    nightly = Delivery(quiet=QuietHours(since="22:00", until="06:00"))
    assert timing(nightly) == "at once, quiet 22:00–06:00 UTC"
    assert [percentage(part) for part in (0, 0.00001, 0.0012, 0.042, 0.5)] == [
        "0 %",
        "<0.01 %",
        "0.12 %",
        "4.2 %",
        "50 %",
    ]


def test_a_rule_is_broad_above_the_share_but_not_for_an_article_or_two() -> None:
    assert Share(21, 1000).is_broad(0.02)
    assert not Share(20, 1000).is_broad(0.02)
    assert not Share(2, 2).is_broad(0.02)
    assert not Share(0, 0).is_broad(0.02)


FILE = b"""{"id": "a", "query": "ferry and boat", "chanels": ["x"], "channels": ["y"]}
{"id": "b", "query": "a OR b c"}

{"id": "c", "query": "x", "delivery": {"timezone": "Mars/Olympus", "quite": {}}}
{"id": "a", "query": "x"}
{"id": "d", "query": "x", "channels": ["y"], "delivery": {"evry": "day"}}
{"id": "e", "query": "x", "delivery": {"every": "month"}}
nonsense
{"id": "f", "query": "x", "delivery": {"at": "7:30"}}
{"id": "g\\n", "query": "x"}
{"id": "h", "query": "x", "snoozed_until": "2026-12-01"}
{"id": "i", "query": "x", "channels": "desk"}
"""


def test_every_line_of_a_file_is_checked() -> None:
    found = read_rule_file(FILE, {"desk"})
    assert [entry.rule.id for entry in found.entries] == ["a", "d"]
    told = [str(remark) for remark in found.broken]
    for place, said in enumerate(
        (
            "line 2, column 3 of the query: AND and OR side by side",
            "line 4: there is no timezone 'Mars/Olympus'",
            "line 5: the id 'a' is that of line 1 already",
            "line 7: not a rule: Invalid enum value 'month' at delivery.every; write article, hour, day or week",
            "line 8: not JSON",
            "line 9: not a rule: this text does not fit at delivery.at; write hours and minutes, as in 07:30",
            "line 10: not a rule: this text does not fit at id; write 1 to 512 characters in quotation marks",
            "line 11: not a rule: Invalid RFC3339 encoded datetime at snoozed_until; write a time with its zone",
            "line 12: not a rule: Expected `array`, got `str` at channels; write a list of names",
        )
    ):
        assert told[place].startswith(said)
    assert len(told) == 9
    assert [str(remark) for remark in found.warnings] == [
        "line 1: 'chanels' means nothing in a rule; do you mean 'channels'?",
        "line 1: channel 'y' is not in the settings (there are desk); nothing is sent there until "
        "[deliver.channels.y] is (and 1 more)",
        "line 6: 'delivery.evry' means nothing in a rule; do you mean 'every'?",
        "line 1, column 7 of the query: 'and' in lower case is a word like any other; write AND",
    ]


def test_a_table_of_commas_is_read_with_its_lines() -> None:
    content = (
        b'\xef\xbb\xbfid,query,owner,channels\na,"""tide barrier"" OR x",Mar\xc3\xada,desk; duty\n\nb,"x\ny",,\n'
        b"c,x,,,much\nd,x OR y z\na,x\n"
    )
    assert is_comma_separated("-", content[3:])
    found = read_rule_file(content, {"desk", "duty"}, comma_separated=True)
    assert [entry.rule for entry in found.entries] == [
        Rule(id="a", query='"tide barrier" OR x', owner="María", channels=("desk", "duty")),
        Rule(id="b", query="x\ny"),
    ]
    assert [(remark.line, remark.column) for remark in found.broken] == [(6, None), (7, 3), (8, None)]
    headless = read_rule_file(b"a,ferry\n", (), comma_separated=True)
    assert "the first line has to name the columns: id,query,name,owner,channels" in str(headless.broken[0])


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("x.csv", b'{"id"', True),
        ("x.jsonl", b"id,query", False),
        ("-", b'"query","id"\n', True),
        ("-", b'{"id": "a", "query": "b"}', False),
        ("-", b"ferry", False),
    ],
)
def test_a_file_is_known_by_its_name_or_its_first_line(name: str, content: bytes, expected: bool) -> None:
    assert is_comma_separated(name, content) is expected


def test_an_import_tells_what_is_new_from_what_stays() -> None:
    known = registry(
        Rule(id="same", query="x", created_at=EARLIER, changed_at=EARLIER, paused=True, snoozed_until=NOW),
        Rule(id="other", query="x", name="Old", created_at=EARLIER, snoozed_until=NOW),
        Rule(id="woken", query="x", paused=True, created_at=EARLIER),
        Rule(id="gone", query="x"),
    ).rules
    lines = (
        {"id": "same", "query": "x"},
        {"id": "other", "query": "y"},
        {"id": "woken", "query": "x", "paused": False},
        {"id": "new", "query": "z"},
    )
    found = read_rule_file(b"\n".join(json.dumps(line).encode() for line in lines), ())
    made = plan(found, known, NOW)
    assert made.added == [Rule(id="new", query="z", created_at=NOW)]
    assert made.changed == [
        Rule(id="other", query="y", created_at=EARLIER, changed_at=NOW, snoozed_until=NOW),
        Rule(id="woken", query="x", created_at=EARLIER, changed_at=NOW),
    ]
    assert (made.unchanged, made.removed) == (1, [])
    assert [rule.id for rule in made.requeried] == ["other", "new"]
    assert plan(found, known, NOW, only=True).removed == [known["gone"]]


def test_a_table_of_commas_changes_only_what_it_has_columns_for() -> None:
    daily = Delivery(every="day")
    known = registry(Rule(id="a", query="x", note="mine", delivery=daily, owner="me", channels=("desk",))).rules
    found = read_rule_file(b"id,query,owner\na,y,\n", (), comma_separated=True)
    [changed] = plan(found, known, NOW).changed
    assert changed == Rule(
        id="a", query="y", note="mine", delivery=daily, channels=("desk",), created_at=NOW, changed_at=NOW
    )


def test_the_table_fits_every_width_and_is_whole_in_a_pipe() -> None:
    long = "Nachrichten für Köln, 札幌新聞, [bold] und alles, was die Stadt bewegt " * 3
    rules = [
        Rule(
            id=f"r{number}-{'x' * 50}", query=long, name=long, owner=long, channels=("desk", "duty"), paused=number == 1
        )
        for number in range(3)
    ]
    rules[2] = msgspec.structs.replace(rules[2], snoozed_until=NOW + timedelta(hours=2))
    rows = [row(rule, NOW, {rules[0].id: 1234}) for rule in rules]
    assert [state(rule, NOW) for rule in rules] == ["on", "paused", "snoozed"]
    assert state(rules[2], NOW + timedelta(hours=3)) == "on"
    for width in (70, 80, 100, 120, 200):
        lines = list(table(rows, width))
        assert len(lines) == 4
        assert max(line.cell_len for line in lines) <= width
        assert ("owner" in lines[0].plain) is (width >= 120)
        assert "1,234" in lines[1].plain
    lines = list(whole(rows, ascii_only=True))
    assert long.strip() in lines[1]
    assert lines[3].startswith("z snoozed until 14:00")
    assert summary(rows) == "3 rules: 1 on, 1 snoozed, 1 paused"
    assert "7 days" not in next(whole([row(rules[0], NOW, None)]))


@pytest.fixture
def deployment(settings: Callable[..., Settings]) -> Settings:
    made: Settings = settings()
    create_topics(made)
    return made


@pytest.mark.engines
def test_what_is_written_is_read_and_what_is_removed_is_gone(deployment: Settings) -> None:
    assert read(deployment, quiet).rules == {}
    rules = [*EXAMPLES, *(Rule(id=f"Ä {number}", query="x") for number in range(300))]
    written: list[int] = []
    write(deployment, quiet, rules, lambda: written.append(1))
    assert len(written) == len(rules)
    assert read(deployment, quiet).rules == {rule.id: rule for rule in rules}
    with Producer(deployment, quiet) as producer:
        producer.send(RULES.name(deployment.topic_prefix), b"tides", b"{").result(60)
    assert read(deployment, quiet).rules["tides"] == EXAMPLES[0]  # what was in force stays
    remove(deployment, quiet, ["tides", "Ä 7"])
    write(deployment, quiet, [Rule(id="1", query="boat")])
    left = read(deployment, quiet)
    assert left.rules.keys() == {rule.id for rule in rules} - {"tides", "Ä 7"}
    assert left.rules["1"].query == "boat"
    assert [rule.id for rule in left.sorted()][:2] == ["1", "Ä 0"]


@pytest.mark.engines
def test_without_the_topic_setup_is_named(settings: Callable[..., Any]) -> None:
    with pytest.raises(MissingTopicError, match="newswire setup"):
        read(settings(), quiet)
