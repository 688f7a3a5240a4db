"""`newswire feeds`: the feeds that are watched. Changes to them; what shows them is in `_feed_views.py`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from msgspec.structs import replace
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.prompt import IntPrompt

from pipeline.cli._console import JsonFlag, print_json, printable, stderr, stdout, write_out
from pipeline.cli._feed_poll import poll
from pipeline.cli._feed_views import list_feeds, said, show
from pipeline.cli._kafka import kafka_settings, report
from pipeline.errors import NewswireError

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.feed_finder import FoundFeed
    from pipeline.feed_records import Feed
    from pipeline.feed_registry import Registry
    from pipeline.opml import Remark, Subscriptions

FeedArguments = Annotated[
    list[str], typer.Argument(metavar="FEED", help="As of `show`; several may be named.", show_default=False)
]
_SHOWN = 20
_POLLED_AT_ONCE = 100
"""Of a longer list the first polls are spread over `feeds.start_seconds`."""
_STANDARD_INPUT = "-"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(name="feeds", help="The feeds that are watched: add, import, look after, remove.")
    group.command()(add)
    group.command("import")(import_)
    group.command()(export)
    group.command("list")(list_feeds)
    group.command()(show)
    group.command()(pause)
    group.command()(resume)
    group.command()(remove)
    group.command()(poll)
    app.add_typer(group, no_args_is_help=True)


def add(
    address: Annotated[str, typer.Argument(metavar="URL", help="Of a feed, or of a site's page that has feeds.")],
    *,
    folder: Annotated[str | None, typer.Option(help="Folder that it lies in, as `News/Asia`.")] = None,
    title: Annotated[str | None, typer.Option(help="What to call it; else as it calls itself.")] = None,
    language: Annotated[str | None, typer.Option(help="Language hint (BCP 47) for its articles.")] = None,
    full_text: Annotated[
        Literal["auto", "always", "never"] | None,
        typer.Option("--full-text", help="Fetch the articles' pages; `auto` where the feed has only a summary."),
    ] = None,
    no_check: Annotated[bool, typer.Option("--no-check", help="Take the address as it is, without asking it.")] = False,
    json: JsonFlag = False,
) -> None:
    """Watch a feed. Of a site's page its feeds are found; options change a feed that is watched already."""
    from pipeline.feed_records import Feed  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.feed_registry import read, write  # noqa: PLC0415
    from pipeline.identity import canonical_url, feed_id  # noqa: PLC0415
    from pipeline.opml import language_tag, plain_address  # noqa: PLC0415

    tag = language_tag(language)
    if language and tag is None:
        raise typer.BadParameter(f"{language!r} is no language tag, as en or pt-BR", param_hint="--language")
    if "://" in plain_address(address) and feed_id(plain_address(address)) is None:
        raise typer.BadParameter(f"{address!r} is no http(s) address", param_hint="URL")
    settings = kafka_settings()
    registry = read(settings, report)
    changes: dict[str, Any] = {
        name: value
        for name, value in (
            ("folder", tuple(part.strip() for part in folder.split("/") if part.strip()) if folder else None),
            ("title", title),
            ("language", tag),
            ("full_text", full_text),
        )
        if value is not None
    }
    known = registry.addresses().get(canonical_url(plain_address(address)) or "")
    site = own = None
    url = plain_address(address)
    if known is None and not no_check:
        found = _choose(_find(settings, address), address)
        url, site, own = found.url, found.site, found.title
        known = registry.addresses().get(canonical_url(url) or "")
    made = feed_id(url)
    if made is None:
        raise typer.BadParameter(f"{address!r} is no http(s) address", param_hint="URL")
    old = registry.feeds.get(known or made)
    now = datetime.now(UTC)
    feed = replace(old, **changes) if old else Feed(id=made, url=url, site=site, added_at=now, poll_at=now, **changes)
    what = "added" if old is None else "changed" if feed != old else "known"
    if feed != old:
        write(settings, report, registry, [feed])
    if json:
        print_json({what: {"id": feed.id, "url": feed.url}})
    else:
        name = feed.title or own or (registry.title(feed) if old else None)
        line = f"{what} [bold]{feed.id[:8]}[/]  " + (
            f"{said(name)}  [dim]{said(feed.url)}[/]" if name else said(feed.url)
        )
        stdout.print(line, highlight=False, soft_wrap=True)


def import_(
    path: Annotated[str, typer.Argument(metavar="FILE", help="OPML, or addresses one a line; `-` is standard input.")],
    json: JsonFlag = False,
) -> None:
    """Watch all feeds of a list. Those that are watched already stay as they are."""
    from pipeline.feed_registry import read, write  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.identity import canonical_url  # noqa: PLC0415
    from pipeline.opml import OpmlError, read_subscriptions  # noqa: PLC0415

    content = _content(path)
    try:
        found = read_subscriptions(content, datetime.now(UTC))
    except OpmlError as error:
        raise OpmlError(f"{_name(path)}: {error}") from error
    settings = kafka_settings()
    registry = read(settings, report)
    addresses = registry.addresses()
    new = [feed for feed in found.feeds if canonical_url(feed.url) not in addresses and feed.id not in registry.feeds]
    if len(new) <= _POLLED_AT_ONCE:
        new = [replace(feed, poll_at=feed.added_at) for feed in new]
    if new:
        with _progress(len(new)) as advance:
            write(settings, report, registry, new, advance)
    _summarise(_name(path), found, len(new), json)
    if found.refused or not found.feeds:
        raise typer.Exit(1)


def export(
    path: Annotated[Path | None, typer.Argument(metavar="FILE", help="Else it is printed.")] = None,
    title: Annotated[str, typer.Option(help="Title of the list.")] = "Newswire",
) -> None:
    """Write all feeds as OPML, for other readers and as a backup."""
    from pipeline.feed_registry import read  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.opml import write_opml  # noqa: PLC0415

    registry = read(kafka_settings(), report)
    feeds = sorted(registry.feeds.values(), key=lambda feed: (feed.folder, registry.title(feed).casefold(), feed.id))
    own = {each: state.title for each, state in registry.states.items() if state.title}
    content = write_opml(feeds, title, own)
    if write_out(content, path):
        stdout.print(
            f"[bold]{len(feeds):,}[/] feeds in {escape(printable(str(path)))}", highlight=False, soft_wrap=True
        )


def pause(feeds: FeedArguments, json: JsonFlag = False) -> None:
    """Poll feeds no more, until `resume`."""
    _change(feeds, "paused", json, lambda feed: replace(feed, paused=True))


def resume(feeds: FeedArguments, json: JsonFlag = False) -> None:
    """Poll paused feeds again at once, and those that their sites ended (410)."""
    now = datetime.now(UTC)
    _change(feeds, "resumed", json, lambda feed: replace(feed, paused=False, poll_at=now))


def remove(feeds: FeedArguments, json: JsonFlag = False) -> None:
    """Forget feeds. The articles that they brought stay."""
    from pipeline.feed_registry import read  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.feed_registry import remove as remove_all  # noqa: PLC0415

    settings = kafka_settings()
    registry = read(settings, report)
    chosen = _chosen(registry, feeds)
    remove_all(settings, report, registry, [feed.id for feed in chosen])
    _tell(registry, chosen, "removed", json)


def _change(feeds: list[str], what: str, json: bool, changed: Callable[[Feed], Feed]) -> None:
    from pipeline.feed_registry import read, write  # noqa: PLC0415 -- keeps `newswire --help` fast

    settings = kafka_settings()
    registry = read(settings, report)
    chosen = _chosen(registry, feeds)
    write(settings, report, registry, [new for feed in chosen if (new := changed(feed)) != feed])
    _tell(registry, chosen, what, json)


def _chosen(registry: Registry, feeds: list[str]) -> list[Feed]:
    return list({(feed := registry.find(text)).id: feed for text in feeds}.values())


def _tell(registry: Registry, feeds: list[Feed], what: str, json: bool) -> None:
    for feed in feeds:
        if json:
            print_json({what: {"id": feed.id, "url": feed.url}})
        else:
            line = f"{what} [bold]{feed.id[:8]}[/]  {said(registry.title(feed))}  [dim]{said(feed.url)}[/]"
            stdout.print(line, highlight=False, soft_wrap=True)


def _find(settings: Settings, address: str) -> list[FoundFeed]:
    from pipeline.feed_finder import find_feeds  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.fetch.client import Fetcher, FetchOptions  # noqa: PLC0415

    async def find() -> list[FoundFeed]:
        async with Fetcher(FetchOptions.of(settings.feeds)) as fetcher:
            return await find_feeds(address, fetcher)

    return asyncio.run(find())


def _choose(found: list[FoundFeed], address: str) -> FoundFeed:
    """The one, or the one that the user says."""
    if len(found) == 1:
        return found[0]
    if not (sys.stdin.isatty() and stderr.is_terminal):
        listed = ", ".join(f"{feed.url} ({feed.title or feed.kind})" for feed in found)
        raise NewswireError(f"{address} has {len(found)} feeds; pass the address of one: {printable(listed)}")
    stderr.print(f"{said(address)} has {len(found)} feeds:", highlight=False)
    for number, feed in enumerate(found, 1):
        told = f"{feed.items:,} item{'s' if feed.items != 1 else ''}"
        stderr.print(
            f"{number:>3}  [bold]{said(feed.title or feed.kind)}[/]  {said(feed.url)}  [dim]{told}[/]", highlight=False
        )
    choices = [str(number) for number in range(1, len(found) + 1)]
    chosen = IntPrompt.ask("Which one", console=stderr, choices=choices, default=1, show_choices=False)
    return found[chosen - 1]


def _content(path: str) -> bytes:
    from pipeline.opml import MAX_BYTES  # noqa: PLC0415 -- keeps `newswire --help` fast

    try:
        if path == _STANDARD_INPUT:
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NewswireError(f"{path} cannot be read: {error.strerror}") from error


def _name(path: str) -> str:
    return "standard input" if path == _STANDARD_INPUT else path


def _summarise(name: str, found: Subscriptions, added: int, json: bool) -> None:
    known = len(found.feeds) - added
    if json:
        for kind, remarks in (("merged", found.merged), ("refused", found.refused)):
            for each in remarks:
                print_json({kind: {"line": each.line, "reason": each.reason}})
        counts = {"added": added, "known": known, "merged": len(found.merged), "refused": len(found.refused)}
        print_json(counts)
        return
    _list(name, "refused", "red", found.refused)
    _list(name, "merged", "yellow", found.merged)
    line = f"[bold]{added:,}[/] added, [bold]{known:,}[/] known already, [bold]{len(found.refused):,}[/] refused"
    if found.merged:
        line += f", [bold]{len(found.merged):,}[/] there twice and merged"
    stdout.print(line, highlight=False)


def _list(name: str, what: str, style: str, remarks: list[Remark]) -> None:
    for each in remarks[:_SHOWN]:
        stderr.print(f"[{style}]{what}[/] {said(name)}: {said(str(each))}", highlight=False, soft_wrap=True)
    if len(remarks) > _SHOWN:
        stderr.print(f"… and {len(remarks) - _SHOWN:,} more {what}")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal."""
    if not stderr.is_terminal:
        yield lambda: None
        return
    columns = (SpinnerColumn(), TextColumn("adding"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task("adding", total=total)
        yield lambda: bar.advance(task)
