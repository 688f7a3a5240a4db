"""Ends a service that has work and does none, so that its supervisor starts it again.

A Kafka client can lose its place in a group without an error: kafka-python 3.0.12 forgot a join that it had begun (see
group_consumer.py); Faust 0.15.3 stalls under backpressure. What the service itself knows is no proof then, so the
brokers are asked.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Callable, Set
from time import monotonic

from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline import consumer_lag
from pipeline.config import Kafka
from pipeline.errors import NewswireError

EXIT_STALLED = 71
"""Status of a process that the watchdog ended."""
_LONGEST_TICK_SECONDS = 5.0

log = logging.getLogger("newswire.watchdog")


class Watchdog:
    """Looks, from a thread of its own, whether anything moved within `seconds`; if not, whether work waits.

    `waits` says whether it does; `end` is called, after a word in the log, when it does.
    """

    def __init__(self, seconds: float, waits: Callable[[], bool], end: Callable[[], None]) -> None:
        self._seconds = seconds
        self._waits = waits
        self._end = end
        self._moved = monotonic()
        self._over = threading.Event()

    def start(self) -> None:
        """Watch until `stop`."""
        threading.Thread(target=self._watch, name="newswire-watchdog", daemon=True).start()

    def stop(self) -> None:
        """Nothing is ended after this, unless `end` is being called already."""
        self._over.set()

    def touch(self) -> None:
        """Note that something moved, be it only another try."""
        self._moved = monotonic()

    def _watch(self) -> None:
        while not self._over.wait(min(_LONGEST_TICK_SECONDS, self._seconds / 2)):
            if monotonic() - self._moved <= self._seconds:
                continue
            if not self._waits():  # whatever comes now, or once Kafka is back, has as long again
                self.touch()
            elif not self._over.is_set():
                log.critical(
                    "stalled for %.0f s with records waiting; the process ends, to be started again",
                    monotonic() - self._moved,
                )
                self._end()
                return


class Backlog:
    """Whether records wait on a topic that a member of the group should have read; asks the brokers at each call.

    Two calls in a row must find the same: the first may come just after a record did. `mine` gives this member's
    partitions; those of no member count as well. While Kafka is away, nothing waits.
    """

    def __init__(self, kafka: Kafka, topic: str, group: str, mine: Callable[[], Set[TopicPartition]]) -> None:
        self._kafka = kafka
        self._topic = topic
        self._group = group
        self._mine = mine
        self._seen: set[tuple[TopicPartition, int]] = set()

    def __call__(self) -> bool:
        """One look."""
        try:
            found = self._look()
        except (NewswireError, KafkaError) as error:
            log.info("cannot look for waiting records: %s", error)
            found = set()
        stuck = self._seen & found
        self._seen = found
        return bool(stuck)

    def _look(self) -> set[tuple[TopicPartition, int]]:
        """Partition and committed offset of each partition with a lag that is ours or nobody's."""
        with consumer_lag.administer(self._kafka) as admin:
            places = consumer_lag.partitions(admin, [self._topic]).get(self._topic, [])
            done = consumer_lag.committed_offsets(admin, [self._group]).get(self._group, {})
            owned = set().union(*consumer_lag.members(admin, [self._group]).get(self._group, ()))
            waiting = consumer_lag.waiting(admin, places, done)
        others = owned - self._mine()
        return {(place, done.get(place, -1)) for place, count in waiting.items() if count and place not in others}


def end_process() -> None:
    """Tell where every thread is, then end at once, without acknowledging anything on the way out."""
    logging.shutdown()
    faulthandler.dump_traceback(sys.stderr)
    sys.stderr.flush()
    os._exit(EXIT_STALLED)
