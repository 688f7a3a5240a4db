"""Sinks: one file for each kind of store and record. Modules that begin with an underscore are parts of several.

A sink registers a factory with `@sink("name")`: `factory(settings, stop) -> Sink`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from kafka.consumer.fetcher import ConsumerRecord

from pipeline import topics
from pipeline.config import Settings
from pipeline.consumer import Stopped, consume
from pipeline.registry import plugin
from pipeline.topics import Topic
from pipeline.watchdog import end_process

SINKS = ("elasticsearch", "alerts")
_TICK_SECONDS = 0.5

log = logging.getLogger("newswire.sink")


class Sink(Protocol):
    """A store of one topic's records. All methods may wait, and raise `consumer.Stopped` when `stop` is set meanwhile.

    Used in a thread of its own.
    """

    topic: Topic
    group: str
    """The consumer group that reads it, without its prefix."""

    def prepare(self) -> None:
        """Get ready to write: connect, make what has to exist. Waits for a store that is away."""

    def write(self, records: Sequence[ConsumerRecord]) -> None:
        """Return once every record is durable, in the store or as a dead letter."""

    def reassigned(self) -> None:
        """Another process may have written the records before those that come next. Must not wait."""

    def close(self) -> None:
        """Release connections; a write under way may fail."""


def run_sink(
    settings: Settings,
    stop: threading.Event,
    names: Sequence[str] = SINKS,
    end: Callable[[], None] = end_process,
) -> None:
    """Run these sinks side by side until `stop` is set, or one of them fails, which ends all. Returns within 7 s
    after that. `end` is called, from another thread, when records wait and none arrives.

    Raises NewswireError for what waiting cannot mend: wrong credentials, missing rights, wrong settings.
    """
    failed: list[BaseException] = []

    def run(name: str) -> None:
        try:
            _run_one(settings, stop, name, end)
        except BaseException as error:  # noqa: BLE001 -- raised again below
            failed.append(error)
        finally:
            stop.set()

    threads = [threading.Thread(target=run, args=(name,), name=f"newswire-sink-{name}") for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(_TICK_SECONDS)  # a limit lets signals through on every system
    if failed:
        raise failed[0]


def _run_one(settings: Settings, stop: threading.Event, name: str, end: Callable[[], None]) -> None:
    sink: Sink = plugin("sinks", name).function(settings, stop)
    log.info("sink %s of %s starts", name, topics.group(settings.topic_prefix, sink.group))
    try:
        sink.prepare()
        consume(
            settings,
            sink.topic,
            sink.group,
            sink.write,
            stop,
            batch_records=settings.sink.batch_records,
            stall_seconds=settings.sink.stall_seconds,
            reassigned=sink.reassigned,
            end=end,
        )
    except Stopped:
        return
    finally:
        sink.close()
