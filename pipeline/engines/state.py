"""What is remembered of the local engines between commands: `<data_dir>/engines.json`, and who may change it.

A process is recognised by a mark on its command line, made anew for each start: an id that the system has given to
another program since can never be taken for an engine.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil

from pipeline.engines.base import EngineError, Report

_FILE = "engines.json"
_LOCK = "engines.lock"
_MARK = "-Dnewswire.engine="


class Run(msgspec.Struct, frozen=True):
    """A started engine: process id, the mark that its command line bears, version, and whether it was seen ready."""

    pid: int
    mark: str
    version: str
    ready: bool = False

    def process(self) -> psutil.Process | None:
        """The process, or None when it has ended."""
        try:
            process = psutil.Process(self.pid)
            return process if self.mark in process.cmdline() else None
        except psutil.Error:
            return None


class Known(msgspec.Struct, frozen=True):
    """One engine: the ports it had last, and its run if it was not stopped."""

    ports: dict[str, int] = {}
    run: Run | None = None


def mark(name: str, data_dir: Path, token: str) -> str:
    """The Java option by which an engine's process is recognised."""
    return f"{_MARK}{name}:{token}:{data_dir}"


def read(data_dir: Path) -> dict[str, Known]:
    """Each engine by name; empty before the first start. Raises EngineError for a file that is no longer JSON."""
    path = data_dir / _FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Known])
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise EngineError(f"cannot read {path}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise EngineError(f"{path} is damaged ({error}); delete it: the data are elsewhere and stay") from error


def write(data_dir: Path, name: str, known: Known) -> None:
    """Remember one engine. The file is replaced as a whole, so that a reader never sees half of it."""
    everything = read(data_dir) | {name: known}
    path = data_dir / _FILE
    fresh = path.with_suffix(".new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(everything)) + b"\n")
    fresh.replace(path)


def strays(name: str, data_dir: Path) -> list[psutil.Process]:
    """Engines of this folder that run although nothing is remembered of them: their file was deleted."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            arguments = process.cmdline()
            if any(a.startswith(f"{_MARK}{name}:") and a.endswith(f":{data_dir}") for a in arguments):
                found.append(process)
    return found


@contextlib.contextmanager
def exclusive(data_dir: Path, report: Report) -> Iterator[None]:
    """Keep other `up` and `down` of this folder waiting. Raises EngineError where the folder cannot be written."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        file = (data_dir / _LOCK).open("w")
    except OSError as error:
        raise EngineError(
            f"cannot write to {data_dir} ({error.strerror}); choose another folder: local.data_dir"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report(f"another command is starting or stopping the engines of {data_dir}; waiting for it", 0, 0)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
