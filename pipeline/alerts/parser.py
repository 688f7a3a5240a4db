"""The rule language: text to tree, by precedence. NEAR binds before NOT, NOT before AND; AND and OR need parentheses.

Between two words stands AND where nothing is said. docs/rules.md describes all of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.alerts import terms
from pipeline.alerts.codes import unusual
from pipeline.alerts.lexer import RuleError, Token, tokens
from pipeline.alerts.lookalikes import lookalike
from pipeline.alerts.query import clauses
from pipeline.alerts.stemmed import stemmed
from pipeline.alerts.tree import And, Leaf, Near, Node, Not, Or, Phrase, Prefix, Value, leaves
from pipeline.alerts.words import is_unspaced
from pipeline.alerts.zones import TEXT

DEEPEST = 12
"""Levels of AND, OR and NOT: search engines take 20 to 30 levels of `bool`, and fields need some of them."""
MOST_LEAVES = 250
"""Words and phrases."""
MOST_CLAUSES = 1000
"""Of the query; engines take 1,024. A word without a field is three, one by its stem three in each language."""
_STEM_AT_END = "~stem holds for the whole rule; write it at the end"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree, and what its author may not have meant: column and advice."""

    tree: Node
    warnings: tuple[tuple[int, str], ...]


def parse(text: str) -> Parsed:
    """Raises RuleError, which names the column and says what to write."""
    return _Parser(text).rule()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0
        self._warnings: list[tuple[int, str]] = []
        self._columns: dict[int, tuple[Node, int]] = {}

    def rule(self) -> Parsed:
        if self._next.kind == "END":
            raise RuleError(1, 'the rule is empty; write words, a "phrase" or field:word')
        tree = self._either(None)
        by_stems = self._next.kind == "STEM"
        if by_stems:
            self._take()
        if self._next.kind == ")":
            raise RuleError(self._next.column, "this ) has no (; take it out, or open one before")
        if self._next.kind != "END":
            raise RuleError(self._next.column, _STEM_AT_END)
        self._demand_something(tree)
        found = list(leaves(tree))
        count = sum(2 * len(leaf.left) * len(leaf.right) if isinstance(leaf, Near) else 1 for leaf, _ in found)
        if count > MOST_LEAVES:
            raise RuleError(1, f"{count} words and phrases are too many for one rule (at most {MOST_LEAVES}); make two")
        self._warn([leaf for leaf, negated in found if not negated])
        if by_stems:
            tree = stemmed(tree, self._column)
            self._warn_of_stems(tree, [leaf for leaf, _ in found])
        if clauses(tree) > MOST_CLAUSES:
            advice = "name the languages, language:en AND (…) ~stem, or make two rules" if by_stems else "make two"
            raise RuleError(1, f"too many words for one search query, which they come into several times; {advice}")
        return Parsed(tree, tuple(sorted(self._warnings)))

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _either(self, field: str | None) -> Node:
        """Operands joined by OR."""
        first, bare = self._all(field)
        children = [first]
        mixed = bare
        operator = None
        while self._next.kind == "OR":
            operator = self._take()
            child, bare = self._all(field)
            mixed = mixed or bare
            children.append(child)
        if operator and mixed:
            raise RuleError(
                operator.column,
                "AND and OR side by side can be read in two ways (a space is AND); "
                "write (a AND b) OR c, or a AND (b OR c)",
            )
        return self._joined(Or, children)

    def _all(self, field: str | None) -> tuple[Node, bool]:
        """Operands joined by AND or by nothing, and whether there were several."""
        children = [self._operand(field)]
        while self._next.kind not in (")", "END", "OR", "STEM"):
            if self._next.kind == "AND":
                self._take()
            children.append(self._operand(field))
        return self._joined(And, children), len(children) > 1

    def _joined(self, kind: type[And] | type[Or], children: list[Node]) -> Node:
        if len(children) == 1:
            return children[0]
        flat: list[Node] = []
        for child in children:
            flat += child.children if isinstance(child, kind) else [child]
        return self._placed(kind(tuple(flat)), self._column(children[0]))

    def _operand(self, field: str | None) -> Node:
        token = self._next
        if token.kind != "NOT":
            return self._near(field)
        self._take()
        self._deeper(token.column)
        made = self._placed(Not(self._operand(field)), token.column)
        self._depth -= 1
        return made

    def _near(self, field: str | None) -> Node:
        left = self._primary(field)
        if self._next.kind != "NEAR":
            return left
        operator = self._take()
        right = self._primary(field)
        if self._next.kind == "NEAR":
            raise RuleError(self._next.column, "NEAR joins two; write (a NEAR/5 b) AND (b NEAR/5 c) for three")
        sides = [self._side(node, operator) for node in (left, right)]
        twice = [phrase for phrase in sides[0] if len(phrase.words) > 1 and phrase in sides[1]]
        if twice:
            # Lucene's intervals lose the gaps between repetitions of one source with several words.
            raise RuleError(operator.column, f"{twice[0]} stands on both sides; only a single word can be near itself")
        made = Near(sides[0], sides[1], operator.number, operator.mark, sides[0][0].zone)
        return self._placed(made, self._column(left))

    def _side(self, node: Node, operator: Token) -> tuple[Phrase, ...]:
        found = node.children if isinstance(node, Or) else (node,)
        for each in found:
            if not isinstance(each, Phrase) or each.slop:
                raise RuleError(
                    operator.column,
                    f"{operator.text} stands between words and phrases: "
                    f'(a OR "b c") {operator.text} d; a field goes before it all: headline:(a {operator.text} b)',
                )
        phrases = tuple(each for each in found if isinstance(each, Phrase))
        if any(phrase.zone != self._zone for phrase in phrases):
            raise RuleError(operator.column, f"one field for both: write headline:(a {operator.text} b)")
        return phrases

    def _primary(self, field: str | None) -> Node:
        token = self._take()
        match token.kind:
            case "(":
                return self._group(token, field)
            case "FIELD":
                return self._within(token, field)
            case "WORD" | "QUOTED" | "RANGE":
                return self._leaf(token, field)
            case "END" | "STEM":
                raise RuleError(token.column, "the rule ends too early; a word or phrase is missing here")
            case ")":
                raise RuleError(token.column, "a word or phrase is missing before this )")
        raise RuleError(
            token.column, f'a word or phrase is missing before {token.text}; the word itself is "{token.text}"'
        )

    def _group(self, opened: Token, field: str | None) -> Node:
        self._deeper(opened.column)
        made = self._either(field)
        if self._next.kind == "STEM":
            raise RuleError(self._next.column, _STEM_AT_END)
        if self._next.kind != ")":
            raise RuleError(opened.column, "this ( is never closed; write a ) where the group ends")
        self._take()
        self._depth -= 1
        return made

    _zone = TEXT

    def _within(self, token: Token, outer: str | None) -> Node:
        if outer is not None:
            raise RuleError(token.column, f"a field within a field; write {outer}:… and {token.text}:… side by side")
        terms.demand_field(token)
        self._zone = token.text
        made = self._primary(token.text)
        self._zone = TEXT
        return made

    def _leaf(self, token: Token, field: str | None) -> Node:
        if token.kind == "WORD" and (told := lookalike(token.text)):
            self._warnings.append((token.column + told[0], told[1]))
        made = terms.leaf(token, field)
        if isinstance(made, Value) and (advice := unusual(made)):
            self._warnings.append((token.column, advice))
        return self._placed(made, token.column)

    def _deeper(self, column: int) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise RuleError(column, f"more than {DEEPEST} groups within each other; make two rules of it")

    def _placed(self, node: Node, column: int) -> Node:
        self._columns[id(node)] = (node, column)
        return node

    def _column(self, node: Node) -> int:
        return self._columns[id(node)][1]

    def _demand_something(self, node: Node) -> None:
        """Every group, and every side of an OR, has to want something that an article has."""
        if isinstance(node, Not):
            raise RuleError(
                self._column(node), "NOT alone would match nearly every article; write wanted AND NOT unwanted"
            )
        if isinstance(node, Or):
            for child in node.children:
                self._demand_something(child)
        elif isinstance(node, And):
            wanted = [child for child in node.children if not isinstance(child, Not)]
            if not wanted:
                self._demand_something(node.children[0])
            for child in node.children:
                self._demand_something(child.child if isinstance(child, Not) else child)

    def _warn(self, positive: list[Leaf]) -> None:
        if not any(_words(leaf) for leaf in positive):
            self._warnings.append((1, "without a word, this matches every article of that kind"))
        for leaf in positive:
            for word in _words(leaf):
                if not word.isascii() and is_unspaced(word):
                    self._warnings.append(
                        (
                            self._column(leaf),
                            f"{word}: a script without spaces; it is found between spaces or signs only",
                        )
                    )

    def _warn_of_stems(self, tree: Node, written: list[Leaf]) -> None:
        if not any(isinstance(leaf, Phrase | Near) and leaf.stems for leaf, _ in leaves(tree)):
            self._warnings.append((1, "~stem changes nothing: no word here has a stem in the rule's languages"))
        for leaf in written:
            if isinstance(leaf, Phrase | Near) and leaf.zone in ("lede", "quote"):
                self._warnings.append((self._column(leaf), f"{leaf.zone}: is matched as written, also with ~stem"))


def _words(leaf: Leaf) -> list[str]:
    if isinstance(leaf, Near):
        return [word for phrase in (*leaf.left, *leaf.right) for word in phrase.words]
    if isinstance(leaf, Phrase):
        return list(leaf.words)
    return [leaf.prefix] if isinstance(leaf, Prefix) else []
