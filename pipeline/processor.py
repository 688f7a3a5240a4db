"""Batches through the chain, and past the rules; what came of them made durable."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import thread_time
from typing import Any

from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError

from pipeline import topics
from pipeline.alert_records import Alert
from pipeline.alerts.raising import Failure, Policy, raise_alerts
from pipeline.breaker import CircuitBreaker
from pipeline.chain import Chain
from pipeline.config import Settings
from pipeline.observe import (
    ALERT_FAILURES,
    ALERTS_RAISED,
    DRIFTING,
    RETRIES,
    STAGE_SECONDS,
    count_outcomes,
    count_result,
    describe_drift,
)
from pipeline.outcomes import Kept, Outcome, Rejected
from pipeline.publication import Announcement, Input, Message, announce, bury, publish, shorter
from pipeline.records import Article
from pipeline.rule_follower import STEP_SECONDS, RuleFollower
from pipeline.source_memory import SourceMemory

MAX_RETRY_SECONDS = 5.0
_MOST_WAITING_BYTES = 32 * topics.MIB
_PAUSE_EVERY = 50

Send = Callable[[Message], Awaitable[None]]
"""Returns once the brokers have it; raises what aiokafka raises."""

log = logging.getLogger("newswire.worker")


class CircuitOpenError(Exception):
    """Too many rejects; nothing of the batch was published."""


class Progress:
    """What the worker has done, for the watchdog; changed in the event loop, read from its thread."""

    def __init__(self) -> None:
        self.done: dict[Any, int] = {}
        self.busy = False
        self.touch: Callable[[], None] = lambda: None
        """To be called when something moved, be it only another try."""


class Processor:
    """Takes batches through the chain and makes the results durable."""

    def __init__(
        self,
        settings: Settings,
        chain: Chain,
        memory: SourceMemory,
        *,
        rules: RuleFollower | None,
        send: Send,
        progress: Progress,
    ) -> None:
        self._chain = chain
        self._memory = memory
        self._rules = rules
        self._send = send
        self._progress = progress
        self._breaker = CircuitBreaker(settings.worker.breaker_ratio, settings.worker.breaker_records)
        self._policy = Policy(
            timedelta(hours=settings.alerts.backfill_hours),
            timedelta(hours=settings.alerts.replay_hours),
            settings.alerts.snippet_characters,
        )

    async def until_durable(self, inputs: Sequence[Input]) -> None:
        """Return once every record of the batch is published, or dropped, and so are its alerts.

        Retries passing faults for ever. Raises CircuitOpenError.
        """
        waiting = _Waiting(self)
        outcomes: list[Outcome] = []
        failures: list[tuple[str, Failure]] = []
        if self._rules:
            self._rules.step(STEP_SECONDS)  # what was read before the batch came is in force for its first article
        for source in inputs:
            result = self._chain.process(source.value, datetime.now(UTC))
            count_result(result)
            publication = publish(result.outcome, source, datetime.now(UTC))
            outcomes.append(publication.outcome if publication else result.outcome)
            if publication:
                waiting.add(source, publication)
                if self._rules and isinstance(publication.outcome, Kept):
                    failed = await self._alert(publication.outcome.article, source, self._rules, waiting)
                    failures += ((publication.outcome.article.id, failure) for failure in failed)
            self._progress.touch()
            await asyncio.sleep(0)  # heartbeats, commits and changes of rules go on between two articles
        self._tell_drift()
        self._stop_if_open(outcomes)
        await waiting.flush()
        count_outcomes(outcomes)
        _tell_rejects(outcomes)
        _tell_failures(failures)

    async def _alert(self, article: Article, source: Input, rules: RuleFollower, waiting: _Waiting) -> list[Failure]:
        """Raise the article's alerts. Its dead letter stands for those that failed; replaying it raises them again."""
        failures = []
        before = thread_time()
        raised = raise_alerts(article, rules.rules, self._policy, source.time, datetime.now(UTC))
        for number, alert in enumerate(raised, 1):
            if isinstance(alert, Alert):
                waiting.add(source, announce(alert))
            else:
                failures.append(alert)
            if number % _PAUSE_EVERY == 0:
                # What other tasks do meanwhile is theirs.
                STAGE_SECONDS.labels("alerts").inc(thread_time() - before)
                await waiting.flush_if_much()
                self._progress.touch()
                await asyncio.sleep(0)
                before = thread_time()
        if failures:
            letter = Rejected("; ".join(map(str, failures)), "alerts")
            waiting.add(source, bury(letter, source, datetime.now(UTC)))
        rules.refile()
        STAGE_SECONDS.labels("alerts").inc(thread_time() - before)
        await waiting.flush_if_much()
        return failures

    async def deliver(self, source: Input, message: Message) -> None:
        """Return once the brokers have the message, or what has to stand for it."""
        wait = 0.1
        while True:
            try:
                await self._send(message)
            except MessageSizeTooLargeError:
                message = _instead(message, source)
            except (KafkaError, OSError) as error:
                if not _is_transient(error):
                    raise
                RETRIES.labels("worker").inc()
                log.warning("Kafka does not take a record (%s), next try in %.1f s", type(error).__name__, wait)
                self._progress.touch()
                await asyncio.sleep(wait)
                wait = min(wait * 2, MAX_RETRY_SECONDS)
            else:
                break
        if isinstance(message, Announcement):
            ALERTS_RAISED.labels(message.alert.late or "news").inc()

    def _tell_drift(self) -> None:
        for change in self._memory.changes():
            log.log(logging.INFO if change.kind == "back" else logging.WARNING, "%s", describe_drift(change))
        DRIFTING.set(self._memory.drifting)

    def _stop_if_open(self, outcomes: Sequence[Outcome]) -> None:
        if not self._breaker.opens(isinstance(outcome, Rejected) for outcome in outcomes):
            return
        last = next(outcome for outcome in reversed(outcomes) if isinstance(outcome, Rejected))
        log.critical(
            "circuit open: too many rejects, nothing of this batch was acknowledged. Last one: %s: %s. "
            "Mend the cause, or let them pass with worker.breaker_ratio = 1",
            last.stage,
            last.reason,
        )
        raise CircuitOpenError


class _Waiting:
    """Messages of a batch that are still to be sent."""

    def __init__(self, processor: Processor) -> None:
        self._processor = processor
        self._messages: list[tuple[Input, Message]] = []
        self._bytes = 0

    def add(self, source: Input, message: Message) -> None:
        self._messages.append((source, message))
        if isinstance(message, Announcement):  # the others are bounded by the batch
            self._bytes += len(message.value)

    async def flush_if_much(self) -> None:
        """Rules that fire for everything make more alerts of a batch than memory should hold."""
        if self._bytes > _MOST_WAITING_BYTES:
            await self.flush()

    async def flush(self) -> None:
        messages, self._messages, self._bytes = self._messages, [], 0
        await asyncio.gather(*(self._processor.deliver(source, message) for source, message in messages))


def _instead(message: Message, source: Input) -> Message:
    """What stands for a message that is too large for its topic."""
    size = f"Kafka refuses {len(message.value):,} bytes"
    if message.topic is topics.DEAD_LETTERS:
        raise MessageSizeTooLargeError(size)
    if not isinstance(message, Announcement):
        return bury(Rejected(size, "publish"), source, datetime.now(UTC))
    smaller = shorter(message)
    if smaller:
        return smaller
    alert = message.alert
    failure = Failure(f"its alert is too large: {size}", alert.rule.id)
    _tell_failures([(alert.article.id, failure)])
    return bury(Rejected(str(failure), "alerts"), source, datetime.now(UTC))


def _tell_rejects(outcomes: Sequence[Outcome]) -> None:
    rejected = Counter(outcome.stage for outcome in outcomes if isinstance(outcome, Rejected))
    if rejected:
        stages = ", ".join(f"{stage} {count}" for stage, count in sorted(rejected.items()))
        log.warning("records sent to the dead letters: %s; see `newswire dead-letters list`", stages)


def _tell_failures(failures: Sequence[tuple[str, Failure]]) -> None:
    if failures:
        articles = dict.fromkeys(article for article, _ in failures)
        ALERT_FAILURES.inc(len(articles))
        log.error(
            "matching failed for %d articles, which were published without all their alerts: the first is %s: %s; see "
            "`newswire dead-letters list --stage alerts`",
            len(articles),
            *failures[0],
        )


def _is_transient(error: Exception) -> bool:
    """Whether another try can help: aiokafka says so itself, but for its time-outs."""
    return bool(getattr(error, "retriable", False)) or isinstance(error, (OSError, KafkaTimeoutError))
