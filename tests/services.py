"""Our services as child processes of a test: started with their own settings, ended by pid, their output at hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.config import Settings, engine_environment

STOP_SECONDS = 10
"""The promise of a clean stop."""


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment that makes a child process use these settings, and nothing that the user has set."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NEWSWIRE_")}
    return {
        **inherited,
        "NEWSWIRE_TOPIC_PREFIX": settings.topic_prefix,
        "NEWSWIRE_INDEX_PREFIX": settings.index_prefix,
        **engine_environment(settings),
        "NEWSWIRE_LOCAL__DATA_DIR": str(settings.local.data_dir),
        "NEWSWIRE_KAFKA__RAW_PARTITIONS": str(settings.kafka.raw_partitions),
        "NEWSWIRE_KAFKA__FEED_PARTITIONS": str(settings.kafka.feed_partitions),
        "NEWSWIRE_KAFKA__ALERT_PARTITIONS": str(settings.kafka.alert_partitions),
        **more,
    }


class Service:
    """A running `newswire run NAME`."""

    program: Sequence[str] = (sys.executable, "-P", "-m", "pipeline")

    def __init__(self, name: str, settings: Settings, folder: Path, **more: str) -> None:
        self.name = name
        self._log = folder / f"{name}-{time.monotonic_ns()}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [*self.program, "run", name],
                env=environment(settings, **more),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self._log.read_text(errors="replace")

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> float:
        """SIGTERM; returns the seconds that it took. Fails when the promise is not kept."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not stop within {STOP_SECONDS} s:\n{self.output}") from None
        return time.monotonic() - started


@contextmanager
def running(name: str, settings: Settings, folder: Path, **more: str) -> Iterator[Service]:
    """A service for the length of a block, stopped cleanly at its end if it still runs."""
    service = Service(name, settings, folder, **more)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.stop()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60, watching: Sequence[Service] = ()) -> None:
    """Return once `condition` holds; fail with the output of the services watched when one ends or time runs out."""
    deadline = time.monotonic() + seconds
    while not condition():
        ended = [service.name for service in watching if service.process.poll() is not None]
        if ended or time.monotonic() > deadline:
            why = f"{ended[0]} ended" if ended else f"{seconds} s are over"
            outputs = "\n".join(service.output for service in watching)
            raise AssertionError(f"{why} and still not: {what}\n{outputs}")
        time.sleep(0.05)
