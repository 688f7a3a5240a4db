"""`newswire feeds poll`."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from pipeline.cli._console import JsonFlag, print_json, stderr, stdout
from pipeline.cli._feed_views import FeedArgument, said, told
from pipeline.cli._kafka import kafka_settings, report
from pipeline.errors import NewswireError

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.feed_records import Feed, FeedState, Sighting
    from pipeline.feed_registry import Registry
    from pipeline.topic_reader import TopicReader

_PAUSE_SECONDS = 0.2
_SHOWN = 20


def poll(
    feed: FeedArgument,
    now: Annotated[bool, typer.Option("--now", help="Wait until it is done, and show what came.")] = False,
    seconds: Annotated[float, typer.Option(min=1, help="How long --now waits at most.")] = 90,
    json: JsonFlag = False,
) -> None:
    """Poll a feed as soon as possible, whatever its schedule says."""
    from pipeline.feed_registry import read, write  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.topic_reader import TopicReader  # noqa: PLC0415
    from pipeline.topics import FEED_ITEMS, FEED_STATE  # noqa: PLC0415

    settings = kafka_settings()
    registry = read(settings, report)
    chosen = registry.find(feed)
    title = registry.title(chosen)
    if chosen.paused:
        raise NewswireError(f"{title} is paused; `newswire feeds resume {chosen.id[:8]}` first")
    with TopicReader(settings, report, (FEED_STATE, FEED_ITEMS), from_now=True) as reader:
        asked = replace(chosen, poll_at=datetime.now(UTC))
        write(settings, report, registry, [asked])
        if not _is_polled(settings):
            raise NewswireError(f"no poller runs; {title} is polled as soon as one does: `newswire run feeds`")
        if not now:
            stderr.print(f"{said(title)} is polled as soon as its host is free", highlight=False, soft_wrap=True)
            return
        with stderr.status(f"polling {said(title)}"):
            state, came = _wait(reader, asked, registry.states.get(asked.id), seconds)
    if state is None:
        raise NewswireError(f"{title} was not polled within {seconds:g} s; see `newswire feeds show {asked.id[:8]}`")
    _tell(registry, asked, state, came, json)
    if state.health in ("failing", "gone"):
        raise typer.Exit(1)


def _is_polled(settings: Settings) -> bool:
    from pipeline import consumer_lag  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.topics import FEEDS_GROUP, group  # noqa: PLC0415

    name = group(settings.topic_prefix, FEEDS_GROUP)
    with consumer_lag.administer(settings.kafka) as admin:
        return bool(consumer_lag.members(admin, [name])[name])


def _wait(
    reader: TopicReader, feed: Feed, before: FeedState | None, seconds: float
) -> tuple[FeedState | None, dict[str, Sighting]]:
    """The state after a poll that ended since, None if there was none in time; and the items that were new in it."""
    import msgspec  # noqa: PLC0415 -- keeps `newswire --help` fast

    from pipeline.feed_records import FeedState, Sighting  # noqa: PLC0415

    deadline = time.monotonic() + seconds
    came: dict[str, Sighting] = {}
    found: FeedState | None = None
    while found is None and time.monotonic() < deadline:
        for record in reader.read():
            if record.value is None:
                continue
            if record.topic == reader.topics[0]:
                if record.key == feed.id.encode():
                    state = msgspec.json.decode(record.value, type=FeedState)
                    if state.last_poll and (before is None or state.last_poll != before.last_poll):
                        found = state
            elif feed.id.encode() in record.value:
                sighting = msgspec.json.decode(record.value, type=Sighting)
                if sighting.feed == feed.id:
                    came[sighting.article.id] = sighting
        if found is None:
            time.sleep(_PAUSE_SECONDS)
    return found, came


def _tell(registry: Registry, feed: Feed, state: FeedState, came: dict[str, Sighting], json: bool) -> None:
    if json:
        registry.states[feed.id] = state
        new = [{"id": each, "headline": one.article.headline, "url": one.article.url} for each, one in came.items()]
        print_json(told(registry, feed) | {"new": new})
        return
    if state.reason:
        stdout.print(f"[red]{state.health}[/]: {said(state.reason)}", highlight=False, soft_wrap=True)
    for sighting in list(came.values())[:_SHOWN]:
        article = sighting.article
        line = f"[bold]{said(article.headline or article.id)}[/]  [dim]{said(article.url or '')}[/]"
        stdout.print(line, highlight=False, soft_wrap=True)
    if len(came) > _SHOWN:
        stdout.print(f"… and {len(came) - _SHOWN:,} more", highlight=False)
    if not state.reason or came:
        stdout.print(f"[bold]{len(came):,}[/] new item{'s' if len(came) != 1 else ''}", highlight=False)
