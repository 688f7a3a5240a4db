"""How often each rule fired, by the index of alerts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from pipeline.alert_index import alias
from pipeline.search_engine import failure
from pipeline.shards import ask

_PAGE = 1000
_MOST_NAMED = 1000
"""Of more rules all alerts are counted rather than those of a list of ids."""


class AlertHistory:
    """Alerts of a deployment. Methods raise SearchEngineAwayError and SearchEngineRefusedError."""

    def __init__(self, client: Elasticsearch, index_prefix: str) -> None:
        self._client = client
        self._alias = alias(index_prefix)

    def exists(self) -> bool:
        """Whether alerts are indexed here."""
        try:
            return bool(self._client.indices.exists_alias(name=self._alias))
        except (ApiError, TransportError) as error:
            raise failure(error, self._client) from error

    def counts(self, since: datetime, rules: Collection[str]) -> dict[str, int]:
        """Alerts since then by rule; a rule without any may be missing, and others may be there, too."""
        wanted: list[dict[str, Any]] = [{"range": {"@timestamp": {"gte": since.isoformat()}}}]
        if len(rules) <= _MOST_NAMED:
            wanted.append({"terms": {"rule.id": sorted(rules)}})
        pages: dict[str, Any] = {"size": _PAGE, "sources": [{"rule": {"terms": {"field": "rule.id"}}}]}
        found: dict[str, int] = {}
        while True:
            answer = self._search(size=0, query={"bool": {"filter": wanted}}, aggs={"rules": {"composite": pages}})
            page = answer.get("aggregations", {}).get("rules", {})
            found |= {each["key"]["rule"]: each["doc_count"] for each in page.get("buckets", ())}
            if "after_key" not in page:
                return found
            pages["after"] = page["after_key"]

    def _search(self, **body: Any) -> Mapping[str, Any]:
        # A count without some month would be taken for the whole.
        body = {"index": self._alias, "allow_partial_search_results": False, **body}
        return ask(self._client, lambda: self._client.search(**body).body)
