"""`newswire feeds list` and `show`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from pipeline.cli._console import JsonFlag, print_json, printable, stderr, stdout
from pipeline.cli._feed_words import LOOKS, ago, condition, overdue, rate, remark, span, until, urgency
from pipeline.cli._kafka import kafka_settings, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.feed_records import Feed, FeedState
    from pipeline.feed_registry import Registry

FeedArgument = Annotated[
    str,
    typer.Argument(
        metavar="FEED",
        help="The beginning of its id, its address, or a part of its title or address that no other has.",
    ),
]
_MOST_LINES = 200
"""On a terminal; a pipe gets all."""
_TOLD = (
    "health",
    "reason",
    "since",
    "failures",
    "last_item",
    "rate",
    "items",
    "interval",
    "next_poll",
    "last_poll",
    "last_success",
    "polls",
    "unchanged",
    "gaps",
    "gap_at",
    "sitemap",
    "lease",
)


def list_feeds(
    failing: Annotated[bool, typer.Option("--failing", help="Only those that need attention.")] = False,
    folder: Annotated[str | None, typer.Option(help="Only those in this folder and the folders in it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help=f"More than {_MOST_LINES} on a terminal, too.")] = False,
    json: JsonFlag = False,
) -> None:
    """List the feeds, with what needs attention first."""
    from pipeline.cli._feed_table import row, summary, table  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.feed_registry import read  # noqa: PLC0415

    registry = read(kafka_settings(), report)
    now = datetime.now(UTC)
    feeds = [feed for feed in registry.feeds.values() if _lies_in(feed, folder)]
    if failing:
        wanted = ("gone", "failing", "gaps")
        feeds = [feed for feed in feeds if condition(feed, registry.states.get(feed.id), now) in wanted]
    feeds.sort(key=lambda feed: urgency(feed, registry.states.get(feed.id), registry.title(feed), now))
    if json:
        for feed in feeds:
            print_json(told(registry, feed))
        return
    if not feeds:
        none = "no feeds that need attention" if failing and registry.feeds else "no feeds"
        hint = "" if registry.feeds else "; add some with `newswire feeds add` or `newswire feeds import`"
        stderr.print(none + hint, highlight=False, soft_wrap=True)
        return
    rows = [row(registry, feed, now) for feed in feeds]
    width = stdout.width if stdout.is_terminal else None
    shown = rows if everything or width is None else rows[:_MOST_LINES]
    ascii_only = not stdout.encoding.lower().startswith("utf")
    for line in table(shown, width, ascii_only):
        stdout.print(line, soft_wrap=True)
    if width is not None:
        if len(shown) < len(rows):
            stdout.print(f"… and {len(rows) - len(shown):,} more; --all shows them, too", style="dim", highlight=False)
        late = sum(overdue(feed, registry.states.get(feed.id), now) for feed in feeds)
        stdout.print(summary(rows, late), style="bold", highlight=False)


def show(feed: FeedArgument, json: JsonFlag = False) -> None:
    """Show all that is known of a feed."""
    from pipeline.feed_registry import read  # noqa: PLC0415 -- keeps `newswire --help` fast

    registry = read(kafka_settings(), report)
    chosen = registry.find(feed)
    if json:
        print_json(told(registry, chosen))
        return
    now = datetime.now(UTC)
    look = LOOKS[condition(chosen, registry.states.get(chosen.id), now)]
    stdout.print(
        f"[{look.style}]{look.mark}[/] [bold]{said(registry.title(chosen))}[/]", highlight=False, soft_wrap=True
    )
    for name, value in _lines(chosen, registry.states.get(chosen.id), now):
        stdout.print(f"  [dim]{name:<10}[/]  {said(value)}", highlight=False, soft_wrap=True)


def told(registry: Registry, feed: Feed) -> dict[str, Any]:
    """A feed and its state as one JSON object."""
    state = registry.states.get(feed.id)
    own: dict[str, Any] = {
        "id": feed.id,
        "url": feed.url,
        "moved_to": state.url if state and state.url != feed.url else None,
        "title": registry.title(feed),
        "site": feed.site or (state.site if state else None),
        "folder": feed.folder,
        "language": feed.language,
        "full_text": feed.full_text,
        "paused": feed.paused,
        "added_at": feed.added_at,
        "poll_at": feed.poll_at,
        "outline": feed.outline,
    }
    return own | ({name: getattr(state, name) for name in _TOLD} if state else {"health": "new"})


def said(text: str) -> str:
    """A text of others as markup that shows just it."""
    return escape(printable(text))


def _lies_in(feed: Feed, folder: str | None) -> bool:
    path = tuple(part.strip().casefold() for part in (folder or "").split("/") if part.strip())
    return tuple(name.casefold() for name in feed.folder[: len(path)]) == path


def _lines(feed: Feed, state: FeedState | None, now: datetime) -> Iterator[tuple[str, str]]:
    yield "id", feed.id
    yield "address", feed.url
    if state and state.url != feed.url:
        yield "moved to", state.url
    if site := feed.site or (state.site if state else None):
        yield "site", site
    if state and state.title and feed.title and state.title != feed.title:
        yield "its title", state.title
    if feed.folder:
        yield "folder", " / ".join(feed.folder)
    if feed.language:
        yield "language", feed.language
    yield "full text", _FULL_TEXT[feed.full_text]
    yield "added", _moment(feed.added_at, now)
    yield "health", _health(feed, state, now)
    if state is None:
        yield "polls", "not polled yet; `newswire run feeds` polls"
    else:
        yield from _polling(feed, state, now)
    for name, value in sorted(feed.outline.items()):
        yield name.rpartition("}")[2][:10], value


_FULL_TEXT = {
    "auto": "pages are fetched where the feed has only a summary",
    "always": "the page of every article is fetched",
    "never": "pages are not fetched",
}


def _health(feed: Feed, state: FeedState | None, now: datetime) -> str:
    found = condition(feed, state, now)
    told = remark(state, found, now)
    return f"{found}: {told}" if told else found


def _polling(feed: Feed, state: FeedState, now: datetime) -> Iterator[tuple[str, str]]:
    came = f", last {_moment(state.last_item, now)}" if state.last_item else ""
    yield "items", f"{state.items:,} so far, {rate(state) or '0'} a day{came}"
    changed = f", {state.unchanged:,} of them found nothing changed" if state.unchanged else ""
    last = f"; last {_moment(state.last_poll, now)}" if state.last_poll else ""
    yield "polls", f"{state.polls:,}{changed}{last}"
    if state.failures:
        success = f"; last success {_moment(state.last_success, now)}" if state.last_success else ""
        yield "failures", f"{state.failures:,} in a row{success}"
    if feed.paused or state.health == "gone":
        yield "next poll", "none"
    else:
        every = f", every {span(state.interval)} or so" if state.interval else ""
        yield "next poll", f"{until(state.next_poll, now)}{every}"
    if state.gaps:
        last = f", last {_moment(state.gap_at, now)}" if state.gap_at else ""
        yield "gaps", f"{state.gaps:,} times all items had changed since the poll before{last}; some may be missing"
    if state.sitemap:
        yield "sitemap", state.sitemap
    if state.lease:
        lease = state.lease
        how = f"until {_moment(lease.expires_at, now)}" if lease.expires_at else "not verified yet"
        yield "websub", f"{lease.hub}, {how}" + (f": {lease.reason}" if lease.reason else "")


def _moment(moment: datetime | None, now: datetime) -> str:
    """The time, and how far it is."""
    if moment is None:
        return "never"
    told = ago(moment, now) if moment <= now else until(moment, now)
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC ({told})"
