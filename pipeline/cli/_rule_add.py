"""`newswire rules add`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import Struct
from msgspec.structs import replace
from rich.text import Text

from pipeline.alert_records import Delivery, Every, QuietHours, Rule, Weekday
from pipeline.cli._console import JsonFlag, print_json, printable, stderr, stdout
from pipeline.cli._kafka import kafka_settings, report
from pipeline.cli._rule_asks import YesFlag, demand, said, tell, unless_away, warn
from pipeline.cli._rule_words import differences, percentage, quiet_hours, rule_id, seconds, time_of_day, timing
from pipeline.errors import NewswireError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from pipeline.alerts.parser import Parsed
    from pipeline.config import Settings
    from pipeline.rule_backtest import Past, Share
    from pipeline.rule_registry import Registry
    from pipeline.search import Hit

_HEADLINES = 5
_LONGEST = 100


class Effect(Struct, frozen=True):
    """What a rule would have done in the last seven days, and against the rule that it replaces."""

    share: Share
    headlines: tuple[Hit, ...]
    gained: int | None = None
    lost: int | None = None


def add(
    query: Annotated[
        str | None, typer.Argument(help="The rule (docs/rules.md); without it, `--id` keeps the one it has.")
    ] = None,
    *,
    key: Annotated[
        str | None, typer.Option("--id", help="Of a rule that exists: change it. Else one is made of the words.")
    ] = None,
    name: Annotated[str | None, typer.Option(help='What to call it; "" takes it away.')] = None,
    owner: Annotated[
        str | None, typer.Option(help="Whom it is for: rules of one owner that fire for one article share a message.")
    ] = None,
    channel: Annotated[
        list[str] | None,
        typer.Option(help='Where alerts go, as [deliver.channels] has it; repeatable; "" for nowhere.'),
    ] = None,
    every: Annotated[Every | None, typer.Option(help="Send each alert at once, or digests.")] = None,
    at: Annotated[str | None, typer.Option(metavar="HH:MM", help="Of daily and weekly digests.")] = None,
    weekday: Annotated[Weekday | None, typer.Option(help="Of weekly digests.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Of all these times, as Europe/Lisbon.")] = None,
    throttle: Annotated[
        str | None, typer.Option(metavar="TIME", help="At most one message in so long: 30m, 1h, 1d; or `off`.")
    ] = None,
    throttle_by: Annotated[str | None, typer.Option(metavar="rule|entity", help="Or one an entity.")] = None,
    quiet: Annotated[
        str | None, typer.Option(metavar="HH:MM-HH:MM", help="Hours in which nothing is sent; or `off`.")
    ] = None,
    replays: Annotated[
        bool | None, typer.Option("--replays/--no-replays", help="Also alert for backfilled and replayed articles.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="For yourself.")] = None,
    yes: YesFlag = False,
    json: JsonFlag = False,
) -> None:
    """Put a rule in force, or change one: what is not named stays as it is.

    Before, it is counted for how many articles of the last seven days it fires. One that fires for a larger share than
    `alerts.broad_share` is warned of, and not saved unless you agree.
    """
    from pipeline.alerts.parser import parse  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.rule_import import obstacle, strange_channels  # noqa: PLC0415
    from pipeline.rule_registry import read, write  # noqa: PLC0415

    if query is None and key is None:
        raise typer.BadParameter("is missing", param_hint="QUERY")
    if key is not None and not (0 < len(key) <= 512 and key.isprintable()):
        raise typer.BadParameter(f"{key!r} is no id: up to 512 letters, digits and signs", param_hint="--id")
    parsed = parse(query) if query is not None else None
    timed = _given(every=every, weekday=weekday) | _clock(at, timezone, quiet) | _throttle(throttle, throttle_by)
    changes = _given(query=query, name=name, owner=owner, replays=replays, note=note)
    if channel is not None:
        changes["channels"] = tuple(dict.fromkeys(text for text in channel if text))
    settings = kafka_settings()
    registry = read(settings, report)
    old = registry.rules.get(key) if key is not None else None
    now = datetime.now(UTC)
    if old is None:
        if query is None or parsed is None:
            raise NewswireError(f"there is no rule {key!r} to change; give a query as well, to make it")
        made = Rule(id=key or rule_id(name, parsed.tree, registry.rules), query=query, created_at=now)
    else:
        made = old
    new = replace(made, **changes, delivery=replace(made.delivery, **timed))
    if (at or weekday) and new.delivery.every in ("article", "hour"):
        warn("a time of day counts for digests only; add --every day or --every week")
    for text in (*_advice(parsed, new, old, registry), *strange_channels(new, settings.deliver.channels)):
        warn(text)
    if problem := obstacle(new):
        raise NewswireError(problem)
    if new == old:
        _tell_unchanged(new, json)
        return
    effect = None
    if old is None or old.query != new.query:
        effect = _effect(settings, new, old, now)
        _agree(settings, new, effect, yes)
    write(settings, report, [replace(new, changed_at=now) if old else new])
    _tell(new, old, effect, json)


def _advice(parsed: Parsed | None, new: Rule, old: Rule | None, registry: Registry) -> Iterator[str]:
    """What may not be meant."""
    for column, text in parsed.warnings if parsed else ():
        yield f"column {column}: {text}"
    if old is None or old.query != new.query:
        twins = [each.id for each in registry.rules.values() if each.query == new.query and each.id != new.id]
        if twins:
            yield f"rule {min(twins)} has the same query"


def _given(**values: Any) -> dict[str, Any]:
    """What was named; an empty text takes away."""
    return {name: None if value == "" else value for name, value in values.items() if value is not None}


def _clock(at: str | None, timezone: str | None, quiet: str | None) -> dict[str, Any]:
    """What was named of times of day. Raises BadParameter."""
    from pipeline.rule_import import is_timezone  # noqa: PLC0415 -- keeps `newswire --help` fast

    if timezone is not None and not is_timezone(timezone):
        told = f"there is no timezone {timezone!r}; write an IANA name, such as Europe/Lisbon"
        raise typer.BadParameter(told, param_hint="--timezone")
    made = _given(timezone=timezone, at=None if at is None else time_of_day(at, "--at"))
    if quiet is not None:
        hours = quiet_hours(quiet, "--quiet")
        made["quiet"] = QuietHours(since=hours[0], until=hours[1]) if hours else None
    return made


def _throttle(length: str | None, by: str | None) -> dict[str, Any]:
    """What was named of how often. Raises BadParameter."""
    if by not in (None, "rule", "entity"):
        raise typer.BadParameter(f"{by!r} is neither rule nor entity", param_hint="--throttle-by")
    return _given(throttle_seconds=None if length is None else seconds(length, "--throttle"), throttle_by=by)


def _effect(settings: Settings, new: Rule, old: Rule | None, now: datetime) -> Effect | None:
    from pipeline.rule_backtest import WEEK, Past  # noqa: PLC0415 -- keeps `newswire --help` fast

    def ask(client: Elasticsearch) -> Effect:
        week = Past(client, settings.index_prefix, now - WEEK, now)
        share = week.share(new.query)
        broad = share.is_broad(settings.alerts.broad_share)
        headlines = week.newest(new.query, _HEADLINES) if broad else ()
        return Effect(share, headlines, *(_changes(week, new, old) if old else ()))

    return unless_away(settings, ask, "how often the rule fires was not checked")


def _changes(week: Past, new: Rule, old: Rule) -> tuple[int, int]:
    return week.difference(new.query, old.query).count, week.difference(old.query, new.query).count


def _agree(settings: Settings, rule: Rule, effect: Effect | None, yes: bool) -> None:
    """Of a rule that fires for very much."""
    limit = settings.alerts.broad_share
    if effect is None or not effect.share.is_broad(limit):
        return
    told = f"{effect.share.fired:,} of the {effect.share.articles:,} articles of the last seven days"
    warn(f"it fires for {percentage(effect.share.part)} of all articles: {told}. Among them:")
    for hit in effect.headlines:
        texts = (hit.article.get("headline"), *(piece.text for piece in hit.fragments_of("body")), hit.id)
        shown = printable(" ".join(str(next(filter(None, texts))).split()))
        cut = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
        stderr.print(Text(f"  {cut}"), soft_wrap=True)
    demand(
        f"Save {rule.id} all the same?",
        yes,
        f"rule {rule.id} fires for {percentage(effect.share.part)} of all articles, more than alerts.broad_share "
        f"({percentage(limit)}), and was not saved; make it narrower, or pass --yes",
    )


def _tell_unchanged(rule: Rule, json: bool) -> None:
    if json:
        print_json({"unchanged": {"id": rule.id}})
    else:
        stdout.print(f"unchanged [bold]{said(rule.id)}[/]", highlight=False, soft_wrap=True)


def _tell(new: Rule, old: Rule | None, effect: Effect | None, json: bool) -> None:
    changes = differences(old, new) if old else {}
    if json:
        line: dict[str, Any] = {"id": new.id}
        if effect:
            line["last_week"] = {"fired": effect.share.fired, "articles": effect.share.articles}
        if old:
            line["fields"] = {name: {"old": was, "new": now} for name, (was, now) in changes.items()}
        if effect and effect.gained is not None:
            line |= {"gained": effect.gained, "lost": effect.lost}
        print_json({"changed" if old else "added": line})
        return
    what = "changed" if old else "added"
    stdout.print(f"{what} [bold]{said(new.id)}[/]  {said(new.query)}", highlight=False, soft_wrap=True)
    for name, (was, now) in changes.items():
        stdout.print(
            f"  [dim]{name}[/] {said(_shown(was))} [dim]→[/] {said(_shown(now))}", highlight=False, soft_wrap=True
        )
    if effect is None:
        return
    if effect.share.articles:
        told = f"{effect.share.fired:,} of {effect.share.articles:,} articles ({percentage(effect.share.part)})"
        stdout.print(f"  [dim]last seven days[/] {told}", highlight=False, soft_wrap=True)
    else:
        tell("there are no articles of the last seven days, so that nothing is known of how often it fires", "yellow")
    if effect.gained is not None:
        stdout.print(
            f"  [dim]of them[/] {effect.gained:,} gained, {effect.lost:,} lost", highlight=False, soft_wrap=True
        )


def _shown(value: Any) -> str:
    if isinstance(value, Delivery):
        return timing(value)
    if isinstance(value, tuple):
        return ", ".join(value) or "nowhere"
    return "nothing" if value is None else str(value)
