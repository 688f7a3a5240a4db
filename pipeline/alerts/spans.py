"""Where in an article a rule fired: the words and phrases, as spans of headline, description and body."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.alert_records import Span
from pipeline.alerts.article_words import ArticleWords
from pipeline.alerts.evaluate import fired_leaves, places, texts
from pipeline.alerts.proximity import near_ones, within_ones
from pipeline.alerts.tree import Leaf, Near, Node, Phrase, Prefix
from pipeline.alerts.zones import TEXT, TEXT_ZONES

LIMIT = 100


def fired_spans(tree: Node, words: ArticleWords, limit: int = LIMIT) -> tuple[list[str], list[Span]]:
    """What of a rule the article has, as `evaluate.fired` tells it, and where: the first `limit` spans.

    In the order of headline, description, body and within them of the text, each once; they may overlap. A phrase is
    one span; of words that may move (`~5`) and of NEAR each word or phrase is one. What a rule finds in other fields
    (names, byline, source, language) and in quotations that are not in the body as they stand has no span.
    """
    terms: dict[str, None] = {}
    found: set[Span] = set()
    for leaf in fired_leaves(tree, words):
        terms.update(dict.fromkeys(texts(leaf, words)))
        if isinstance(leaf, Phrase | Prefix | Near):
            for zone in TEXT_ZONES if leaf.zone == TEXT else (leaf.zone,):
                found.update(_spans(leaf, zone, words))
    return list(terms), sorted(found, key=_order)[:limit]


def _order(span: Span) -> tuple[int, int, int]:
    return TEXT_ZONES.index(span.field), span.start, span.end


def _spans(leaf: Leaf, zone: str, words: ArticleWords) -> Iterator[Span]:
    known = words.spans(zone)
    if not known:
        return
    for start, end in _places(leaf, zone, words):
        first, last = known.get(start), known.get(end - 1)
        if first and last:
            yield Span(field=first.field, start=first.start, end=last.end)


def _places(leaf: Leaf, zone: str, words: ArticleWords) -> Iterator[tuple[int, int]]:
    """In positions, end exclusive."""
    match leaf:
        case Phrase():
            if leaf.slop and len(leaf.words) > 1:
                sought, form = words.sought(leaf)
                found = within_ones(sought, leaf.slop, words.positions(zone, form))
                yield from ((place, place + 1) for place in found)
            else:
                yield from places((leaf,), zone, words)
        case Prefix(prefix):
            for word, standing in words.positions(zone).items():
                if word.startswith(prefix):
                    yield from ((place, place + 1) for place in standing)
        case Near():
            left, right = (places(side, zone, words) for side in (leaf.left, leaf.right))
            yield from near_ones(left, right, leaf.distance, before=not leaf.ordered)
            yield from near_ones(right, left, leaf.distance, behind=not leaf.ordered)
