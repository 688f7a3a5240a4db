"""`python -m pipeline.schemas` writes schemas/*.json: JSON Schema 2020-12, made from the records, with examples.

tests/test_schemas.py fails while a file differs from what is made here.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from pipeline import alert_examples, feed_examples
from pipeline.alert_records import ALERT_VERSION, RULE_VERSION, Alert, Rule
from pipeline.delivery_records import DISPATCH_VERSION, MESSAGE_VERSION, Dispatch, Message
from pipeline.feed_records import (
    FEED_PUSH_VERSION,
    FEED_STATE_VERSION,
    FEED_VERSION,
    PAGE_VERSION,
    SIGHTING_VERSION,
    Feed,
    FeedPush,
    FeedState,
    Page,
    Sighting,
)
from pipeline.identity import article_id
from pipeline.records import (
    ARTICLE_VERSION,
    DEAD_LETTER_VERSION,
    RAW_ARTICLE_VERSION,
    Article,
    DeadLetter,
    Entity,
    Mention,
    Quote,
    RawArticle,
    Removal,
    Source,
    encode,
)
from pipeline.topics import RAW

FOLDER = Path(__file__).parent.parent / "schemas"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SEEN = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
_URL = "https://news.example/2026/03/tide-barrier?utm_source=feed"
_BODY = (
    "Harbour engineers closed the tide barrier at Port Ellery on Sunday for the first time.\n"
    '"It held," said Ada Quill, who leads the Coastal Survey. Quill expects two more closures by 1 June.'
)


@dataclass(frozen=True, slots=True)
class Schema:
    """One version of one record."""

    name: str
    version: int
    record: type[msgspec.Struct]
    examples: tuple[msgspec.Struct, ...]

    @property
    def file(self) -> str:
        """Its file's name, as topics.py refers to it."""
        return f"{self.name}-{self.version}.json"

    def document(self) -> dict[str, Any]:
        """The JSON Schema."""
        (reference,), definitions = msgspec.json.schema_components([self.record], ref_template="#/$defs/{name}")
        root = definitions.pop(reference["$ref"].rpartition("/")[2])
        return {
            "$schema": _DIALECT,
            "$id": f"urn:newswire:{self.name}:{self.version}",
            **root,
            "examples": [json.loads(encode(example)) for example in self.examples],
            **({"$defs": definitions} if definitions else {}),
        }


_QUOTED = "It held"
_SAID = _BODY.index(_QUOTED)


def _entity(text: str, label: str, after: int = 0, value: str | UnsetType = UNSET) -> Entity:
    start = _BODY.index(text, after)
    return Entity(text=text, label=label, field="body", start=start, end=start + len(text), value=value)


SCHEMAS = (
    Schema(
        "raw-article",
        RAW_ARTICLE_VERSION,
        RawArticle,
        (
            RawArticle(
                id=article_id(_URL, None, ""),
                url=_URL,
                source=Source(id="news.example", name="The Example", feed="https://news.example/feed.xml"),
                content_type="text/html",
                content=f"<html><body><article><h1>Tide barrier holds</h1><p>{_BODY}</p></article></body></html>",
                headline="Tide barrier holds",
                by="Io Brand",
                published_at="Mon, 02 Mar 2026 06:10:00 GMT",
                language="en",
                section="Region",
                keywords=("tides", "flood defence"),
                feeds=("https://news.example/feed.xml", "https://news.example/region.xml"),
                first_seen=_SEEN,
                fetched_at=_SEEN,
            ),
            RawArticle(
                id="desk-4711",
                content_type="text/plain",
                content="நகரில் மழை தொடர்கிறது.",
                first_seen=_SEEN,
                fetched_at=_SEEN,
            ),
        ),
    ),
    Schema(
        "article",
        ARTICLE_VERSION,
        Article,
        (
            Article(
                id=article_id(_URL, None, ""),
                url=_URL,
                canonical_url="https://news.example/2026/03/tide-barrier",
                source=Source(id="news.example", name="The Example"),
                headline="Tide barrier holds",
                body=_BODY,
                language="en",
                language_confidence=0.99,
                by="Io Brand",
                located="PORT ELLERY",
                info_sources=("Example Press",),
                published_at=_SEEN.replace(minute=10),
                first_seen=_SEEN,
                fetched_at=_SEEN,
                processed_at=_SEEN.replace(second=1),
                people=(Mention(name="Ada Quill", count=2),),
                organisations=(Mention(name="Coastal Survey", count=1),),
                places=(Mention(name="Port Ellery", count=1, uri="urn:example:port-ellery", country="NZ"),),
                entities=(
                    _entity("Port Ellery", "LOC"),
                    _entity("Ada Quill", "PER"),
                    _entity("Coastal Survey", "ORG"),
                    _entity("Quill", "PER", after=_BODY.index("Survey")),
                    _entity("1 June", "DATE", value="2026-06-01"),
                ),
                quotes=(Quote(text=_QUOTED, speaker="Ada Quill", start=_SAID, end=_SAID + len(_QUOTED)),),
                section="Region",
                keywords=("tides", "flood defence"),
                feeds=("https://news.example/feed.xml", "https://news.example/region.xml"),
                related=("Spring tides: what to expect",),
                removed=(
                    Removal(
                        kind="related", text="Read also: Spring tides: what to expect", rule="en.related.read_also"
                    ),
                ),
                content_hash="0b7f9d1c5a3e4f62",
                stages=dict.fromkeys(
                    ("normalise", "clean", "language", "entities", "quantities", "quotes", "fingerprint"), "1"
                ),
            ),
        ),
    ),
    Schema(
        "dead-letter",
        DEAD_LETTER_VERSION,
        DeadLetter,
        (
            DeadLetter(
                stage="decode",
                reason="not JSON: Input data was truncated",
                topic=RAW.name("news"),
                partition=3,
                offset=90210,
                time=_SEEN,
            ),
        ),
    ),
    Schema("feed", FEED_VERSION, Feed, feed_examples.FEEDS),
    Schema("feed-state", FEED_STATE_VERSION, FeedState, feed_examples.STATES),
    Schema("sighting", SIGHTING_VERSION, Sighting, feed_examples.SIGHTINGS),
    Schema("page", PAGE_VERSION, Page, feed_examples.PAGES),
    Schema("feed-push", FEED_PUSH_VERSION, FeedPush, feed_examples.PUSHES),
    Schema("rule", RULE_VERSION, Rule, alert_examples.RULES),
    Schema("alert", ALERT_VERSION, Alert, alert_examples.ALERTS),
    Schema("dispatch", DISPATCH_VERSION, Dispatch, alert_examples.DISPATCHES),
    Schema("message", MESSAGE_VERSION, Message, alert_examples.MESSAGES),
)


def files() -> dict[str, str]:
    """Name and content of each file."""
    return {schema.file: json.dumps(schema.document(), indent=2, ensure_ascii=False) + "\n" for schema in SCHEMAS}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
        sys.stdout.write(f"{FOLDER / name}\n")
