"""`newswire rules snooze`, `pause`, `resume` and `remove`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from msgspec.structs import replace

from pipeline.alert_records import Rule
from pipeline.cli._console import JsonFlag, print_json, stdout
from pipeline.cli._kafka import kafka_settings, report
from pipeline.cli._rule_asks import RuleArguments, YesFlag, chosen, demand, said
from pipeline.cli._rule_words import later, seconds

_NAMED = 5


def snooze(
    rules: RuleArguments,
    length: Annotated[str | None, typer.Option("--for", metavar="TIME", help="So long: 30m, 2h, 1d, 1w.")] = None,
    end: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="2026-11-30T18:00 or 2026-11-30, in the rule's own timezone."),
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Send again from now on.")] = False,
    json: JsonFlag = False,
) -> None:
    """Send nothing for a time. The rules are matched all the same, and their alerts are kept."""
    if [length is not None, end is not None, off].count(True) != 1:
        raise typer.BadParameter("say how long: --for, --until or --off")
    now = datetime.now(UTC)
    lasting = seconds(length, "--for") if length is not None else None
    if lasting == 0:
        raise typer.BadParameter(f"{length!r} is no time; write 30m, 2h, 1d or 1w", param_hint="--for")

    def changed(rule: Rule) -> Rule:
        if off:
            return replace(rule, snoozed_until=None)
        if lasting is not None:
            return replace(rule, snoozed_until=now + timedelta(seconds=lasting))
        moment = later(end or "", rule.delivery.timezone, "--until")
        if moment <= now:
            raise typer.BadParameter(f"{end!r} has passed", param_hint="--until")
        return replace(rule, snoozed_until=moment)

    _change(rules, "woken" if off else "snoozed", json, changed)


def pause(rules: RuleArguments, json: JsonFlag = False) -> None:
    """Match rules no more, until `resume`."""
    _change(rules, "paused", json, lambda rule: replace(rule, paused=True))


def resume(rules: RuleArguments, json: JsonFlag = False) -> None:
    """Match paused rules again."""
    _change(rules, "resumed", json, lambda rule: replace(rule, paused=False))


def remove(rules: RuleArguments, yes: YesFlag = False, json: JsonFlag = False) -> None:
    """Remove rules. Alerts that they gave before stay in the index."""
    from pipeline.rule_registry import read  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.rule_registry import remove as remove_all  # noqa: PLC0415

    settings = kafka_settings()
    found = chosen(read(settings, report), rules)
    names = ", ".join(f"{rule.id} ({rule.name})" if rule.name else rule.id for rule in found[:_NAMED])
    more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    demand(f"Remove {names}{more}?", yes, f"{names}{more} would be removed; pass --yes")
    remove_all(settings, report, [rule.id for rule in found])
    _tell(found, "removed", json)


def _change(names: list[str], what: str, json: bool, changed: Callable[[Rule], Rule]) -> None:
    from pipeline.rule_registry import read, write  # noqa: PLC0415 -- keeps `newswire --help` fast

    settings = kafka_settings()
    found = chosen(read(settings, report), names)
    now = datetime.now(UTC)
    made = [(rule, changed(rule)) for rule in found]
    write(settings, report, [replace(new, changed_at=now) for old, new in made if new != old])
    _tell([new for _, new in made], what, json)


def _tell(rules: list[Rule], what: str, json: bool) -> None:
    for rule in rules:
        if json:
            line: dict[str, Any] = {"id": rule.id, "query": rule.query}
            if what == "snoozed":
                line["until"] = rule.snoozed_until
            print_json({what: line})
            continue
        until = f" until {rule.snoozed_until:%Y-%m-%d %H:%M} UTC" if what == "snoozed" else ""
        text = f"{what} [bold]{said(rule.id)}[/]{until}  [dim]{said(rule.name or rule.query)}[/]"
        stdout.print(text, highlight=False, soft_wrap=True)
