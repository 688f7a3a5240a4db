"""`newswire run feeds` in virtual time, as a process of its own: `python -m tests.poller_process TIMING [PROXY]`.

With the URL of a proxy it reaches Kafka through that alone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from pipeline import kafka_connection
from pipeline.async_producer import AsyncProducer
from pipeline.config import Settings, load
from pipeline.delivery import Place
from pipeline.observe import serve_metrics, start_logging
from pipeline.poller.service import run_feeds
from pipeline.stopping import stop_on_signals
from pipeline.topics import Topic
from tests.feed_site.timing import Timing
from tests.services import Service


class PollerProcess(Service):
    """One poller, for a test."""

    def __init__(self, settings: Settings, folder: Path, timing: Timing, proxy: str | None = None, **more: str) -> None:
        arguments = [json.dumps(timing.as_dict()), *([proxy] if proxy else [])]
        self.program = (sys.executable, "-m", "tests.poller_process", *arguments)
        root = str(Path(__file__).parents[1])
        super().__init__("feeds", settings, folder, PYTHONPATH=root, **more)


def die_before(suffix: str) -> None:
    """kill -9 at a moment that no test could choose: before the first record for a topic is sent."""
    send = AsyncProducer.send_bytes

    async def send_or_die(outbox: AsyncProducer, topic: Topic, *more: Any, **named: Any) -> Place:
        if topic.suffix == suffix:
            os.kill(os.getpid(), signal.SIGKILL)
        return await send(outbox, topic, *more, **named)

    AsyncProducer.send_bytes = send_or_die  # type: ignore[method-assign]


def main() -> None:
    stop = stop_on_signals()
    settings = load()
    start_logging(settings.log)
    arguments = [each for each in sys.argv[2:] if each.startswith("http")]
    if arguments:
        options = kafka_connection.connection_options
        kafka_connection.connection_options = lambda kafka: {**options(kafka), "proxy_url": arguments[0]}
    serve_metrics(settings.metrics, 0)
    if "POLLER_DIES_BEFORE" in os.environ:
        die_before(os.environ["POLLER_DIES_BEFORE"])
    run_feeds(settings, stop, Timing(**json.loads(sys.argv[1])).clock())


if __name__ == "__main__":
    main()
