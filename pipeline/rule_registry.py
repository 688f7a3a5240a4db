"""The rules of a deployment as the command line sees them: read from Kafka, found by what users call them, written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec
from kafka.errors import KafkaError

from pipeline.alert_records import Rule
from pipeline.config import Settings
from pipeline.delivery import MissingTopicError
from pipeline.errors import NewswireError
from pipeline.kafka_connection import Report, refusal
from pipeline.producer import Producer
from pipeline.rule_reader import RuleReader, take_over
from pipeline.topic_setup import missing_topics
from pipeline.topics import RULES

_SHOWN = 5
_SHOWN_CHARACTERS = 60


class RuleChoiceError(NewswireError):
    """No rule, or more than one, is what the user may mean."""


@dataclass(frozen=True, slots=True)
class Registry:
    """All rules by id."""

    rules: dict[str, Rule]

    def find(self, text: str) -> Rule:
        """The rule with this id, this name, the beginning of this id, or these words as the only one in its id, name
        or query. Raises RuleChoiceError, which lists whom it may be.
        """
        if text in self.rules:
            return self.rules[text]
        wanted = " ".join(text.split()).casefold()
        found = (self._named(wanted) or self._by_id(wanted) or self._by_words(wanted)) if wanted else []
        if len(found) == 1:
            return found[0]
        if not found:
            raise RuleChoiceError(f"there is no rule {text!r}; see `newswire rules list`")
        shown = ", ".join(f"{rule.id} ({(rule.name or rule.query)[:_SHOWN_CHARACTERS]})" for rule in found[:_SHOWN])
        more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        raise RuleChoiceError(f"{len(found):,} rules may be meant by {text!r}, say which: {shown}{more}")

    def sorted(self) -> list[Rule]:
        """By id."""
        return [rule for _, rule in sorted(self.rules.items())]

    def _named(self, name: str) -> list[Rule]:
        return [rule for rule in self.rules.values() if (rule.name or "").casefold() == name]

    def _by_id(self, beginning: str) -> list[Rule]:
        return [rule for rule in self.rules.values() if rule.id.casefold().startswith(beginning)]

    def _by_words(self, words: str) -> list[Rule]:
        return [
            rule
            for rule in self.rules.values()
            if any(words in told.casefold() for told in (rule.id, rule.name or "", rule.query))
        ]


def read(settings: Settings, report: Report) -> Registry:
    """All rules that there are now; those that cannot be read are told and passed over.

    Waits for Kafka. Raises MissingTopicError, KafkaRefusedError and NewswireError.
    """
    rules: dict[str, Rule] = {}
    reader = RuleReader(settings, threading.Event())
    try:
        for changes in reader.catch_up():
            take_over(changes, rules)
    except KafkaError as error:
        topic = RULES.name(settings.topic_prefix)
        if topic in missing_topics(settings, report):
            raise MissingTopicError(f"topic {topic} does not exist; make it with `newswire setup`") from error
        raise refusal(error, settings.kafka) or NewswireError(f"cannot read the rules: {error}") from error
    finally:
        reader.close()
    return Registry(rules)


def write(
    settings: Settings, report: Report, rules: Iterable[Rule], written: Callable[[], None] = lambda: None
) -> None:
    """Add or change rules; returns once Kafka has acknowledged all, and calls `written` for each. Raises NewswireError.

    A rule that is larger than the topic allows is refused by Kafka, after others may have been written.
    """
    _send(settings, report, ((rule.id, msgspec.json.encode(rule)) for rule in rules), written)


def remove(settings: Settings, report: Report, ids: Iterable[str], written: Callable[[], None] = lambda: None) -> None:
    """Remove rules; returns once Kafka has acknowledged it. Raises NewswireError."""
    _send(settings, report, ((each, None) for each in ids), written)


def _send(
    settings: Settings, report: Report, records: Iterable[tuple[str, bytes | None]], written: Callable[[], None]
) -> None:
    topic = RULES.name(settings.topic_prefix)
    with Producer(settings, report) as producer:
        under_way = [producer.send(topic, key.encode(), value) for key, value in records]
        for sent in under_way:
            sent.result()
            written()
