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

from collections.abc import Set
from datetime import datetime
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from pipeline import index_templates
from pipeline.alerts.stems import ALGORITHMS
from pipeline.alerts.zones import lede
from pipeline.config import Settings
from pipeline.index_templates import Indices, month_of
from pipeline.languages import languages
from pipeline.mapping_fields import exact, stems, without_analyzers
from pipeline.records import Article, encode

MAPPING_VERSION = 6
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


def alias(index_prefix: str) -> str:
    """What searches read: all months."""
    return f"{index_prefix}-articles"


def index_name(index_prefix: str, first_seen: datetime) -> str:
    """The index of an article that was first seen then."""
    return month_of(alias(index_prefix), first_seen)


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
                    tag: {
                        "properties": {
                            field: {**_text(analyzer), **(stems(tag) if tag in ALGORITHMS else {})}
                            for field in TEXT_FIELDS
                        }
                    }
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
    stemming = {
        f"stems_{tag}": {"type": "snowball", "language": algorithm.capitalize()}
        for tag, algorithm in ALGORITHMS.items()
    }
    stemmed = {name: {**cased, "filter": ["lowercase", name]} for name in stemming}
    return {"analysis": {"filter": stemming, "analyzer": {"neutral": neutral, "cased": cased, **stemmed}}}


def changeable_settings(settings: Settings) -> dict[str, Any]:
    """Those that existing indices take over as well."""
    engine = settings.elasticsearch
    return {
        "number_of_replicas": str(engine.replicas),
        "refresh_interval": engine.refresh_interval,
        "query": {"default_field": search_fields()},
    }


def indices(settings: Settings) -> Indices:
    """The months, and what shapes them."""
    return Indices(
        alias=alias(settings.index_prefix),
        version=MAPPING_VERSION,
        settings=index_settings(settings),
        mappings={"settings": analysis(), "mappings": mapping()},
        changeable=changeable_settings(settings),
        additions=_additions,
    )


def templates(settings: Settings) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Component templates by name, and the index template that is made of them."""
    return indices(settings).templates()


def is_current(client: Elasticsearch, settings: Settings) -> bool:
    """Whether `install` would change nothing. Raises ApiError and TransportError."""
    return index_templates.is_current(client, indices(settings))


def install(client: Elasticsearch, settings: Settings) -> bool:
    """Bring templates and existing months up to date; see index_templates.install."""
    return index_templates.install(client, indices(settings))


def _additions(analyzers: Set[str]) -> dict[str, Any]:
    """What an index can take over. An open index gets no new analyzers, and one field with a strange one spoils all."""
    made = mapping()
    ours = set(analysis()["analysis"]["analyzer"]) - {"neutral"}
    missing = ours - analyzers  # those from before alert rules lack them
    return {"properties": without_analyzers(made["properties"], missing), "dynamic": made["dynamic"]}


def _text(analyzer: str) -> dict[str, Any]:
    return {"type": "text", "analyzer": analyzer}
