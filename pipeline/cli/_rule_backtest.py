"""`newswire rules backtest`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from pipeline.cli._console import JsonFlag, print_json, stderr, stdout
from pipeline.cli._kafka import kafka_settings, report
from pipeline.cli._rule_asks import tell, warn
from pipeline.cli._rule_words import percentage
from pipeline.cli.search import flat, show_hits
from pipeline.config import load

if TYPE_CHECKING:
    from pipeline.rule_backtest import Backtest, Day, Difference
    from pipeline.search import Hit

_LONGEST_BAR = 40
_EIGHTHS = " ▏▎▍▌▋▊▉"


def backtest(
    query: Annotated[str | None, typer.Argument(help="A rule; with --id, what that rule is to become.")] = None,
    *,
    key: Annotated[str | None, typer.Option("--id", metavar="RULE", help="A rule in force, as of `show`.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How far to look back, today included.")] = 30,
    samples: Annotated[int, typer.Option(min=0, max=1000, help="Most articles to show of each kind.")] = 10,
    json: JsonFlag = False,
) -> None:
    """Tell what a rule would have fired for: each day's number, the share of all articles, the newest of them.

    With a query and --id, what the changed rule gains and loses as well. Days are UTC's; an article counts for the day
    on which it was published, or was first seen where that is not known.
    """
    from pipeline.alerts.parser import parse  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.engines import with_local_engines  # noqa: PLC0415
    from pipeline.rule_backtest import Past  # noqa: PLC0415
    from pipeline.search_engine import connect  # noqa: PLC0415

    if query is None and key is None:
        raise typer.BadParameter("is missing; give a rule, or --id", param_hint="QUERY")
    for column, warning in parse(query).warnings if query is not None else ():
        warn(f"column {column}: {warning}")
    old = _query_of(key) if key is not None else None
    wanted = query if query is not None else old or ""
    settings = with_local_engines(load())
    with connect(settings.elasticsearch) as client:
        past = Past.days(client, settings.index_prefix, datetime.now(UTC), days)
        made = past.backtest(wanted, samples=samples, instead_of=old if query is not None else None)
    if json:
        _print(made)
    else:
        _show(made)


def _query_of(key: str) -> str:
    from pipeline.rule_registry import read  # noqa: PLC0415 -- keeps `newswire --help` fast

    return read(kafka_settings(), report).find(key).query


def _print(made: Backtest) -> None:
    for day in made.days:
        print_json({"day": day})
    for hit in made.samples:
        print_json({"sample": flat(hit)})
    total = made.total
    line = {"fired": total.fired, "articles": total.articles, "share": round(total.part, 6), "blind": made.blind}
    for what, difference in (("gained", made.gained), ("lost", made.lost)):
        if difference is not None:
            for hit in difference.samples:
                print_json({f"{what}_sample": flat(hit)})
            line[what] = difference.count
    print_json({"total": line})


def _show(made: Backtest) -> None:
    ascii_only = not stdout.encoding.lower().startswith("utf")
    for line in table(made.days, ascii_only):
        stdout.print(line, soft_wrap=True)
    total = made.total
    told = f"{total.fired:,} of {total.articles:,} articles in {len(made.days):,} days: {percentage(total.part)}"
    stdout.print(Text(told, style="bold"), soft_wrap=True)
    if made.blind:
        tell(
            f"{made.blind:,} of these articles were indexed before the index had words for rules, and no rule finds "
            "them; push them again to have them counted",
            "yellow",
        )
    if made.gained is None or made.lost is None:
        _hits("newest", made.samples, total.fired)
        return
    for what, difference in (("gained", made.gained), ("lost", made.lost)):
        _difference(what, difference)


def _difference(what: str, difference: Difference) -> None:
    stdout.print()
    style = "bold green" if what == "gained" else "bold red"
    stdout.print(Text(f"{difference.count:,} {what}", style=style))
    _hits("", difference.samples, difference.count)


def _hits(head: str, hits: Sequence[Hit], total: int) -> None:
    if not hits:
        return
    if head:
        stdout.print()
        stdout.print(Text(head, style="bold"))
    show_hits(hits)
    if len(hits) < total:
        stderr.print(f"{len(hits):,} of {total:,} shown", style="dim", highlight=False)


def table(days: Sequence[Day], ascii_only: bool = False) -> Iterator[Text]:
    """A line a day, with a bar as long as the day's share of the fullest one."""
    most = max((day.fired for day in days), default=0)
    wide = max(len(f"{day.fired:,}") for day in days)
    widest = max(len(f"{day.articles:,}") for day in days)
    for day in days:
        line = Text(f"{day.date:%a %Y-%m-%d}", style="dim")
        line.append(f"  {day.fired:>{wide},}", "bold" if day.fired else "dim")
        line.append(f" of {day.articles:>{widest},}", "dim")
        if day.fired:
            line.append("  ")
            line.append(_bar(day.fired / most, ascii_only), "cyan")
        yield line


def _bar(part: float, ascii_only: bool) -> str:
    if ascii_only:
        return "#" * max(1, round(part * _LONGEST_BAR))
    eighths = max(1, round(part * _LONGEST_BAR * 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
