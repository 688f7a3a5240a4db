"""The records that travel on the topics, and their codec.

JSON on the wire; `schemas/` holds the JSON Schema of each version, made from these types by `schemas.py`.
Field names follow IPTC ninjs 3.x in snake_case, flat. Times are aware datetimes, RFC 3339 in UTC on the wire.
Unknown fields are ignored when read, so that a newer producer may talk to an older worker.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from pipeline.errors import NewswireError

ArticleId = Annotated[
    str,
    Meta(
        # Without control characters; `$` alone would let a final newline pass in Python.
        pattern=r"^[^\x00-\x1f\x7f]{1,512}$(?!\n)",
        description="32 hex digits, see identity.py, or the producer's own: at most 512 bytes, the limit of an index",
    ),
]
MAX_ID_BYTES = 512
Time = Annotated[datetime, Meta(tz=True, description="RFC 3339")]
Confidence = Annotated[float, Meta(ge=0, le=1)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]
ContentType = Literal["text/plain", "text/html"]

FeedAddresses = Annotated[
    tuple[str, ...] | UnsetType, Meta(description="addresses of all feeds that carried it, that of the source first")
]

RAW_ARTICLE_VERSION = 1
ARTICLE_VERSION = 1
DEAD_LETTER_VERSION = 1

QUANTITY_LABELS = frozenset(("DATE", "MONEY", "PERCENT"))
"""Labels of the entities that have a value, and belong to the `quantities` stage."""


UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What decoding JSON of others can raise."""


class InvalidRecordError(NewswireError, ValueError):
    """The bytes are no record of the expected type; the message says where and why."""


class Source(Struct, frozen=True, kw_only=True):
    """Who published an article. Empty until the producer, the page's metadata or the dateline names it."""

    id: Annotated[str | None, Meta(description="stable short name, mostly the site's host name")] = None
    name: Annotated[str | None, Meta(description="as people call it")] = None
    feed: Annotated[str | None, Meta(description="address of the feed that carried it")] = None


class RawArticle(Struct, frozen=True, kw_only=True):
    """An article as a producer found it: topic `news.raw`, key = id."""

    id: ArticleId
    url: str | None = None
    source: Source = Source()
    content_type: ContentType
    content: str
    headline: str | None = None
    description: str | None = None
    by: str | None = None
    published_at: Annotated[str | None, Meta(description="as found; the chain parses it")] = None
    language: Annotated[str | None, Meta(description="a hint, as found")] = None
    section: Annotated[str | None, Meta(description="the publisher's section, as found")] = None
    keywords: Annotated[tuple[str, ...], Meta(description="the publisher's keywords, as found")] = ()
    feeds: FeedAddresses = UNSET
    first_seen: Annotated[Time, Meta(description="stamped by the first producer, kept by replays")]
    fetched_at: Annotated[Time, Meta(description="when this version was fetched; orders the versions of an article")]

    def __post_init__(self) -> None:
        _check_length(self.id)


class Mention(Struct, frozen=True, kw_only=True):
    """A person, an organisation or a place of an article, all its variants counted together."""

    name: str
    count: Annotated[int, Meta(ge=1)]
    uri: Annotated[
        str | UnsetType, Meta(description="identifier in a public register, where one is known: GeoNames for places")
    ] = UNSET
    country: Annotated[Country | UnsetType, Meta(description="of places, where it is known")] = UNSET


class LanguageShare(Struct, frozen=True, kw_only=True):
    """One of several languages of an article, and its share of the text."""

    language: Annotated[str, Meta(description="BCP 47")]
    share: Confidence


class Entity(Struct, frozen=True, kw_only=True):
    """One named span. `start` and `end` are code-point offsets into `field`, end exclusive."""

    text: str
    label: Annotated[str, Meta(description="PER, ORG, LOC; DATE, MONEY, PERCENT; or a further label of the model")]
    field: Literal["headline", "body"]
    start: Annotated[int, Meta(ge=0)]
    end: Annotated[int, Meta(ge=1)]
    value: Annotated[
        str | UnsetType,
        Meta(description="DATE: 2026-03-02, 2026-W10, 2026-03 or 2026; MONEY: EUR 12500000; PERCENT: 12.5"),
    ] = UNSET


class Quote(Struct, frozen=True, kw_only=True):
    """Words that were said or written, without the marks around them; code-point offsets into `body`, end exclusive."""

    text: str
    speaker: Annotated[
        str | UnsetType,
        Meta(description="as in `people` where that knows the name; absent where the text is not plain"),
    ] = UNSET
    start: Annotated[int, Meta(ge=0)]
    end: Annotated[int, Meta(ge=1)]


class Removal(Struct, frozen=True, kw_only=True):
    """A span that cleaning took out, and the rule that did, so that cleaning can be audited."""

    kind: Annotated[str, Meta(description="related, promotion, credit, dateline, byline, …")]
    text: str
    rule: Annotated[str, Meta(description="language and name of the rule, as in id.related.baca_juga")]


class Article(Struct, frozen=True, kw_only=True):
    """An article as the chain made it: topic `news.articles`, key = id, and the document in the index."""

    id: ArticleId
    url: str | None = None
    canonical_url: str | None = None
    source: Source = Source()
    headline: str | None = None
    description: str | None = None
    body: Annotated[str, Meta(description="clean text, paragraphs separated by one newline")] = ""
    language: Annotated[
        str,
        Meta(description="BCP 47; Chinese with its script (zh-Hans), where it shows; sr in both; und when undecided"),
    ] = "und"
    language_confidence: Confidence = 0.0
    languages: Annotated[
        tuple[LanguageShare, ...], Meta(description="of an article in several languages, largest first; else empty")
    ] = ()
    by: Annotated[str | None, Meta(description="byline")] = None
    located: Annotated[str | None, Meta(description="place of the dateline")] = None
    info_sources: Annotated[tuple[str, ...], Meta(description="credited agencies")] = ()
    published_at: Annotated[Time | None, Meta(description="null when unknown, never after first_seen")] = None
    first_seen: Time
    fetched_at: Time
    processed_at: Time
    people: tuple[Mention, ...] = ()
    organisations: tuple[Mention, ...] = ()
    places: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    quotes: Annotated[tuple[Quote, ...], Meta(description="quotations, in the order of the body")] = ()
    section: Annotated[str | None, Meta(description="the publisher's section, as the page names it")] = None
    keywords: Annotated[tuple[str, ...], Meta(description="the publisher's keywords, as the page lists them")] = ()
    feeds: FeedAddresses = UNSET
    related: Annotated[tuple[str, ...], Meta(description="related headlines that stood in the text")] = ()
    removed: tuple[Removal, ...] = ()
    content_hash: Annotated[str | None, Meta(description="hash of headline and body")] = None
    stages: Annotated[
        dict[str, str],
        Meta(description="version of each stage that ran; `entities.model` is `pooled` where names are less sure"),
    ] = {}
    story_id: Annotated[str | None, Meta(description="shared by articles that tell the same story")] = None

    def __post_init__(self) -> None:
        _check_length(self.id)


class DeadLetter(Struct, frozen=True, kw_only=True):
    """Why a record was refused: the headers of a message on `news.dead-letters`, whose value is the input itself."""

    stage: Annotated[
        str,
        Meta(description="where it was refused: decode, a stage's name, publish, index; alerts: only its alerts were"),
    ]
    reason: str
    topic: Annotated[str, Meta(description="where the input came from, and where a replay sends it")]
    partition: Annotated[int, Meta(ge=0)]
    offset: Annotated[int, Meta(ge=0)]
    time: Time


REPLAYS_HEADER = "replays"
"""Header that counts how often a record was replayed from the dead letters; the next dead letter inherits it."""

R = TypeVar("R", bound=Struct)

_encode = msgspec.json.Encoder().encode
_raw_article = msgspec.json.Decoder(RawArticle)
_article = msgspec.json.Decoder(Article)


def encode(record: Struct) -> bytes:
    """The JSON of a record, UTF-8. Raises InvalidRecordError for text that is no Unicode (lone surrogates)."""
    try:
        return _encode(record)
    except UnicodeEncodeError as error:
        raise InvalidRecordError(f"text with a lone surrogate cannot be sent: {error.reason}") from error


def decode_raw_article(value: bytes) -> RawArticle:
    """Raises InvalidRecordError."""
    return decode_record(_raw_article, value)


def decode_article(value: bytes) -> Article:
    """Raises InvalidRecordError."""
    return decode_record(_article, value)


def _check_length(article_id: str) -> None:
    # A schema counts characters. An index refuses a whole batch for one longer id.
    if not article_id.isascii() and len(article_id.encode(errors="replace")) > MAX_ID_BYTES:
        raise ValueError(f"id has more than {MAX_ID_BYTES} bytes")


def decode_record(decoder: msgspec.json.Decoder[R], value: bytes) -> R:
    """What the decoder makes of the bytes. Raises InvalidRecordError."""
    try:
        return decoder.decode(value)
    except UnicodeDecodeError as error:
        raise InvalidRecordError(f"not UTF-8: {error.reason} at byte {error.start}") from error
    except msgspec.ValidationError as error:
        raise InvalidRecordError(f"not the expected record: {error}") from error
    except msgspec.DecodeError as error:
        raise InvalidRecordError(f"not JSON: {error}") from error
    except RecursionError as error:
        raise InvalidRecordError("not JSON that can be read: nested too deeply") from error


def dead_letter_headers(letter: DeadLetter) -> list[tuple[str, bytes]]:
    """Kafka headers, one per field, values as UTF-8 text."""
    fields = msgspec.to_builtins(letter)
    return [(name, str(value).encode()) for name, value in fields.items()]


def dead_letter_from_headers(headers: list[tuple[str, bytes]]) -> DeadLetter:
    """The inverse of `dead_letter_headers`. Raises InvalidRecordError."""
    fields = {name: value.decode("utf-8", "replace") for name, value in headers}
    try:
        return msgspec.convert(fields, DeadLetter, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidRecordError(f"not a DeadLetter: {error}") from error


def utc(time: datetime) -> datetime:
    """The same moment in UTC."""
    return time.astimezone(UTC)
