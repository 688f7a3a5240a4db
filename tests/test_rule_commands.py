"""The life of rules on the command line, on real engines. In this process: a new one for each command takes long."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from pipeline import alert_index, search_index
from pipeline.alert_examples import DISPATCHES
from pipeline.alert_records import Delivery, QuietHours, Rule
from pipeline.cli import FAILED, build
from pipeline.config import Elasticsearch as EngineSettings
from pipeline.config import Kafka, Settings
from pipeline.errors import NewswireError
from pipeline.producer import Producer
from pipeline.rule_registry import read, write
from pipeline.search_engine import connect
from pipeline.topic_setup import create_topics
from pipeline.topics import DELIVERIES
from tests.command import Ended
from tests.raised_alerts import alert
from tests.random_rules import golden_articles
from tests.services import environment

pytestmark = pytest.mark.engines

AWAY = {"NEWSWIRE_ELASTICSEARCH__URL": "http://127.0.0.1:1"}
DESK = {"NEWSWIRE_DELIVER__CHANNELS__DESK__KIND": "webhook"}


COPIES = 3


def count_of(language: str) -> int:
    return COPIES * sum(article.language == language for article in golden_articles())


def quiet(line: str) -> None:
    """A Report."""


@pytest.fixture
def deployment(settings: Callable[..., Settings]) -> Settings:
    made: Settings = settings()
    create_topics(made)
    return made


@pytest.fixture
def indexed(deployment: Settings) -> Iterator[int]:
    """COPIES of each golden article, published in the last days; how many there are."""
    now = datetime.now(UTC)
    articles = [
        replace(article, id=f"{number:032x}", published_at=now - timedelta(hours=number % 100))
        for number, article in enumerate(golden_articles() * COPIES)
    ]
    alias = search_index.alias(deployment.index_prefix)
    with connect(deployment.elasticsearch) as client:
        client.indices.create(
            index=f"{alias}-x",
            mappings=search_index.mapping(),
            settings={**search_index.analysis(), "number_of_replicas": 0},
            aliases={alias: {}},
        )
        operations = [
            line
            for article in articles
            for line in ({"index": {"_id": article.id}}, json.loads(search_index.document(article)))
        ]
        assert not client.bulk(index=f"{alias}-x", operations=operations, refresh=True)["errors"]
        yield len(articles)
        client.indices.delete(index=f"{alias}-x")


def rules(settings: Settings, *args: str, stdin: bytes = b"", **more: str) -> Ended:
    told = environment(settings, **(AWAY | more)) | {"COLUMNS": "200", "NO_COLOR": "1"}
    done = CliRunner().invoke(build(), ["rules", *args], input=stdin, env=told)
    if isinstance(done.exception, NewswireError):
        return Ended(FAILED, done.stdout_bytes, f"{done.stderr}error: {done.exception}\n")
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ended(done.exit_code, done.stdout_bytes, done.stderr)


def lines(ended: Ended) -> list[Any]:
    assert ended.status == 0, ended
    return ended.lines


def test_a_rule_is_added_changed_and_removed(deployment: Settings) -> None:
    options = (
        "--name", "Harbour news", "--owner", "desk one", "--channel", "desk", "--channel", "dsk", "--every", "day",
        "--at", "7:30", "--timezone", "Asia/Jakarta", "--throttle", "1h", "--throttle-by", "entity",
        "--quiet", "22:00-06:00", "--replays", "--note", "for now",
    )  # fmt: skip
    ended = rules(deployment, "add", "pelabuhan and dermaga", *options, "--json", **DESK)
    assert lines(ended) == [{"added": {"id": "harbour-news"}}]
    for told in (
        "column 11: 'and' in lower case is a word like any other; write AND",
        "channel 'dsk' is not in the settings (there are desk)",
        "how often the rule fires was not checked: the search engine at http://127.0.0.1:1 does not answer",
    ):
        assert told in ended.stderr
    rule = read(deployment, quiet).rules["harbour-news"]
    assert rule == Rule(
        id="harbour-news",
        query="pelabuhan and dermaga",
        name="Harbour news",
        owner="desk one",
        channels=("desk", "dsk"),
        delivery=Delivery(
            every="day",
            at="07:30",
            timezone="Asia/Jakarta",
            throttle_seconds=3600,
            throttle_by="entity",
            quiet=QuietHours(since="22:00", until="06:00"),
        ),
        replays=True,
        note="for now",
        created_at=rule.created_at,
    )
    changes = ("--channel", "desk", "--quiet", "off", "--no-replays", "--note", "")
    ended = rules(deployment, "add", "pelabuhan AND dermaga", "--id", "harbour-news", *changes, **DESK)
    assert ended.status == 0
    shown = ended.stdout.decode().splitlines()
    assert shown[:3] == [
        "changed harbour-news  pelabuhan AND dermaga",
        "  query pelabuhan and dermaga → pelabuhan AND dermaga",
        "  channels desk, dsk → desk",
    ]
    changed = read(deployment, quiet).rules["harbour-news"]
    assert changed == replace(
        rule,
        query="pelabuhan AND dermaga",
        channels=("desk",),
        delivery=replace(rule.delivery, quiet=None),
        replays=False,
        note=None,
        changed_at=changed.changed_at,
    )
    assert lines(rules(deployment, "add", "--id", "harbour-news", "--owner", "desk one", "--json", **DESK)) == [
        {"unchanged": {"id": "harbour-news"}}
    ]
    twin = rules(deployment, "add", "pelabuhan AND dermaga", "--name", "Harbour news", "--json")
    assert lines(twin)[0]["added"]["id"] == "harbour-news-2"
    assert "rule harbour-news has the same query" in twin.stderr
    refused = rules(deployment, "remove", "harbour")
    assert (refused.status, refused.stdout) == (1, b"")
    assert "2 rules may be meant by 'harbour'" in refused.stderr
    refused = rules(deployment, "remove", "harbour-news-2", "harbour-news")
    assert (refused.status, len(read(deployment, quiet).rules)) == (1, 2)
    assert "pass --yes" in refused.stderr
    removed = lines(rules(deployment, "remove", "harbour-news-2", "harbour-news", "--yes", "--json"))
    assert [line["removed"]["id"] for line in removed] == ["harbour-news-2", "harbour-news"]
    assert read(deployment, quiet).rules == {}


def test_a_rule_that_fires_for_much_is_not_saved_without_a_yes(deployment: Settings, indexed: int) -> None:
    engine = {"NEWSWIRE_ELASTICSEARCH__URL": str(deployment.elasticsearch.url)}
    ended = rules(deployment, "add", "language:id", "--json", **engine)
    assert (ended.status, ended.lines) == (1, [])
    count = count_of("id")
    assert f"{count} of the {indexed} articles of the last seven days" in ended.stderr
    assert "more than alerts.broad_share (2.0 %), and was not saved" in ended.stderr
    assert read(deployment, quiet).rules == {}
    ended = rules(deployment, "add", "language:id", "--json", "--yes", **engine)
    [added] = lines(ended)
    assert added == {"added": {"id": "id", "last_week": {"fired": count, "articles": indexed}}}
    narrower = rules(deployment, "add", "language:id AND zeppelin", "--id", "id", "--json", **engine)
    [changed] = lines(narrower)
    assert changed["changed"]["last_week"]["fired"] == 0
    assert (changed["changed"]["gained"], changed["changed"]["lost"]) == (0, count)
    allowed = rules(deployment, "add", "language:id", "--json", NEWSWIRE_ALERTS__BROAD_SHARE="1", **engine)
    assert lines(allowed)[0]["added"]["id"] == "id-2"
    told = rules(deployment, "import", "-", "--json", stdin=b'{"id": "i", "query": "language:id"}', **engine)
    assert lines(told)[1:] == [
        {"broad": {"id": "i", "fired": count, "articles": indexed}},
        {"added": 1, "changed": 0, "unchanged": 0, "removed": 0, "broken": 0},
    ]


def test_a_backtest_counts_and_compares(deployment: Settings, indexed: int) -> None:
    engine = {"NEWSWIRE_ELASTICSEARCH__URL": str(deployment.elasticsearch.url)}
    write(deployment, quiet, [Rule(id="german", query="language:de")])
    of = {tag: count_of(tag) for tag in ("id", "de")}
    told = lines(rules(deployment, "backtest", "language:id", "--days", "7", "--samples", "2", "--json", **engine))
    assert [list(line) for line in told] == [["day"]] * 7 + [["sample"]] * 2 + [["total"]]
    assert sum(line["day"]["fired"] for line in told[:7]) == told[-1]["total"]["fired"] == of["id"]
    assert told[-1]["total"]["articles"] == indexed
    told = lines(rules(deployment, "backtest", "language:id", "--id", "german", "--samples", "1", "--json", **engine))
    assert (told[-1]["total"]["gained"], told[-1]["total"]["lost"]) == (of["id"], of["de"])
    assert [line["lost_sample"]["language"] for line in told if "lost_sample" in line] == ["de"]
    shown = rules(deployment, "backtest", "--id", "german", "--days", "7", **engine).stdout.decode()
    assert f"{of['de']:,} of {indexed:,} articles in 7 days" in shown
    assert "█" in shown
    away = rules(deployment, "backtest", "ferry")
    assert (away.status, away.stdout) == (1, b"")
    assert "does not answer" in away.stderr


def test_rules_are_imported_exported_and_imported_again(deployment: Settings) -> None:
    made = [
        {
            "id": "a",
            "query": '"tide barrier"',
            "channels": ["desk"],
            "delivery": {"every": "week", "weekday": "friday"},
        },
        {"id": "b", "query": "ferry", "paused": True, "owner": "Ä", "snoozed_until": "2099-01-01T00:00:00Z"},
    ]
    content = "\n".join(json.dumps(line) for line in made).encode()
    broken = content + b'\n{"id": "c", "query": "a OR b c"}\n'
    refused = rules(deployment, "import", "-", stdin=broken)
    assert (refused.status, refused.stdout) == (1, b"")
    assert "standard input, line 3, column 3 of the query: AND and OR" in refused.stderr
    assert "1 line cannot be read, and nothing was changed" in refused.stderr
    assert read(deployment, quiet).rules == {}
    counts = {"added": 2, "changed": 0, "unchanged": 0, "removed": 0, "broken": 1}
    assert lines(rules(deployment, "import", "-", "--skip-broken", "--json", stdin=broken))[-1] == counts
    before = rules(deployment, "export").stdout
    assert [line["id"] for line in map(json.loads, before.splitlines())] == ["a", "b"]
    same = {"added": 0, "changed": 0, "unchanged": 2, "removed": 0, "broken": 0}
    assert lines(rules(deployment, "import", "-", "--json", stdin=before))[-1] == same
    assert lines(rules(deployment, "import", "-", "--json", stdin=content))[-1] == same
    assert rules(deployment, "export").stdout == before
    lines(rules(deployment, "remove", "a", "b", "--yes", "--json"))
    lines(rules(deployment, "import", "-", "--json", stdin=before))
    assert rules(deployment, "export").stdout == before

    only = b'{"id": "b", "query": "ferries"}\n'
    refused = rules(deployment, "import", "-", "--replace", stdin=only)
    assert refused.status == 1
    assert "1 rule would be removed, and nothing was changed; pass --yes" in refused.stderr
    for unsafe, said in ((b"", "has no rules"), (broken, "--replace would remove")):
        refused = rules(deployment, "import", "-", "--replace", "--skip-broken", "--yes", stdin=unsafe)
        assert refused.status == 1
        assert said in refused.stderr
    assert rules(deployment, "export").stdout == before
    replaced = lines(rules(deployment, "import", "-", "--replace", "--yes", "--json", stdin=only))[-1]
    assert (replaced["changed"], replaced["removed"]) == (1, 1)
    [left] = read(deployment, quiet).rules.values()
    assert (left.id, left.query, left.paused, left.snoozed_until) == (
        "b",
        "ferries",
        True,
        datetime(2099, 1, 1, tzinfo=UTC),
    )


def test_rules_are_listed_shown_paused_and_snoozed(deployment: Settings) -> None:
    write(
        deployment,
        quiet,
        [
            Rule(id="ferries", query="ferry AND (strike OR lorr*) NOT sport", owner="Desk", channels=("desk",)),
            Rule(id="tides", query='"tide barrier" and', name="Tides", delivery=Delivery(timezone="Asia/Jakarta")),
        ],
    )
    [shown] = lines(rules(deployment, "show", "tides", "--json"))
    assert shown["warnings"] == ["column 16: 'and' in lower case is a word like any other; write AND"]
    assert [(clause["depth"], clause["text"]) for clause in shown["tree"]] == [
        (0, "AND"), (1, '"tide barrier"'), (1, "and"),
    ]  # fmt: skip
    assert shown["compiled"]["bool"]["must"]
    assert (shown["state"], "alerts" in shown) == ("on", False)
    until = lines(rules(deployment, "snooze", "tides", "--until", "2099-01-01", "--json"))[0]["snoozed"]["until"]
    assert until == "2098-12-31T17:00:00Z"
    lines(rules(deployment, "pause", "ferr", "--json"))
    assert [line["state"] for line in lines(rules(deployment, "list", "--json"))] == ["paused", "snoozed"]
    assert [line["id"] for line in lines(rules(deployment, "list", "--owner", "desk", "--json"))] == ["ferries"]
    assert [line["id"] for line in lines(rules(deployment, "list", "--channel", "desk", "--json"))] == ["ferries"]
    lines(rules(deployment, "snooze", "tides", "--off", "--json"))
    lines(rules(deployment, "snooze", "tides", "ferries", "--for", "2h", "--json"))
    lines(rules(deployment, "resume", "ferries", "--json"))
    lines(rules(deployment, "snooze", "tides", "--off", "--json"))
    assert [line["id"] for line in lines(rules(deployment, "list", "--paused", "--json"))] == ["ferries"]
    listed = rules(deployment, "list").stdout.decode().splitlines()
    assert [line.split()[:2] for line in listed[1:]] == [["◐", "snoozed"], ["●", "on"]]
    assert "snoozed until" in rules(deployment, "show", "ferries").stdout.decode()
    past = rules(deployment, "snooze", "tides", "--until", "2020-01-01")
    assert past.status == 2
    assert "has passed" in past.stderr
    missing = rules(deployment, "show", "zeppelin")
    assert (missing.status, len(missing.stderr.splitlines())) == (1, 1)


def test_alerts_of_the_last_week_are_counted_where_they_are_indexed(deployment: Settings) -> None:
    engine = {"NEWSWIRE_ELASTICSEARCH__URL": str(deployment.elasticsearch.url)}
    write(deployment, quiet, [Rule(id="ferries", query="ferry"), Rule(id="tides", query="tide")])
    assert ["alerts" in line for line in lines(rules(deployment, "list", "--json", **engine))] == [False, False]
    now = datetime.now(UTC)
    with connect(EngineSettings(url=deployment.elasticsearch.url)) as client:
        alert_index.install(client, deployment)
        try:
            for age in (1, 2, 9):
                raised = alert(Rule(id="ferries", query="ferry"), f"{age} days ago", at=now - timedelta(days=age))
                client.index(
                    index=alert_index.index_name(deployment.index_prefix, now),
                    id=raised.id,
                    document=msgspec.json.decode(alert_index.document(raised)),
                    refresh=True,
                )
            counted = lines(rules(deployment, "list", "--json", **engine))
            assert [(line["id"], line["alerts"]) for line in counted] == [("ferries", 2), ("tides", 0)]
            assert "7 days" in rules(deployment, "list", **engine).stdout.decode().splitlines()[0]
            [shown] = lines(rules(deployment, "show", "ferries", "--json", **engine))
            assert [alert["article"]["headline"] for alert in shown["alerts"]] == [
                "News of 1 days ago", "News of 2 days ago", "News of 9 days ago",
            ]  # fmt: skip
            assert "News of 2 days ago" in rules(deployment, "show", "ferries", **engine).stdout.decode()
        finally:
            client.indices.delete(index=alert_index.index_name(deployment.index_prefix, now))


def test_what_became_of_alerts_is_listed_and_failed_ones_are_sent_again(deployment: Settings) -> None:
    [example] = DISPATCHES
    failed = replace(example, state="failed", due=None, rule="ferries", tries=3, reason="410: \x1b[2J gone")
    sent = replace(failed, channel="duty", state="sent", reason=None, tries=1, content=None)
    write(deployment, quiet, [Rule(id="ferries", query="ferry", name="Ferry strikes")])
    with Producer(deployment, quiet) as producer:
        for each in (failed, sent):
            topic = DELIVERIES.name(deployment.topic_prefix)
            producer.send(topic, each.key.encode(), msgspec.json.encode(each), partition=1).result(60)
    told = lines(rules(deployment, "deliveries", "--json"))
    assert sorted((line["channel"], line["state"], line["tries"]) for line in told) == [
        ("desk", "failed", 3), ("duty", "sent", 1),
    ]  # fmt: skip
    [told] = lines(rules(deployment, "deliveries", "--failed", "--rule", "Ferry strikes", "--json"))
    assert (told["reason"], told["headline"]) == (failed.reason, "Tide barrier holds")
    shown = rules(deployment, "deliveries", "--failed").stdout.decode()
    assert "ferries → desk  3 tries  Tide barrier holds  410: \\x1b[2J gone" in shown
    [rule] = lines(rules(deployment, "show", "ferries", "--json"))
    assert {line["state"] for line in rule["deliveries"]} == {"failed", "sent"}
    assert "410: " in rules(deployment, "show", "ferries").stdout.decode()
    assert lines(rules(deployment, "retry", "ferries", "--channel", "duty", "--json")) == [{"retried": 0}]
    assert lines(rules(deployment, "retry", "ferries", "--json")) == [{"retried": 1}]
    [told] = lines(rules(deployment, "deliveries", "--waiting", "--json"))
    assert (told["channel"], told["state"], told["tries"]) == ("desk", "waiting", 0)
    assert lines(rules(deployment, "deliveries", "--failed", "--json")) == []
    wrong = rules(deployment, "deliveries", "--failed", "--waiting")
    assert wrong.status == 2


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (("add",), 2, "QUERY: is missing"),
        (("add", "ferry", "--timezone", "Mars/Olympus"), 2, "there is no timezone"),
        (("add", "ferry", "--at", "25:00"), 2, "is no time of day"),
        (("add", "ferry", "--throttle", "often"), 2, "is no length of time"),
        (("add", "ferry", "--throttle-by", "hand"), 2, "is neither rule nor entity"),
        (("add", "ferry", "--every", "month"), 2, "month"),
        (("add", "ferry", "--id", "a\nb"), 2, "is no id"),
        (("add", "a OR b c"), 1, "error: column 3: AND and OR side by side"),
        (("snooze", "x"), 2, "say how long"),
        (("snooze", "x", "--for", "0"), 2, "is no time"),
        (("backtest",), 2, "give a rule, or --id"),
        (("backtest", "ferry", "--days", "0"), 2, "--days"),
        (("import", "missing.jsonl"), 1, "missing.jsonl: cannot be read: No such file"),
    ],
)
def test_wrong_use_is_told_before_kafka_is_asked(args: tuple[str, ...], status: int, said: str) -> None:
    ended = rules(Settings(kafka=Kafka(bootstrap_servers="127.0.0.1:1")), *args)
    assert (ended.status, ended.stdout) == (status, b"")
    assert said in " ".join(ended.stderr.replace("│", " ").split())
