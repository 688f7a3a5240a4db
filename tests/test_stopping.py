"""A stop has limits that its steps share, and one that holds whatever they do."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeline.async_producer import AsyncProducer
from pipeline.config import Settings
from pipeline.delivery import AbandonedError, NotDeliveredError, Place
from pipeline.producer import Producer
from pipeline.stopping import Stop
from pipeline.threads import in_thread, unless_stopped
from pipeline.topics import RAW

HANG = """
import os, signal, threading
from pipeline import stopping
from pipeline.threads import unless_stopped
stopping.limit.__defaults__ = (0.3, *stopping.limit.__defaults__[1:])
stop = stopping.stop_on_signals()
os.kill(os.getpid(), signal.SIGTERM)
assert stop.is_set()
unless_stopped(threading.Event().wait, "one that hangs", threading.Event())
"""


def test_a_process_that_hangs_at_its_stop_ends_and_says_where() -> None:
    ended = subprocess.run([sys.executable, "-c", HANG], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "the stop took too long" in ended.stderr
    assert "MainThread in unless_stopped (threads.py:" in ended.stderr
    assert "one that hangs in run (threads.py:" in ended.stderr


def test_limits_run_from_the_stop_on() -> None:
    stop = Stop()
    assert stop.left(3) == 3
    stop.set()
    first = stop.left(3)
    assert 0 < first <= 3
    stop.set()  # again
    assert stop.left(3) <= first
    assert stop.left(0) == 0


def test_work_that_waits_is_left_alone_at_a_stop() -> None:
    stop, never = threading.Event(), threading.Event()
    assert unless_stopped(lambda: 7, "soon", stop) == 7
    threading.Timer(0.05, stop.set).start()
    assert unless_stopped(never.wait, "never", stop) is None
    never.set()
    with pytest.raises(ZeroDivisionError):
        unless_stopped(lambda: 1 / 0, "wrong", threading.Event())


def test_work_goes_on_when_its_wait_is_cancelled(capfd: pytest.CaptureFixture[str]) -> None:
    go, gone = threading.Event(), threading.Event()

    def work() -> None:
        go.wait()
        threading.Timer(0.05, gone.set).start()

    async def run() -> None:
        waiting = asyncio.ensure_future(in_thread(work, "work"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
        assert waiting.cancelled()
        go.set()
        await asyncio.to_thread(gone.wait, 30)

    asyncio.run(run())
    assert gone.is_set()
    assert not capfd.readouterr().err


@pytest.mark.parametrize(
    ("error", "told"), [(AbandonedError("given up"), []), (NotDeliveredError("too large"), ["a did not get to"])]
)
def test_a_record_that_nobody_waits_for_any_more_is_told_of_where_it_would_be_lost(
    caplog: pytest.LogCaptureFixture, error: NotDeliveredError, told: list[str]
) -> None:
    sent: list[Future[Place]] = [Future()]
    producer = SimpleNamespace(send=lambda *_, **__: sent[0])
    wrong: list[dict[str, Any]] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: wrong.append(context))
        outbox = AsyncProducer(Settings(), cast("Producer", producer))
        waiting = asyncio.ensure_future(outbox.send_bytes(RAW, "a", b"1"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
        sent[0].set_exception(error)
        await asyncio.sleep(0.01)
        sent.clear()
        gc.collect()  # then asyncio tells of what nobody has looked at

    asyncio.run(run())
    assert not wrong
    assert [message for message in caplog.messages if not any(part in message for part in told)] == []
    assert len(caplog.messages) == len(told)
