"""What the commands of rules have in common: questions to the user, to Kafka and to the search engine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.prompt import Confirm

from pipeline.cli._console import printable, stderr
from pipeline.errors import NewswireError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from pipeline.alert_records import Rule
    from pipeline.config import Settings
    from pipeline.rule_registry import Registry

RuleArgument = Annotated[
    str,
    typer.Argument(
        metavar="RULE",
        help="Its id or the beginning of it, its name, or words of its name or query.",
        show_default=False,
    ),
]
RuleArguments = Annotated[
    list[str], typer.Argument(metavar="RULE", help="As of `show`; several may be named.", show_default=False)
]
YesFlag = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

_SECONDS = 15.0
"""For one answer of the search engine, where a command can do without."""

T = TypeVar("T")


def tell(text: str, style: str = "red") -> None:
    """A line on stderr."""
    stderr.print(f"[{style}]{escape(printable(text))}[/]", highlight=False, soft_wrap=True)


def warn(text: str) -> None:
    """Likewise, of what may not be meant."""
    tell(f"warning: {text}", "yellow")


def said(text: object) -> str:
    """Text of others within markup, on one line."""
    return escape(printable(" ".join(str(text).split())))


def chosen(registry: Registry, names: list[str]) -> list[Rule]:
    """The rules that are named, each once."""
    return list({(rule := registry.find(name)).id: rule for name in names}.values())


def demand(question: str, yes: bool, without_terminal: str) -> None:
    """Return if the user agrees. Otherwise the command ends with exit status 1."""
    if yes:
        return
    if not (sys.stdin.isatty() and stderr.is_terminal):
        raise NewswireError(without_terminal)
    if not Confirm.ask(escape(printable(question)), console=stderr, default=False):
        tell("nothing was changed", "yellow")
        raise typer.Exit(1)


def unless_away(settings: Settings, ask: Callable[[Elasticsearch], T], what: str) -> T | None:
    """What the search engine answers. Where it cannot, None, and the user is told `what` is not known."""
    from pipeline.engines import EngineError, with_local_engines  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.search_engine import SearchEngineAwayError, SearchEngineRefusedError, connect  # noqa: PLC0415

    try:
        with connect(with_local_engines(settings).elasticsearch, _SECONDS) as client:
            return ask(client)
    except (EngineError, SearchEngineAwayError, SearchEngineRefusedError) as error:
        tell(f"{what}: {error}", "yellow")
        return None


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; it is told how many more are done."""
    if not stderr.is_terminal:
        yield lambda _: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda more: bar.advance(task, more)
