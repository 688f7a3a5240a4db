"""Where a rule can look: the parts of an article by the names that rules use, and the fields of the index for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from pipeline.records import Article, Mention

TEXT = "text"
"""The zone of a rule that names none: headline, description or body."""
TEXT_ZONES = ("headline", "description", "body")
LEDE_PARAGRAPHS = 2


def lede(body: str) -> str:
    """The first two paragraphs."""
    paragraphs = [line for line in body.split("\n", LEDE_PARAGRAPHS * 2) if line.strip()]
    return "\n".join(paragraphs[:LEDE_PARAGRAPHS])


def _lede_end(body: str) -> int:
    """Before this end there is nothing but the lede and blanks."""
    end = paragraphs = 0
    for line in body.split("\n", LEDE_PARAGRAPHS * 2):
        end += len(line)
        paragraphs += bool(line.strip())
        if paragraphs == LEDE_PARAGRAPHS:
            break
        end += 1
    return end


def _one(text: str | None) -> list[str]:
    return [text] if text else []


def _names(mentions: tuple[Mention, ...]) -> list[str]:
    return [mention.name for mention in mentions]


ZONES: dict[str, tuple[Callable[[Article], list[str]], str]] = {
    "headline": (lambda article: _one(article.headline), "headline"),
    "description": (lambda article: _one(article.description), "description"),
    "body": (lambda article: _one(article.body), "body"),
    "lede": (lambda article: _one(lede(article.body)), "lede"),
    "quote": (lambda article: [quote.text for quote in article.quotes], "quotes.text"),
    "by": (lambda article: _one(article.by), "by"),
    "located": (lambda article: _one(article.located), "located"),
    "people": (lambda article: _names(article.people), "people.name"),
    "organisations": (lambda article: _names(article.organisations), "organisations.name"),
    "places": (lambda article: _names(article.places), "places.name"),
    "source": (lambda article: _one(article.source.name), "source.name"),
}
"""Zones of words: how to read their texts, and the field of the index with the sub-fields `words` and `cased`."""

Origin: TypeAlias = tuple[Literal["headline", "description", "body"], int] | None


def origins(article: Article, zone: str) -> list[tuple[str, Origin]]:
    """The texts of a zone with the field and offset that they stand at; None for those that stand in no such field."""
    match zone:
        case "headline" | "description" | "body":
            return [(text, (zone, 0)) for text in _one(getattr(article, zone))]
        case "lede":
            return [(article.body[: _lede_end(article.body)], ("body", 0))]
        case "quote":
            return [
                (quote.text, ("body", quote.start) if article.body[quote.start : quote.end] == quote.text else None)
                for quote in article.quotes
            ]
    return []


VALUES = ("language", "country", "source_id")
"""Fields that are compared as a whole."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def values(article: Article, field: str) -> list[str]:
    """What an article has in one of VALUES. A language with a script or region is its primary language as well."""
    if field == "language":
        primary = article.language.partition("-")[0]
        return [article.language, primary] if primary != article.language else [article.language]
    if field == "country":
        return list({mention.country for mention in article.places if isinstance(mention.country, str)})
    return _one(article.source.id)


def milliseconds(moment: datetime) -> int:
    """Since 1970, rounded down, as the index keeps a time."""
    return (moment - _EPOCH) // _MILLISECOND


def index_field(zone: str, cased: bool) -> str:
    """The field of the index with the words of a zone, in lower case or as written."""
    return f"{ZONES[zone][1]}.{'cased' if cased else 'words'}"


def stems_field(zone: str, language: str) -> str:
    """That of one of TEXT_ZONES with the stems of the articles in a language."""
    return f"text.{language}.{zone}.stems"
