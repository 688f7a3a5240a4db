"""What a batch becomes, whatever the brokers answer; test_faults.py and test_alert_matching.py have real ones."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError
from prometheus_client import REGISTRY

from pipeline import topics
from pipeline.alert_records import Alert, Rule
from pipeline.alerts import raising
from pipeline.chain import Chain
from pipeline.config import Kafka, Settings
from pipeline.processor import CircuitOpenError, Processor, Progress
from pipeline.publication import Announcement, Input, Message
from pipeline.records import RawArticle, encode
from pipeline.rule_follower import RuleFollower
from pipeline.source_memory import SourceMemory

NOW = datetime.now(UTC)
SETTINGS = Settings(kafka=Kafka(bootstrap_servers="a:1"))


class Brokers:
    """Take what is sent, unless there are `answers` to give first."""

    def __init__(self, *answers: Exception) -> None:
        self.taken: list[Message] = []
        self.answers = list(answers)
        self.most_at_once = self._at_once = 0

    async def __call__(self, message: Message) -> None:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0)
        self._at_once -= 1
        if self.answers:
            raise self.answers.pop(0)
        self.taken.append(message)

    def of(self, topic: topics.Topic) -> list[Message]:
        return [message for message in self.taken if message.topic is topic]

    @property
    def alerts(self) -> list[Alert]:
        return [message.alert for message in self.taken if isinstance(message, Announcement)]


def raw(number: int, content: str = "The tide barrier holds.") -> Input:
    article = RawArticle(
        id=f"{number:032x}", content_type="text/plain", content=content, first_seen=NOW, fetched_at=NOW
    )
    return Input("news.raw", 0, number, article.id.encode(), encode(article), (), NOW)


def process(brokers: Brokers, inputs: list[Input], *rules: Rule, matched: bool = True) -> None:
    follower = RuleFollower(SETTINGS, lambda: None)
    for rule in rules:
        follower.rules.change(rule.id, rule)
    memory = SourceMemory(8, 0.2)
    processor = Processor(
        SETTINGS, Chain([]), memory, rules=follower if matched else None, send=brokers, progress=Progress()
    )
    asyncio.run(processor.until_durable(inputs))


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0


TIDE = Rule(id="tide", query="tide", owner="desk")


def test_alerts_are_sent_with_their_articles() -> None:
    brokers = Brokers()
    process(brokers, [raw(1), raw(2, "Storm"), raw(3)], TIDE)
    assert len(brokers.of(topics.ARTICLES)) == 3
    assert [(alert.rule, int(alert.article.id, 16)) for alert in brokers.alerts] == [(TIDE, 1), (TIDE, 3)]
    assert {message.key for message in brokers.of(topics.ALERTS)} == {b"owner desk"}
    brokers = Brokers()
    process(brokers, [raw(1)], TIDE, matched=False)
    assert brokers.alerts == []


def test_brokers_that_are_away_get_everything_later() -> None:
    brokers = Brokers(KafkaConnectionError(), OSError(), KafkaConnectionError())
    process(brokers, [raw(1), raw(2)], TIDE)
    assert Counter(message.topic for message in brokers.taken) == {topics.ARTICLES: 2, topics.ALERTS: 2}


def test_what_the_brokers_never_take_ends_the_batch() -> None:
    with pytest.raises(ZeroDivisionError):
        process(Brokers(ZeroDivisionError()), [raw(1)], TIDE)


def test_rejected_and_dropped_records_raise_no_alerts() -> None:
    brokers = Brokers()
    broken = Input("news.raw", 0, 1, b"key", b'{"tide"')
    process(brokers, [broken, raw(2)], TIDE)
    assert len(brokers.of(topics.DEAD_LETTERS)) == len(brokers.alerts) == 1


def test_where_matching_fails_the_article_is_published_and_a_dead_letter_keeps_its_alerts(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = raising.fired_spans

    def broken(tree: Any, words: Any) -> Any:
        if "barrier" in str(tree):
            raise ZeroDivisionError("no")
        return real(tree, words)

    monkeypatch.setattr(raising, "fired_spans", broken)
    brokers = Brokers()
    before = counted("newswire_alert_failures_total")
    # More of them than a circuit breaker would let pass.
    inputs = [raw(number) for number in range(SETTINGS.worker.breaker_records + 1)]
    process(brokers, inputs, TIDE, Rule(id="bad", query="barrier"))
    assert len(brokers.of(topics.ARTICLES)) == len(inputs)
    assert {alert.rule.id for alert in brokers.alerts} == {"tide"}
    letters = brokers.of(topics.DEAD_LETTERS)
    assert [letter.value for letter in letters] == [each.value for each in inputs]
    headers = dict(letters[0].headers)
    assert headers["stage"] == b"alerts"
    assert headers["reason"].startswith(b"rule bad: ZeroDivisionError: no")
    assert counted("newswire_alert_failures_total") - before == len(inputs)
    assert f"the first is {0:032x}: rule bad: ZeroDivisionError: no" in caplog.text


def test_records_that_are_no_articles_still_open_the_circuit() -> None:
    brokers = Brokers()
    with pytest.raises(CircuitOpenError):
        process(brokers, [Input("news.raw", 0, 1, None, b"rubbish")] * SETTINGS.worker.breaker_records, TIDE)
    assert brokers.taken == []


def test_alerts_that_would_fill_the_memory_are_sent_before_the_batch_ends() -> None:
    brokers = Brokers()
    rules = [Rule(id=f"{number}", query="tide", note="x" * 200_000) for number in range(400)]
    process(brokers, [raw(1)], *rules)
    assert len(brokers.alerts) == 400
    assert brokers.most_at_once * 200_000 < 50_000_000


def test_an_alert_behind_an_article_that_kafka_refuses_is_raised_all_the_same() -> None:
    brokers = Brokers(MessageSizeTooLargeError())
    process(brokers, [raw(1)], TIDE)
    assert {message.topic for message in brokers.taken} == {topics.ALERTS, topics.DEAD_LETTERS}
