"""What all commands print with: people's tables on stdout, progress and errors on stderr, JSON Lines for machines."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from pipeline.errors import NewswireError

stdout = Console()
stderr = Console(stderr=True)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON Lines, one object a line, and nothing else.")]


_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"} | {
    code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000))
}


def printable(text: str) -> str:
    """Text of others, safe to show: what could steer a terminal or reorder its line stands there escaped."""
    return text.translate(_CONTROLS)


def write_out(content: bytes, path: Path | None) -> bool:
    """Into the file, or on stdout; whether it went into a file. Raises NewswireError."""
    if path is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return False
    try:
        path.write_bytes(content)
    except OSError as error:
        raise NewswireError(f"{path} cannot be written: {error.strerror}") from error
    return True


def print_json(value: Any) -> None:
    """One JSON line on stdout, unwrapped."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
