"""`newswire run feeds` in virtual time, as a process of its own: `python -m tests.poller_process TIMING [PROXY]`.

With the URL of a proxy it reaches Kafka through that alone.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path

from pipeline import kafka_connection
from pipeline.config import Settings, load
from pipeline.observe import start_logging
from pipeline.poller.service import run_feeds
from tests.feed_site.timing import Timing
from tests.services import Service


class PollerProcess(Service):
    """One poller, for a test."""

    def __init__(self, settings: Settings, folder: Path, timing: Timing, proxy: str | None = None, **more: str) -> None:
        arguments = [json.dumps(timing.as_dict()), *([proxy] if proxy else [])]
        self.program = (sys.executable, "-m", "tests.poller_process", *arguments)
        root = str(Path(__file__).parents[1])
        super().__init__("feeds", settings, folder, PYTHONPATH=root, **more)


def main() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = load()
    start_logging(settings.log)
    arguments = [each for each in sys.argv[2:] if each.startswith("http")]
    if arguments:
        options = kafka_connection.connection_options
        kafka_connection.connection_options = lambda kafka: {**options(kafka), "proxy_url": arguments[0]}
    run_feeds(settings, stop, Timing(**json.loads(sys.argv[1])).clock())


if __name__ == "__main__":
    main()
