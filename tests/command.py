"""`newswire` as a child process, as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from pipeline.config import Settings
from tests.services import environment


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended, and what it printed."""

    status: int
    stdout: bytes
    stderr: str

    @property
    def lines(self) -> list[Any]:
        """Its JSON Lines."""
        return [json.loads(line) for line in self.stdout.splitlines()]


def newswire(settings: Settings, *args: str, stdin: bytes = b"", seconds: float = 120, **more: str) -> Ended:
    """Run a command to its end."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pipeline", *args],
        env=environment(settings, **more) | {"COLUMNS": "200", "NO_COLOR": "1"},
        input=stdin,
        capture_output=True,
        timeout=seconds,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode())
