"""The demo, as a newcomer runs it."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from pipeline import rule_registry
from pipeline.alert_search import newest
from pipeline.alerts.parser import parse
from pipeline.config import Settings
from pipeline.demo import latency
from pipeline.demo_rules import rules_of_the_demo
from pipeline.demo_site import serve
from pipeline.feed_registry import read
from pipeline.feeds import parse_feed
from pipeline.samples import sample_articles, sample_rules
from pipeline.search_engine import connect
from tests.command import newswire


def test_the_median_and_the_99th_percentile_are_nearest_ranks() -> None:
    told = latency([float(n) for n in range(1, 101)])
    assert (told.count, told.p50, told.p99) == (100, 51.0, 100.0)


def test_the_sample_site_has_what_its_feed_promises_at_whichever_port() -> None:
    with serve() as first, serve() as second:
        assert first != second
        with urllib.request.urlopen(f"{second}/feed.xml") as answer:
            parsed = parse_feed(answer.read(), answer.headers["Content-Type"], answer.url)
        assert len(parsed.items) == 3
        summaries = [item for item in parsed.items if item.content is None]
        assert len(summaries) == 2, "their pages are fetched"
        for item in summaries:
            assert (item.url or "").startswith(second)
            with urllib.request.urlopen(item.url or "") as page:
                assert (item.headline or "?") in page.read().decode()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{second}/robots.txt")


def test_the_sample_rules_are_rules_that_are_sent_nowhere() -> None:
    rules = rules_of_the_demo()
    assert len(rules) == len(sample_rules().read_text().splitlines()) == 3
    for rule in rules.values():
        assert parse(rule.query).warnings == ()
        assert rule.channels == ()


@pytest.mark.engines
def test_the_demo_shows_every_sample_and_how_fast_it_was(settings: Callable[..., Settings]) -> None:
    folder = settings().local.data_dir
    # Longer than the demo itself waits, so that it can say what went wrong.
    made = newswire(settings(), "demo", "--once", seconds=400, NEWSWIRE_LOCAL__DATA_DIR=str(folder))
    assert made.status == 0, made.stderr + (folder / "logs" / "services.log").read_text()
    shown = made.stdout.decode()
    rows = re.findall(r"^│ (\w\w) (?:0\.\d\d|1\.00) +│", shown, re.M)
    assert len(rows) == len(sample_articles().read_text().splitlines()) + 3
    assert shown.count("from the feed The Harbour Courier") == 3
    assert read(settings(), report=print).feeds == {}, "its feed is watched no longer than it lasts"
    assert rule_registry.read(settings(), print).rules == {}, "its rules are in force no longer than it lasts"
    fired = shown[shown.index("What the sample rules fired for") : shown.index("From acknowledgement")]
    assert re.findall(r"^│ (Floods|Telescopes|New connections) ", fired, re.M) == [
        *(["New connections"] * 3),
        *(["Floods"] * 2),
        *(["Telescopes"] * 2),
    ]
    with connect(settings().elasticsearch) as client:
        alerts = newest(client, settings().index_prefix, size=100).alerts
    assert len(alerts) == 7
    assert {alert.rule.id for alert in alerts} == set(rules_of_the_demo())
    for alert in alerts:
        assert alert.snippet is not None
        assert alert.snippet.marks
    assert len(set(rows)) >= 6
    speed = re.search(r"p50 (\d+\.\d\d) s, p99 (\d+\.\d\d) s", shown)
    assert speed is not None
    assert 0 < float(speed[1]) <= float(speed[2])
    assert shown.count("$ newswire search") == 3
