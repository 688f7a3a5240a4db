"""`newswire search`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text

from pipeline.cli._console import JsonFlag, print_json, printable, stderr, stdout
from pipeline.cli._marked import marked, one_line
from pipeline.cli._rule_asks import warn
from pipeline.config import load

if TYPE_CHECKING:
    from pipeline.search import Hit, Results

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
TIME_HELP = "2026-11-30, 2026-11-30T18:00, or how long ago: 30m, 12h, 7d, 2w"


class Sort(StrEnum):
    """Orders of the hits."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def search(
        query: Annotated[str, typer.Argument(help='Lucene syntax: words, "a phrase", AND OR NOT, field:value, wor*.')],
        *,
        rule: Annotated[
            bool, typer.Option("--rule", help="The query is an alert rule (docs/rules.md): words as they are written.")
        ] = False,
        json: JsonFlag = False,
        size: Annotated[int, typer.Option(min=0, max=10_000, help="Most articles to show.")] = 10,
        language: Annotated[str | None, typer.Option(help="Only articles in this language, as in `id`.")] = None,
        since: Annotated[str | None, typer.Option(help=f"Not older than: {TIME_HELP}.")] = None,
        until: Annotated[str | None, typer.Option(help=f"Not newer than: {TIME_HELP}.")] = None,
        sort: Annotated[Sort, typer.Option(help="What comes first.")] = Sort.RELEVANCE,
    ) -> None:
        """Search the indexed articles. All words have to occur, in any form that the article's language gives them.

        Words are looked for in headline, description and body; other fields by name: `people.name.text:lavrov`,
        `places.name:Uzbekistan`, `source.name:"KOMPAS.TV"`, `language:id`, `located:TASHKENT`.
        """
        now = datetime.now(UTC)
        earliest = moment(since, now, "--since")
        latest = moment(until, now, "--until", end=True)

        from pipeline import search as index  # noqa: PLC0415 -- keeps `newswire --help` fast
        from pipeline.alerts.parser import parse  # noqa: PLC0415
        from pipeline.engines import with_local_engines  # noqa: PLC0415
        from pipeline.search_engine import connect  # noqa: PLC0415

        for column, warning in parse(query).warnings if rule else ():
            warn(f"column {column}: {warning}")
        settings = with_local_engines(load())
        wanted = index.Query(
            text=query,
            rule=rule,
            size=size,
            language=language,
            since=earliest,
            until=latest,
            order=sort.value,
            whole=json,
        )
        with connect(settings.elasticsearch) as client:
            found = index.search(client, settings.index_prefix, wanted)
        tell_missing(found.incomplete)
        if json:
            for hit in found.hits:
                print_json(flat(hit))
        else:
            show(found)


def tell_missing(reason: str | None) -> None:
    """Why an answer is not whole, where it is not."""
    if reason:
        stderr.print(Text(f"some months gave no answer: {printable(reason)}", style="yellow"))


def moment(text: str | None, now: datetime, option: str, *, end: bool = False) -> datetime | None:
    """The time that an option names, in UTC; a day with `end` means its last moment. Raises BadParameter."""
    if text is None:
        return None
    amount, unit = text[:-1], text[-1:]
    try:
        if unit in _UNITS and amount.isascii() and amount.isdigit():
            return now - int(amount) * _UNITS[unit]
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        whole_day = "T" not in text and ":" not in text
        return found + timedelta(days=1) if end and whole_day else found
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is no time; give {TIME_HELP}", param_hint=option) from None


def flat(hit: Hit) -> dict[str, Any]:
    """The article, its fields in their declared order (the engine gives them in any), and how it was found."""
    from pipeline.records import Article  # noqa: PLC0415 -- keeps `newswire --help` fast

    known = {name: hit.article[name] for name in Article.__struct_fields__ if name in hit.article}
    return {**known, **hit.article, "index": hit.index, "score": hit.score, "fragments": hit.fragments}


def show(found: Results) -> None:
    """The hits for a person, their matching words marked."""
    show_hits(found.hits)
    more = "at least " if found.at_least else ""
    articles = "article" if found.total == 1 else "articles"
    shown = f", {len(found.hits)} shown" if len(found.hits) < found.total else ""
    stderr.print(f"{more}{found.total:,} {articles}{shown}", style="dim", highlight=False)


def show_hits(hits: Iterable[Hit]) -> None:
    """Likewise, without their number."""
    for hit in hits:
        stdout.print(_headline(hit))
        stdout.print(_about(hit.article))
        for piece in (*hit.fragments_of("description")[:1], *hit.fragments_of("body")):
            stdout.print(Padding(marked(piece.text, piece.marks), (0, 0, 0, 4)))
        stdout.print()


def _headline(hit: Hit) -> Text:
    pieces = hit.fragments_of("headline")
    if pieces:
        return marked(pieces[0].text, pieces[0].marks, "bold")
    return Text(one_line(hit.article.get("headline") or "(no headline)"), style="bold")


def _about(article: dict[str, Any]) -> Text:
    source = article.get("source") or {}
    parts: Sequence[Any] = (
        str(article.get("@timestamp", ""))[:16].replace("T", " "),
        article.get("language"),
        source.get("name") or source.get("id"),
        article.get("url") or article.get("id"),
    )
    return Text("  " + " · ".join(one_line(part) for part in parts if part), style="cyan")
