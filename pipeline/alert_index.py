"""The index of alerts: what fired, for Kibana and `newswire alerts`.

`news-alerts-2026.11` holds the alerts of the articles first seen in that month, whatever the time at which they were
matched: so an alert goes with its article, is one document however often it is raised, and is deleted with that month.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from pipeline import index_templates, search_index
from pipeline.alert_records import Alert
from pipeline.config import Settings
from pipeline.index_templates import Indices, month_of
from pipeline.records import encode
from pipeline.search_index import LONGEST_ADDRESS, LONGEST_NAME

MAPPING_VERSION = 1
"""Raise it with every change of the mapping. An older process leaves the templates of a newer one alone."""

SEARCH_FIELDS = ("rule.name.text", "article.headline", "snippet.text", "terms.text", "entities.text")
"""What a search in Kibana without a field goes to."""


def alias(index_prefix: str) -> str:
    """What searches read: all months."""
    return f"{index_prefix}-alerts"


def index_name(index_prefix: str, first_seen: datetime) -> str:
    """The index of the alerts of an article that was first seen then."""
    return month_of(alias(index_prefix), first_seen)


def document(alert: Alert) -> bytes:
    """The JSON that is indexed: the alert, and `@timestamp`, when it was raised (last)."""
    return encode(alert)[:-1] + b"," + msgspec.json.encode({"@timestamp": alert.matched_at})[1:]


def mapping() -> dict[str, Any]:
    """The mapping of an alert. `dynamic: false`: a field that is not here is stored and not searchable."""
    date = {"type": "date"}
    keyword = {"type": "keyword", "ignore_above": LONGEST_NAME}
    address = {"type": "keyword", "ignore_above": LONGEST_ADDRESS}
    text = {"type": "text", "analyzer": "neutral"}
    name = {**keyword, "fields": {"text": text}}
    return {
        "dynamic": False,
        "properties": {
            "@timestamp": date,
            "id": keyword,
            "rule": {"properties": {"id": keyword, "name": name, "owner": keyword, "channels": keyword}},
            "article": {
                "properties": {
                    "id": keyword,
                    "url": address,
                    "headline": {**text, "fields": {"keyword": keyword}},
                    "source": {"properties": {"id": keyword, "name": name, "feed": address}},
                    "language": keyword,
                    "published_at": date,
                    "first_seen": date,
                    "fetched_at": date,
                }
            },
            "terms": name,
            "spans": {"type": "object", "enabled": False},
            "snippet": {"properties": {"field": keyword, "text": text}},
            "entities": name,
            "together": {"type": "integer"},
            "matched_at": date,
            "late": keyword,
        },
    }


def indices(settings: Settings) -> Indices:
    """The months, and what shapes them; settings as those of articles."""
    changeable = {**search_index.changeable_settings(settings), "query": {"default_field": list(SEARCH_FIELDS)}}
    neutral = search_index.analysis()["analysis"]["analyzer"]["neutral"]
    made = mapping()
    return Indices(
        alias=alias(settings.index_prefix),
        version=MAPPING_VERSION,
        settings={"index": {**search_index.index_settings(settings)["index"], **changeable}},
        mappings={"settings": {"analysis": {"analyzer": {"neutral": neutral}}}, "mappings": made},
        changeable=changeable,
        additions=lambda _: made,
    )


def is_current(client: Elasticsearch, settings: Settings) -> bool:
    """Whether `install` would change nothing. Raises ApiError and TransportError."""
    return index_templates.is_current(client, indices(settings))


def install(client: Elasticsearch, settings: Settings) -> bool:
    """Bring templates and existing months up to date; see index_templates.install."""
    return index_templates.install(client, indices(settings))
