"""The sink of alerts into Elasticsearch and OpenSearch; _index_writer.py says how they are written.

An alert that is raised again, for a newer version of its article or in a replay, replaces itself.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from pipeline import alert_index
from pipeline.alert_records import Alert, decode_alert
from pipeline.config import Settings
from pipeline.observe import ALERTS_INDEXED
from pipeline.registry import sink
from pipeline.search_index import document_version
from pipeline.sinks._bulk import Action, Verdict
from pipeline.sinks._index_writer import Family, IndexWriter
from pipeline.topics import ALERT_SINK_GROUP, ALERTS


class AlertSink(IndexWriter[Alert]):
    """Writes alerts into the months of their articles."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        super().__init__(settings, stop, _ALERTS)


def _action(alert: Alert, index: str, place: int) -> Action:
    return Action(place, alert.id, index, document_version(alert.article.fetched_at), alert_index.document(alert))


def _count(alerts: Sequence[tuple[Alert, Verdict]], _: datetime) -> None:
    for _alert, verdict in alerts:
        ALERTS_INDEXED.labels(verdict.value).inc()


_ALERTS = Family(
    topic=ALERTS,
    group=ALERT_SINK_GROUP,
    indices=alert_index.indices,
    decode=decode_alert,
    id=lambda alert: alert.id,
    first_seen=lambda alert: alert.article.first_seen,
    action=_action,
    count=_count,
)


@sink("alerts")
def alert_sink(settings: Settings, stop: threading.Event) -> AlertSink:
    """Elasticsearch 8 and 9, OpenSearch 2 and 3."""
    return AlertSink(settings, stop)
