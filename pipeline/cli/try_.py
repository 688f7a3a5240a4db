"""`newswire try`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from pipeline.cli._console import JsonFlag, print_json, printable, stderr, stdout
from pipeline.cli._inputs import FormatOption, LanguageOption, Paths, SourceOption, UrlOption, open_inputs
from pipeline.config import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.outcomes import Outcome
    from pipeline.records import Article, Mention
    from pipeline.sources import Found, Problem

_SHOWN_BODY = 1200


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("try")
    def try_(
        paths: Paths,
        *,
        source: SourceOption = None,
        language: LanguageOption = None,
        url: UrlOption = None,
        form: FormatOption = None,
        learn: Annotated[
            bool,
            typer.Option("--learn", help="Remove lines that these inputs repeat, source by source, as a worker does."),
        ] = False,
        json: JsonFlag = False,
    ) -> None:
        """Run the chain of stages on some inputs and print what it makes of each, without Kafka or Elasticsearch.

        One result per input, in their order. With --json a kept article is printed as it would be stored; a dropped
        or rejected one as its id, outcome, stage and reason, with file and line where it could not even be read.
        Each input is judged alone, unless --learn lets those before it count.
        """
        from pipeline.chain import Chain, chain_of  # noqa: PLC0415 -- keeps `newswire --help` fast
        from pipeline.source_memory import SourceMemory  # noqa: PLC0415
        from pipeline.sources import Found, Problem  # noqa: PLC0415

        inputs = open_inputs(paths, source, language, url, form)
        settings = load()
        chain = chain_of(settings.stages, settings.stage_options)
        if learn:
            memory = SourceMemory(settings.cleaning.repeated_stories, settings.cleaning.drift_share)
            chain = Chain(list(memory.around(chain.stages)))
        read = unreadable = 0
        for item in inputs:
            if isinstance(item, Found):
                read += 1
                result = chain.run(item.raw, datetime.now(UTC))
                (_print_json_outcome if json else _print_outcome)(result.outcome, item)
            elif isinstance(item, Problem):
                unreadable += 1
                (_print_json_problem if json else _print_problem)(item)
            sys.stdout.flush()
        if unreadable or not read:
            if not json and not read:
                stderr.print("there was nothing to try")
            raise typer.Exit(1)


def _print_json_outcome(outcome: Outcome, item: Found) -> None:
    from pipeline.outcomes import Kept  # noqa: PLC0415 -- as above

    print_json(
        outcome.article
        if isinstance(outcome, Kept)
        else {
            "id": item.raw.id,
            "outcome": type(outcome).__name__.lower(),
            "stage": outcome.stage,
            "reason": outcome.reason,
        }
    )


def _print_json_problem(problem: Problem) -> None:
    told = {"id": problem.id, "outcome": "rejected", "stage": "read", "reason": problem.reason}
    print_json(told | {"file": problem.path, "line": problem.line})


def _print_problem(problem: Problem) -> None:
    stderr.print(f"[red]cannot be read[/] {escape(printable(str(problem)))}", highlight=False, soft_wrap=True)


def _print_outcome(outcome: Outcome, item: Found) -> None:
    from pipeline.outcomes import Dropped, Kept  # noqa: PLC0415 -- as above

    where = item.path if item.line is None else f"{item.path}, line {item.line}"
    if isinstance(outcome, Kept):
        stdout.print(_panel(outcome.article, where))
        return
    word = "[yellow]dropped[/]" if isinstance(outcome, Dropped) else "[red]rejected[/]"
    line = f"{where}: {outcome.reason}"
    stdout.print(f"{word} by {outcome.stage} {escape(printable(line))}", highlight=False, soft_wrap=True)


def _panel(article: Article, where: str) -> Panel:
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="bold", no_wrap=True)
    rows.add_column(overflow="fold")
    for name, value in _fields(article).items():
        if value:
            rows.add_row(name, escape(printable(value)))
    for removal in article.removed:
        rows.add_row("removed", f"[dim]{escape(removal.rule)}[/] {escape(printable(removal.text))}")
    body = article.body if len(article.body) <= _SHOWN_BODY else article.body[:_SHOWN_BODY] + " …"
    rows.add_row("body", escape(printable(body)))
    return Panel(rows, title=escape(printable(article.headline or article.id)), subtitle=escape(printable(where)))


def _fields(article: Article) -> dict[str, str | None]:
    def listed(values: Sequence[Any]) -> str:
        return ", ".join(map(str, values))

    def mentions(values: Sequence[Mention]) -> str:
        return ", ".join(f"{value.name} ({value.count})" for value in values)

    return {
        "language": f"{article.language} ({article.language_confidence:.2f})",
        "source": article.source.name or article.source.id,
        "url": article.canonical_url or article.url,
        "published": article.published_at.isoformat() if article.published_at else None,
        "by": article.by,
        "located": article.located,
        "credits": listed(article.info_sources),
        "people": mentions(article.people),
        "organisations": mentions(article.organisations),
        "places": mentions(article.places),
        "related": listed(article.related),
    }
