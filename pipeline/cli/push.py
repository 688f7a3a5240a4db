"""`newswire push`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TransferSpeedColumn

from pipeline.cli._console import JsonFlag, print_json, printable, stderr, stdout
from pipeline.cli._inputs import FormatOption, LanguageOption, Paths, SourceOption, UrlOption, open_inputs
from pipeline.cli._kafka import kafka_settings, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pipeline.inputs import Inputs
    from pipeline.sources import Item, Problem

SHOWN_REJECTIONS = 20
_AFTER_INTERRUPT_SECONDS = 10
_INTERRUPTED = 130


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def push(
        paths: Paths,
        *,
        source: SourceOption = None,
        language: LanguageOption = None,
        url: UrlOption = None,
        form: FormatOption = None,
        json: JsonFlag = False,
    ) -> None:
        """Send articles to the raw topic, and count what Kafka acknowledged.

        Reads .txt, .html, .json, .jsonl, folders of them, and standard input. What cannot be read or sent is told
        with its file and line, and the rest goes on; the exit status is then 1.
        """
        from pipeline.producer import Producer  # noqa: PLC0415 -- keeps `newswire --help` fast
        from pipeline.push import Push  # noqa: PLC0415
        from pipeline.topic_setup import create_topics, missing_topics  # noqa: PLC0415
        from pipeline.topics import RAW  # noqa: PLC0415

        inputs = open_inputs(paths, source, language, url, form)
        if not inputs.exist():
            _refuse_all(inputs, json)  # without waiting for a Kafka that is not needed
        settings = kafka_settings()
        topic = RAW.name(settings.topic_prefix)
        if topic in missing_topics(settings, report):
            create_topics(settings, report)
        job, interrupted = None, False
        try:
            with Producer(settings, report) as producer:
                job = Push(producer.send, topic, _teller(json))
                try:
                    with _progress(inputs) as items:
                        job.run(items)
                        producer.flush()
                except KeyboardInterrupt:
                    interrupted = True
                    report("interrupted; waiting a little for what is under way")
                    producer.close(_AFTER_INTERRUPT_SECONDS)
        finally:
            if job:
                _summarise(job.acknowledged, job.rejected, job.skipped, json)
        if interrupted:
            raise typer.Exit(_INTERRUPTED)
        if job.rejected or not job.acknowledged:
            raise typer.Exit(1)


def _refuse_all(inputs: Inputs, json: bool) -> None:
    from pipeline.sources import Problem  # noqa: PLC0415 -- keeps `newswire --help` fast

    problems = [item for item in inputs if isinstance(item, Problem)]
    tell = _teller(json)
    for problem in problems:
        tell(problem)
    _summarise(0, len(problems), 0, json)
    raise typer.Exit(1)


def _summarise(acknowledged: int, rejected: int, skipped: int, json: bool) -> None:
    if json:
        print_json({"acknowledged": acknowledged, "rejected": rejected, "skipped": skipped})
        return
    if rejected > SHOWN_REJECTIONS:
        stderr.print(f"… and {rejected - SHOWN_REJECTIONS:,} more rejected")
    line = f"[bold]{acknowledged:,}[/] acknowledged, [bold]{rejected:,}[/] rejected"
    if skipped:
        line += f", {skipped:,} files of other kinds skipped"
    stdout.print(line, highlight=False)


def _teller(json: bool) -> Callable[[Problem], None]:
    shown = 0

    def tell(problem: Problem) -> None:
        nonlocal shown
        shown += 1
        if json:
            print_json({"rejected": {"file": problem.path, "line": problem.line, "reason": problem.reason}})
        elif shown <= SHOWN_REJECTIONS:
            stderr.print(f"[red]rejected[/] {escape(printable(str(problem)))}", highlight=False, soft_wrap=True)

    return tell


@contextmanager
def _progress(inputs: Inputs) -> Iterator[Iterable[Item]]:
    """The items, with a bar on a terminal: bytes read, of how many where that is known, and how fast."""
    if not stderr.is_terminal:
        yield inputs
        return
    columns = (SpinnerColumn(), TextColumn("reading"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task("reading", total=inputs.total())

        def watched() -> Iterator[Item]:
            for item in inputs:
                bar.update(task, completed=inputs.consumed)
                yield item

        yield watched()
