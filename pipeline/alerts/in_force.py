"""The rules in force, as the topic of rules has them: changes go in one by one, articles are matched in between."""

from __future__ import annotations

from pipeline.alert_records import Rule
from pipeline.alerts.article_words import ArticleWords
from pipeline.alerts.lexer import RuleError
from pipeline.alerts.matcher import Matcher
from pipeline.records import Article

_FIRST_ROUND = 200
_LONGEST_PAUSE = 50_000
_REFILED_EACH = 10


class RulesInForce:
    """All rules of a deployment. For one thread; nothing here takes longer than the change of one rule does."""

    def __init__(self) -> None:
        self._matcher = Matcher()
        self._rules: dict[str, Rule] = {}
        self._broken: dict[str, str] = {}
        self._paused: set[str] = set()
        self._matched = 0
        self._next_round = _FIRST_ROUND
        self._to_refile = 0

    def __len__(self) -> int:
        """How many are matched."""
        return len(self._rules)

    @property
    def paused(self) -> int:
        """How many are not matched because their owners want it so."""
        return len(self._paused)

    @property
    def broken(self) -> int:
        """How many are not matched because they cannot be read."""
        return len(self._broken)

    def change(self, key: str, rule: Rule | None) -> str | None:
        """Put the rule in force in place of what was there under this key; None removes it.

        With the next article it is so. A rule that cannot be read is not in force, and neither is its predecessor, as
        it would be after a new start: returns what is wrong with it, unless that was returned before.
        """
        if rule is None or rule.paused:
            self._end(key)
            self._broken.pop(key, None)
            self._paused.discard(key)
            if rule is not None:
                self._paused.add(key)
            return None
        self._paused.discard(key)
        wrong = self._put(key, rule)
        if wrong is None:
            self._broken.pop(key, None)
            return None
        self._end(key)
        told, self._broken[key] = self._broken.get(key), wrong
        return wrong if wrong != told else None

    def match(self, article: Article) -> tuple[list[Rule], ArticleWords]:
        """The rules that fire, by their ids, and the article's words."""
        fired, words = self._matcher.match(article)
        self._matched += 1
        return [self._rules[key] for key in fired], words

    def refile(self) -> bool:
        """File a few rules by how common their words have turned out to be; True when all were, for some time.

        To be called between articles. What is known of words changes less and less, and so rounds become rarer.
        """
        if self._matched >= self._next_round:
            self._next_round = self._matched + min(3 * self._matched, _LONGEST_PAUSE)
            self._to_refile = len(self._matcher)
        if not self._to_refile:
            return False
        self._matcher.refile(min(_REFILED_EACH, self._to_refile))
        self._to_refile = max(0, self._to_refile - _REFILED_EACH)
        return not self._to_refile

    def _put(self, key: str, rule: Rule) -> str | None:
        if rule.id != key:
            return f"its id is {rule.id!r}; write it under that key"
        before = self._rules.get(key)
        if before is None or before.query != rule.query:
            try:
                self._matcher.add(key, rule.query)
            except RuleError as error:
                return str(error)
        self._rules[key] = rule
        return None

    def _end(self, key: str) -> None:
        if self._rules.pop(key, None) is not None:
            self._matcher.remove(key)
