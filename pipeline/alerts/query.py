"""A rule as an Elasticsearch query: a `bool` of exact queries, made from the same tree as the matcher's plan.

Never `query_string`, which ignores precedence. Words are looked for in the sub-fields `words` (in lower case) and
`cased` of the index, which are cut as `pipeline.alerts.words` cuts, and of a rule with ~stem in `stems`, where the
engine itself makes the stems.
"""

from __future__ import annotations

from typing import Any

from pipeline.alerts.tree import And, Leaf, Near, Node, Not, Or, Phrase, Prefix, Published, Value
from pipeline.alerts.zones import TEXT, TEXT_ZONES, index_field, stems_field

Query = dict[str, Any]


def query(tree: Node) -> Query:
    """The `query` of a search or of a percolator."""
    if isinstance(tree, And):
        wanted = [query(child) for child in tree.children if not isinstance(child, Not)]
        unwanted = [query(child.child) for child in tree.children if isinstance(child, Not)]
        return {"bool": {"must": wanted, **({"must_not": unwanted} if unwanted else {})}}
    if isinstance(tree, Or):
        return _any([query(child) for child in tree.children])
    if isinstance(tree, Not):
        return {"bool": {"must_not": [query(tree.child)]}}
    return _leaf(tree)


def clauses(tree: Node) -> int:
    """How many the query has, as engines count them: of intervals, each word is one."""
    if isinstance(tree, And | Or):
        return sum(map(clauses, tree.children))
    if isinstance(tree, Not):
        return clauses(tree.child)
    if isinstance(tree, Value | Published):
        return 2
    count = len(TEXT_ZONES) if tree.zone == TEXT else 1
    if isinstance(tree, Prefix):
        return count
    if isinstance(tree, Near):
        words = sum(len(left.words) + len(right.words) for left in tree.left for right in tree.right)
        count *= words if tree.ordered else 2 * words
    return count * (1 + len(tree.stems)) + bool(tree.stems)


def _leaf(leaf: Leaf) -> Query:
    if isinstance(leaf, Value):
        return _value(leaf)
    if isinstance(leaf, Published):
        bounds = {"gte": leaf.since, "lte": leaf.until}
        given = {name: bound for name, bound in bounds.items() if bound is not None}
        return {"range": {"published_at": {**given, "format": "epoch_millis"}}}
    zones = TEXT_ZONES if leaf.zone == TEXT else (leaf.zone,)
    plain = _any([each for zone in zones for each in _in_zone(leaf, zone)])
    if isinstance(leaf, Prefix) or not leaf.stems:
        return plain
    stemmed = {"regexp": {"language": {"value": f"({'|'.join(leaf.stems)})(-.*)?"}}}
    others = {"bool": {"must": [plain], "must_not": [stemmed]}}
    return _any([*(each for tag in leaf.stems for zone in zones for each in _in_zone(leaf, zone, tag)), others])


def _in_zone(leaf: Phrase | Prefix | Near, zone: str, language: str | None = None) -> list[Query]:
    """With a language: by the stems of articles in it."""
    if isinstance(leaf, Prefix):
        return [{"prefix": {index_field(zone, False): {"value": leaf.prefix}}}]
    if isinstance(leaf, Near):
        return [
            {"intervals": {_field(zone, False, language): {"all_of": all_of}}}
            for left in leaf.left
            for right in leaf.right
            for all_of in _sides(leaf, left, right, zone)
        ]
    field = _field(zone, leaf.cased, language)
    if len(leaf.words) == 1:
        if language:
            return [{"match": {field: {"query": leaf.words[0]}}}]
        return [{"term": {field: {"value": leaf.words[0]}}}]
    return [{"match_phrase": {field: {"query": " ".join(leaf.words), "slop": leaf.slop}}}]


def _field(zone: str, cased: bool, language: str | None) -> str:
    return stems_field(zone, language) if language else index_field(zone, cased)


def _sides(leaf: Near, left: Phrase, right: Phrase, zone: str) -> list[Query]:
    """In the given order, and unless that is wanted in the other one: intervals in any order may overlap."""
    pairs = [(left, right)] if leaf.ordered or left == right else [(left, right), (right, left)]
    return [
        {"ordered": True, "max_gaps": leaf.distance, "intervals": [_interval(phrase, zone) for phrase in pair]}
        for pair in pairs
    ]


def _interval(phrase: Phrase, zone: str) -> Query:
    where = {"use_field": index_field(zone, True)} if phrase.cased else {}
    return {"match": {"query": " ".join(phrase.words), "ordered": True, "max_gaps": 0, **where}}


def _value(leaf: Value) -> Query:
    if leaf.field == "language":
        exact: Query = {"term": {"language": {"value": leaf.value}}}
        if "-" in leaf.value:
            return exact
        return _any([exact, {"prefix": {"language": {"value": f"{leaf.value}-"}}}])
    field = "places.country" if leaf.field == "country" else "source.id"
    return {"term": {field: {"value": leaf.value}}}


def _any(queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return {"bool": {"should": queries, "minimum_should_match": 1}}
