"""`newswire doctor`."""

from __future__ import annotations

import sys

import typer
from rich.markup import escape

from pipeline.cli._console import JsonFlag, print_json, stdout
from pipeline.config import load

MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "problem": "[red]✗[/]"}


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def doctor(json: JsonFlag = False) -> None:
        """Check every dependency and setting, and say what to mend."""
        from pipeline.doctor import examine  # noqa: PLC0415 -- keeps `newswire --help` fast

        problems = 0
        for finding in examine(load()):
            problems += finding.verdict == "problem"
            if json:
                print_json(finding)
                continue
            stdout.print(
                f"{MARKS[finding.verdict]} [bold]{finding.check}[/]  {escape(finding.detail)}", highlight=False
            )
            if finding.remedy:
                stdout.print(f"    → {escape(finding.remedy)}", highlight=False, style="cyan")
        if problems:
            sys.exit(1)
