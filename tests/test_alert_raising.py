"""From an article and the rules in force to alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from pipeline.alert_records import Alert, Rule, alert_id
from pipeline.alerts import raising
from pipeline.alerts.in_force import RulesInForce
from pipeline.alerts.raising import Failure, Policy, lateness, raise_alerts
from pipeline.records import Article, Entity, Mention
from tests.naive_rules import naive_match
from tests.random_rules import RuleWriter, random_articles
from tests.test_rule_matcher import made

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICY = Policy(backfill=72 * HOUR, replay=24 * HOUR, snippet_characters=240)
BODY = "Ana Carvalho met the Coastal Survey in Lisbon. Carvalho praised Porto."


def in_force(*rules: Rule) -> RulesInForce:
    made_of = RulesInForce()
    assert [made_of.change(rule.id, rule) for rule in rules] == [None] * len(rules)
    return made_of


def rule(key: str, query: str, **more: Any) -> Rule:
    return Rule(id=key, query=query, **more)


def news(body: str, **changes: Any) -> Article:
    times = {"first_seen": NOW, "fetched_at": NOW, "processed_at": NOW, "published_at": NOW - HOUR}
    return made(body, **times | changes)


def alerts(article: Article, rules: RulesInForce, now: datetime = NOW) -> dict[str, Alert]:
    raised = list(raise_alerts(article, rules, POLICY, now, now))
    assert not [each for each in raised if isinstance(each, Failure)]
    return {alert.rule.id: alert for alert in raised if isinstance(alert, Alert)}


def test_an_alert_tells_the_rule_the_article_and_where_it_fired() -> None:
    article = news("The tide barrier was closed.", headline="Barrier holds")
    tides = rule("tides", '"tide barrier" AND clos*', owner="desk", channels=("mail",), name="Tides")
    alert = alerts(article, in_force(tides))["tides"]
    assert alert.id == alert_id("tides", article.id)
    assert alert.rule == tides
    assert (alert.article.id, alert.article.headline) == (article.id, "Barrier holds")
    assert (alert.article.first_seen, alert.article.fetched_at) == (NOW, NOW)
    assert alert.terms == ("tide barrier", "closed")
    assert [article.body[span.start : span.end] for span in alert.spans] == ["tide barrier", "closed"]
    assert alert.snippet is not None
    assert [alert.snippet.text[start:end] for start, end in alert.snippet.marks] == ["tide barrier", "closed"]
    assert (alert.matched_at, alert.late, alert.together) == (NOW, UNSET, 1)


def test_random_rules_raise_an_alert_each_where_the_plainest_reading_fires() -> None:
    articles = random_articles(12, 3)
    write = RuleWriter(articles, 3)
    rules = {f"r{number}": write() for number in range(200)}
    known = in_force(*(rule(name, query) for name, query in rules.items()))
    for article in articles:
        wanted = [name for name, query in rules.items() if naive_match(raising._tree(query), article)]
        assert sorted(alerts(article, known)) == sorted(wanted)


def test_rules_of_one_owner_are_counted_together() -> None:
    rules = [rule("a", "tide", owner="desk"), rule("b", "barrier", owner="desk"), rule("c", "tide")]
    rules += [rule("d", "storm", owner="desk"), rule("desk", "tide")]
    found = alerts(news("Tide barrier"), in_force(*rules))
    assert {name: alert.together for name, alert in found.items()} == {"a": 2, "b": 2, "c": 1, "desk": 1}


def entities(*spans: tuple[str, str]) -> tuple[Entity, ...]:
    found, at = [], 0
    for text, label in spans:
        at = BODY.index(text, at)
        found.append(Entity(text=text, label=label, field="body", start=at, end=at + len(text)))
        at += len(text)
    return tuple(found)


NAMED = news(
    BODY,
    people=(Mention(name="Ana Carvalho", count=2),),
    organisations=(Mention(name="Coastal Survey", count=1),),
    places=(Mention(name="Lisbon", count=1, country="PT"), Mention(name="Porto", count=3, country="PT")),
    entities=entities(
        ("Ana Carvalho", "PER"), ("Coastal Survey", "ORG"), ("Lisbon", "LOC"), ("Carvalho", "PER"), ("Porto", "LOC")
    ),
)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("carvalho", ("Ana Carvalho",)),
        ('"carvalho praised"', ("Ana Carvalho",)),
        ("lisbon porto survey", ("Porto", "Coastal Survey", "Lisbon")),
        ("met", ()),
        ("people:ana", ("Ana Carvalho",)),
        ("country:PT", ("Porto", "Lisbon")),
        ("porto NOT people:merkel", ("Porto",)),
    ],
)
def test_names_among_what_fired_are_told_most_mentioned_first(query: str, names: tuple[str, ...]) -> None:
    assert alerts(NAMED, in_force(rule("it", query)))["it"].entities == names


def test_a_declined_name_is_told_as_the_list_has_it() -> None:
    article = news(
        "Говорил о Зеленском.",
        people=(Mention(name="Владимир Зеленский", count=4),),
        entities=(Entity(text="Зеленском", label="PER", field="body", start=10, end=19),),
    )
    assert alerts(article, in_force(rule("it", "зеленск*")))["it"].entities == ("Владимир Зеленский",)


@pytest.mark.parametrize(
    ("published", "first_seen", "fetched", "produced", "late"),
    [
        (-1, 0, 0, 0, None),
        (None, 0, 0, 0, None),  # nobody knows when it was published
        (-71, 0, 0, 0, None),
        (-73, 0, 0, 0, "backfill"),  # an archive that was pushed, a feed that was added
        (-74, -1, -1, -1, "backfill"),
        (-25, -24, 0, 0, None),  # a new version of yesterday's article
        (None, -80, 0, 0, "backfill"),
        (-24, -23, -23, -23, None),  # a dead letter that is replayed soon, a worker that was away for some hours
        (-24, -23, -23, 0, None),
        (-26, -25, -25, -25, "replay"),  # the topic read again, or a long outage
        (-26, -25, -25, 0, "replay"),  # a dead letter of yesterday
        (None, -25, -25, -25, "replay"),
        (-26, -25, 1000, -25, "replay"),  # a producer whose clock is wrong
        (None, 5, 5, 0, None),
    ],
)
def test_what_is_no_news_is_told(
    published: float | None, first_seen: float, fetched: float, produced: float, late: str | None
) -> None:
    article = news(
        "text",
        published_at=None if published is None else NOW + published * HOUR,
        first_seen=NOW + first_seen * HOUR,
        fetched_at=NOW + fetched * HOUR,
    )
    assert lateness(article, POLICY, NOW + produced * HOUR, NOW) == late


TIMES = st.datetimes(timezones=st.timezones())


@given(TIMES, TIMES, st.none() | TIMES, st.none() | TIMES, TIMES)
def test_any_times_can_be_told(
    first: datetime, fetched: datetime, published: datetime | None, produced: datetime | None, now: datetime
) -> None:
    article = news("text", first_seen=first, fetched_at=fetched, published_at=published)
    assert lateness(article, POLICY, produced, now) in (None, "backfill", "replay")


def test_a_late_article_raises_alerts_that_say_so() -> None:
    article = news("tide", published_at=NOW - 100 * HOUR)
    assert alerts(article, in_force(rule("it", "tide")))["it"].late == "backfill"
    assert alerts(news("tide"), in_force(rule("it", "tide")), NOW + 30 * HOUR)["it"].late == "replay"


def test_a_snoozed_rule_is_matched_and_a_paused_one_is_not() -> None:
    snoozed, paused = rule("s", "tide", snoozed_until=NOW + HOUR), rule("p", "tide", paused=True)
    rules = in_force(snoozed, paused)
    assert set(alerts(news("tide"), rules)) == {"s"}
    assert (len(rules), rules.paused) == (1, 1)
    rules.change("p", replace(paused, paused=False))
    assert set(alerts(news("tide"), rules)) == {"s", "p"}
    assert (len(rules), rules.paused) == (2, 0)
    rules.change("s", replace(snoozed, paused=True))
    assert set(alerts(news("tide"), rules)) == {"p"}


def test_a_changed_rule_is_another_one_at_once_and_a_removed_one_is_none() -> None:
    rules = in_force(rule("it", "tide"), rule("other", "tide"))
    rules.change("it", rule("it", "storm", note="new"))
    assert set(alerts(news("tide"), rules)) == {"other"}
    assert alerts(news("storm"), rules)["it"].rule.note == "new"
    rules.change("it", rule("it", "storm", note="newer"))
    assert alerts(news("storm"), rules)["it"].rule.note == "newer"
    rules.change("it", None)
    rules.change("never was", None)
    assert alerts(news("storm"), rules) == {}
    assert len(rules) == 1


def test_a_rule_that_cannot_be_read_is_told_once_and_out_of_force_and_nothing_else_suffers() -> None:
    rules = in_force(rule("it", "tide"), rule("other", "tide"))
    told = rules.change("it", rule("it", "tide AND (barrier"))
    assert told is not None
    assert told.startswith("column 10: ")
    assert rules.change("it", rule("it", "tide AND (barrier", note="again")) is None
    assert set(alerts(news("tide barrier"), rules)) == {"other"}
    assert (len(rules), rules.broken) == (1, 1)
    assert rules.change("it", rule("it", "barrier")) is None
    assert set(alerts(news("tide barrier"), rules)) == {"it", "other"}
    assert rules.broken == 0
    rules.change("it", rule("it", "("))
    rules.change("it", None)
    assert (len(rules), rules.broken) == (1, 0)


def test_a_rule_under_the_key_of_another_is_not_in_force() -> None:
    rules = in_force(rule("a", "tide"))
    told = rules.change("a", rule("b", "tide"))
    assert told is not None
    assert "'b'" in told
    assert alerts(news("tide"), rules) == {}


def test_filing_rules_anew_changes_nothing_but_speed() -> None:
    articles = random_articles(16, 9)
    write = RuleWriter(articles, 9)
    rules = in_force(*(rule(f"r{number}", write()) for number in range(150)))
    before = [sorted(alerts(article, rules)) for article in articles]
    rounds = 0
    for number in range(600):
        rules.match(articles[number % len(articles)])
        rounds += rules.refile()
    assert rounds == 1
    assert [sorted(alerts(article, rules)) for article in articles] == before


def test_what_fails_for_one_rule_is_told_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    real = raising.fired_spans

    def broken(tree: Any, words: Any) -> Any:
        if "storm" in str(tree):
            raise ZeroDivisionError("no")
        return real(tree, words)

    monkeypatch.setattr(raising, "fired_spans", broken)
    rules = in_force(rule("a", "tide"), rule("bad", "storm"), rule("c", "tide"))
    raised = list(raise_alerts(news("tide storm"), rules, POLICY, NOW, NOW))
    assert [each.rule if isinstance(each, Failure) else each.rule.id for each in raised] == ["a", "bad", "c"]
    assert str(raised[1]).startswith("rule bad: ZeroDivisionError: no (broken, line ")


def test_a_matcher_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = in_force(rule("a", "tide"))
    monkeypatch.setattr(rules, "match", lambda article: 1 / 0)
    (failure,) = raise_alerts(news("tide"), rules, POLICY, NOW, NOW)
    assert str(failure).startswith("ZeroDivisionError: ")


def test_an_alert_of_a_hundred_thousand_words_stays_small() -> None:
    article = news(" ".join(f"tide{number}" for number in range(100_000)))
    alert = alerts(article, in_force(rule("it", "tide*")))["it"]
    assert len(alert.terms) == len(alert.spans) == 100
