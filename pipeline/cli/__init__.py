"""The `newswire` command: one file per command group, each with a `register(app)`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import typer
from rich.markup import escape

from pipeline.cli._console import stderr
from pipeline.errors import NewswireError

FAILED = 1


def build() -> typer.Typer:
    """The command line with every command group registered."""
    app = typer.Typer(
        name="newswire",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )

    @app.callback()
    def newswire() -> None:
        """Streaming news ingestion: raw articles in, clean, tagged and searchable articles out."""

    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{__name__}.{module.name}").register(app)
    return app


def main() -> None:
    """Entry point: exit 0, 1 for failed work (one line on stderr), 2 for wrong use."""
    try:
        build()()
    except NewswireError as error:
        stderr.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output (head, less) went away.
        sys.stderr.close()
        sys.exit(FAILED)
