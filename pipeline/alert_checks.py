"""What `newswire doctor` checks about alerts: channels, rules, and whether somebody matches and sends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

from pipeline.alert_records import Rule
from pipeline.alerts.lexer import RuleError
from pipeline.alerts.parser import parse
from pipeline.config import Channel, ConfigError, Settings
from pipeline.deliveries import ChannelContext, open_channel
from pipeline.finding import Finding

_SHOWN = 3


def check_channels(settings: Settings) -> Iterator[Finding]:
    """Whether the settings of each can be; nothing is sent."""
    for name, channel in settings.deliver.channels.items():
        fault = _fault(name, channel, settings)
        yield Finding(
            check=f"channel {name}",
            verdict="problem" if fault else "ok",
            detail=fault or channel.kind,
            remedy="correct the settings; see docs/channels.md" if fault else None,
        )


def check_rules(settings: Settings, rules: Mapping[str, Rule], senders: int) -> Iterator[Finding]:
    """Nothing is said of them where there are none. `senders`: how many `run deliver` there are."""
    if not rules:
        return
    broken = {rule.id: fault for rule in rules.values() if (fault := _unreadable(rule))}
    if broken:
        told = "; ".join(f"{key}: {fault}" for key, fault in list(broken.items())[:_SHOWN])
        yield Finding(
            check="alert rules",
            verdict="problem",
            detail=f"{len(broken):,} of {len(rules):,} cannot be read and are not matched: {told}",
            remedy="newswire rules test shows what is wrong; add the rule again, corrected",
        )
    else:
        yield Finding(check="alert rules", verdict="ok", detail=f"{len(rules):,}, all readable")
    if not settings.alerts.match:
        yield Finding(
            check="matching",
            verdict="warning",
            detail="articles are not matched against the rules",
            remedy="set alerts.match to true, and start the workers anew",
        )
    yield from _check_sending(settings, rules, senders)


def _check_sending(settings: Settings, rules: Mapping[str, Rule], senders: int) -> Iterator[Finding]:
    wanted = {name for rule in rules.values() for name in rule.channels}
    if missing := sorted(wanted - settings.deliver.channels.keys()):
        named = sum(1 for rule in rules.values() if not settings.deliver.channels.keys() >= set(rule.channels))
        yield Finding(
            check="channels",
            verdict="problem",
            detail=f"{named:,} rules name channels that the settings lack: {', '.join(missing[:_SHOWN])}",
            remedy=f"add [deliver.channels.{missing[0]}] to the settings, or take it out of the rules",
        )
    if wanted & settings.deliver.channels.keys() and not senders:
        off = settings.deliver.processes == 0
        yield Finding(
            check="sending",
            verdict="problem",
            detail="rules have channels, but nobody sends their alerts",
            remedy="newswire run deliver, or newswire run all" + ("; deliver.processes is 0" if off else ""),
        )


def _fault(name: str, channel: Channel, settings: Settings) -> str | None:
    """Why a channel cannot be opened; None if it can."""

    async def look() -> None:
        await open_channel(name, channel, ChannelContext.of(settings.deliver, settings.index_prefix)).close()

    try:
        asyncio.run(look())
    except ConfigError as error:
        return str(error)
    return None


def _unreadable(rule: Rule) -> str | None:
    try:
        parse(rule.query)
    except RuleError as error:
        return str(error)
    return None
