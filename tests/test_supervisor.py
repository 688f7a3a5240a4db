"""The supervisor, with real child processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from pipeline.config import Settings
from pipeline.supervisor import LONGEST_BACKOFF_SECONDS, Service, Supervisor, backoff_seconds, services
from tests.services import wait_until


def test_the_pause_doubles_up_to_a_limit() -> None:
    pauses = [backoff_seconds(n) for n in range(1, 12)]
    assert pauses[:4] == [0.5, 1, 2, 4]
    assert max(pauses) == LONGEST_BACKOFF_SECONDS


def test_one_worker_per_core_a_sink_and_a_poller_unless_the_settings_say_more() -> None:
    assert [s.name for s in services(Settings(), cores=2)] == ["sink", "worker-1", "worker-2", "feeds"]
    chosen = Settings(worker={"processes": 3}, feeds={"processes": 2})
    assert [s.name for s in services(chosen, cores=2)][3:] == ["worker-3", "feeds-1", "feeds-2"]
    assert "feeds" not in [s.name for s in services(Settings(feeds={"processes": 0}), cores=2)]


def test_each_service_has_a_metrics_port_of_its_own() -> None:
    deliver = {"processes": 2, "channels": {"desk": {"kind": "webhook"}}}
    settings = Settings(web={"port": 8080}, feeds={"processes": 2}, deliver=deliver)
    offsets = [service.arguments[-1] for service in services(settings, cores=3)]
    assert offsets == [str(number) for number in range(9)]


def test_alerts_are_sent_where_there_are_channels_to_send_to() -> None:
    channels = {"desk": {"kind": "webhook"}}

    def senders(**deliver: object) -> list[str]:
        named = [service.name for service in services(Settings(deliver=deliver), cores=1)]
        return [name for name in named if name.startswith("deliver")]

    assert senders() == []
    assert senders(channels=channels) == ["deliver"]
    assert senders(channels=channels, processes=2) == ["deliver-1", "deliver-2"]
    assert senders(channels=channels, processes=0) == []


def test_a_service_that_ends_is_started_again_and_told(
    caplog: pytest.LogCaptureFixture, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    async def run() -> None:
        supervisor = Supervisor([Service("printer", ("version",))])
        task = asyncio.create_task(supervisor.run())
        while sum("starts again" in message for message in caplog.messages) < 2:
            await asyncio.sleep(0.05)
        supervisor.stop()
        await task

    asyncio.run(asyncio.wait_for(run(), 30))
    assert "printer ended with status 0, starts again in 0.5 s" in caplog.messages
    assert "printer ended with status 0, starts again in 1.0 s" in caplog.messages
    assert capfdbinary.readouterr().err.count(b"[printer] 0.") >= 2


def _supervised(folder: Path) -> subprocess.Popen[bytes]:
    """A supervisor in a process of its own, over a service that never ends by itself."""
    program = (
        "import asyncio; from pipeline.supervisor import *; "
        "asyncio.run(supervise([Service('waiter', ('run', 'worker'))]))"
    )
    nobody = {"NEWSWIRE_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:9", "NEWSWIRE_ELASTICSEARCH__URL": "http://127.0.0.1:9"}
    return subprocess.Popen([sys.executable, "-c", program], cwd=folder, env={**os.environ, **nobody})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_service_outlives_its_supervisor(tmp_path: Path, number: signal.Signals) -> None:
    parent = _supervised(tmp_path)
    try:
        wait_until(lambda: bool(psutil.Process(parent.pid).children()), "the service runs")
        child = psutil.Process(parent.pid).children()[0]
        # A child that has not set itself up yet would miss that its parent is gone.
        wait_until(lambda: child.num_threads() > 1 or not child.is_running(), "the service has set itself up")
        started = time.monotonic()
        parent.send_signal(number)
        parent.wait(16)
        wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "the service ended", 16)
        assert time.monotonic() - started < 16
    finally:
        if parent.poll() is None:
            parent.kill()
            parent.wait()
