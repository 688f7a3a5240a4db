"""`newswire rules deliveries` and `retry`: what became of alerts at their channels."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from pipeline.cli._console import JsonFlag, print_json, printable, stderr, stdout
from pipeline.cli._kafka import kafka_settings, report

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.delivery_records import Dispatch, State

_MOST = 100
"""On a terminal; a pipe gets all."""
_STYLES: dict[State, str] = {
    "waiting": "cyan",
    "sending": "yellow",
    "sent": "green",
    "failed": "bold red",
    "withheld": "dim",
}
_HEADLINE = 60


def deliveries(
    failed: Annotated[bool, typer.Option("--failed", help="Only those that failed for good.")] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that are still to be sent.")] = False,
    rule: Annotated[str | None, typer.Option(metavar="RULE", help="Only those of this rule, as of `show`.")] = None,
    json: JsonFlag = False,
) -> None:
    """List what became of alerts at each channel, the latest change first, with what the server said."""
    from pipeline.delivery_registry import read  # noqa: PLC0415 -- keeps `newswire --help` fast

    if failed and waiting:
        raise typer.BadParameter("--failed and --waiting exclude each other")
    settings = kafka_settings()
    found = [each for _, each in read(settings, report)]
    if rule is not None:
        key = _rule_id(settings, rule, found)
        found = [each for each in found if each.rule == key]
    if failed or waiting:
        wanted = ("failed",) if failed else ("waiting", "sending")
        found = [each for each in found if each.state in wanted]
    if json:
        for each in found:
            print_json(told(each))
        return
    if not found:
        stderr.print("no deliveries" + (" like that" if failed or waiting or rule else ""), highlight=False)
        return
    show_deliveries(found[:_MOST] if stdout.is_terminal else found)
    if stdout.is_terminal:
        if len(found) > _MOST:
            stdout.print(f"… and {len(found) - _MOST:,} more; --json has all", style="dim", highlight=False)
        counts = Counter(each.state for each in found)
        stdout.print(
            ", ".join(f"{counts[each]:,} {each}" for each in _STYLES if counts[each]), style="bold", highlight=False
        )


def retry(
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="Only its alerts; else all that failed.", show_default=False)
    ] = None,
    channel: Annotated[str | None, typer.Option(help="Only at this channel.")] = None,
    json: JsonFlag = False,
) -> None:
    """Send failed alerts again. A receiver that did get one, and honours its key, does not get it twice."""
    from pipeline.delivery_registry import read  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.delivery_registry import retry as send_again  # noqa: PLC0415

    settings = kafka_settings()
    found = read(settings, report)
    key = _rule_id(settings, rule, [each for _, each in found]) if rule is not None else None
    chosen = [
        (partition, each) for partition, each in found if key in (None, each.rule) and channel in (None, each.channel)
    ]
    count = send_again(settings, report, chosen, datetime.now(UTC))
    if json:
        print_json({"retried": count})
    else:
        stdout.print(f"[bold]{count:,}[/] will be sent again", highlight=False)


def show_deliveries(dispatches: Sequence[Dispatch], indent: str = "") -> None:
    """A line for each, and one for what the server said."""
    for each in dispatches:
        line = Text(indent)
        line.append(f"{each.state:<8}", _STYLES[each.state])
        line.append(f"  {each.changed_at.astimezone(UTC):%Y-%m-%d %H:%M}", "dim")
        line.append(f"  {_line(each.rule)} → {_line(each.channel)}")
        if each.tries > 1 or each.state in ("sending", "failed"):
            line.append(f"  {each.tries:,} {'try' if each.tries == 1 else 'tries'}", "dim")
        if each.due:
            line.append(f"  due {each.due.astimezone(UTC):%Y-%m-%d %H:%M}", "dim")
        if headline := _headline(each):
            line.append(f"  {_line(headline)[:_HEADLINE]}")
        if each.reason:
            line.append(f"\n{indent}    {_line(each.reason)}" if stdout.is_terminal else f"  {_line(each.reason)}")
        if stdout.is_terminal:
            stdout.print(line, soft_wrap=True)
        else:
            sys.stdout.write(f"{line.plain}\n")


def told(dispatch: Dispatch) -> dict[str, Any]:
    """One as a JSON object, without the whole alert."""
    fields = ("rule", "article", "alert", "channel", "state", "changed_at", "due", "tries", "reason", "message")
    return {name: getattr(dispatch, name) for name in fields} | {"headline": _headline(dispatch)}


def _headline(dispatch: Dispatch) -> str | None:
    return dispatch.content.article.headline if dispatch.content else None


def _rule_id(settings: Settings, text: str, dispatches: Sequence[Dispatch]) -> str:
    """Of a rule, also of one that was removed since."""
    from pipeline.rule_registry import read  # noqa: PLC0415 -- as above

    if any(each.rule == text for each in dispatches):
        return text
    return read(settings, report).find(text).id


def _line(text: str) -> str:
    return printable(" ".join(text.split()))
