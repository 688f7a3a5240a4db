"""A record as people write it in JSON: DESIGN's short form, or a whole RawArticle as it lies on the raw topic."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from pipeline.identity import article_id, named_source
from pipeline.records import MAX_ID_BYTES, ContentType, RawArticle, Source, Time
from pipeline.sources import Defaults, Found, Problem, checked

_CONTROL = re.compile("[\x00-\x1f\x7f]")
_AT = re.compile(r" - at `\$\.?(.*)`$")


class JsonRecord(Struct, frozen=True):
    """What a JSON record may say; unknown fields are ignored. It needs one of `body`, `html` and `content`.

    A given `id` is kept; without one the id is made from url or text. `source` is a name, or an object as in a
    RawArticle; `keywords` a list, or one text with commas. `content` goes with `content_type`; `body` wins over `html`.
    """

    id: str | int | None = None
    url: str | None = None
    source: str | Source | None = None
    headline: str | None = None
    description: str | None = None
    by: str | None = None
    body: str | None = None
    html: str | None = None
    content: str | None = None
    content_type: ContentType = "text/plain"
    published_at: str | None = None
    language: str | None = None
    section: str | None = None
    keywords: str | tuple[str, ...] | None = None
    first_seen: Time | None = None
    fetched_at: Time | None = None


_decode = msgspec.json.Decoder(JsonRecord).decode


def read_record(value: bytes, path: str, line: int | None, defaults: Defaults) -> Found | Problem:
    """The record in one JSON object, or the Problem with it."""
    try:
        given = _decode(value)
    except UnicodeDecodeError as error:
        return Problem(path, line, f"not UTF-8: {error.reason} at byte {error.start}")
    except msgspec.ValidationError as error:
        return Problem(path, line, _explain(error))
    except msgspec.DecodeError as error:
        return Problem(path, line, f"not JSON: {error}")
    except RecursionError:
        return Problem(path, line, "not JSON that can be read: nested too deeply")
    wrong = _wrong(given)
    if wrong:
        return Problem(path, line, wrong, None if given.id is None else str(given.id))
    return checked(_raw(given, defaults), path, line)


def _raw(given: JsonRecord, defaults: Defaults) -> RawArticle:
    kind, content = _content(given)
    now = defaults.now()
    named = _source(given, defaults)
    return RawArticle(
        id=str(given.id) if given.id not in (None, "") else article_id(given.url, named.id, content),
        url=given.url,
        source=named,
        content_type=kind,
        content=content,
        headline=given.headline,
        description=given.description,
        by=given.by,
        published_at=given.published_at,
        language=given.language or defaults.language,
        section=given.section,
        keywords=(given.keywords,) if isinstance(given.keywords, str) else given.keywords or (),
        first_seen=given.first_seen or now,
        fetched_at=given.fetched_at or now,
    )


def _content(given: JsonRecord) -> tuple[ContentType, str]:
    if given.content is not None:
        return given.content_type, given.content
    if given.body is not None and (given.body.strip() or given.html is None):
        return "text/plain", given.body
    return "text/html", given.html or ""


def _source(given: JsonRecord, defaults: Defaults) -> Source:
    if isinstance(given.source, Source):
        return given.source
    if given.source and given.source.strip():
        return named_source(given.source, given.url)
    return defaults.source


def _wrong(given: JsonRecord) -> str | None:
    """What the types cannot say."""
    if given.content is None and given.body is None and given.html is None:
        return "field body (or html) is missing"
    name = str(given.id or "")
    if len(name.encode()) > MAX_ID_BYTES:
        return f"field id: more than {MAX_ID_BYTES} bytes"
    return "field id: control characters in it" if _CONTROL.search(name) else None


def _explain(error: msgspec.ValidationError) -> str:
    message = str(error)
    at = _AT.search(message)
    field = f"field {at[1]}: " if at and at[1] else ""
    said = message[: at.start()] if at else message
    return field + said[:1].lower() + said[1:].replace("`", "")
