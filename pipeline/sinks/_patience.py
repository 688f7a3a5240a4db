"""Waiting for a search engine that is away: pauses that grow, and a word at each longer one."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from pipeline.consumer import Stopped
from pipeline.observe import RETRIES
from pipeline.search_engine import SearchEngineAwayError, failure

FIRST_PAUSE_SECONDS = 0.25

T = TypeVar("T")

log = logging.getLogger("newswire.sink")


def pause_seconds(tries: int, longest: float, jitter: float) -> float:
    """Pause after so many failed tries in a row (1 for the first): doubling up to `longest`, of which `jitter`
    (0 to 1) takes away up to half, so that many clients do not come back at once."""
    return float(min(FIRST_PAUSE_SECONDS * 2 ** min(tries - 1, 30), longest) * (1 - jitter / 2))


class Patience:
    """Counts the failures in a row, pauses after each, logs when a pause is longer than the one before, and when it
    was the last."""

    def __init__(self, service: str, longest: float, stop: threading.Event) -> None:
        self._service = service
        self._longest = longest
        self._stop = stop
        self._tries = 0
        self._since = 0.0

    def bear(self, reason: str) -> None:
        """Pause because of a passing fault. Raises Stopped when `stop` is set before the pause is over."""
        if self._tries == 0:
            self._since = monotonic()
        self._tries += 1
        RETRIES.labels(self._service).inc()
        pause = pause_seconds(self._tries, self._longest, random.random())  # noqa: S311 -- no secret depends on it
        if self._tries == 1 or pause_seconds(self._tries, self._longest, 0) > pause_seconds(
            self._tries - 1, self._longest, 0
        ):
            log.warning("%s; next try in %.1f s", reason, pause)
        if self._stop.wait(pause):
            raise Stopped

    def relieve(self) -> None:
        """It works again."""
        if self._tries:
            log.info("works again, after %.1f s and %d tries", monotonic() - self._since, self._tries)
        self._tries = 0

    def insist(self, request: Callable[[], T], client: Elasticsearch | None = None) -> T:
        """The request's result, however often it takes. `client` is the one that it goes through, if it is a bare call.

        Raises Stopped, and SearchEngineRefusedError for what is no passing fault.
        """
        while True:
            if self._stop.is_set():
                raise Stopped
            try:
                result = request()
            except SearchEngineAwayError as error:
                self.bear(str(error))
            except (ApiError, TransportError) as error:
                if client is None:
                    raise
                failed = failure(error, client)
                if not isinstance(failed, SearchEngineAwayError):
                    raise failed from error
                self.bear(str(failed))
            else:
                self.relieve()
                return result
