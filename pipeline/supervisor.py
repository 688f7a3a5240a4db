"""`newswire run all`: the services as child processes, restarted when they end, their logs merged, stopped together."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.config import Settings

STOP_SECONDS = 9.0
"""How long services may take to stop before they are killed; each sees to it that it takes less."""
FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A service that ran so long starts again with the shortest pause."""

SERVICE_VARIABLE = "NEWSWIRE_SERVICE"
SUPERVISOR_VARIABLE = "NEWSWIRE_SUPERVISOR_PID"

log = logging.getLogger("newswire.supervisor")


@dataclass(frozen=True, slots=True)
class Service:
    """A child process: its name in the logs, the arguments after `newswire`."""

    name: str
    arguments: tuple[str, ...]


def services(settings: Settings, cores: int) -> list[Service]:
    """The services of one machine: the sink, one worker per core unless the settings say how many, web if it has a
    port, the pollers of feeds, and the senders of alerts if there are channels to send to."""
    workers = settings.worker.processes or cores
    if workers > settings.kafka.raw_partitions:
        log.warning("%d workers share %d partitions: some will be idle", workers, settings.kafka.raw_partitions)
    pollers = settings.feeds.processes
    web_offset = workers + 1
    feeds_offset = web_offset + 1
    return [
        Service("sink", ("run", "sink", "--metrics-offset", "0")),
        *(Service(f"worker-{n}", ("run", "worker", "--metrics-offset", str(n))) for n in range(1, workers + 1)),
        *([Service("web", ("run", "web", "--metrics-offset", str(web_offset)))] if settings.web.port else ()),
        *_several("feeds", pollers, feeds_offset),
        *_several("deliver", settings.deliver.processes if settings.deliver.channels else 0, feeds_offset + pollers),
    ]


def _several(name: str, count: int, first_offset: int) -> Iterator[Service]:
    for number in range(count):
        title = name if count == 1 else f"{name}-{number + 1}"
        yield Service(title, ("run", name, "--metrics-offset", str(first_offset + number)))


def backoff_seconds(failures: int) -> float:
    """Pause before the start after so many ends in a row (1 for the first)."""
    return float(min(FIRST_BACKOFF_SECONDS * 2 ** (failures - 1), LONGEST_BACKOFF_SECONDS))


class Supervisor:
    """Keeps services running until `stop` is set."""

    def __init__(self, services: Sequence[Service], *, prefix_lines: bool = True) -> None:
        self._services = services
        self._prefix_lines = prefix_lines
        self._stopping = asyncio.Event()
        self._children: dict[str, asyncio.subprocess.Process] = {}

    def stop(self) -> None:
        """Ask every service to stop, once; `run` returns when they have."""
        if self._stopping.is_set():
            return
        log.info("stopping %s", ", ".join(service.name for service in self._services))
        self._stopping.set()
        for child in self._children.values():
            _signal(child, signal.SIGTERM)

    async def run(self) -> None:
        """Start all services and keep them running; returns after `stop`, with no child left."""
        await asyncio.gather(*(self._keep(service) for service in self._services))

    async def _keep(self, service: Service) -> None:
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            status = await self._run_once(service)
            if self._stopping.is_set():
                return
            failures = 1 if time.monotonic() - started > STEADY_SECONDS else failures + 1
            pause = backoff_seconds(failures)
            log.warning("%s ended with status %s, starts again in %.1f s", service.name, status, pause)
            try:
                await asyncio.wait_for(self._stopping.wait(), pause)
            except TimeoutError:
                continue

    async def _run_once(self, service: Service) -> int:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # a folder `pipeline` in the working directory is not ours
            "-m",
            "pipeline",
            *service.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, SERVICE_VARIABLE: service.name, SUPERVISOR_VARIABLE: str(os.getpid())},
            # Ctrl-C on a terminal goes to us alone; we tell the services.
            start_new_session=True,
        )
        self._children[service.name] = child
        if self._stopping.is_set():  # it was asked for while this child was being started
            _signal(child, signal.SIGTERM)
        reading = asyncio.create_task(self._forward(service.name, child))
        await self._wait(service, child)
        await reading
        del self._children[service.name]
        return child.returncode or 0

    async def _wait(self, service: Service, child: asyncio.subprocess.Process) -> None:
        ended = asyncio.create_task(child.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not ended.done():
            _, late = await asyncio.wait({ended}, timeout=STOP_SECONDS)
            if late:
                log.warning("%s did not stop within %.0f s and is killed", service.name, STOP_SECONDS)
                _signal(child, signal.SIGKILL)
        await ended

    async def _forward(self, name: str, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None  # noqa: S101 it was started with a pipe
        prefix = f"[{name}] ".encode() if self._prefix_lines else b""
        while True:
            try:
                line = await child.stdout.readline()
            except ValueError:  # longer than the reader's limit; the rest follows as further lines
                continue
            if not line:
                return
            sys.stderr.buffer.write(prefix + line.rstrip(b"\n") + b"\n")
            sys.stderr.buffer.flush()


async def supervise(services: Sequence[Service], *, prefix_lines: bool = True) -> None:
    """Run the services until SIGTERM or SIGINT."""
    supervisor = Supervisor(services, prefix_lines=prefix_lines)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, supervisor.stop)
    await supervisor.run()


def end_with_supervisor() -> None:
    """In a service: stop as on SIGTERM when the supervisor that started us is gone, so that no orphan is left."""
    parent = os.environ.get(SUPERVISOR_VARIABLE)
    if parent is None or not parent.isdigit():
        return

    def watch() -> None:
        while os.getppid() == int(parent):
            time.sleep(0.5)
        log.warning("the supervisor is gone, stopping")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="supervisor-watch", daemon=True).start()


def _signal(child: asyncio.subprocess.Process, number: signal.Signals) -> None:
    try:
        child.send_signal(number)
    except ProcessLookupError:
        log.debug("process %d had ended already", child.pid)
