"""`newswire run`: the services in the foreground."""

from __future__ import annotations

import asyncio
import os
from enum import StrEnum
from typing import Annotated

import typer

from pipeline.config import Settings, engine_environment, load


class ServiceName(StrEnum):
    """What can be run."""

    WORKER = "worker"
    SINK = "sink"
    FEEDS = "feeds"
    DELIVER = "deliver"
    WEB = "web"
    ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def run(
        service: Annotated[
            ServiceName,
            typer.Argument(
                help="`all` supervises one worker per core, the sink, the poller of feeds, web if web.port is set, and "
                "deliver if there are channels."
            ),
        ],
        metrics_offset: Annotated[int, typer.Option(hidden=True, help="added to metrics.port")] = 0,
    ) -> None:
        """Run services in the foreground until SIGTERM or Ctrl-C."""
        # These imports take a second, which `newswire --help` should not.
        from pipeline.observe import serve_metrics, start_logging  # noqa: PLC0415
        from pipeline.stopping import stop_on_signals  # noqa: PLC0415
        from pipeline.supervisor import end_with_supervisor  # noqa: PLC0415

        settings = _settings(service)
        start_logging(settings.log)
        end_with_supervisor()
        if service is ServiceName.ALL:
            _run_all(settings)
            return
        serve_metrics(settings.metrics, metrics_offset)
        if service is ServiceName.WORKER:
            from pipeline.topic_setup import await_topics  # noqa: PLC0415
            from pipeline.worker import run_worker  # noqa: PLC0415

            await_topics(settings)  # Faust would end in a stack of errors where they are missing
            run_worker(settings)
        elif service is ServiceName.WEB:
            from pipeline.web.service import run_web  # noqa: PLC0415

            run_web(settings)
        elif service is ServiceName.FEEDS:
            from pipeline.poller.service import run_feeds  # noqa: PLC0415

            run_feeds(settings, stop_on_signals())
        elif service is ServiceName.DELIVER:
            from pipeline.deliver.service import run_deliver  # noqa: PLC0415

            run_deliver(settings, stop_on_signals())
        else:
            from pipeline.sinks import run_sink  # noqa: PLC0415

            run_sink(settings, stop_on_signals())


def _settings(service: ServiceName) -> Settings:
    from pipeline.engines import with_local_engines  # noqa: PLC0415

    settings = load()
    # These need no search engine.
    if service in (ServiceName.WEB, ServiceName.FEEDS, ServiceName.DELIVER) and settings.kafka.bootstrap_servers:
        return settings
    return with_local_engines(settings)


def _run_all(settings: Settings) -> None:
    from pipeline.supervisor import services, supervise  # noqa: PLC0415
    from pipeline.topic_setup import create_topics  # noqa: PLC0415

    create_topics(settings)
    # Services use the engines that we found, even if the local ones are gone for a moment when one starts again.
    os.environ.update(engine_environment(settings))
    asyncio.run(supervise(services(settings, os.cpu_count() or 1), prefix_lines=settings.log.format == "text"))
