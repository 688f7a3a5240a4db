"""All rules against one article at a time: an index from what an article has to the rules that need it.

An article is turned into the numbers of its keys once (plan.py, numbers.py); only rules filed under one of them are
looked at (filing.py), most of which a look into the same set settles. What is left (longer phrases, nearness, nested
groups) is evaluated by position.

Nothing here is immutable: a rule that is added or removed is in force, or not, with the next article, and `refile`
moves rules to better places in steps as small as the caller likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from pipeline.alerts.article_words import ArticleWords, Cutter
from pipeline.alerts.evaluate import holds
from pipeline.alerts.filing import Filing
from pipeline.alerts.frequencies import WordFrequencies
from pipeline.alerts.numbers import EVER, Numbers
from pipeline.alerts.parser import parse
from pipeline.alerts.plan import Keys, Plan, plan
from pipeline.alerts.tree import Node
from pipeline.alerts.zones import TEXT
from pipeline.records import Article

_Numbers: TypeAlias = tuple[int, ...]
_Rest: TypeAlias = tuple[tuple[_Numbers, ...], _Numbers, tuple[Node, ...]]
"""What an article must have one each of, what it must not have, and what is to be evaluated."""

_LEARN_ALL = 200
_LEARN_EACH = 16


class Matcher:
    """The rules in force. `match` costs about as much for a hundred thousand rules as for a thousand."""

    def __init__(self, frequencies: WordFrequencies | None = None) -> None:
        self._frequencies = frequencies or WordFrequencies()
        self._queries: dict[str, str] = {}
        self._places: dict[str, int] = {}
        self._rules: list[str] = []
        self._anchors: list[_Numbers] = []
        self._rests: list[_Rest | None] = []
        self._numbers = Numbers()
        self._filing = Filing()
        self._cut = Cutter()
        self._matched = 0
        self._unrefiled: Iterator[str] = iter(())

    def __len__(self) -> int:
        return len(self._queries)

    def __contains__(self, rule: str) -> bool:
        return rule in self._queries

    def add(self, rule: str, query: str) -> None:
        """Put a rule in force; one of the same id is replaced. Raises RuleError, and then nothing has changed."""
        tree = parse(query).tree
        self.remove(rule)
        self._queries[rule] = query
        self._file(rule, plan(tree, self._frequencies))

    def remove(self, rule: str) -> bool:
        """Take a rule out of force; False if there was none of that id."""
        if self._queries.pop(rule, None) is None:
            return False
        self._take_out(rule)
        return True

    def match(self, article: Article) -> tuple[list[str], ArticleWords]:
        """Ids of the rules that fire, sorted, and the article's words, for `evaluate.fired`."""
        words = self._cut(article)
        self._learn(words)
        if self._numbers.is_full():
            self._forget()
        numbers = self._numbers.of(words)
        has = set(numbers.tolist())
        fired = []
        for place in self._filing.found(numbers, len(self._numbers)):
            rest = self._rests[place]
            if rest is None:
                fired.append(self._rules[place])
                continue
            required, forbidden, remaining = rest
            for clause in required:
                if has.isdisjoint(clause):
                    break
            else:
                if forbidden and not has.isdisjoint(forbidden):
                    continue
                for node in remaining:
                    if not holds(node, words):
                        break
                else:
                    fired.append(self._rules[place])
        return sorted(fired), words

    def refile(self, count: int) -> None:
        """File the next `count` rules by what is now known of how common words are; after the last comes the first."""
        for _ in range(min(count, len(self._queries))):
            rule = next(self._unrefiled, None)
            if rule is None:
                self._unrefiled = iter(list(self._queries))
                rule = next(self._unrefiled)
            if rule not in self._queries:
                continue
            made = plan(parse(self._queries[rule]).tree, self._frequencies)
            if self._named(made.anchor) != self._anchors[self._places[rule]]:
                self._take_out(rule)
                self._file(rule, made)

    def _file(self, rule: str, made: Plan) -> None:
        second, required = EVER, tuple(map(self._named, made.required))
        if required and len(required[0]) == 1:
            second, required = required[0][0], required[1:]
        anchor = self._named(made.anchor)
        place = self._places[rule] = self._filing.add(anchor, second)
        if place == len(self._rules):
            self._rules.append("")
            self._anchors.append(())
            self._rests.append(None)
        rest = required, self._named(made.forbidden), made.remaining
        self._rules[place], self._anchors[place] = rule, anchor
        self._rests[place] = rest if any(rest) else None

    def _take_out(self, rule: str) -> None:
        place = self._places.pop(rule)
        self._filing.remove(place)
        self._rules[place], self._anchors[place], self._rests[place] = "", (), None

    def _named(self, keys: Keys) -> _Numbers:
        return tuple(map(self._numbers.name, keys))

    def _forget(self) -> None:
        """Words of articles, and of rules that are no longer in force."""
        used = self._filing.used()
        for rest in filter(None, self._rests):
            required, forbidden, _ = rest
            used.update(forbidden, *required)
        self._numbers.forget_all_but(used)

    def _learn(self, words: ArticleWords) -> None:
        if self._matched < _LEARN_ALL or self._matched % _LEARN_EACH == 0:
            self._frequencies.learn(set(words.words(TEXT)))
        self._matched += 1
