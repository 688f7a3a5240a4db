"""`newswire version`."""

import typer

from pipeline import __version__
from pipeline.cli._console import stdout


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def version() -> None:
        """Print the version."""
        stdout.print(__version__, highlight=False)
