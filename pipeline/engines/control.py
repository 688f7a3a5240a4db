"""`up`, `down` and what stands between: the life of the local engines."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import psutil

from pipeline.config import Local, Settings
from pipeline.engines import jars, java, ports, processes, state
from pipeline.engines.base import HOST, Engine, EngineError, Place, Report
from pipeline.engines.kafka import Kafka
from pipeline.engines.opensearch import OpenSearch

KAFKA, OPENSEARCH = Kafka(), OpenSearch()
ENGINES: tuple[Engine, ...] = (KAFKA, OPENSEARCH)

ROOM_BYTES = 1_000_000_000
_START_SECONDS = 120.0
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.1
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the local engines are reached: `host:port` and a URL."""

    kafka: str
    elasticsearch: str


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """One engine as it is now; what only a running one has is None for a stopped one."""

    name: str
    title: str
    version: str
    running: bool
    address: str | None
    pid: int | None
    started_at: datetime | None
    rss_bytes: int | None
    data_bytes: int


def up(local: Local, report: Report) -> Endpoints:
    """Start what does not run yet, wait until it is ready, and say where it is. Raises EngineError.

    Fails as a whole: an engine that this call started is stopped again when another one cannot be started.
    """
    runtime = java.runtime()
    data_dir = _folder(local)
    with state.exclusive(data_dir, report):
        starts = []
        for engine in ENGINES:
            known = state.read(data_dir).get(engine.name, state.Known())
            if known.run and known.run.ready and known.run.process():
                report(f"{engine.title} {known.run.version} is already running on {HOST}:{known.ports['listen']}", 0, 0)
            else:
                starts.append(_Start(engine, local, known, report))
        if starts:
            _check_room(data_dir)
            for start, class_path in zip(
                starts, jars.class_path([_lock(s.engine) for s in starts], report), strict=True
            ):
                start.command = [str(runtime)]
                start.class_path = class_path
            _start_all(starts)
    running = endpoints(local)
    if running is None:
        raise EngineError(f"an engine ended right after its start; its log is in {data_dir / 'logs'}")
    return running


def down(local: Local, report: Report, *, delete_data: bool = False) -> list[str]:
    """Stop what runs and return its titles; data stay unless `delete_data`. Raises EngineError."""
    data_dir = _folder(local)
    if not data_dir.is_dir():
        return []
    stopped = []
    with state.exclusive(data_dir, report):
        running: list[psutil.Process] = []
        for engine in ENGINES:
            found = _processes(engine, data_dir)
            if found:
                report(f"stopping {engine.title}", 0, 0)
                stopped.append(engine.title)
                running += found
        killed = processes.stop(running, _STOP_SECONDS)
        if killed:
            report(
                f"{len(killed)} did not end within {_STOP_SECONDS:.0f} s and had to be killed; no data are lost", 0, 0
            )
        for name, known in state.read(data_dir).items():
            state.write(data_dir, name, state.Known(known.ports))
        if delete_data:
            for folder in (*(engine.name for engine in ENGINES), "logs"):
                shutil.rmtree(data_dir / folder, ignore_errors=True)
    return stopped


def endpoints(local: Local) -> Endpoints | None:
    """Where the engines are, or None unless all of them run and are ready."""
    known = state.read(_folder(local))
    addresses = {}
    for engine in ENGINES:
        one = known.get(engine.name)
        if one is None or one.run is None or not one.run.ready or one.run.process() is None:
            return None
        addresses[engine.name] = f"{HOST}:{one.ports['listen']}"
    return Endpoints(addresses[KAFKA.name], f"http://{addresses[OPENSEARCH.name]}")


def with_local_engines(settings: Settings) -> Settings:
    """The settings with the running local engines where no server is named. Raises EngineError if they do not run."""
    kafka, elasticsearch = settings.kafka, settings.elasticsearch
    if kafka.bootstrap_servers and elasticsearch.url:
        return settings
    local = endpoints(settings.local)
    if local is None:
        raise EngineError("the local engines are not running; start them with `newswire up`")
    if not kafka.bootstrap_servers:
        kafka = kafka.model_copy(update={"bootstrap_servers": local.kafka})
    if not elasticsearch.url:
        elasticsearch = elasticsearch.model_copy(update={"url": local.elasticsearch})
    return settings.model_copy(update={"kafka": kafka, "elasticsearch": elasticsearch})


def statuses(local: Local) -> list[EngineStatus]:
    """Every engine, running or not."""
    data_dir = _folder(local)
    known = state.read(data_dir)
    return [_status(engine, known.get(engine.name, state.Known()), data_dir) for engine in ENGINES]


def _status(engine: Engine, known: state.Known, data_dir: Path) -> EngineStatus:
    run = known.run
    alive = run.process() if run else None
    started_at = rss = None
    with contextlib.suppress(psutil.Error):
        if alive:
            rss = alive.memory_info().rss
            started_at = datetime.fromtimestamp(alive.create_time(), UTC)
    return EngineStatus(
        name=engine.name,
        title=engine.title,
        version=run.version if run and alive else _lock(engine).version,
        running=alive is not None,
        address=f"{HOST}:{known.ports['listen']}" if alive else None,
        pid=alive.pid if alive else None,
        started_at=started_at,
        rss_bytes=rss,
        data_bytes=sum(_sizes(data_dir / engine.name)),
    )


def _sizes(folder: Path) -> Iterator[int]:
    """What each file takes on the disk; Kafka's index files are long and nearly empty."""
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            yield path.lstat().st_blocks * 512


def _folder(local: Local) -> Path:
    return local.data_dir.expanduser().absolute()


@cache
def _lock(engine: Engine) -> jars.Lock:
    return jars.read_lock(Path(__file__).with_name(f"{engine.name}.jgo.lock.toml"))


def _processes(engine: Engine, data_dir: Path) -> list[psutil.Process]:
    known = state.read(data_dir).get(engine.name)
    remembered = known.run.process() if known and known.run else None
    return [remembered] if remembered else state.strays(engine.name, data_dir)


def _check_room(data_dir: Path) -> None:
    free = shutil.disk_usage(data_dir).free
    if free < ROOM_BYTES:
        raise EngineError(
            f"only {free / 1e6:.0f} MB are free at {data_dir}, and the local engines need {ROOM_BYTES / 1e6:.0f} MB; "
            "free some disk space or choose another folder: local.data_dir"
        )


def _start_all(starts: Sequence[_Start]) -> None:
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
        processes.stop([start.process for start in starts if start.process], _STOP_SECONDS)
        raise


@dataclass
class _Start:
    """One engine on its way from stopped to ready."""

    engine: Engine
    local: Local
    known: state.Known
    report: Report
    command: list[str] = field(default_factory=list)
    class_path: list[Path] = field(default_factory=list)
    process: psutil.Process | None = None
    tries: int = 0
    deadline: float = 0.0

    def begin(self) -> None:
        """Start the process, or take over one that an interrupted `up` left behind."""
        self.deadline = time.monotonic() + _START_SECONDS
        self.report(f"starting {self.engine.title} {_lock(self.engine).version}", 0, 0)
        self.process = self.known.run.process() if self.known.run else None
        if self.process is None:
            processes.stop(state.strays(self.engine.name, self.data_dir), _STOP_SECONDS)
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
            processes.stop([self.process], _STOP_SECONDS)
            self._launch_elsewhere()
        elif listen in heard and self.engine.is_ready(listen):
            self._remember(ready=True)
            self.report(f"{self.engine.title} is ready on {HOST}:{listen}", 0, 0)
            return True
        elif time.monotonic() > self.deadline:
            raise EngineError(
                f"{self.engine.title} was not ready after {_START_SECONDS:.0f} s and was stopped. "
                f"The end of its log:\n{self._tail()}"
            )
        return False

    @property
    def data_dir(self) -> Path:
        """Where everything lies."""
        return _folder(self.local)

    def _place(self) -> Place:
        return Place(self.data_dir / self.engine.name, self.data_dir / "logs", self.known.ports)

    def _launch(self) -> None:
        self.known = state.Known(self._free_ports(self.known.ports))
        place = self._place()
        tmp = place.home / "tmp"
        try:
            for folder in (place.logs, place.home):
                folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(tmp, ignore_errors=True)
            tmp.mkdir()
            self.engine.configure(place)
        except OSError as error:
            raise EngineError(f"cannot write to {place.home}: {error.strerror}") from error
        environment = java.environment(self.class_path, tmp)
        base = [*self.command, f"-Djava.io.tmpdir={tmp}", f"-XX:ErrorFile={place.logs}/{self.engine.name}-crash.log"]
        first = self.engine.first_run(place)
        if first:
            processes.run_once([*base, *first], place.home, environment, f"preparing {self.engine.title}'s folder")
        mark = state.mark(self.engine.name, self.data_dir, secrets.token_hex(8))
        command = [*base, f"-Xmx{self.engine.heap(self.local)}", mark, *self.engine.options(place)]
        self.process = processes.launch(command, place.home, environment, self._output())
        self.known = state.Known(self.known.ports, state.Run(self.process.pid, mark, _lock(self.engine).version))
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

    def _output(self) -> Path:
        return self.data_dir / "logs" / f"{self.engine.name}.out"

    def _tail(self) -> str:
        return processes.tail(self._output().with_suffix(".log"), self._output())
