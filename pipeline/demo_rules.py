"""The demo's own alert rules: in force for the length of a block, and gone after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from pipeline import rule_registry
from pipeline.alert_records import Rule, alert_id
from pipeline.alerts.matcher import Matcher
from pipeline.alerts.rule_file import read_rules
from pipeline.config import Settings
from pipeline.kafka_connection import Report
from pipeline.records import Article
from pipeline.samples import sample_rules


def rules_of_the_demo() -> dict[str, Rule]:
    """By id. They have no channels: their alerts are kept, and sent nowhere."""
    with sample_rules().open("rb") as lines:
        return {rule.id: rule for _, rule in read_rules(lines) if isinstance(rule, Rule)}


@contextmanager
def in_force(settings: Settings, report: Report) -> Iterator[Mapping[str, Rule]]:
    """The rules, for the length of a block. Those that a killed demo has left are taken away as well."""
    rules = rules_of_the_demo()
    rule_registry.write(settings, report, rules.values())
    try:
        yield rules
    finally:
        rule_registry.remove(settings, report, rules)


def alerts_of(rules: Mapping[str, Rule], articles: Iterable[Article]) -> list[str]:
    """Ids of the alerts that these articles should raise."""
    matcher = Matcher()
    for rule in rules.values():
        matcher.add(rule.id, rule.query)
    return [alert_id(rule, article.id) for article in articles for rule in matcher.match(article)[0]]
