"""`newswire up` and `newswire down`: the local engines."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from pipeline import config
from pipeline.cli._console import JsonFlag, print_json, stderr, stdout


class ProgressReport:
    """What the engines report, on standard error: bars on a terminal, elsewhere plain lines, one for each tenth."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(20),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            console=stderr,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._tenths: dict[str, int] = {}

    def __enter__(self) -> ProgressReport:
        if stderr.is_terminal:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if stderr.is_terminal:
            self._bars.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show one report."""
        if not total:
            self._line(what)
        elif stderr.is_terminal:
            if what not in self._tasks:
                self._tasks[what] = self._bars.add_task(escape(what), total=total)
            self._bars.update(self._tasks[what], completed=done, visible=done < total)
        elif done * 10 // total != self._tenths.get(what):
            self._tenths[what] = done * 10 // total
            self._line(f"{what}: {self._tenths[what] * 10} %")

    @staticmethod
    def _line(text: str) -> None:
        stderr.print(escape(text), highlight=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command()
    def up(as_json: JsonFlag = False) -> None:
        """Start the local Kafka and OpenSearch, and wait until they are ready."""
        from pipeline import engines  # noqa: PLC0415 -- keeps `newswire --help` fast

        with ProgressReport() as report:
            endpoints = engines.up(config.load().local, report)
        if as_json:
            print_json(endpoints)
        else:
            stdout.print(f"Kafka       {endpoints.kafka}\nOpenSearch  {endpoints.elasticsearch}", highlight=False)

    @app.command()
    def down(
        delete_data: Annotated[
            bool, typer.Option("--delete-data", help="Delete all topics and indices of the local engines, too.")
        ] = False,
        yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before deleting.")] = False,
    ) -> None:
        """Stop the local engines. What they hold stays and is there again after the next `up`."""
        from pipeline import engines  # noqa: PLC0415 -- keeps `newswire --help` fast

        local = config.load().local
        if delete_data and not yes:
            typer.confirm(f"Delete all articles in {local.data_dir}?", abort=True, err=True)
        with ProgressReport() as report:
            stopped = engines.down(local, report, delete_data=delete_data)
        stderr.print(f"{' and '.join(stopped)} stopped" if stopped else "no local engine is running", highlight=False)
        if delete_data:
            stderr.print(f"the data in {escape(str(local.data_dir))} are deleted", highlight=False, soft_wrap=True)
