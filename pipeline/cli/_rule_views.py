"""`newswire rules list` and `show`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from pipeline.cli._console import JsonFlag, print_json, stderr, stdout
from pipeline.cli._kafka import kafka_settings, report
from pipeline.cli._rule_asks import RuleArgument, said, unless_away, warn
from pipeline.cli._rule_deliveries import show_deliveries, told
from pipeline.cli._rule_table import LOOKS
from pipeline.cli._rule_words import outline, state, timing, title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elasticsearch import Elasticsearch

    from pipeline.alert_records import Alert, Rule
    from pipeline.config import Settings

_WEEK = timedelta(days=7)
_MOST_LINES = 200
"""On a terminal; a pipe gets all."""
_LATEST = 10


def list_rules(
    owner: Annotated[str | None, typer.Option(help="Only those of this owner.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only those that go to this channel.")] = None,
    paused: Annotated[bool, typer.Option("--paused", help="Only those that are paused or snoozed.")] = False,
    everything: Annotated[bool, typer.Option("--all", help=f"More than {_MOST_LINES} on a terminal, too.")] = False,
    json: JsonFlag = False,
) -> None:
    """List the rules by id, with how many alerts each gave in the last seven days."""
    from pipeline.cli._rule_table import row, summary, table, whole  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.rule_registry import read  # noqa: PLC0415

    settings = kafka_settings()
    known = read(settings, report).sorted()
    now = datetime.now(UTC)
    rules = [
        rule
        for rule in known
        if (owner is None or (rule.owner or "").casefold() == owner.casefold())
        and (channel is None or channel in rule.channels)
        and not (paused and state(rule, now) == "on")
    ]
    alerts = _counts(settings, rules, now) if rules else None
    if json:
        for rule in rules:
            print_json(_told(rule, now) | ({} if alerts is None else {"alerts": alerts.get(rule.id, 0)}))
        return
    if not rules:
        hint = "" if known else "; add some with `newswire rules add` or `newswire rules import`"
        stderr.print(f"no rules{' like that' if known else ''}{hint}", highlight=False, soft_wrap=True)
        return
    rows = [row(rule, now, alerts) for rule in rules]
    ascii_only = not stdout.encoding.lower().startswith("utf")
    if not stdout.is_terminal:
        sys.stdout.writelines(f"{line}\n" for line in whole(rows, ascii_only))
        return
    shown = rows if everything else rows[:_MOST_LINES]
    for line in table(shown, stdout.width, ascii_only):
        stdout.print(line, soft_wrap=True)
    if len(shown) < len(rows):
        stdout.print(f"… and {len(rows) - len(shown):,} more; --all shows them, too", style="dim", highlight=False)
    stdout.print(summary(rows), style="bold", highlight=False)


def show(name: RuleArgument, json: JsonFlag = False) -> None:
    """Show all that is known of a rule: how it is read, its last alerts, and what became of them."""
    from pipeline.alerts.lexer import RuleError  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.alerts.parser import parse  # noqa: PLC0415
    from pipeline.alerts.query import query as engine_query  # noqa: PLC0415
    from pipeline.delivery_registry import read as read_deliveries  # noqa: PLC0415
    from pipeline.rule_import import strange_channels  # noqa: PLC0415
    from pipeline.rule_registry import read  # noqa: PLC0415

    settings = kafka_settings()
    rule = read(settings, report).find(name)
    now = datetime.now(UTC)
    alerts = unless_away(settings, lambda client: _latest(client, settings, rule), "its alerts are not known")
    dispatches = [each for _, each in read_deliveries(settings, report) if each.rule == rule.id][:_LATEST]
    warnings = strange_channels(rule, settings.deliver.channels)
    parsed = None
    try:
        parsed = parse(rule.query)
    except RuleError as error:  # written by a newer version, say
        warnings.append(f"the rule cannot be read: {error}")
    else:
        warnings += [f"column {column}: {text}" for column, text in parsed.warnings]
    if json:
        line = _told(rule, now) | {"warnings": warnings}
        if parsed:
            clauses = [{"depth": depth, "text": text} for depth, text in outline(parsed.tree)]
            line |= {"tree": clauses, "compiled": engine_query(parsed.tree)}
        line["deliveries"] = [told(each) for each in dispatches]
        print_json(line | ({} if alerts is None else {"alerts": alerts}))
        return
    look = LOOKS[state(rule, now)]
    stdout.print(f"[{look.style}]{look.mark}[/] [bold]{said(title(rule))}[/]", highlight=False, soft_wrap=True)
    for field, value in _lines(rule, now):
        stdout.print(f"  [dim]{field:<9}[/]  {said(value)}", highlight=False, soft_wrap=True)
    for text in warnings:
        warn(text)
    for depth, text in outline(parsed.tree) if parsed else ():
        stdout.print(
            f"  [dim]{'reads as' if not depth else '':<9}[/]  {'  ' * depth}{said(text)}",
            highlight=False,
            soft_wrap=True,
        )
    if alerts is not None:
        _show_alerts(alerts)
    if dispatches:
        stdout.print("  [dim]deliveries[/]")
        show_deliveries(dispatches, "    ")


def _counts(settings: Settings, rules: Sequence[Rule], now: datetime) -> dict[str, int] | None:
    from pipeline.alert_history import AlertHistory  # noqa: PLC0415 -- keeps `newswire --help` fast

    def ask(client: Elasticsearch) -> dict[str, int] | None:
        history = AlertHistory(client, settings.index_prefix)
        return history.counts(now - _WEEK, [rule.id for rule in rules]) if history.exists() else None

    return unless_away(settings, ask, "their alerts are not counted")


def _latest(client: Elasticsearch, settings: Settings, rule: Rule) -> tuple[Alert, ...] | None:
    from pipeline.alert_history import AlertHistory  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.alert_search import newest  # noqa: PLC0415

    if not AlertHistory(client, settings.index_prefix).exists():
        return None
    return newest(client, settings.index_prefix, rule=rule.id, size=_LATEST).alerts


def _told(rule: Rule, now: datetime) -> dict[str, Any]:
    """A rule as one JSON object, with its state."""
    return {**msgspec.structs.asdict(rule), "state": state(rule, now)}


def _lines(rule: Rule, now: datetime) -> Iterator[tuple[str, object]]:
    yield "id", rule.id
    yield "query", rule.query
    found = state(rule, now)
    if found == "snoozed" and rule.snoozed_until:
        yield (
            "state",
            f"snoozed until {rule.snoozed_until.astimezone(UTC):%Y-%m-%d %H:%M} UTC: alerts are kept, not sent",
        )
    else:
        yield "state", "paused: not matched" if found == "paused" else "on"
    if rule.owner:
        yield "owner", rule.owner
    yield "channels", ", ".join(rule.channels) or "none: alerts are only kept"
    if rule.channels:
        yield "sent", timing(rule.delivery)
    if rule.replays:
        yield "replays", "alerts for backfilled and replayed articles as well"
    if rule.note:
        yield "note", rule.note
    for what, moment in (("created", rule.created_at), ("changed", rule.changed_at)):
        if moment:
            yield what, f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _show_alerts(alerts: Sequence[Alert]) -> None:
    for place, alert in enumerate(alerts):
        head = "alerts" if not place else ""
        headline = alert.article.headline or alert.article.id
        terms = f"  [dim]{said(', '.join(alert.terms))}[/]" if alert.terms else ""
        time = f"{alert.matched_at.astimezone(UTC):%Y-%m-%d %H:%M}"
        stdout.print(f"  [dim]{head:<9}[/]  [dim]{time}[/]  {said(headline)}{terms}", highlight=False, soft_wrap=True)
    if not alerts:
        stdout.print(f"  [dim]{'alerts':<9}[/]  none yet", highlight=False)
