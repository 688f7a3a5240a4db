"""`newswire alerts`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from pipeline.cli._console import JsonFlag, print_json, stderr, stdout
from pipeline.cli._marked import marked, one_line
from pipeline.cli.search import TIME_HELP, moment, tell_missing
from pipeline.config import load

if TYPE_CHECKING:
    from pipeline.alert_records import Alert
    from pipeline.alert_search import Found

LOOK_SECONDS = 1.0
FOLLOWED = timedelta(minutes=5)
"""With --follow, an alert is shown that comes into the index no later than this after it was raised."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(name="alerts", help="Alerts: which rules fired for which articles.")
    group.command("list")(list_alerts)
    app.add_typer(group, no_args_is_help=True)


def list_alerts(
    rule: Annotated[str | None, typer.Option(metavar="ID", help="Only those of this rule.")] = None,
    since: Annotated[str | None, typer.Option(help=f"Not older than: {TIME_HELP}.")] = None,
    size: Annotated[int, typer.Option(min=0, max=10_000, help="Most alerts to show.")] = 20,
    json: JsonFlag = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Oldest first, and then those that are raised, until Ctrl-C.")
    ] = False,
) -> None:
    """Show the newest alerts: rule, article, and a piece of its text with the words for which the rule fired."""
    from pipeline import alert_search  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.engines import with_local_engines  # noqa: PLC0415
    from pipeline.search_engine import connect  # noqa: PLC0415

    earliest = moment(since, datetime.now(UTC), "--since")
    settings = with_local_engines(load())
    with connect(settings.elasticsearch) as client:

        def newest(since: datetime | None, size: int) -> Found:
            return alert_search.newest(client, settings.index_prefix, rule=rule, since=since, size=size)

        known = newest(datetime.now(UTC) - FOLLOWED, alert_search.MOST_ALERTS).alerts if follow else ()
        found = newest(earliest, size)
        tell_missing(found.incomplete)
        for alert in reversed(found.alerts) if follow else found.alerts:
            _show(alert, json)
        if follow:
            for alert in _follow(newest, (*known, *found.alerts)):
                _show(alert, json)
    if not json:
        more = "at least " if found.at_least else ""
        shown = f", {len(found.alerts)} shown" if len(found.alerts) < found.total else ""
        alerts = "alert" if found.total == 1 else "alerts"
        stderr.print(f"{more}{found.total:,} {alerts}{shown}", style="dim", highlight=False)


def _show(alert: Alert, json: bool) -> None:
    if json:
        print_json(alert)
        sys.stdout.flush()
        return
    article, snippet = alert.article, alert.snippet
    title = Text.assemble(
        (f"{alert.matched_at:%Y-%m-%d %H:%M}  ", "dim"),
        (one_line(alert.rule.name or alert.rule.id), "bold green"),
        (f"  {one_line(alert.rule.id)}" if alert.rule.name else "", "dim"),
        (f"  {alert.late}" if alert.late else "", "yellow"),
    )
    source = article.source.name or article.source.id
    about = " · ".join(one_line(part) for part in (article.language, source, article.url or article.id) if part)
    stdout.print(title)
    stdout.print(Text(f"  {one_line(article.headline or '(no headline)')}", style="bold"))
    stdout.print(Text(f"  {about}", style="cyan"))
    if snippet:
        stdout.print(Padding(marked(snippet.text, snippet.marks), (0, 0, 0, 4)))
    stdout.print()


def _follow(newest: Callable[[datetime, int], Found], known: Iterable[Alert]) -> Iterator[Alert]:
    """Alerts as the index shows them. One that is raised again, for a newer version of its article, comes again."""
    from pipeline.alert_search import MOST_ALERTS  # noqa: PLC0415 -- keeps `newswire --help` fast

    shown = {(alert.id, alert.matched_at) for alert in known}
    while True:
        time.sleep(LOOK_SECONDS)
        since = datetime.now(UTC) - FOLLOWED
        shown = {key for key in shown if key[1] >= since}
        for alert in reversed(newest(since, MOST_ALERTS).alerts):
            if (alert.id, alert.matched_at) not in shown:
                shown.add((alert.id, alert.matched_at))
                yield alert
