"""Reading the index of alerts: the newest ones, or those of given ids."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from elasticsearch import Elasticsearch
from msgspec import Struct

from pipeline.alert_index import alias
from pipeline.alert_records import Alert
from pipeline.shards import ask, missing

MOST_ALERTS = 10_000
"""What a search engine gives out at once (`index.max_result_window`)."""

log = logging.getLogger("newswire.alerts")


class Found(Struct, frozen=True, kw_only=True):
    """Alerts, newest first, and how many there are in all; `at_least` so many.

    `incomplete` says why some months gave no answer."""

    total: int
    at_least: bool
    alerts: tuple[Alert, ...]
    incomplete: str | None = None


def newest(
    client: Elasticsearch, index_prefix: str, *, rule: str | None = None, since: datetime | None = None, size: int = 20
) -> Found:
    """Those raised last, of one rule or of all. Raises SearchEngineAwayError and SearchEngineRefusedError."""
    filters: list[dict[str, Any]] = []
    if rule is not None:
        filters.append({"term": {"rule.id": rule}})
    if since is not None:
        filters.append({"range": {"@timestamp": {"gte": since.isoformat()}}})
    return _search(client, index_prefix, {"bool": {"filter": filters}}, size)


def with_ids(client: Elasticsearch, index_prefix: str, ids: Sequence[str]) -> Found:
    """Those of these ids that the index has. Raises as `newest`."""
    return _search(client, index_prefix, {"ids": {"values": list(ids)}}, len(ids))


def _search(client: Elasticsearch, index_prefix: str, query: dict[str, Any], size: int) -> Found:
    answer = ask(
        client,
        lambda: (
            client.search(
                index=alias(index_prefix),
                query=query,
                size=size,
                sort=[{"@timestamp": {"order": "desc", "unmapped_type": "date"}}],
                ignore_unavailable=True,  # the first alert makes the index
                allow_no_indices=True,
            ).body
        ),
    )
    total = answer["hits"]["total"]
    return Found(
        total=total["value"],
        at_least=total["relation"] == "gte",
        alerts=tuple(_alerts(answer["hits"]["hits"])),
        incomplete=missing(answer),
    )


def _alerts(hits: Iterable[Any]) -> Iterable[Alert]:
    for hit in hits:
        try:
            yield msgspec.convert(hit["_source"], Alert)
        except msgspec.ValidationError as error:
            log.warning("alert %s in %s is not readable and is passed over: %s", hit["_id"], hit["_index"], error)
