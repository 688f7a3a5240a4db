"""A tree whose words and phrases are to be found by their stems: what `~stem` behind a rule makes of it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from pipeline.alerts.lexer import RuleError
from pipeline.alerts.stems import ZONES_WITH_STEMS, stem_languages, stems_of
from pipeline.alerts.tree import And, Near, Node, Not, Or, Phrase, Value


def stemmed(tree: Node, column: Callable[[Node], int]) -> Node:
    """Raises RuleError. `column` tells where a node stands."""
    languages = _languages(tree)

    def within(words: tuple[str, ...]) -> tuple[str, ...]:
        found = stem_languages(words)
        return found if languages is None else tuple(tag for tag in found if tag in languages)

    def made(node: Node) -> Node:
        match node:
            case And(children) | Or(children):
                return type(node)(tuple(map(made, children)))
            case Not(child):
                return Not(made(child))
            case Phrase() if not node.cased and node.zone in ZONES_WITH_STEMS:
                return replace(node, stems=within(node.words))
            case Near() if node.zone in ZONES_WITH_STEMS:
                return _near(node, within, column(node))
        return node

    return made(tree)


def _languages(tree: Node) -> set[str] | None:
    """The languages of the articles that can fire the rule, where it says so outside of every OR."""
    for child in tree.children if isinstance(tree, And) else (tree,):
        values = child.children if isinstance(child, Or) else (child,)
        if all(isinstance(value, Value) and value.field == "language" for value in values):
            return {value.value.partition("-")[0] for value in values if isinstance(value, Value)}
    return None


def _near(node: Near, within: Callable[[tuple[str, ...]], tuple[str, ...]], column: int) -> Near:
    words = tuple(word for phrase in (*node.left, *node.right) if not phrase.cased for word in phrase.words)
    found = within(words)
    left, right = (
        tuple(phrase if phrase.cased else replace(phrase, stems=found) for phrase in side)
        for side in (node.left, node.right)
    )
    for one in left:
        for two in right:
            if len(one.words) > 1 and any(
                stems_of(one.words, tag) == stems_of(two.words, tag) for tag in found if one.stems and two.stems
            ):
                # As for the same phrase on both sides, see the parser.
                raise RuleError(column, f"{one} and {two} have the same stems; only a single word can be near itself")
    return replace(node, left=left, right=right)
