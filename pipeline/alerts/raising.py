"""Alerts of an article: which rules fire, where, for whom, and whether that is still news."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec import UNSET

from pipeline.alert_records import Alert, AlertArticle, Late, Rule, alert_id
from pipeline.alerts.article_words import ArticleWords
from pipeline.alerts.concerned import Concerned
from pipeline.alerts.in_force import RulesInForce
from pipeline.alerts.parser import parse
from pipeline.alerts.snippet import snippet
from pipeline.alerts.spans import fired_spans
from pipeline.alerts.tree import Node
from pipeline.errors import defect
from pipeline.records import Article

MOST_TERMS = 100
_TREES = 1000


@dataclass(frozen=True, slots=True)
class Policy:
    """How old news may be, and how much of an article an alert shows, in characters."""

    backfill: timedelta
    replay: timedelta
    snippet_characters: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Matching an article failed, for this rule or, without one, for all: a defect of ours, for dead letters."""

    reason: str
    rule: str | None = None

    def __str__(self) -> str:
        return f"rule {self.rule}: {self.reason}" if self.rule else self.reason


def raise_alerts(
    article: Article, rules: RulesInForce, policy: Policy, produced_at: datetime | None, now: datetime
) -> Iterator[Alert | Failure]:
    """An alert for each rule that fires. Never raises: what fails for one rule is told, and the others go on.

    `produced_at` is the time of the raw record on its topic.
    """
    if not len(rules):
        return
    try:
        fired, words = rules.match(article)
        raising = _Raising(words, policy, lateness(article, policy, produced_at, now), now) if fired else None
    except Exception as error:  # noqa: BLE001 one article must not stop the stream; it becomes a dead letter
        yield Failure(defect(error))
        return
    if raising is None:
        return
    together = Counter(rule.group for rule in fired)
    for rule in fired:
        try:
            yield raising.alert(rule, together[rule.group])
        except Exception as error:  # noqa: BLE001 likewise, for one rule
            yield Failure(defect(error), rule.id)


def lateness(article: Article, policy: Policy, produced_at: datetime | None, now: datetime) -> Late | None:
    """Why this is no news; None where it is.

    What counts is when this version was fetched, which replays and dead letters keep, or, if that was earlier, when it
    was produced: producers may say wrong times. So a dead letter that is replayed soon is news, and so is a new version
    of an article; one that is published long before is a backfill, whoever saw it first.
    """
    came_in = min(article.fetched_at, produced_at) if produced_at else article.fetched_at
    if came_in - (article.published_at or article.first_seen) > policy.backfill:
        return "backfill"
    return "replay" if now - came_in > policy.replay else None


def article_of(article: Article) -> AlertArticle:
    """What alerts tell of it."""
    return AlertArticle(
        id=article.id,
        url=article.url,
        headline=article.headline,
        source=article.source,
        language=article.language,
        published_at=article.published_at,
        first_seen=article.first_seen,
        fetched_at=article.fetched_at,
    )


class _Raising:
    """What the alerts of one article share."""

    def __init__(self, words: ArticleWords, policy: Policy, late: Late | None, now: datetime) -> None:
        self._words = words
        self._article = article_of(words.article)
        self._concerned = Concerned(words)
        self._characters = policy.snippet_characters
        self._late = late
        self._now = now

    def alert(self, rule: Rule, together: int) -> Alert:
        tree = _tree(rule.query)
        terms, spans = fired_spans(tree, self._words)
        return Alert(
            id=alert_id(rule.id, self._article.id),
            rule=rule,
            article=self._article,
            terms=tuple(terms[:MOST_TERMS]),
            spans=tuple(spans),
            snippet=snippet(self._words.article, spans, self._characters),
            entities=self._concerned.names(tree, spans),
            together=together,
            matched_at=self._now,
            late=self._late or UNSET,
        )


@lru_cache(maxsize=_TREES)
def _tree(query: str) -> Node:
    return parse(query).tree
