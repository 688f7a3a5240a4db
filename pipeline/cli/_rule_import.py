"""`newswire rules import` and `export`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from pipeline.cli._console import JsonFlag, print_json, stderr, stdout, write_out
from pipeline.cli._kafka import kafka_settings, report
from pipeline.cli._rule_asks import YesFlag, demand, progress, said, unless_away
from pipeline.cli._rule_content import name_of, read_rules_of
from pipeline.cli._rule_words import percentage
from pipeline.errors import NewswireError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from pipeline.alert_records import Rule
    from pipeline.config import Settings
    from pipeline.rule_backtest import Share
    from pipeline.rule_import import Plan, Remark, RuleFile

_SHOWN = 20
_CHECK_SECONDS = 20.0


def import_(
    path: Annotated[
        str, typer.Argument(metavar="FILE", help="JSON Lines, or CSV with a line of names; `-` is standard input.")
    ],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Remove the rules that are not in the file.")] = False,
    skip_broken: Annotated[
        bool, typer.Option("--skip-broken", help="Take the lines that are right; else all have to be.")
    ] = False,
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Do not count afterwards which of them fire for very much.")
    ] = False,
    yes: YesFlag = False,
    json: JsonFlag = False,
) -> None:
    """Put the rules of a file in force, those that are known by their ids in place of what they were.

    All lines are checked first, and nothing is written unless all are right. Rules that are as they were are not
    written again; whether a rule is paused or snoozed stays, where its line does not say.
    """
    from pipeline.rule_import import is_comma_separated, plan, read_rule_file  # noqa: PLC0415 -- keeps --help fast
    from pipeline.rule_registry import read, remove, write  # noqa: PLC0415

    settings = kafka_settings()
    content = read_rules_of(path)
    with progress("reading", content.count(b"\n")) as advance:
        channels = settings.deliver.channels
        found = read_rule_file(content, channels, is_comma_separated(path, content), lambda: advance(1))
    _tell_remarks(name_of(path), found, json)
    _check_lines(name_of(path), found, skip_broken, replace)
    known = read(settings, report).rules
    made = plan(found, known, datetime.now(UTC), only=replace)
    if made.removed:
        count = _count(len(made.removed))
        demand(
            f"Remove {count} that {'is' if len(made.removed) == 1 else 'are'} not in {name_of(path)}?",
            yes,
            f"{count} would be removed, and nothing was changed; pass --yes",
        )
    with progress("writing", len(made.added) + len(made.changed)) as advance:
        write(settings, report, [*made.added, *made.changed], lambda: advance(1))
    if made.removed:
        remove(settings, report, [rule.id for rule in made.removed])
    if made.requeried and not no_check:
        _tell_broad(settings, made.requeried, json)
    _summarise(made, found, json)


def export(
    path: Annotated[Path | None, typer.Argument(metavar="FILE", help="Else they are printed.")] = None,
) -> None:
    """Write all rules as JSON Lines, by id: a backup, which `import` reads."""
    from pipeline.rule_registry import read  # noqa: PLC0415 -- keeps `newswire --help` fast

    rules = read(kafka_settings(), report).sorted()
    content = b"".join(_line(rule) for rule in rules)
    if write_out(content, path):
        stdout.print(f"[bold]{len(rules):,}[/] rules in {said(path)}", highlight=False, soft_wrap=True)


def _line(rule: Rule) -> bytes:
    given = msgspec.to_builtins(rule)
    return msgspec.json.encode({name: value for name, value in given.items() if value != {}}) + b"\n"


def _check_lines(name: str, found: RuleFile, skip_broken: bool, replace: bool) -> None:
    broken = f"{len(found.broken):,} line{'s' if len(found.broken) != 1 else ''}"
    if found.broken and not skip_broken:
        raise NewswireError(f"{name}: {broken} cannot be read, and nothing was changed; mend it, or pass --skip-broken")
    if found.broken and replace:
        told = "--replace would remove the rules of lines that cannot be read"
        raise NewswireError(f"{name}: {told} ({broken}), and nothing was changed; mend the file")
    if not found.entries:
        raise NewswireError(f"{name} has no rules, and nothing was changed")


def _count(number: int) -> str:
    return f"{number:,} rule{'s' if number != 1 else ''}"


def _tell_remarks(name: str, found: RuleFile, json: bool) -> None:
    for kind, style, remarks in (("broken", "red", found.broken), ("warning", "yellow", found.warnings)):
        if json:
            for each in remarks:
                print_json({kind: each})
        else:
            _list(name, kind, style, remarks)


def _list(name: str, what: str, style: str, remarks: list[Remark]) -> None:
    for each in remarks[:_SHOWN]:
        stderr.print(f"[{style}]{what}[/] {said(name)}, {said(each)}", highlight=False, soft_wrap=True)
    if len(remarks) > _SHOWN:
        stderr.print(f"… and {len(remarks) - _SHOWN:,} more; --json has all", highlight=False)


def _tell_broad(settings: Settings, rules: list[Rule], json: bool) -> None:
    """The broadest of the new rules, of as many as can be counted in a short time."""
    from pipeline.rule_backtest import WEEK, Past  # noqa: PLC0415 -- keeps `newswire --help` fast

    now = datetime.now(UTC)
    checked = 0

    def ask(client: Elasticsearch) -> list[tuple[str, Share]]:
        week = Past(client, settings.index_prefix, now - WEEK, now)
        with progress("counting", len(rules)) as advance:

            def count(more: int) -> None:
                nonlocal checked
                checked += more
                advance(more)

            queries = {rule.id: rule.query for rule in rules}
            counted = week.shares(queries, _CHECK_SECONDS, count)
            return [(key, share) for key, share in counted if share.is_broad(settings.alerts.broad_share)]

    broad = unless_away(settings, ask, "how often the rules fire was not checked")
    if broad is None:
        return
    broad.sort(key=lambda each: (-each[1].fired, each[0]))
    if 0 < checked < len(rules):
        told = f"only the first {checked:,} of {len(rules):,} rules were counted, for want of time"
        stderr.print(told, style="dim", highlight=False)
    if json:
        for key, share in broad:
            print_json({"broad": {"id": key, "fired": share.fired, "articles": share.articles}})
        return
    for key, share in broad[:_SHOWN]:
        told = f"fires for {percentage(share.part)} of all articles of the last seven days ({share.fired:,})"
        stderr.print(f"[yellow]broad[/] [bold]{said(key)}[/] {told}", highlight=False, soft_wrap=True)
    if len(broad) > _SHOWN:
        stderr.print(f"… and {len(broad) - _SHOWN:,} more; --json has all", highlight=False)


def _summarise(made: Plan, found: RuleFile, json: bool) -> None:
    counts: dict[str, Any] = {
        "added": len(made.added),
        "changed": len(made.changed),
        "unchanged": made.unchanged,
        "removed": len(made.removed),
        "broken": len(found.broken),
    }
    if json:
        print_json(counts)
        return
    told = [
        f"[bold]{count:,}[/] {what}" for what, count in counts.items() if count or what not in ("removed", "broken")
    ]
    stdout.print(", ".join(told), highlight=False)
