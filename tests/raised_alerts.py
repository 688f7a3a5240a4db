"""Rules and alerts on a real Kafka, for tests of what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pipeline.alert_records import Alert, AlertArticle, Rule, alert_id
from pipeline.config import Settings
from pipeline.delivery_records import Dispatch
from pipeline.delivery_registry import read
from pipeline.records import encode
from pipeline.topics import ALERTS
from tests.alert_deployment import send

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


def write_alerts(settings: Settings, alerts: Sequence[Alert]) -> None:
    """Alerts are in their topic when this returns."""
    send(settings, ALERTS, ((each.rule.group, encode(each)) for each in alerts))


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
