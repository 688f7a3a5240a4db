"""The rules as they are now, for what they say of delivery."""

from __future__ import annotations

import logging
import threading

from pipeline.alert_records import Rule
from pipeline.config import Settings
from pipeline.rule_reader import RuleReader, take_over

log = logging.getLogger("newswire.deliver")


class CurrentRules:
    """Read whole, then followed. `find` is for any thread, the others for one."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        self._reader = RuleReader(settings, stop)
        self._rules: dict[str, Rule] = {}

    def find(self, rule: str) -> Rule | None:
        """None if there is none of that id (any more)."""
        return self._rules.get(rule)

    def catch_up(self) -> None:
        """Take over all that was written until now. Raises KafkaError, and KafkaRefusedError."""
        for changes in self._reader.catch_up():
            take_over(changes, self._rules)

    def look(self) -> None:
        """Take over what has come, without waiting. Likewise."""
        take_over(self._reader.follow(), self._rules)

    def close(self) -> None:
        """Release the connection."""
        self._reader.close()
