"""Real workers match rules: alerts come with their articles, through changes, kills, and a hundred thousand rules."""

from __future__ import annotations

import itertools
import re
import secrets
import threading
from pathlib import Path

import msgspec
import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource

from pipeline import topics
from pipeline.alert_records import Alert, Rule, alert_id
from pipeline.config import Kafka, Settings
from pipeline.records import decode_article, encode
from pipeline.rule_follower import RuleFollower
from pipeline.topic_setup import create_topics
from tests.alert_deployment import (
    RuleWriting,
    acknowledged,
    alerts,
    articles,
    count,
    fresh_articles,
    pairs,
    produce,
    read,
    remove_rules,
    wanted,
    write_raw_rule,
    write_rules,
)
from tests.bench_rules import Writer
from tests.command import newswire
from tests.conftest import SettingsFactory
from tests.gateway import Gateway
from tests.oracle import messages, unread
from tests.services import Service, running, wait_until

pytestmark = pytest.mark.engines

EVERY = Rule(id="every", query="source:corpus", owner="desk", name="Whatever comes")
STEADY = (
    EVERY,
    Rule(id="english", query="language:en the", owner="desk"),
    Rule(id="seven", query="headline:7 OR 17 OR 77"),
    Rule(id="none", query="xylograph"),
    Rule(id="not", query="source:corpus NOT (language:en OR language:de)"),
    Rule(id="near", query="(the OR a) NEAR/3 of"),
)


@pytest.fixture
def deployment(settings: SettingsFactory) -> Settings:
    made = settings()
    create_topics(made)
    return made


def drained(settings: Settings) -> bool:
    return unread(settings, topics.WORKER_GROUP, topics.RAW) == 0


def test_alerts_come_with_the_article_and_changes_of_rules_are_in_force_at_once(
    deployment: Settings, tmp_path: Path
) -> None:
    paused = Rule(id="paused", query="source:corpus", paused=True)
    write_rules(deployment, EVERY, paused)
    numbers = itertools.count()

    def fired() -> set[str]:
        """Which rules fire for the next article."""
        (raw,) = fresh_articles(1, first=next(numbers))
        produce(deployment, [raw])
        wait_until(lambda: drained(deployment), "the article is acknowledged", 30, [worker])
        assert raw.id in articles(deployment)
        return {alert.rule.id for alert in alerts(deployment) if alert.article.id == raw.id}

    with running("worker", deployment, tmp_path) as worker:
        assert fired() == {"every"}
        (record,) = read(deployment, topics.ALERTS)
        alert = msgspec.json.decode(record.value, type=Alert)
        assert record.key == b"owner desk"
        assert alert.rule == EVERY
        assert (alert.id, alert.late) == (alert_id("every", alert.article.id), msgspec.UNSET)
        assert "1 rules are in force" in worker.output

        write_rules(deployment, Rule(id="new", query="source:corpus"), msgspec.structs.replace(paused, paused=False))
        wait_until(lambda: fired() == {"every", "new", "paused"}, "new rules fire", 30, [worker])

        write_rules(deployment, Rule(id="new", query="xylograph"))
        remove_rules(deployment, "every")
        write_raw_rule(deployment, "broken", b'{"id": "broken", "query": "tide AND (barrier"}')
        write_raw_rule(deployment, "rubbish", b"no JSON")
        write_rules(deployment, Rule(id="after", query="source:corpus"))
        wait_until(lambda: fired() == {"paused", "after"}, "rules are changed and removed", 30, [worker])
        assert "rule broken is not in force: column 10: this ( is never closed" in worker.output
        assert "rule rubbish is not readable" in worker.output
    with running("worker", deployment, tmp_path, NEWSWIRE_ALERTS__MATCH="false") as worker:
        assert fired() == set()


def test_while_rules_change_under_load_none_in_force_is_ever_left_out(deployment: Settings, tmp_path: Path) -> None:
    write_rules(deployment, *STEADY)
    kept: set[str] = set()
    over = threading.Event()

    def churn() -> None:
        """Rules come and mostly go, those that stay are written again and again, and once thousands are imported."""
        with RuleWriting(deployment) as writing:
            for turn in range(1000):
                writing.write(Rule(id=f"churn {turn}", query="source:corpus"))
                writing.write(*(msgspec.structs.replace(rule, note=f"turn {turn}") for rule in STEADY))
                if turn == 10:
                    writing.write(*(Rule(id=f"bulk {n}", query=f"word{n} AND other{n}") for n in range(5000)))
                kept.add(f"churn {turn}")
                if turn % 10 and turn > 5:
                    writing.remove(f"churn {turn - 5}")
                    kept.discard(f"churn {turn - 5}")
                if over.wait(0.1):
                    return

    def last_fired() -> set[str]:
        """Which of the rules that came later fire for one more article."""
        (raw,) = fresh_articles(1, first=next(numbers))
        produce(deployment, [raw])
        wait_until(lambda: drained(deployment), "all is read", 60, [worker])
        return {rule for rule, article in pairs(deployment) if article == raw.id and rule.startswith("churn")}

    numbers = itertools.count(400)
    churning = threading.Thread(target=churn)
    with running("worker", deployment, tmp_path) as worker:
        wait_until(lambda: "rules are in force" in worker.output, "the worker is ready", 60, [worker])
        churning.start()
        try:
            for part in range(5):
                produce(deployment, fresh_articles(80, first=80 * part))
                wait_until(lambda: count(deployment, topics.ARTICLES) >= 80 * (part + 1), "80 more", 120, [worker])  # noqa: B023
        finally:
            over.set()
            churning.join()
        wait_until(
            lambda: last_fired() == kept, "what was removed fires no more, and what was kept does", 120, [worker]
        )
    published = articles(deployment)
    found = pairs(deployment)
    assert len(published) >= 401
    assert set(found.values()) == {1}
    assert {pair for pair in found if not pair[0].startswith("churn")} == wanted(STEADY, published.values())
    # One worker processes one article after the other. From the first one that a rule fires for to its removal, or to
    # the end, there must be no gap.
    order = {
        name: number for number, name in enumerate(sorted(published, key=lambda name: published[name].processed_at))
    }
    places: dict[str, list[int]] = {}
    for rule, article in found:
        if rule.startswith("churn"):
            places.setdefault(rule, []).append(order[article])
    assert kept <= set(places)
    for rule, numbered in places.items():
        end = len(order) - 1 if rule in kept else max(numbered)
        assert sorted(numbered) == list(range(min(numbered), end + 1)), rule
    assert len([rule for rule in places if rule not in kept]) > 10, "the stream was over too soon to prove anything"


def test_a_worker_killed_at_any_step_loses_no_alert_and_commits_nothing_before_its_alerts(
    deployment: Settings, tmp_path: Path
) -> None:
    write_rules(deployment, *STEADY)
    raw = fresh_articles(300)
    produce(deployment, raw)
    for target in (20, 220):
        worker = Service("worker", deployment, tmp_path, NEWSWIRE_WORKER__BATCH_RECORDS="20")
        try:
            wait_until(lambda: count(deployment, topics.ALERTS) >= target, f"{target} alerts", 90, [worker])  # noqa: B023
        finally:
            worker.kill()
        done = acknowledged(deployment)  # before the alerts are read: what is committed then has its alerts by now
        assert len(done) < len(raw), "the kill came too late to prove anything"
        published = articles(deployment)
        assert done <= set(published)
        assert not wanted(STEADY, (published[name] for name in done)) - set(pairs(deployment))
    assert done, "the kills came too early to prove anything"
    with running("worker", deployment, tmp_path) as worker:
        wait_until(lambda: drained(deployment), "all is read", 120, [worker])
    published = articles(deployment)
    assert set(published) == {article.id for article in raw}
    assert set(pairs(deployment)) == wanted(STEADY, published.values())
    assert all(alert.id == alert_id(alert.rule.id, alert.article.id) for alert in alerts(deployment))
    assert len({alert.id for alert in alerts(deployment)}) == len(pairs(deployment))


def test_with_a_hundred_thousand_rules_the_first_article_is_matched_against_all_of_them(
    deployment: Settings, tmp_path: Path
) -> None:
    write = Writer(7)
    write_rules(deployment, *(Rule(id=f"rule {number}", query=write.rule()) for number in range(100_000)), EVERY)
    produce(deployment, fresh_articles(16))
    with running("worker", deployment, tmp_path) as worker:
        wait_until(lambda: drained(deployment), "all is read", 240, [worker])
        assert re.search(r"100001 rules are in force after [\d.]+ s", worker.output), worker.output
    found = pairs(deployment)
    assert {article for rule, article in found if rule == "every"} == set(articles(deployment))


def test_an_alert_that_its_topic_has_no_room_for_is_shortened_or_a_dead_letter_and_the_article_is_there(
    deployment: Settings, tmp_path: Path
) -> None:
    name = topics.ALERTS.name(deployment.topic_prefix)
    admin = KafkaAdminClient(bootstrap_servers=deployment.kafka.bootstrap_servers)
    try:
        # More than a batch of the producer, which is refused as a whole, and less than each of these two rules' alerts.
        admin.alter_configs([ConfigResource("topic", name, {"max.message.bytes": "20000"})])
    finally:
        admin.close()
    incompressible = secrets.token_hex(30_000)
    loud = Rule(id="loud", query="source:corpus language:en", note=incompressible)
    huge = Rule(id="huge", query="source:corpus", name=incompressible)
    write_rules(deployment, loud, huge, EVERY)
    raw = fresh_articles(12)
    produce(deployment, raw)
    with running("worker", deployment, tmp_path) as worker:
        wait_until(lambda: drained(deployment), "all is read", 60, [worker])
        assert "rule huge: its alert is too large" in worker.output
    published = articles(deployment)
    assert set(published) == {article.id for article in raw}
    assert set(pairs(deployment)) == wanted([loud, EVERY], published.values())
    assert not [alert for alert in alerts(deployment) if alert.rule.note], "they were shortened"
    letters = messages(deployment, topics.DEAD_LETTERS)
    assert {value for _, value, _ in letters} == {encode(article) for article in raw}
    assert {dict(headers)["stage"] for _, _, headers in letters} == {b"alerts"}

    remove_rules(deployment, "huge")
    with running("worker", deployment, tmp_path) as worker:
        replayed = newswire(deployment, "dead-letters", "replay", "--stage", "alerts")
        assert replayed.status == 0, replayed.stderr
        wait_until(lambda: drained(deployment), "the replay is read", 60, [worker])
    again = [decode_article(record.value).id for record in read(deployment, topics.ARTICLES)]
    assert sorted(again) == sorted(2 * list(published))
    assert min(pairs(deployment).values()) == 2, "a replay raises the alerts again, with the same ids"


def test_rules_are_waited_for_while_kafka_is_away(
    deployment: Settings, kafka: str, caplog: pytest.LogCaptureFixture
) -> None:
    write_rules(deployment, *STEADY)
    gateway = Gateway(f"http://{kafka}")
    away = deployment.model_copy(update={"kafka": Kafka(bootstrap_servers=f"127.0.0.1:{gateway.port}")})
    ended = threading.Event()
    follower = RuleFollower(away, ended.set)
    loading = threading.Thread(target=follower.load, daemon=True)
    loading.start()
    try:
        wait_until(lambda: "does not answer; waiting for it" in caplog.text, "it says what it waits for")
        assert loading.is_alive()
        gateway.open()
        wait_until(lambda: not loading.is_alive(), "the rules are loaded")
        assert len(follower.rules) == len(STEADY)
        write_rules(deployment, Rule(id="more", query="tide"))
        wait_until(lambda: follower.step(1) or len(follower.rules) == len(STEADY) + 1, "a new rule is in force")
        assert not ended.is_set()
    finally:
        follower.close()
        gateway.close()
