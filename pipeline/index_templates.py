"""Monthly indices of one kind: the templates that shape them, the alias that reads them all, and their installation.

No data stream and no rollover: both would let one id live twice.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from elastic_transport import TransportError
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError

from pipeline.records import utc
from pipeline.search_engine import SearchEngineRefusedError, failure

_PRIORITY = 500  # above the built-in templates, whose patterns may match an index_prefix like `logs`

log = logging.getLogger("newswire.index_templates")


@dataclass(frozen=True, slots=True)
class Indices:
    """The months `ALIAS-YYYY.MM`. An older process leaves the templates of a newer `version` alone."""

    alias: str
    version: int
    settings: dict[str, Any]
    """Of a new month."""
    mappings: dict[str, Any]
    """With the analysis that they use: engines check a component template alone."""
    changeable: dict[str, Any]
    """Settings that existing months take over as well."""
    additions: Callable[[Set[str]], dict[str, Any]]
    """What a month that was made with these custom analyzers can take over of the mapping."""

    def templates(self) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        """Component templates by name, and the index template that is made of them."""
        components = {
            f"{self.alias}-settings": {"template": {"settings": self.settings}},
            f"{self.alias}-mappings": {"template": self.mappings},
        }
        template = {
            "index_patterns": [f"{self.alias}-*"],
            "priority": _PRIORITY,
            "composed_of": list(components),
            "template": {"aliases": {self.alias: {}}},
            "version": self.version,
            "meta": {"version": self.version, "digest": _digest(components), "made_by": "newswire"},
        }
        return components, template


def month_of(alias: str, moment: datetime) -> str:
    """The index of the month (UTC) in which this moment lies."""
    moment = utc(moment)
    return f"{alias}-{moment.year:04d}.{moment.month:02d}"


def is_current(client: Elasticsearch, indices: Indices) -> bool:
    """Whether `install` would change nothing. Raises ApiError and TransportError."""
    _, template = indices.templates()
    meta = _installed(client, indices.alias)
    return meta.get("digest") == template["meta"]["digest"] or _is_newer(meta, indices)


def install(client: Elasticsearch, indices: Indices) -> bool:
    """Bring templates and existing months up to date; False when there was nothing to do. Idempotent.

    The index template goes last: its digest says that everything before it was done. Concurrent calls write the same.
    Raises SearchEngineAwayError and SearchEngineRefusedError.
    """
    try:
        return _install(client, indices)
    except (ApiError, TransportError) as error:
        raise failure(error, client) from error


def _install(client: Elasticsearch, indices: Indices) -> bool:
    name = indices.alias
    if client.indices.exists(index=name) and not client.indices.exists_alias(name=name):
        raise SearchEngineRefusedError(
            f"{name} is an index, but Newswire needs that name for an alias: delete it or set another index_prefix"
        )
    if _is_newer(_installed(client, name), indices):
        log.info("the index templates %s are those of a newer version, which stay", name)
        return False
    if is_current(client, indices):
        return False
    components, template = indices.templates()
    for component, body in components.items():
        client.cluster.put_component_template(name=component, **body)
    _update_months(client, indices)
    client.indices.put_index_template(name=name, **template)
    log.info("index templates %s, version %d, are installed", name, indices.version)
    return True


def _update_months(client: Elasticsearch, indices: Indices) -> None:
    for index in client.indices.get_alias(index=f"{indices.alias}-*", expand_wildcards="open"):
        try:
            client.indices.put_mapping(index=index, **indices.additions(_analyzers(client, index)))
            client.indices.put_settings(index=index, settings={"index": indices.changeable})
            client.indices.put_alias(index=index, name=indices.alias)
        except BadRequestError as error:
            # Months that cannot take a change stay as they are: readable, and written to by their old mapping.
            log.warning("%s keeps its older mapping or settings: %s", index, failure(error, client))


def _analyzers(client: Elasticsearch, index: str) -> Set[str]:
    """The custom analyzers that it was made with."""
    settings = client.indices.get_settings(index=index)[index]["settings"]["index"]
    return set(settings.get("analysis", {}).get("analyzer", {}))


def _installed(client: Elasticsearch, name: str) -> Mapping[str, Any]:
    """The `_meta` of the index template in force; empty when there is none."""
    try:
        found = client.indices.get_index_template(name=name)["index_templates"]
    except NotFoundError:
        return {}
    meta = found[0]["index_template"].get("_meta") if found else None
    return meta if isinstance(meta, dict) else {}


def _is_newer(meta: Mapping[str, Any], indices: Indices) -> bool:
    version = meta.get("version")
    return isinstance(version, int) and version > indices.version


def _digest(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:16]
