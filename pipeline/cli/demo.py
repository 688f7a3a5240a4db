"""`newswire demo`."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from pipeline.cli._console import printable, stderr, stdout
from pipeline.cli._kafka import report
from pipeline.cli._marked import marked, one_line
from pipeline.config import Settings, load

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from pipeline.alert_records import Alert
    from pipeline.demo import Latency
    from pipeline.records import Article, Mention

NAMES_SHOWN = 4
TRY = "newswire search hubungan, newswire alerts list, newswire feeds list, newswire status, newswire push FILES"
SEARCHES = ("menghubungkan", "telescopio AND language:es", "places.name:Japan OR лёд")


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def demo(
        once: Annotated[
            bool, typer.Option("--once", help="End after the results instead of showing what arrives.")
        ] = False,
    ) -> None:
        """Show the whole pipeline: engines, services, articles, a feed, results, alerts, then what arrives."""
        settings = load()
        for number in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C: what was started is stopped again
            signal.signal(number, signal.default_int_handler)
        with _engines(settings) as deployed:
            _show(deployed, stay=not once and sys.stdout.isatty())


@contextmanager
def _engines(settings: Settings) -> Iterator[Settings]:
    """The deployment's engines; local ones are started, and stopped again if it was us who started them."""
    from pipeline import engines  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.cli.engines import ProgressReport  # noqa: PLC0415

    if settings.kafka.bootstrap_servers and settings.elasticsearch.url:
        yield settings
        return
    were_running = engines.endpoints(settings.local) is not None
    with ProgressReport() as report:
        engines.up(settings.local, report)
    try:
        yield engines.with_local_engines(settings)
    finally:
        if not were_running:
            with ProgressReport() as report:
                engines.down(settings.local, report)


def _show(settings: Settings, *, stay: bool) -> None:
    from pipeline import alert_index, demo, demo_rules, search_index  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.search_engine import connect  # noqa: PLC0415
    from pipeline.topic_setup import create_topics  # noqa: PLC0415

    articles = demo.sample_raw_articles(datetime.now(UTC))
    log = settings.local.data_dir / "logs" / "services.log"
    create_topics(settings)
    with connect(settings.elasticsearch) as client:
        search_index.install(client, settings)
        alert_index.install(client, settings)
        started = datetime.now(UTC)
        stdout.print(f"Starting the services: workers, the sink, the poller of feeds (log: {log})", highlight=False)
        with (
            demo.watched_feed(settings, report, datetime.now(UTC)) as feed,
            demo_rules.in_force(settings, report) as rules,
            demo.services(settings, log) as alive,
            demo.naming(log),
        ):

            def push(what: str, batch: Sequence[Any], pace: float) -> list[float]:
                with _progress(what) as bar:
                    task = bar.add_task(what, total=len(batch))
                    return demo.push_and_find(
                        batch,
                        settings,
                        client,
                        alive,
                        now=lambda: datetime.now(UTC),
                        pace=pace,
                        seen=lambda done, _: bar.update(task, completed=done),
                    )

            push("Pushing eight articles", articles, 0)
            if feed:
                with _progress("Waiting for the articles of a feed") as bar:
                    task = bar.add_task("", total=len(feed.articles))
                    demo.await_feed(
                        feed,
                        settings,
                        client,
                        alive,
                        report=report,
                        seen=lambda count: bar.update(task, completed=count),
                    )
            ids = [article.id for article in articles] + list(feed.articles if feed else ())
            made = demo.indexed_articles(client, settings, ids)
            stdout.print(_results(made))
            with _progress("Waiting for alerts") as bar:
                expected = demo_rules.alerts_of(rules, made)
                task = bar.add_task("", total=len(expected))
                alerts = demo.await_alerts(
                    expected,
                    started,
                    settings,
                    client,
                    alive,
                    pushed={article.id for article in articles},
                    seen=lambda count: bar.update(task, completed=count),
                )
            stdout.print(_alerts(alerts))
            seconds = push("Measuring the way to the index", list(articles) * demo.ROUNDS, demo.PACE_SECONDS)
            stdout.print(_speed(demo.latency(seconds)), highlight=False)
            for query in SEARCHES:
                _search(client, settings, query)
            stdout.print(f"\nTry: {TRY}", highlight=False)
            if stay:
                _tail(settings, alive)


def _search(client: Elasticsearch, settings: Settings, text: str) -> None:
    from pipeline.cli.search import show  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.search import Query, search  # noqa: PLC0415

    stdout.print(f"\n$ newswire search '{text}'", highlight=False, style="bold")
    show(search(client, settings.index_prefix, Query(text=text, size=2)))


def _tail(settings: Settings, alive: Any) -> None:
    from pipeline.demo import follow  # noqa: PLC0415 -- keeps `newswire --help` fast

    stdout.print("\n[bold]What arrives[/] (push something from another terminal; Ctrl-C ends the demo)")
    try:
        for article in follow(settings, alive):
            line = Text(f"{article.processed_at:%H:%M:%S}  ", style="dim")
            line.append(f"{article.language:7} ", style="cyan")
            line.append(printable(article.headline or article.body[:80]), style="bold")
            line.append(f"  {_names((*article.people, *article.organisations, *article.places))}", style="green")
            stdout.print(line)
    except KeyboardInterrupt:
        stdout.print("Stopping the services …")


def _progress(what: str) -> Progress:
    return Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        console=stderr,
        transient=True,
        disable=not stderr.is_terminal,
    )


def _results(articles: Sequence[Article]) -> Table:
    table = Table(title="What became of them", title_justify="left", title_style="bold", show_lines=True)
    table.add_column("language")
    table.add_column("headline", ratio=3)
    table.add_column("people, organisations, places", ratio=4)
    table.add_column("taken out", style="dim")
    for article in articles:
        kinds = Counter(removal.kind for removal in article.removed)
        table.add_row(
            f"{article.language} {article.language_confidence:.2f}",
            _headline(article),
            Text("\n").join(
                Text.assemble((f"{label} ", "dim"), (_names(mentions), style))
                for label, mentions, style in (
                    ("PER", article.people, "green"),
                    ("ORG", article.organisations, "yellow"),
                    ("LOC", article.places, "cyan"),
                )
                if mentions
            ),
            Text("\n".join(f"{kind} {count}" if count > 1 else kind for kind, count in kinds.items())),
        )
    return table


def _alerts(alerts: Sequence[Alert]) -> Table:
    table = Table(
        title="What the sample rules fired for (they are gone when the demo ends; their alerts stay)",
        title_justify="left",
        title_style="bold",
        show_lines=True,
    )
    table.add_column("rule", ratio=2)
    table.add_column("headline", ratio=2)
    table.add_column("where", ratio=3)
    for alert in sorted(alerts, key=lambda alert: (alert.rule.id, alert.article.url or "")):
        snippet = alert.snippet
        rule = Text.assemble((one_line(alert.rule.name or alert.rule.id), "bold green"))
        rule.append(f"\n{one_line(alert.rule.query)}", style="dim")
        table.add_row(
            rule,
            one_line(alert.article.headline or ""),
            marked(snippet.text, snippet.marks) if snippet else "",
        )
    return table


def _headline(article: Article) -> Text:
    found = Text(printable(article.headline or ""))
    if article.feeds:
        found.append(f"\nfrom the feed {printable(article.source.name or article.feeds[0])}", style="dim")
    return found


def _names(mentions: Sequence[Mention]) -> str:
    shown = ", ".join(printable(mention.name) for mention in mentions[:NAMES_SHOWN])
    return f"{shown} …" if len(mentions) > NAMES_SHOWN else shown


def _speed(latency: Latency) -> str:
    return (
        f"\nFrom acknowledgement to searchable, {latency.count} articles at a light load: "
        f"p50 {latency.p50:.2f} s, p99 {latency.p99:.2f} s"
    )
