"""`newswire status`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from pipeline.cli._console import JsonFlag, print_json, stdout
from pipeline.cli._kafka import report
from pipeline.config import load

if TYPE_CHECKING:
    from pipeline.engines import EngineStatus
    from pipeline.status import FeedsStatus, GroupStatus, IndexStatus, RulesStatus, TopicStatus

NUMBERS = ("partitions", "records", "running", "waiting", "documents", "size", "memory", "data")


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def status(json: JsonFlag = False) -> None:
        """Show engines, topics, services with their lag, feeds, alert rules, and indices."""
        from pipeline import consumer_lag, rule_registry  # noqa: PLC0415 -- keeps `newswire --help` fast
        from pipeline import status as state  # noqa: PLC0415
        from pipeline.engines import statuses, with_local_engines  # noqa: PLC0415
        from pipeline.search_engine import connect  # noqa: PLC0415

        settings = load()
        engines = () if settings.kafka.bootstrap_servers and settings.elasticsearch.url else statuses(settings.local)
        if not json and engines:
            stdout.print(_engines(engines))
        settings = with_local_engines(settings)
        with consumer_lag.administer(settings.kafka) as admin:
            topics = state.topic_statuses(admin, settings)
            groups = state.group_statuses(admin, settings)
        feeds = rules = None
        if all(topic.partitions for topic in topics):
            feeds = state.feeds_status(settings, report)
            rules = state.rules_status(rule_registry.read(settings, report).rules.values(), datetime.now(UTC))
        with connect(settings.elasticsearch) as client:
            indices = state.index_statuses(client, settings)
        if json:
            for engine in engines:
                print_json({"engine": engine})
            for topic in topics:
                print_json({"topic": topic})
            for group in groups:
                print_json({"group": group})
            if feeds:
                print_json({"feeds": feeds})
            if rules:
                print_json({"rules": rules})
            for index in indices:
                print_json({"index": index})
            return
        stdout.print(_topics(topics))
        stdout.print(_groups(groups))
        if feeds and feeds.total:
            stdout.print(_feeds(feeds))
        if rules and rules.total:
            stdout.print(_rules(rules))
        stdout.print(_indices(indices))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in NUMBERS else "left")
    return table


def _engines(engines: Iterable[EngineStatus]) -> Table:
    table = _table("Local engines", "engine", "state", "address", "memory", "data")
    for engine in engines:
        state = f"running, pid {engine.pid}" if engine.running else "stopped: newswire up"
        memory = decimal(engine.rss_bytes) if engine.rss_bytes else ""
        table.add_row(f"{engine.title} {engine.version}", state, engine.address, memory, decimal(engine.data_bytes))
    return table


def _topics(topics: Iterable[TopicStatus]) -> Table:
    table = _table("Topics", "topic", "partitions", "records")
    for topic in topics:
        records = "missing: newswire setup" if topic.records is None else f"{topic.records:,}"
        table.add_row(topic.topic, str(topic.partitions), records)
    return table


def _groups(groups: Iterable[GroupStatus]) -> Table:
    table = _table("Services", "service", "running", "reads", "waiting")
    for group in groups:
        table.add_row(group.service, str(group.members), group.topic, f"{group.lag:,}")
    return table


def _feeds(feeds: FeedsStatus) -> Table:
    told = {"ok": feeds.ok, "failing": feeds.failing, "gone": feeds.gone, "new": feeds.new, "paused": feeds.paused}
    table = _table("Feeds (newswire feeds list)", *told)
    table.add_row(*(f"{count:,}" for count in told.values()))
    return table


def _rules(rules: RulesStatus) -> Table:
    told = {"active": rules.active, "snoozed": rules.snoozed, "paused": rules.paused}
    table = _table("Alert rules (newswire rules list)", *told)
    table.add_row(*(f"{count:,}" for count in told.values()))
    return table


def _indices(indices: Iterable[IndexStatus]) -> Table:
    table = _table("Indices", "index", "documents", "size")
    for index in indices:
        if index.documents is None or index.bytes is None:
            table.add_row(index.index, Text("not up", style="red"), "")
        else:
            table.add_row(index.index, f"{index.documents:,}", decimal(index.bytes))
    return table
