"""`newswire push`."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TransferSpeedColumn

from pipeline.cli._console import JsonFlag, print_json, printable, stderr, stdout
from pipeline.cli._inputs import FormatOption, LanguageOption, Paths, SourceOption, UrlOption, open_inputs
from pipeline.cli._kafka import kafka_settings, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pipeline.config import Settings
    from pipeline.inputs import Inputs
    from pipeline.push_journal import Journal
    from pipeline.sources import Item, Problem

ResumeOption = Annotated[
    bool,
    typer.Option("--resume", help="Go on where the same push was interrupted; files that changed since begin anew."),
]
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
        resume: ResumeOption = False,
        json: JsonFlag = False,
    ) -> None:
        """Send articles to the raw topic, and count what Kafka acknowledged.

        Reads .txt, .html, .json, .jsonl, saved feeds (.rss, .atom, .xml), .warc and .warc.gz, folders of them, and
        standard input. What cannot be read or sent is told with its file and line, and the rest goes on; the exit
        status is then 1. A push that was interrupted goes on where it stopped with --resume.
        """
        from pipeline.inputs import STANDARD_INPUT  # noqa: PLC0415 -- keeps `newswire --help` fast
        from pipeline.producer import Producer  # noqa: PLC0415
        from pipeline.push import Push  # noqa: PLC0415
        from pipeline.topic_setup import create_topics, missing_topics  # noqa: PLC0415
        from pipeline.topics import RAW  # noqa: PLC0415

        inputs = open_inputs(paths, source, language, url, form)
        if not inputs.exist():
            _refuse_all(inputs, json)  # without waiting for a Kafka that is not needed
        if resume and STANDARD_INPUT in paths:
            raise typer.BadParameter("standard input cannot be read again from where it was", param_hint="--resume")
        settings = kafka_settings()
        topic = RAW.name(settings.topic_prefix)
        if topic in missing_topics(settings, report):
            create_topics(settings, report)
        journal = None
        if STANDARD_INPUT not in paths:
            journal = _open_journal(settings, paths, [topic, source, language, url, form], resume=resume)
            inputs.positions = journal
        job, interrupted, complete = None, False, False
        try:
            with Producer(settings, report) as producer:
                job = Push(producer.send, topic, _teller(json), journal)
                try:
                    with _progress(inputs, resumed=journal is not None and journal.resumed) as items:
                        job.run(items)
                        producer.flush()
                    complete = True
                except KeyboardInterrupt:
                    interrupted = True
                    report("interrupted; waiting a little for what is under way")
                    producer.close(_AFTER_INTERRUPT_SECONDS)
        finally:
            before = (journal.acknowledged_before, journal.rejected_before) if journal else (0, 0)
            if journal:
                journal.close(complete=complete)
            if job:
                _summarise(job.acknowledged, job.rejected, job.skipped, before, json)
                if journal and not complete:
                    report("the same command with --resume goes on where this one stopped")
        if interrupted:
            raise typer.Exit(_INTERRUPTED)
        if job.rejected or before[1] or not (job.acknowledged or before[0]):
            raise typer.Exit(1)


def _open_journal(settings: Settings, paths: list[str], options: list[str | None], *, resume: bool) -> Journal | None:
    """Where the push leaves how far it came."""
    from pipeline.push_journal import Journal  # noqa: PLC0415 -- keeps `newswire --help` fast

    push = [settings.kafka.bootstrap_servers, *options, *(str(Path(path).absolute()) for path in paths)]
    try:
        journal = Journal(settings.local.push_dir, push, report, resume=resume)
    except OSError as error:
        folder = settings.local.push_dir
        report(f"{folder} cannot be written ({error.strerror}): nothing will be left for --resume (local.data_dir)")
        return None
    if resume and not journal.resumed:
        report("there is nothing to resume; starting from the beginning")
    elif journal.earlier and not resume:
        report("an earlier push of the same did not end; --resume would go on there; starting from the beginning")
    return journal


def _refuse_all(inputs: Inputs, json: bool) -> None:
    from pipeline.sources import Problem  # noqa: PLC0415 -- keeps `newswire --help` fast

    problems = [item for item in inputs if isinstance(item, Problem)]
    tell = _teller(json)
    for problem in problems:
        tell(problem)
    _summarise(0, len(problems), 0, (0, 0), json)
    raise typer.Exit(1)


def _summarise(acknowledged: int, rejected: int, skipped: int, before: tuple[int, int], json: bool) -> None:
    if json:
        told = {"acknowledged": acknowledged, "rejected": rejected, "skipped": skipped}
        earlier = {"acknowledged_before": before[0], "rejected_before": before[1]} if any(before) else {}
        print_json(told | earlier)
        return
    if rejected > SHOWN_REJECTIONS:
        stderr.print(f"… and {rejected - SHOWN_REJECTIONS:,} more rejected")
    line = f"[bold]{acknowledged:,}[/] acknowledged, [bold]{rejected:,}[/] rejected"
    if skipped:
        line += f", {skipped:,} files or records of other kinds skipped"
    if any(before):
        line += f"; before the interruption {before[0]:,} acknowledged, {before[1]:,} rejected"
    stdout.print(line, highlight=False)


def _teller(json: bool) -> Callable[[Problem], None]:
    shown = 0

    def tell(problem: Problem) -> None:
        nonlocal shown
        shown += 1
        if json:
            place = {"byte": problem.byte} if problem.byte is not None else {"line": problem.line}
            print_json({"rejected": {"file": problem.path, **place, "reason": problem.reason}})
        elif shown <= SHOWN_REJECTIONS:
            stderr.print(f"[red]rejected[/] {escape(printable(str(problem)))}", highlight=False, soft_wrap=True)

    return tell


@contextmanager
def _progress(inputs: Inputs, *, resumed: bool) -> Iterator[Iterable[Item]]:
    """The items, with a bar on a terminal: bytes read, of how many where that is known, and how fast."""
    if not stderr.is_terminal:
        yield inputs
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task("reading", total=inputs.total())

        def watched() -> Iterator[Item]:
            begun = False
            for item in inputs:
                if resumed and not begun:  # what was passed over is no speed
                    begun = True
                    said = f"resumed at {inputs.consumed / 1e6:,.1f} MB"
                    bar.reset(task, completed=inputs.consumed, description=said)
                bar.update(task, completed=inputs.consumed)
                yield item

        yield watched()
