"""The rules of a worker: read whole before it joins its group, then followed, each change in force within a second.

A thread reads the topic and nothing else. What it has read is put in force by the thread that matches, between two
articles and in small steps, so that no article sees half a change and an import of all rules stops no stream.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic, thread_time

from kafka.errors import KafkaError

from pipeline.alerts.in_force import RulesInForce
from pipeline.config import Settings
from pipeline.observe import RULES, RULES_LOAD_SECONDS
from pipeline.rule_reader import Change, RuleReader

STEP_SECONDS = 0.02
"""CPU time that changes of rules may take at once; as much is left for articles before the next step."""
_TICK_SECONDS = 0.05
_FOLLOW_MS = 500
_RETRY_SECONDS = 1.0
_REMINDER_SECONDS = 60.0
_PATIENCE_SECONDS = 10.0

log = logging.getLogger("newswire.rules")


class RuleFollower:
    """Keeps `rules` as the topic has them. `end` is called, after a word in the log, should following ever fail."""

    def __init__(self, settings: Settings, end: Callable[[], None]) -> None:
        self.rules = RulesInForce()
        self._settings = settings
        self._end = end
        self._stop = threading.Event()
        self._changes: deque[Change] = deque()
        self._read = threading.Event()
        self._failed: Exception | None = None

    def load(self) -> None:
        """Return once all rules that there are now are in force. Waits for Kafka as long as it takes.

        Raises ConfigError and KafkaRefusedError.
        """
        started = monotonic()
        threading.Thread(target=self._follow, name="newswire-rules", daemon=True).start()
        self._read.wait()
        if self._failed:
            raise self._failed
        self._count()
        # Nothing of what is loaded can go: the collector would walk through it again and again.
        gc.disable()
        while self._changes:
            self.step(_RETRY_SECONDS)
        gc.freeze()
        gc.enable()
        seconds = monotonic() - started
        RULES_LOAD_SECONDS.set(seconds)
        log.info(
            "%d rules are in force after %.1f s; %d are paused, %d cannot be read",
            len(self.rules),
            seconds,
            self.rules.paused,
            self.rules.broken,
        )

    async def keep(self) -> None:
        """Put in force what changes, for ever."""
        while True:
            self.step(STEP_SECONDS)
            # As long as a step: a batch on its way takes hundreds of turns of the loop, and each would wait for one.
            await asyncio.sleep(STEP_SECONDS if self._changes else _TICK_SECONDS)

    def step(self, seconds: float) -> None:
        """Put in force what was read, in its order, for so many seconds of CPU at most."""
        if not self._changes:
            return
        deadline = thread_time() + seconds
        while self._changes and thread_time() < deadline:
            key, rule = self._changes.popleft()
            wrong = self.rules.change(key, rule)
            if wrong:
                log.error("rule %s is not in force: %s; write it again, or remove it", key, wrong)
        self._count()

    def refile(self) -> None:
        """To be called after each article."""
        if self.rules.refile():
            # As after the load. Rounds are rare, and so is this.
            gc.collect()
            gc.freeze()

    def close(self) -> None:
        """Stop following."""
        self._stop.set()

    def _count(self) -> None:
        RULES.labels("in force").set(len(self.rules))
        RULES.labels("paused").set(self.rules.paused)
        RULES.labels("broken").set(self.rules.broken)

    def _follow(self) -> None:
        reader = RuleReader(self._settings, self._stop)
        try:
            self._read_all(reader)
            self._read.set()
            while not self._stop.is_set():
                self._read_more(reader)
        except Exception as error:
            if not self._read.is_set():
                self._failed = error
                self._read.set()
                return
            log.critical("stopping: the rules cannot be followed any more", exc_info=True)
            self._end()
        finally:
            reader.close()

    def _read_all(self, reader: RuleReader) -> None:
        """Only what is in force at the end matters, and is worth parsing."""
        found: dict[str, Change] = {}
        told = moved = monotonic()
        while not self._stop.is_set():
            try:
                for changes in reader.catch_up():
                    found.update((change[0], change) for change in changes)
                    if changes:
                        moved = monotonic()
                    elif monotonic() - max(told, moved) > _PATIENCE_SECONDS:
                        told = monotonic()
                        log.warning("waiting for the rest of the rules, %d are read; is Kafka there?", len(found))
            except KafkaError as error:
                log.warning("cannot read the rules for now: %s; no article is matched before", error)
                self._stop.wait(_RETRY_SECONDS)
            else:
                break
        self._changes.extend(found.values())

    def _read_more(self, reader: RuleReader) -> None:
        try:
            self._changes.extend(reader.follow(_FOLLOW_MS))
        except KafkaError as error:
            log.warning("cannot look for changes of rules for now: %s; those known stay in force", error)
            self._stop.wait(_RETRY_SECONDS)
