"""What a file of rules, or standard input, holds."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.errors import NewswireError

STANDARD_INPUT = "-"


def read_rules_of(path: str) -> bytes:
    """Raises NewswireError for what cannot be read, or is too large."""
    from pipeline.rule_import import LARGEST_FILE  # noqa: PLC0415 -- keeps `newswire --help` fast

    try:
        if path == STANDARD_INPUT:
            content = sys.stdin.buffer.read(LARGEST_FILE + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise NewswireError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise NewswireError(f"{name_of(path)} has more than {LARGEST_FILE:,} bytes; make several files of it")
    return content


def name_of(path: str) -> str:
    """As messages call it."""
    return "standard input" if path == STANDARD_INPUT else path
