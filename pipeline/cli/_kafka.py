"""What the commands that need Kafka and no search engine have in common."""

from __future__ import annotations

from rich.markup import escape

from pipeline.cli._console import printable, stderr
from pipeline.config import Settings, load


def kafka_settings() -> Settings:
    """The settings, with the local Kafka where none is configured."""
    from pipeline.engines import with_local_engines  # noqa: PLC0415 -- keeps `newswire --help` fast

    settings = load()
    return settings if settings.kafka.bootstrap_servers else with_local_engines(settings)


def report(line: str) -> None:
    """Tell the user what is being waited for."""
    stderr.print(f"[yellow]{escape(printable(line))}[/]", highlight=False, soft_wrap=True)
