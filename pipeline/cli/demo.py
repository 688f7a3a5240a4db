"""`newswire demo`."""

from __future__ import annotations

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

from pipeline.cli._console import stderr, stdout
from pipeline.config import Settings, load

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from pipeline.demo import Latency
    from pipeline.records import Article, Mention

NAMES_SHOWN = 4
SEARCHES = ("menghubungkan", "telescopio AND language:es", "places.name:Japan OR лёд")


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def demo(
        once: Annotated[
            bool, typer.Option("--once", help="End after the results instead of showing what arrives.")
        ] = False,
    ) -> None:
        """Show the whole pipeline: engines, services, sample articles, results, then a tail of what arrives."""
        settings = load()
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
    from pipeline import demo  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.search_engine import connect  # noqa: PLC0415
    from pipeline.search_index import install  # noqa: PLC0415
    from pipeline.topic_setup import create_topics  # noqa: PLC0415

    articles = demo.sample_raw_articles(datetime.now(UTC))
    log = settings.local.data_dir / "logs" / "services.log"
    create_topics(settings)
    with connect(settings.elasticsearch) as client:
        install(client, settings)
        stdout.print(f"Starting the services: one worker per core and the sink (log: {log})", highlight=False)
        with demo.services(settings, log) as alive, demo.naming(log):

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
            made = demo.indexed_articles(client, settings, [article.id for article in articles])
            stdout.print(_results(made))
            seconds = push("Measuring the way to the index", list(articles) * demo.ROUNDS, demo.PACE_SECONDS)
            stdout.print(_speed(demo.latency(seconds)), highlight=False)
            for query in SEARCHES:
                _search(client, settings, query)
            stdout.print(
                "\nTry: newswire search 'hubungan', newswire status, newswire push YOUR-FILES", highlight=False
            )
            if stay:
                _tail(settings, alive)


def _search(client: Elasticsearch, settings: Settings, text: str) -> None:
    from pipeline.search import Query, search  # noqa: PLC0415 -- keeps `newswire --help` fast

    found = search(client, settings.index_prefix, Query(text=text, size=2))
    stdout.print(f"\n$ newswire search '{text}'", highlight=False, style="bold")
    for hit in found.hits:
        stdout.print(Text(f"  {hit.article.get('language')}  {_plain(str(hit.article.get('headline')))}"))
        for fragment in hit.fragments[:1]:
            line = Text("      " + _plain(fragment.text), style="dim")
            for start, end in fragment.marks:
                line.stylize("bold not dim magenta", 6 + start, 6 + end)
            stdout.print(line)


def _tail(settings: Settings, alive: Any) -> None:
    from pipeline.demo import follow  # noqa: PLC0415 -- keeps `newswire --help` fast

    stdout.print("\n[bold]What arrives[/] (push something from another terminal; Ctrl-C ends the demo)")
    try:
        for article in follow(settings, alive):
            line = Text(f"{article.processed_at:%H:%M:%S}  ", style="dim")
            line.append(f"{article.language:5} ", style="cyan")
            line.append(_plain(article.headline or article.body[:80]), style="bold")
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
    table.add_column("people", ratio=2, style="green")
    table.add_column("organisations", ratio=2, style="yellow")
    table.add_column("places", ratio=2, style="cyan")
    table.add_column("taken out", ratio=2, style="dim")
    for article in articles:
        kinds = Counter(removal.kind for removal in article.removed)
        table.add_row(
            f"{article.language} {article.language_confidence:.2f}",
            Text(_plain(article.headline or "")),
            _names(article.people),
            _names(article.organisations),
            _names(article.places),
            Text(", ".join(f"{kind} {count}" if count > 1 else kind for kind, count in kinds.items())),
        )
    return table


def _names(mentions: Sequence[Mention]) -> Text:
    shown = ", ".join(_plain(mention.name) for mention in mentions[:NAMES_SHOWN])
    return Text(f"{shown} …" if len(mentions) > NAMES_SHOWN else shown)


def _speed(latency: Latency) -> str:
    return (
        f"\nFrom acknowledgement to searchable, {latency.count} articles at a light load: "
        f"p50 {latency.p50:.2f} s, p99 {latency.p99:.2f} s"
    )


def _plain(text: str) -> str:
    """Text of an article for a terminal: no control characters."""
    return "".join(char for char in text if char.isprintable())
