"""A circuit breaker over outcomes: a bad release must not drain the topic into the dead letters."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable


class CircuitBreaker:
    """Open once at least `ratio` of the last `records` outcomes were rejects; a ratio of 1 never opens.

    A window that has not filled yet counts as if the rest of it had gone well, so that a few bad records
    at the start do not stop a worker.
    """

    def __init__(self, ratio: float, records: int) -> None:
        self._ratio = ratio
        self._records = records
        self._window: deque[bool] = deque(maxlen=records)

    def opens(self, rejected: Iterable[bool]) -> bool:
        """Add the outcomes of a batch (True for a reject), in order; tell whether the circuit is open now."""
        self._window.extend(rejected)
        return self._ratio < 1 and sum(self._window) >= self._ratio * self._records
