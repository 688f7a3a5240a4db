"""Searching the index in Lucene syntax or by an alert rule: the request, and the answer as hits with marked words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from elasticsearch import ApiError, Elasticsearch
from msgspec import Struct

from pipeline.alerts.parser import parse
from pipeline.alerts.query import query as rule_query
from pipeline.errors import NewswireError
from pipeline.search_engine import Product, cause, identify
from pipeline.search_index import TEXT_FIELDS, alias, search_fields
from pipeline.shards import ask, missing

MOST_HITS = 10_000
"""What a search engine gives out at once (`index.max_result_window`)."""
FRAGMENT_CHARACTERS = 200
HIGHLIGHTED_CHARACTERS = 1_000_000
"""Of a longer body only the beginning is looked through for marks; the engines refuse more by default."""

Order = Literal["relevance", "newest"]

_HIGHLIGHT_LIMIT: dict[Product, str] = {"elasticsearch": "max_analyzed_offset", "opensearch": "max_analyzer_offset"}
# Marks in the engine's answer: private-use characters, which no article has at both ends of a word.
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
_COPIES = ("text", "lede")
_LONG_FIELDS = ("body", "entities", "quotes", "removed", "stages")


class QueryError(NewswireError, ValueError):
    """The query is no Lucene syntax; the message shows what the search engine says about it."""


class Query(Struct, frozen=True, kw_only=True):
    """What to look for: Lucene syntax, or an alert rule. `since` and `until` bound `@timestamp`, until exclusive.

    `without` is an alert rule, too: articles that it fires for are left out.
    """

    text: str
    rule: bool = False
    without: str | None = None
    size: int = 10
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: Order = "relevance"
    whole: bool = False


class Fragment(Struct, frozen=True, kw_only=True):
    """A piece of a hit. `marks` are the matching words: code-point offsets into `text`, end exclusive."""

    field: str
    text: str
    marks: tuple[tuple[int, int], ...]


class Hit(Struct, frozen=True, kw_only=True):
    """An article that was found. Without `whole`, `article` lacks the body and other long fields."""

    id: str
    index: str
    score: float | None
    article: dict[str, Any]
    fragments: tuple[Fragment, ...]

    def fragments_of(self, field: str) -> tuple[Fragment, ...]:
        """Those of one field, in the order of relevance."""
        return tuple(fragment for fragment in self.fragments if fragment.field == field)


class Results(Struct, frozen=True, kw_only=True):
    """`total` may be a lower bound (`at_least`); `incomplete` says why some months gave no answer."""

    total: int
    at_least: bool
    hits: tuple[Hit, ...]
    incomplete: str | None = None


def search(client: Elasticsearch, index_prefix: str, query: Query) -> Results:
    """Ask the index. Raises QueryError, RuleError, SearchEngineAwayError and SearchEngineRefusedError."""
    body = request(query, identify(client).product)

    def question() -> Any:
        try:
            return client.search(index=alias(index_prefix), ignore_unavailable=True, allow_no_indices=True, **body).body
        except ApiError as error:
            if error.status_code == 400:
                raise QueryError(f"the search engine cannot read {query.text!r}: {_complaint(error)}") from error
            raise

    return results(ask(client, question))


def request(query: Query, product: Product) -> dict[str, Any]:
    """Arguments of the client's `search`.

    `cross_fields` with AND wants every word, each in any of the fields that are analysed alike: the neutral ones, or
    those of one language. So a word in the headline and one in the body are a hit, and a word's negation holds
    whatever the language. Raises RuleError for a rule that cannot be read.
    """
    found: dict[str, Any] = {
        "query_string": {
            "query": query.text.strip() or "*",
            "fields": search_fields(),
            "type": "cross_fields",
            "default_operator": "AND",
            "lenient": True,
        }
    }
    if query.rule:
        found = rule_query(parse(query.text).tree)
    by_time = {"@timestamp": {"order": "desc", "unmapped_type": "date"}}
    unwanted = {"must_not": [rule_query(parse(query.without).tree)]} if query.without else {}
    return {
        "query": {"bool": {"must": [found], "filter": _filters(query), **unwanted}},
        "size": query.size,
        "sort": [by_time, "_score"] if query.order == "newest" else ["_score", by_time],
        "track_scores": True,
        "source_excludes": list(_COPIES) if query.whole else [*_COPIES, *_LONG_FIELDS],
        "highlight": {
            "pre_tags": [_OPEN],
            "post_tags": [_CLOSE],
            "order": "score",
            # A rule looks into sub-fields; its words are marked in the text that they are made from.
            **({"require_field_match": False} if query.rule else {}),
            _HIGHLIGHT_LIMIT[product]: HIGHLIGHTED_CHARACTERS,
            "fields": {name: options for field in TEXT_FIELDS for name, options in _highlights(field)},
        },
    }


def results(answer: Any) -> Results:
    """The engine's answer as a record."""
    total = answer["hits"]["total"]
    return Results(
        total=total["value"],
        at_least=total["relation"] == "gte",
        hits=tuple(_hit(hit) for hit in answer["hits"]["hits"]),
        incomplete=missing(answer),
    )


def fragment(field: str, marked: str) -> Fragment:
    """A highlighted piece of text with its tags turned into offsets."""
    text: list[str] = []
    marks: list[tuple[int, int]] = []
    length = 0
    for number, piece in enumerate(marked.split(_OPEN)):
        inside, closed, after = piece.partition(_CLOSE)
        if number and closed:
            marks.append((length, length + len(inside)))
        text += inside, after.replace(_CLOSE, "")
        length += len(text[-2]) + len(text[-1])
    return Fragment(field=field, text="".join(text), marks=tuple(marks))


def _complaint(error: ApiError) -> str:
    """What Lucene's parser says, without its name and without the list of tokens that it would have liked."""
    return cause(error).removeprefix("parse_exception: ").partition(" Was expecting")[0]


def _filters(query: Query) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = []
    if query.language:
        alternatives = [{"term": {"language": query.language}}, {"prefix": {"language": f"{query.language}-"}}]
        filters.append({"bool": {"should": alternatives, "minimum_should_match": 1}})
    bounds = {"gte": query.since, "lt": query.until}
    given = {name: moment.isoformat() for name, moment in bounds.items() if moment}
    if given:
        filters.append({"range": {"@timestamp": given}})
    return filters


def _highlights(field: str) -> list[tuple[str, dict[str, Any]]]:
    """One field's neutral text and its copies by language. A headline comes whole, a body as two pieces at most."""
    if field == "headline":
        options: dict[str, Any] = {"number_of_fragments": 0}
    else:
        options = {"number_of_fragments": 2, "fragment_size": FRAGMENT_CHARACTERS}
    beginning = {"no_match_size": FRAGMENT_CHARACTERS} if field == "body" else {}
    return [(field, {**options, **beginning}), (f"text.*.{field}", options)]


def _hit(hit: Any) -> Hit:
    return Hit(
        id=hit["_id"],
        index=hit["_index"],
        score=hit.get("_score"),
        article=hit.get("_source", {}),
        fragments=tuple(piece for field in TEXT_FIELDS for piece in _best(field, hit.get("highlight", {}))),
    )


def _best(field: str, highlights: dict[str, list[str]]) -> list[Fragment]:
    """Of the neutral text and its language's copy, the one with more marks; the copy when they are equal."""
    names = [name for name in highlights if name.endswith(f".{field}")] + [field]
    candidates = [[fragment(field, text) for text in highlights.get(name, ())] for name in names]
    return max(candidates, key=lambda pieces: sum(len(piece.marks) for piece in pieces))
