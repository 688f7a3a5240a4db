"""`up`, `down` and what stands between: the life of the local engines."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from pipeline.config import Local, Settings
from pipeline.engines import jars, java, processes, state
from pipeline.engines.base import HOST, LOGS, Engine, EngineError, Report
from pipeline.engines.kafka import Kafka
from pipeline.engines.opensearch import OpenSearch
from pipeline.engines.starting import STOP_SECONDS, Start, lock_of, start_all, version_of

KAFKA, OPENSEARCH = Kafka(), OpenSearch()
ENGINES: tuple[Engine, ...] = (KAFKA, OPENSEARCH)

ROOM_BYTES = 1_000_000_000


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
        starting = []
        for engine in ENGINES:
            known = state.read(data_dir).get(engine.name, state.Known())
            if known.run and known.run.ready and known.run.process():
                report(f"{engine.title} {known.run.version} is already running on {HOST}:{known.ports['listen']}", 0, 0)
            else:
                starting.append(Start(engine, engine.heap(local), data_dir, known, report))
        if starting:
            _check_room(data_dir)
            checked = jars.class_path([lock_of(start.engine) for start in starting], report)
            for start, class_path in zip(starting, checked, strict=True):
                start.java, start.class_path = runtime, class_path
            start_all(starting)
    running = endpoints(local)
    if running is None:
        raise EngineError(f"an engine ended right after its start; its log is in {data_dir / LOGS}")
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
        # Data that go away need no clean end, which takes Kafka half a minute where it has many topics.
        killed = processes.stop(running, 0 if delete_data else STOP_SECONDS)
        if killed and not delete_data:
            report(
                f"{len(killed)} did not end within {STOP_SECONDS:.0f} s and had to be killed; no data are lost", 0, 0
            )
        for name, known in state.read(data_dir).items():
            state.write(data_dir, name, state.Known(known.ports))
        if delete_data:
            for folder in (*(engine.name for engine in ENGINES), LOGS):
                shutil.rmtree(data_dir / folder, ignore_errors=True)
            shutil.rmtree(local.push_dir, ignore_errors=True)  # it tells of records that are gone
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
        version=run.version if run and alive else version_of(engine),
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
    folder = local.data_dir.expanduser().resolve()
    if "," in str(folder):
        raise EngineError(f"local.data_dir must have no comma: OpenSearch would take {folder} for a list of folders")
    return folder


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
