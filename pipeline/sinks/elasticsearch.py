"""The sink of articles into Elasticsearch and OpenSearch; _index_writer.py says how they are written."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from pipeline import search_index
from pipeline.config import Settings
from pipeline.observe import INDEX_LATENCY, INDEXED
from pipeline.records import Article, decode_article
from pipeline.registry import sink
from pipeline.sinks._bulk import Verdict, action
from pipeline.sinks._index_writer import Family, IndexWriter
from pipeline.topics import ARTICLES, SINK_GROUP


class ElasticsearchSink(IndexWriter[Article]):
    """Writes articles into their months."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        super().__init__(settings, stop, _ARTICLES)


def _count(articles: Sequence[tuple[Article, Verdict]], now: datetime) -> None:
    for article, verdict in articles:
        INDEXED.labels(verdict.value).inc()
        if verdict is Verdict.WRITTEN:
            INDEX_LATENCY.observe(max(0.0, (now - article.first_seen).total_seconds()))


_ARTICLES = Family(
    topic=ARTICLES,
    group=SINK_GROUP,
    indices=search_index.indices,
    decode=decode_article,
    id=lambda article: article.id,
    first_seen=lambda article: article.first_seen,
    action=action,
    count=_count,
)


@sink("elasticsearch")
def elasticsearch_sink(settings: Settings, stop: threading.Event) -> ElasticsearchSink:
    """Elasticsearch 8 and 9, OpenSearch 2 and 3."""
    return ElasticsearchSink(settings, stop)
