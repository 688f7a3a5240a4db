"""Why a rule fires for an article, or why not: every clause of its tree with its own answer."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from pipeline.alerts.article_words import ArticleWords
from pipeline.alerts.evaluate import holds, leaf_holds
from pipeline.alerts.stems import MARK
from pipeline.alerts.tree import And, Near, Node, Not, Or, Phrase, Prefix
from pipeline.alerts.zones import TEXT, TEXT_ZONES


class Clause(Struct, frozen=True):
    """`depth` counts from 0, the whole rule. `found_in` names the parts of the article that a word or phrase is in,
    `stems` what was looked for in its place."""

    depth: int
    text: str
    holds: bool
    found_in: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()


def explain(node: Node, article: ArticleWords, depth: int = 0) -> Iterator[Clause]:
    """The node and everything below it, in the order of the rule."""
    if isinstance(node, And | Or | Not):
        yield Clause(depth, type(node).__name__.upper(), holds(node, article))
        for child in (node.child,) if isinstance(node, Not) else node.children:
            yield from explain(child, article, depth + 1)
    else:
        yield Clause(depth, str(node), leaf_holds(node, article), _found_in(node, article), _stems(node, article))


def _found_in(leaf: Node, article: ArticleWords) -> tuple[str, ...]:
    if not isinstance(leaf, Phrase | Prefix | Near):
        return ()
    zones = TEXT_ZONES if leaf.zone == TEXT else (leaf.zone,)
    return tuple(zone for zone in zones if leaf_holds(replace(leaf, zone=zone), article))


def _stems(leaf: Node, article: ArticleWords) -> tuple[str, ...]:
    phrases = (leaf,) if isinstance(leaf, Phrase) else (*leaf.left, *leaf.right) if isinstance(leaf, Near) else ()
    sought = [words for words, form in map(article.sought, phrases) if form == "stems"]
    return tuple(" ".join(stem.removeprefix(MARK) for stem in words) for words in sought)
