"""Starting and stopping the engines' processes, and reading what they said."""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from pipeline.engines.base import EngineError

_TAIL_LINES = 15
_TAIL_BYTES = 16_384
_KILL_SECONDS = 10.0
_POLL_SECONDS = 0.05

_children: list[subprocess.Popen[bytes]] = []
"""Started here. They outlive this program on purpose, so nobody may complain that they were not waited for."""


def launch(command: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path) -> psutil.Process:
    """Start a program in a session of its own: no signal of this terminal reaches it, and it stays when we end."""
    with output.open("wb") as file:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children.append(child)
    return psutil.Process(child.pid)


def run_once(command: Sequence[str], folder: Path, environment: Mapping[str, str], what: str) -> None:
    """Run a program to its end. Raises EngineError with the end of what it said when it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise EngineError(f"{what} failed:\n{_last_lines(done.stdout.decode(errors='replace'))}")


def has_ended(process: psutil.Process) -> bool:
    """Whether it has, be it only that its parent, another command, has not yet asked for its exit status."""
    for child in _children:
        if child.pid == process.pid:
            return child.poll() is not None
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def stop(running: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Ask all to end, wait, kill what is left after `seconds`. Returns those that had to be killed."""
    for process in running:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    alive = _wait(running, seconds)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    immortal = _wait(alive, _KILL_SECONDS)
    if immortal:
        raise EngineError(f"process {immortal[0].pid} does not end, not even when killed; is its disk hanging?")
    return alive


def _wait(running: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that still run after so long."""
    deadline = time.monotonic() + seconds
    while (alive := [process for process in running if not has_ended(process)]) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return alive


def listening(process: psutil.Process) -> set[int]:
    """The ports that this very process listens on; none for one that has ended."""
    try:
        connections = process.net_connections("tcp")
    except psutil.Error:
        return set()
    return {c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN}


def tail(logs: Mapping[Path, int]) -> str:
    """The last lines of these logs, each from the given byte on, for an error message."""
    said = []
    for log, start in logs.items():
        if log.exists():
            with log.open("rb") as file:
                size = log.stat().st_size
                # A shorter log was rolled over meanwhile.
                file.seek(max(start if start <= size else 0, size - _TAIL_BYTES))
                said.append(file.read().decode(errors="replace"))
    return _last_lines("\n".join(said)) or "(it said nothing)"


def _last_lines(text: str) -> str:
    # Of a Java stack trace only the causes help a user.
    lines = [line for line in text.splitlines() if line.strip() and not re.match(r"\s+(at |\.\.\. )", line)]
    return "\n".join(f"  {line[:300]}" for line in lines[-_TAIL_LINES:])
