"""`newswire alerts`, as a user runs it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from pipeline import alert_index
from pipeline.alert_records import Alert, Rule, Snippet
from pipeline.cli._marked import MARK, marked
from pipeline.config import Settings
from pipeline.records import encode
from pipeline.search_engine import connect
from pipeline.sinks.alerts import AlertSink
from tests.command import newswire
from tests.conftest import SettingsFactory
from tests.services import environment, wait_until
from tests.test_alert_index import alert, of_article
from tests.test_index_contract import Record

NOW = datetime.now(UTC)


def index(settings: Settings, *alerts: Alert) -> None:
    writer = AlertSink(settings, threading.Event())
    writer.prepare()
    records: Any = [Record(encode(each), offset) for offset, each in enumerate(alerts)]
    writer.write(records)
    writer.close()
    with connect(settings.elasticsearch) as client:
        client.indices.refresh(index=alert_index.alias(settings.index_prefix))


@pytest.fixture
def deployed(settings: SettingsFactory) -> Iterator[Settings]:
    made = settings()
    yield made
    with connect(made.elasticsearch) as client:
        names = list(client.options(ignore_status=404).indices.get_alias(index=f"{made.index_prefix}-*"))
        if names:
            client.indices.delete(index=names)


def test_marks_are_shown_where_they_are_though_hostile_characters_grow() -> None:
    made = marked("a\x1b[2J ferry\nsails", ((6, 11),))
    assert made.plain == "a\\x1b[2J ferry sails"
    ((start, end),) = [(span.start, span.end) for span in made.spans if span.style == MARK]
    assert made.plain[start:end] == "ferry"


@pytest.mark.engines
def test_the_newest_alerts_come_first_with_rule_headline_and_the_words_that_fired(deployed: Settings) -> None:
    assert newswire(deployed, "alerts", "list").stderr.strip() == "0 alerts"
    old = alert(1, "old", matched_at=NOW - timedelta(hours=30))
    late = alert(2, "late", matched_at=NOW - timedelta(hours=2), late="backfill")
    hostile = of_article(alert(3, "new", matched_at=NOW), headline="Bad\x1b[2J news\nhere")
    hostile = replace(hostile, rule=Rule(id="new", query="x"), snippet=Snippet(field="body", text="a\x07b"))
    index(deployed, old, late, hostile)

    ended = newswire(deployed, "alerts", "list")
    assert ended.status == 0, ended.stderr
    shown = ended.stdout.decode()
    assert shown.index("Bad\\x1b[2J news here") < shown.index("Fährverkehr in Ærø eingestellt")
    assert "Die Fähre liegt im Hafen." in shown
    assert "backfill" in shown
    assert "https://news.example/2" in shown
    assert "a\\x07b" in shown
    assert not {"\x1b", "\x07"} & set(shown)
    assert ended.stderr.strip() == "3 alerts"

    lines = newswire(deployed, "alerts", "list", "--json").lines
    assert [msgspec.convert(line, Alert) for line in lines] == [hostile, late, old]

    def chosen(*options: str) -> list[str]:
        return [line["rule"]["id"] for line in newswire(deployed, "alerts", "list", "--json", *options).lines]

    assert chosen("--since", "24h") == ["new", "late"]
    assert chosen("--rule", "old") == ["old"]
    assert chosen("--size", "1") == ["new"]
    assert newswire(deployed, "alerts", "list", "--size", "1").stderr.strip() == "3 alerts, 1 shown"


@pytest.mark.engines
def test_alerts_are_followed_as_the_index_shows_them_each_once(deployed: Settings, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    first, second, again = alert(1, "first", matched_at=now), alert(2, "second", matched_at=now), alert(1, "first")
    again = replace(again, matched_at=now + timedelta(seconds=1))
    index(deployed, first)
    output = tmp_path / "followed"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pipeline", "alerts", "list", "--follow", "--json"],
            env=environment(deployed),
            stdout=stream,
        )

    def rules() -> list[str]:
        return [msgspec.json.decode(line, type=Alert).rule.id for line in output.read_bytes().splitlines()]

    try:
        wait_until(lambda: rules() == ["first"], "what there is already")
        index(deployed, second)
        wait_until(lambda: rules() == ["first", "second"], "what comes then")
        index(deployed, again)
        wait_until(lambda: rules() == ["first", "second", "first"], "what is raised again")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    assert process.returncode == 130
