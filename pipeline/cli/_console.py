"""What all commands print with: people's tables on stdout, progress and errors on stderr, JSON Lines for machines."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

stdout = Console()
stderr = Console(stderr=True)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON Lines, one object a line, and nothing else.")]


def print_json(value: Any) -> None:
    """One JSON line on stdout, unwrapped."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
