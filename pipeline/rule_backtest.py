"""What rules would have fired for: counts by day, shares of all articles, samples, asked of the index.

Time is `@timestamp`: when an article was published, else when it was first seen. So an archive that was imported lies
on the days that it tells of, as the alerts of a backfill are not sent. Days are UTC's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import Any

from elasticsearch import Elasticsearch
from msgspec import Struct

from pipeline.alerts.parser import parse
from pipeline.alerts.query import Query as EngineQuery
from pipeline.alerts.query import query as engine_query
from pipeline.search import Hit, Query, search
from pipeline.search_engine import SearchEngineRefusedError
from pipeline.search_index import TEXT_FIELDS, alias
from pipeline.shards import ask_together

DAY = timedelta(days=1)
WEEK = 7 * DAY
FEW = 3
"""An article or two are no habit: a rule that fires for fewer is not broad, however few articles there are."""
_AT_ONCE = 100


class Day(Struct, frozen=True):
    """One day: for how many of its articles the rule fires."""

    date: date
    fired: int
    articles: int


class Share(Struct, frozen=True):
    """For how many articles of a time a rule fires."""

    fired: int
    articles: int

    @property
    def part(self) -> float:
        """0 to 1; 0 where there are no articles."""
        return self.fired / self.articles if self.articles else 0.0

    def is_broad(self, limit: float) -> bool:
        """Whether it fires for more than this part, and not only because there are few articles."""
        return self.fired >= FEW and self.part > limit


class Difference(Struct, frozen=True):
    """What a changed rule fires for and the old one does not, or the other way round; newest first."""

    count: int
    samples: tuple[Hit, ...] = ()


class Backtest(Struct, frozen=True):
    """`blind`: articles that were indexed before the index had the sub-fields of rules; no rule finds their words.

    `gained` and `lost` compare with another rule, if one was given.
    """

    days: tuple[Day, ...]
    blind: int
    samples: tuple[Hit, ...]
    gained: Difference | None = None
    lost: Difference | None = None

    @property
    def total(self) -> Share:
        """All days together."""
        return Share(sum(day.fired for day in self.days), sum(day.articles for day in self.days))


@dataclass(frozen=True, slots=True)
class Past:
    """The articles of a time, `until` exclusive, in the index. What it is asked for raises RuleError,
    SearchEngineAwayError and SearchEngineRefusedError."""

    client: Elasticsearch
    index_prefix: str
    since: datetime
    until: datetime

    @classmethod
    def days(cls, client: Elasticsearch, index_prefix: str, until: datetime, days: int) -> Past:
        """The day of `until` as far as it has come, and whole days before it."""
        midnight = datetime.combine(until.astimezone(UTC).date(), time(), UTC)
        return cls(client, index_prefix, midnight - (days - 1) * DAY, until)

    def backtest(self, rule: str, *, samples: int = 10, instead_of: str | None = None) -> Backtest:
        """`instead_of`: the rule that this one would replace."""
        tree = engine_query(parse(rule).tree)
        articles, fired, blind = self._ask(
            [self._count([], by_day=True), self._count([tree], by_day=True), self._count([_BLIND])]
        )
        totals, hits = _by_day(articles), _by_day(fired)
        days = (self.until - self.since) // DAY + 1
        dates = [(self.since + number * DAY).date() for number in range(days)]
        gained = lost = None
        if instead_of is not None:
            gained = self.difference(rule, instead_of, samples=samples)
            lost = self.difference(instead_of, rule, samples=samples)
        return Backtest(
            days=tuple(Day(day, hits.get(day, 0), totals.get(day, 0)) for day in dates),
            blind=_total(blind),
            samples=self.newest(rule, samples),
            gained=gained,
            lost=lost,
        )

    def share(self, rule: str) -> Share:
        """For how many of the articles the rule fires."""
        articles, fired = self._ask([self._count([]), self._count([engine_query(parse(rule).tree)])])
        return Share(_total(fired), _total(articles))

    def shares(
        self, rules: Mapping[str, str], seconds: float, counted: Callable[[int], None] = lambda _: None
    ) -> Iterator[tuple[str, Share]]:
        """The same of many rules by their ids, for as long as they take or about so many seconds.

        A rule that the engine refuses is left out. `counted` is told how many more are done.
        """
        began = monotonic()
        articles = _total(self._ask([self._count([])])[0])
        ids = list(rules)
        for start in range(0, len(ids) if articles else 0, _AT_ONCE):
            if monotonic() - began > seconds:
                return
            part = ids[start : start + _AT_ONCE]
            searches = [self._count([engine_query(parse(rules[each]).tree)]) for each in part]
            for each, answer in zip(part, self._ask(searches, strict=False), strict=True):
                if "error" not in answer:
                    yield each, Share(_total(answer), articles)
            counted(len(part))

    def newest(self, rule: str, size: int, *, without: str | None = None) -> tuple[Hit, ...]:
        """Some articles that it fires for, and the other rule does not, newest first."""
        if not size:
            return ()
        asked = Query(
            text=rule,
            rule=True,
            without=without,
            since=self.since,
            until=self.until,
            size=size,
            order="newest",
        )
        return search(self.client, self.index_prefix, asked).hits

    def difference(self, rule: str, without: str, *, samples: int = 0) -> Difference:
        """What the rule fires for that another does not."""
        wanted, unwanted = (engine_query(parse(text).tree) for text in (rule, without))
        count = _total(self._ask([self._count([wanted], [unwanted])])[0])
        return Difference(count, self.newest(rule, samples if count else 0, without=without))

    def _count(
        self, wanted: Sequence[EngineQuery], unwanted: Sequence[EngineQuery] = (), *, by_day: bool = False
    ) -> dict[str, Any]:
        within = {"range": {"@timestamp": {"gte": self.since.isoformat(), "lt": self.until.isoformat()}}}
        query: EngineQuery = {"bool": {"filter": [within, *wanted], "must_not": list(unwanted)}}
        return {"query": query, "size": 0, "track_total_hits": True, **({"aggs": _BY_DAY} if by_day else {})}

    def _ask(self, searches: Sequence[dict[str, Any]], *, strict: bool = True) -> list[Mapping[str, Any]]:
        answers = ask_together(self.client, alias(self.index_prefix), list(searches))
        for answer in answers if strict else ():
            if "error" in answer:
                found = answer["error"]
                reason = found.get("reason") if isinstance(found, dict) else found
                raise SearchEngineRefusedError(f"the search engine cannot count what the rule fires for: {reason}")
        return answers


_BY_DAY = {"days": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1d", "min_doc_count": 1}}}
_HAS_TEXT = [{"exists": {"field": name}} for name in TEXT_FIELDS]
_HAS_WORDS = [{"exists": {"field": f"{name}.words"}} for name in TEXT_FIELDS]
_BLIND: EngineQuery = {"bool": {"should": _HAS_TEXT, "must_not": _HAS_WORDS, "minimum_should_match": 1}}


def _total(answer: Mapping[str, Any]) -> int:
    return int(answer["hits"]["total"]["value"])


def _by_day(answer: Mapping[str, Any]) -> dict[date, int]:
    found = answer.get("aggregations", {}).get("days", {}).get("buckets", ())
    return {datetime.fromtimestamp(each["key"] / 1000, UTC).date(): each["doc_count"] for each in found}
