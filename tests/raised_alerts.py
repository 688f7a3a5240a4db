"""Rules and alerts on a real Kafka, for tests of what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from pipeline.alert_records import Alert, AlertArticle, Rule, alert_id
from pipeline.config import Settings
from pipeline.delivery_records import Dispatch
from pipeline.delivery_registry import read
from pipeline.producer import Producer
from pipeline.topics import ALERTS, RULES

SECRET = "a secret of the tests"


def alert(rule: Rule, article: str, *, together: int = 1, at: datetime | None = None) -> Alert:
    """As the worker raises it."""
    moment = at or datetime.now(UTC)
    return Alert(
        id=alert_id(rule.id, article),
        rule=rule,
        article=AlertArticle(id=article, headline=f"News of {article}", first_seen=moment, fetched_at=moment),
        terms=("news",),
        together=together,
        matched_at=moment,
    )


def write_rules(settings: Settings, rules: Iterable[Rule], removed: Iterable[str] = ()) -> None:
    """Rules are in their topic when this returns."""
    with Producer(settings) as producer:
        name = RULES.name(settings.topic_prefix)
        for rule in rules:
            producer.send(name, rule.id.encode(), msgspec.json.encode(rule))
        for key in removed:
            producer.send(name, key.encode(), None)


def write_alerts(settings: Settings, alerts: Sequence[Alert]) -> None:
    """Likewise alerts."""
    with Producer(settings) as producer:
        name = ALERTS.name(settings.topic_prefix)
        for each in alerts:
            producer.send(name, each.rule.group.encode(), msgspec.json.encode(each))


def dispatches(settings: Settings) -> list[Dispatch]:
    """What is written down of them."""
    return [each for _, each in read(settings, print)]


def channel(name: str, url: str) -> dict[str, str]:
    """The environment of a service that has this webhook."""
    start = f"NEWSWIRE_DELIVER__CHANNELS__{name.upper()}__"
    return {
        f"{start}KIND": "webhook",
        f"{start}URL": url,
        f"{start}SECRET": SECRET,
        "NEWSWIRE_DELIVER__ALLOW_HOSTS": '["127.0.0.1"]',
        "NEWSWIRE_DELIVER__GATHER_SECONDS": "0.2",
        "NEWSWIRE_DELIVER__RETRY_SECONDS": "2",
    }
