"""`newswire setup`."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli._console import stdout
from pipeline.cli._kafka import report
from pipeline.config import load


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def setup(
        kibana: Annotated[
            str | None, typer.Option(metavar="URL", help="Also import data views and dashboards into this Kibana.")
        ] = None,
    ) -> None:
        """Make topics and index templates, or bring them up to date. Can be repeated at any time."""
        from pipeline import alert_index, search_index  # noqa: PLC0415 -- keeps `newswire --help` fast
        from pipeline.engines import with_local_engines  # noqa: PLC0415
        from pipeline.search_engine import connect, identify  # noqa: PLC0415
        from pipeline.topic_setup import create_topics  # noqa: PLC0415

        settings = with_local_engines(load())
        with connect(settings.elasticsearch) as client:
            engine = identify(client).name
            for index in (search_index, alert_index):
                state = "installed" if index.install(client, settings) else "up to date"
                name = index.alias(settings.index_prefix)
                stdout.print(f"index template {name} in {engine}: {state}", highlight=False)
        made = create_topics(settings, report)
        stdout.print(f"topics made: {', '.join(made)}" if made else "topics: up to date", highlight=False)
        if kibana:
            from pipeline.kibana import import_saved_objects  # noqa: PLC0415

            imported = import_saved_objects(kibana, settings.elasticsearch, settings.index_prefix)
            stdout.print(
                f"{imported.objects} objects in Kibana, see {imported.dashboard}", highlight=False, markup=False
            )
