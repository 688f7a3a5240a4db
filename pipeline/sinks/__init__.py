"""Sinks: one file for each kind of store. Modules that begin with an underscore are parts of one.

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
from pipeline.watchdog import end_process

log = logging.getLogger("newswire.sink")


class Sink(Protocol):
    """A store of articles. All methods may wait, and raise `consumer.Stopped` when `stop` is set meanwhile."""

    def prepare(self) -> None:
        """Get ready to write: connect, make what has to exist. Waits for a store that is away."""

    def write(self, records: Sequence[ConsumerRecord]) -> None:
        """Return once every record of `news.articles` is durable, in the store or as a dead letter."""

    def reassigned(self) -> None:
        """Another process may have written the records before those that come next. Must not wait."""

    def close(self) -> None:
        """Release connections; a write under way may fail."""


def run_sink(
    settings: Settings,
    stop: threading.Event,
    name: str = "elasticsearch",
    end: Callable[[], None] = end_process,
) -> None:
    """Write `news.articles` into the store until `stop` is set. Returns within 15 s after that. `end` is called, from
    another thread, when articles wait and none arrives.

    Raises NewswireError for what waiting cannot mend: wrong credentials, missing rights, wrong settings.
    """
    sink: Sink = plugin("sinks", name).function(settings, stop)
    log.info("sink %s of %s starts", name, topics.group(settings.topic_prefix, topics.SINK_GROUP))
    try:
        sink.prepare()
        consume(
            settings,
            topics.ARTICLES,
            topics.SINK_GROUP,
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
