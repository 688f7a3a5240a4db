"""The index: templates, the monthly indices they shape, and the alias that everything reads.

`news-articles-2026.11` holds the articles first seen in that month; the alias `news-articles` spans all months. No
data stream and no rollover: both would let one article id live twice.

How text is analysed. `headline`, `description` and `body` have an analysis that suits every language: Unicode words,
lower case, no diacritics, pairs of characters for Chinese, Japanese and Korean. Beside it, an article in a language
that has stemming fills `text.<language>` (`text.id.body`), analysed for that language, and only that one. A query
without a field goes to all of them (`index.query.default_field`), each analysing it in its own way, so that
"hubungan" finds "menghubungkan" without anyone choosing a language. The copy stays in `_source`: without it,
highlighting and reindexing would lose the language fields, and the two copies lie side by side in one compressed
block, so that the second costs little on disk.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any

import msgspec
from elastic_transport import TransportError
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError

from pipeline.alerts.zones import lede
from pipeline.config import Settings
from pipeline.languages import languages
from pipeline.mapping_fields import exact, without_analyzers
from pipeline.records import Article, encode, utc
from pipeline.search_engine import SearchEngineRefusedError, failure

MAPPING_VERSION = 5
"""Raise it with every change of the mapping. An older process leaves the templates of a newer one alone."""

TEXT_FIELDS = ("headline", "description", "body")
BOOSTS = {"headline": 3, "description": 2, "body": 1}
"""How much a hit in a field counts for relevance."""

LONGEST_NAME = 1024
"""Longer names are kept and can be read, but not found or counted as a whole."""
LONGEST_ADDRESS = 8191  # in characters; an indexed term may have 32,766 bytes

CODEC = "best_compression"
"""Of stored text: it makes the second copy nearly free."""

_COVERED = ("standard", "cjk")
"""Analyzers that do nothing which the neutral analysis does not do as well."""
_PRIORITY = 500  # above the built-in templates, whose patterns may match an index_prefix like `logs`

log = logging.getLogger("newswire.search_index")


def alias(index_prefix: str) -> str:
    """What searches read: all months."""
    return f"{index_prefix}-articles"


def index_name(index_prefix: str, first_seen: datetime) -> str:
    """The index of an article that was first seen then."""
    moment = utc(first_seen)
    return f"{alias(index_prefix)}-{moment.year:04d}.{moment.month:02d}"


def analysed_languages() -> dict[str, str]:
    """Analyzer by language tag, for the languages that have more than the neutral analysis."""
    return {tag: each.analyzer for tag, each in languages().items() if each.analyzer not in _COVERED}


def text_language(tag: str) -> str | None:
    """The `text.<language>` field for an article in this language, exact or by its primary subtag; None for none."""
    known = analysed_languages()
    if tag in known:
        return tag
    primary = tag.partition("-")[0]
    return primary if primary in known and tag not in languages() else None


def document_version(fetched_at: datetime) -> int:
    """The external version of a document: when that version of the article was fetched, in ms since 1970."""
    return max(0, int(fetched_at.timestamp() * 1000))


def document(article: Article) -> bytes:
    """The JSON that is indexed: the article, `@timestamp`, and its text under its language."""
    extra: dict[str, Any] = {"@timestamp": article.published_at or article.first_seen}
    if beginning := lede(article.body):
        extra["lede"] = beginning
    language = text_language(article.language)
    if language:
        texts = {name: text for name in TEXT_FIELDS if (text := getattr(article, name))}
        if texts:
            extra["text"] = {language: texts}
    return encode(article)[:-1] + b"," + msgspec.json.encode(extra)[1:]


def search_fields() -> list[str]:
    """What a query without a field name searches, with boosts, as `query_string` takes them."""
    weights = {name: f"^{boost}" if boost > 1 else "" for name, boost in BOOSTS.items()}
    return [
        *(f"{name}{weights[name]}" for name in TEXT_FIELDS),
        *(f"text.*.{name}{weights[name]}" for name in TEXT_FIELDS),
    ]


def mapping() -> dict[str, Any]:
    """The mapping of an article. `dynamic: false`: a field that is not here is stored and not searchable."""
    date = {"type": "date"}
    keyword = {"type": "keyword", "ignore_above": LONGEST_NAME}
    address = {"type": "keyword", "ignore_above": LONGEST_ADDRESS}
    name = {**keyword, "fields": {"text": _text("neutral")}}
    watched = {**keyword, "fields": {"text": _text("neutral"), **exact()}}
    stored = {"type": "object", "enabled": False}
    mention = {"properties": {"name": watched, "count": {"type": "integer"}, "uri": address, "country": keyword}}
    return {
        "dynamic": False,
        "properties": {
            "@timestamp": date,
            "id": keyword,
            "url": address,
            "canonical_url": address,
            "source": {"properties": {"id": keyword, "name": watched, "feed": address}},
            "headline": {**_text("neutral"), "fields": {"keyword": keyword, **exact()}},
            "description": {**_text("neutral"), "fields": exact()},
            "body": {**_text("neutral"), "fields": exact()},
            "lede": {"type": "text", "index": False, "fields": exact()},
            "language": keyword,
            "language_confidence": {"type": "float"},
            "languages": {"properties": {"language": keyword, "share": {"type": "float"}}},
            "by": watched,
            "located": watched,
            "info_sources": name,
            "published_at": date,
            "first_seen": date,
            "fetched_at": date,
            "processed_at": date,
            "people": mention,
            "organisations": mention,
            "places": mention,
            "entities": stored,
            "quotes": {"properties": {"text": {**_text("neutral"), "fields": exact()}, "speaker": name}},
            "section": keyword,
            "keywords": name,
            "feeds": address,
            "related": _text("neutral"),
            "removed": stored,
            "content_hash": keyword,
            "stages": stored,
            "story_id": keyword,
            "text": {
                "properties": {
                    tag: {"properties": {field: _text(analyzer) for field in TEXT_FIELDS}}
                    for tag, analyzer in analysed_languages().items()
                }
            },
        },
    }


def index_settings(settings: Settings) -> dict[str, Any]:
    """Settings of a new monthly index."""
    engine = settings.elasticsearch
    return {
        "index": {
            "number_of_shards": str(engine.shards),
            "codec": CODEC,
            **changeable_settings(settings),
        }
    }


def analysis() -> dict[str, Any]:
    """The analysis that suits every language. Engines check a component template alone: it goes with the mapping."""
    filters = ["cjk_width", "lowercase", "cjk_bigram", "asciifolding"]
    cased = {"type": "custom", "tokenizer": "standard"}
    neutral = {**cased, "filter": filters}
    return {"analysis": {"analyzer": {"neutral": neutral, "cased": cased}}}


def changeable_settings(settings: Settings) -> dict[str, Any]:
    """Those that existing indices take over as well."""
    engine = settings.elasticsearch
    return {
        "number_of_replicas": str(engine.replicas),
        "refresh_interval": engine.refresh_interval,
        "query": {"default_field": search_fields()},
    }


def templates(settings: Settings) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Component templates by name, and the index template that is made of them."""
    name = alias(settings.index_prefix)
    components = {
        f"{name}-settings": {"template": {"settings": index_settings(settings)}},
        f"{name}-mappings": {"template": {"settings": analysis(), "mappings": mapping()}},
    }
    meta = {"version": MAPPING_VERSION, "digest": _digest(components), "made_by": "newswire"}
    template = {
        "index_patterns": [f"{name}-*"],
        "priority": _PRIORITY,
        "composed_of": list(components),
        "template": {"aliases": {name: {}}},
        "version": MAPPING_VERSION,
        "meta": meta,
    }
    return components, template


def is_current(client: Elasticsearch, settings: Settings) -> bool:
    """Whether `install` would change nothing. Raises ApiError and TransportError."""
    _, template = templates(settings)
    meta = _installed(client, alias(settings.index_prefix))
    return meta.get("digest") == template["meta"]["digest"] or _is_newer(meta)


def install(client: Elasticsearch, settings: Settings) -> bool:
    """Bring templates and existing indices up to date; False when there was nothing to do. Idempotent.

    The index template goes last: its digest says that everything before it was done. Concurrent calls write the same.
    Raises SearchEngineAwayError and SearchEngineRefusedError.
    """
    try:
        return _install(client, settings)
    except (ApiError, TransportError) as error:
        raise failure(error, client) from error


def _install(client: Elasticsearch, settings: Settings) -> bool:
    name = alias(settings.index_prefix)
    if client.indices.exists(index=name) and not client.indices.exists_alias(name=name):
        raise SearchEngineRefusedError(
            f"{name} is an index, but Newswire needs that name for an alias: delete it or set another index_prefix"
        )
    if _is_newer(_installed(client, name)):
        log.info("the index templates are those of a newer version, which stay")
        return False
    if is_current(client, settings):
        return False
    components, template = templates(settings)
    for component, body in components.items():
        client.cluster.put_component_template(name=component, **body)
    _update_indices(client, settings)
    client.indices.put_index_template(name=name, **template)
    log.info("index templates %s, version %d, are installed", name, MAPPING_VERSION)
    return True


def _update_indices(client: Elasticsearch, settings: Settings) -> None:
    name = alias(settings.index_prefix)
    for index in client.indices.get_alias(index=f"{name}-*", expand_wildcards="open"):
        try:
            client.indices.put_mapping(index=index, **_additions(_analyzers(client, index)))
            client.indices.put_settings(index=index, settings={"index": changeable_settings(settings)})
            client.indices.put_alias(index=index, name=name)
        except BadRequestError as error:
            # Months that cannot take a change stay as they are: readable, and written to by their old mapping.
            log.warning("%s keeps its older mapping or settings: %s", index, failure(error, client))


def _additions(analyzers: Set[str]) -> dict[str, Any]:
    """What an index can take over. An open index gets no new analyzers, and one field with a strange one spoils all."""
    made = mapping()
    missing = {"cased"} - analyzers  # those from before alert rules lack it
    return {"properties": without_analyzers(made["properties"], missing), "dynamic": made["dynamic"]}


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


def _is_newer(meta: Mapping[str, Any]) -> bool:
    version = meta.get("version")
    return isinstance(version, int) and version > MAPPING_VERSION


def _text(analyzer: str) -> dict[str, Any]:
    return {"type": "text", "analyzer": analyzer}


def _digest(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:16]
