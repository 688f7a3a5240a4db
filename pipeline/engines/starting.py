"""From stopped to ready: one engine's start, several side by side."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psutil

from pipeline.engines import jars, java, ports, processes, state
from pipeline.engines.base import HOST, LOGS, Engine, EngineError, Place, Report

START_SECONDS = 120.0
STOP_SECONDS = 30.0
_POLL_SECONDS = 0.1
_TRIES = 3


@cache
def lock_of(engine: Engine) -> jars.Lock:
    """What the engine is made of."""
    return jars.read_lock(Path(__file__).with_name(f"{engine.name}.jgo.lock.toml"))


def version_of(engine: Engine) -> str:
    """The engine's own version."""
    return lock_of(engine).version(engine.artifact)


def start_all(starts: Sequence[Start]) -> None:
    """Start side by side. Stops what it started when one fails or the user interrupts."""
    try:
        for start in reversed(starts):  # OpenSearch takes longest
            start.begin()
        waiting = list(starts)
        while waiting:
            waiting = [start for start in waiting if not start.is_ready()]
            if waiting:
                time.sleep(_POLL_SECONDS)
    except BaseException:
        processes.stop([start.process for start in starts if start.process], STOP_SECONDS)
        raise


@dataclass
class Start:
    """One engine on its way from stopped to ready."""

    engine: Engine
    heap: str
    data_dir: Path
    known: state.Known
    report: Report
    java: Path = Path()
    class_path: list[Path] = field(default_factory=list)
    process: psutil.Process | None = None
    tries: int = 0
    deadline: float = 0.0
    said_before: int = 0
    """Size of the log at the launch: what is older says nothing about this start."""

    def begin(self) -> None:
        """Start the process, or take over one that an interrupted `up` left behind."""
        self.deadline = time.monotonic() + START_SECONDS
        self.report(f"starting {self.engine.title} {version_of(self.engine)}", 0, 0)
        self.process = self.known.run.process() if self.known.run else None
        if self.process is None:
            processes.stop(state.strays(self.engine.name, self.data_dir), STOP_SECONDS)
            self._launch()

    def is_ready(self) -> bool:
        """Look once. Raises EngineError for an engine that died or takes too long."""
        assert self.process is not None  # noqa: S101 -- begin() set it
        place = self._place()
        heard = processes.listening(self.process)
        listen = place.ports["listen"]
        if processes.has_ended(self.process):
            if not any(not ports.is_free(port) for port in place.ports.values()):
                raise EngineError(f"{self.engine.title} ended during its start. The end of its log:\n{self._tail()}")
            self._launch_elsewhere()
        elif heard & set(self.engine.ports["listen"]) - {listen}:
            # OpenSearch's runner goes to the next port by itself when another program was quicker.
            processes.stop([self.process], STOP_SECONDS)
            self._launch_elsewhere()
        elif listen in heard and self.engine.is_ready(listen):
            self._remember(ready=True)
            self.report(f"{self.engine.title} is ready on {HOST}:{listen}", 0, 0)
            return True
        elif time.monotonic() > self.deadline:
            raise EngineError(
                f"{self.engine.title} was not ready after {START_SECONDS:.0f} s and was stopped. "
                f"The end of its log:\n{self._tail()}"
            )
        return False

    def _place(self) -> Place:
        return Place(self.data_dir / self.engine.name, self.known.ports)

    def _launch(self) -> None:
        self.known = state.Known(self._free_ports(self.known.ports))
        place = self._place()
        tmp = place.home / "tmp"
        try:
            place.home.mkdir(parents=True, exist_ok=True)
            self._log().parent.mkdir(exist_ok=True)
            self.said_before = self._log().stat().st_size if self._log().exists() else 0
            shutil.rmtree(tmp, ignore_errors=True)
            tmp.mkdir()
            self.engine.configure(place)
        except OSError as error:
            raise EngineError(f"cannot write to {place.home}: {error.strerror}") from error
        environment = java.environment(self.class_path, tmp)
        base = [
            str(self.java),
            f"-Xmx{self.heap}",
            f"-Djava.io.tmpdir={tmp}",
            f"-XX:ErrorFile=../{LOGS}/{self.engine.name}-crash.log",
            "-XX:+ExitOnOutOfMemoryError",
        ]
        first = self.engine.first_run(place)
        if first:
            processes.run_once([*base, *first], place.home, environment, f"preparing {self.engine.title}'s folder")
        mark = state.mark(self.engine.name, self.data_dir, secrets.token_hex(8))
        command = [*base, mark, *self.engine.options(place)]
        self.process = processes.launch(command, place.home, environment, self._output())
        self.known = state.Known(self.known.ports, state.Run(self.process.pid, mark, version_of(self.engine)))
        state.write(self.data_dir, self.engine.name, self.known)

    def _launch_elsewhere(self) -> None:
        self.tries += 1
        if self.tries == _TRIES:
            taken = ", ".join(map(str, self.known.ports.values()))
            raise EngineError(
                f"{self.engine.title} lost its ports ({taken}) to other programs {_TRIES} times; try again"
            )
        self.known = state.Known()
        self._launch()

    def _free_ports(self, wanted: Mapping[str, int]) -> dict[str, int]:
        chosen: dict[str, int] = {}
        for purpose, allowed in self.engine.ports.items():
            port = wanted.get(purpose)
            if port is None or port not in allowed or not ports.is_free(port):
                chosen[purpose] = ports.choose(allowed)
                if port is not None:
                    self.report(
                        f"port {port} is taken by another program; {self.engine.title} moves to {chosen[purpose]}", 0, 0
                    )
            else:
                chosen[purpose] = port
        return chosen

    def _remember(self, *, ready: bool) -> None:
        run = self.known.run
        assert run is not None  # noqa: S101 -- _launch or the taken-over run set it
        self.known = state.Known(self.known.ports, state.Run(run.pid, run.mark, run.version, ready))
        state.write(self.data_dir, self.engine.name, self.known)

    def _log(self) -> Path:
        return self.data_dir / LOGS / f"{self.engine.name}.log"

    def _output(self) -> Path:
        """What Java itself says, and an engine before it can log."""
        return self._log().with_suffix(".out")

    def _tail(self) -> str:
        return processes.tail({self._output(): 0, self._log(): self.said_before})
