"""`newswire dead-letters`."""

from __future__ import annotations

import base64
import re
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.cli._console import JsonFlag, print_json, printable, stderr, stdout
from pipeline.cli._kafka import kafka_settings, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.dead_letters import Buried, Graveyard, Selection

_AGO = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SHORT = 160

StageOption = Annotated[str | None, typer.Option(help="Only what this stage refused.")]
ReasonOption = Annotated[str | None, typer.Option(help="Only what has this in its reason.")]
SinceOption = Annotated[
    str | None, typer.Option(help="Only from then on: `30m`, `12h`, `7d`, or a date or time (UTC).")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(name="dead-letters", help="What was refused, and why; sent again once it is mended.")
    group.command("list")(list_letters)
    group.command()(show)
    group.command()(replay)
    app.add_typer(group, no_args_is_help=True)


def list_letters(
    stage: StageOption = None, reason: ReasonOption = None, since: SinceOption = None, json: JsonFlag = False
) -> None:
    """List the refused records, oldest first."""
    chosen = _selection(stage, reason, since)
    table = Table("id", "time", "stage", "reason", "topic", "key", box=None, pad_edge=False)
    count = 0
    with closing(_graveyard()) as graveyard:
        for buried in graveyard.letters():
            if buried not in chosen:
                continue
            count += 1
            if json:
                print_json(_summary(buried))
            else:
                table.add_row(*(escape(cell) for cell in _cells(buried)))
    if not json:
        stdout.print(table if count else "no dead letters", highlight=False)


def show(
    place: Annotated[str, typer.Argument(metavar="ID", help="partition:offset, as `list` prints it.")],
    raw: Annotated[bool, typer.Option("--raw", help="Write the refused bytes as they are, and nothing else.")] = False,
    json: JsonFlag = False,
) -> None:
    """Show one refused record: why, where it came from, and its bytes."""
    from pipeline.dead_letters import Place  # noqa: PLC0415 -- keeps `newswire --help` fast

    with closing(_graveyard()) as graveyard:
        buried = graveyard.letter(Place.parse(place))
    if raw:
        sys.stdout.buffer.write(buried.value)
        sys.stdout.buffer.flush()
    elif json:
        print_json(_summary(buried) | _value(buried.value))
    else:
        for name, value in buried.headers:
            stdout.print(f"[bold]{escape(printable(name))}[/]: {escape(_text(value))}", highlight=False, soft_wrap=True)
        stdout.print(f"[bold]key[/]: {escape(_text(buried.key or b''))}", highlight=False, soft_wrap=True)
        stdout.print(f"[bold]value[/] ({len(buried.value):,} bytes):", highlight=False)
        stdout.print(escape(_text(buried.value)), highlight=False, soft_wrap=True)


def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="partition:offset, as `list` prints.")] = None,
    *,
    stage: StageOption = None,
    reason: ReasonOption = None,
    since: SinceOption = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    json: JsonFlag = False,
) -> None:
    """Send refused records again to the topic that they came from, byte for byte. They stay in the list as well."""
    from pipeline.dead_letters import replay as send_again  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.producer import Producer  # noqa: PLC0415

    chosen = _selection(stage, reason, since)
    filtered = bool(stage or reason or since)
    if not ids and not filtered and not everything:
        raise typer.BadParameter("say which: IDs, --stage, --reason, --since, or --all")
    if ids and (filtered or everything):
        raise typer.BadParameter("IDs go without --stage, --reason, --since and --all")
    settings = kafka_settings()
    failures: list[tuple[str, BaseException]] = []
    count = 0
    with closing(_graveyard()) as graveyard, Producer(settings, report) as producer:
        # Reading ends where the topic ended when it began: what is refused again meanwhile is not sent twice.
        for buried, future in send_again(_pick(graveyard, ids or [], chosen), producer.send, settings):
            count += 1
            place = str(buried.place)

            def note(ended: Any, place: str = place) -> None:
                if ended.exception() is not None:
                    failures.append((place, ended.exception()))

            future.add_done_callback(note)
        producer.flush()
    for place, error in failures:
        if json:
            print_json({"id": place, "error": str(error)})
        else:
            stderr.print(
                f"[red]not replayed[/] {place}: {escape(printable(str(error)))}", highlight=False, soft_wrap=True
            )
    done = count - len(failures)
    if json:
        print_json({"replayed": done, "failed": len(failures)})
    else:
        stdout.print(f"[bold]{done:,}[/] replayed, [bold]{len(failures):,}[/] not", highlight=False)
    if failures:
        raise typer.Exit(1)


def _graveyard() -> Graveyard:
    from pipeline.dead_letters import Graveyard  # noqa: PLC0415 -- keeps `newswire --help` fast

    return Graveyard(kafka_settings(), report)


def _pick(graveyard: Graveyard, ids: list[str], chosen: Selection) -> Iterator[Buried]:
    from pipeline.dead_letters import Place  # noqa: PLC0415 -- as above

    if ids:
        places = [Place.parse(text) for text in dict.fromkeys(ids)]
        yield from [graveyard.letter(place) for place in places]
    else:
        yield from (buried for buried in graveyard.letters() if buried in chosen)


def _selection(stage: str | None, reason: str | None, since: str | None) -> Selection:
    from pipeline.dead_letters import Selection  # noqa: PLC0415 -- as above

    return Selection(stage, reason, _moment(since, datetime.now(UTC)) if since else None)


def _moment(text: str, now: datetime) -> datetime:
    ago = _AGO.fullmatch(text)
    if ago:
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither like 12h or 7d nor a date", param_hint="--since") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _cells(buried: Buried) -> tuple[str, ...]:
    letter = buried.letter
    key = _text(buried.key or b"")
    if letter is None:
        return str(buried.place), "", "?", "its headers are not a dead letter's", "", key
    reason = letter.reason if len(letter.reason) <= _SHORT else letter.reason[: _SHORT - 1] + "…"
    time = letter.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    told = (letter.stage, reason.replace("\n", " "), letter.topic)
    return str(buried.place), time, *(printable(cell) for cell in told), key


def _summary(buried: Buried) -> dict[str, Any]:
    letter = buried.letter
    return {
        "id": str(buried.place),
        "time": letter and letter.time,
        "stage": letter and letter.stage,
        "reason": letter and letter.reason,
        "topic": letter and letter.topic,
        "partition": letter and letter.partition,
        "offset": letter and letter.offset,
        "key": None if buried.key is None else buried.key.decode("utf-8", "replace"),
        "replays": buried.replays,
        "bytes": len(buried.value),
    }


def _value(value: bytes) -> dict[str, str]:
    try:
        return {"value": value.decode()}
    except UnicodeDecodeError:
        return {"value_base64": base64.b64encode(value).decode()}


def _text(value: bytes) -> str:
    return printable(value.decode("utf-8", "backslashreplace"))
