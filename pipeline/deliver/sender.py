"""One channel's sender: one message at a time, tried until it is sent or has failed."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from msgspec.structs import replace

from pipeline.alert_records import Rule
from pipeline.clock import Clock, sleep_unless
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.queue import ChannelQueue
from pipeline.deliveries import Channel
from pipeline.delivery_records import Dispatch, Retry
from pipeline.observe import ALERT_DELAY, ALERT_MESSAGES, DISPATCHES
from pipeline.outbox.intake import withheld
from pipeline.outbox.messages import compose, message, pause, settle

_LONGEST_WAIT_SECONDS = 60.0
_DOUBT_SECONDS = 0.5

log = logging.getLogger("newswire.deliver")


class Write(Protocol):
    """Makes dispatches of one partition durable."""

    async def __call__(self, partition: int, dispatches: Sequence[Dispatch]) -> None:
        """Return once Kafka has acknowledged them."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a message is tried."""

    longest_seconds: float
    give_up: timedelta


class Sender:
    """Takes from the queue of its channel in the ledger what is due."""

    def __init__(
        self,
        name: str,
        kind: str,
        channel: Channel,
        *,
        ledger: Ledger,
        rules: Callable[[str], Rule | None],
        write: Write,
        clock: Clock,
        jitter: Callable[[], float],
        certain: Callable[[], bool],
        patience: Patience,
    ) -> None:
        self.name = name
        self._kind = kind
        self._channel = channel
        self._ledger = ledger
        self._queue = ledger.queues.setdefault(name, ChannelQueue())
        self._rules = rules
        self._write = write
        self._clock = clock
        self._jitter = jitter
        self._certain = certain
        self._patience = patience
        self._changed = asyncio.Event()
        self._begun = False
        self._failures = 0
        self._free: datetime | None = None
        self._sending: asyncio.Task[None] | None = None
        self._partition: int | None = None

    def wake(self) -> None:
        """Something in the queue has changed."""
        self._changed.set()

    def begin(self) -> None:
        """What the ledger has may be sent."""
        self._begun = True

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                self._changed.clear()
                now = self._clock.now()
                held = not self._begun or (self._free and now < self._free)
                if not held and not self._certain():
                    await asyncio.sleep(_DOUBT_SECONDS)
                    continue
                parts = [] if held else self._queue.next(now)
                partition = self._ledger.partition(parts[0]) if parts else None
                if partition is None:
                    await self._wait(now)
                    continue
                self._partition = partition
                self._sending = asyncio.ensure_future(self._send(partition, parts))
                await asyncio.wait({self._sending})
                ended, self._sending = self._sending, None
                if not ended.cancelled() and (error := ended.exception()):
                    raise error
        finally:
            if self._sending is not None:
                self._sending.cancel()
            await self._channel.close()

    async def leave(self, partitions: set[int]) -> None:
        """Return once nothing of these is under way; nothing more is sent until `begin`. What was under way may have
        been received: its message is written down."""
        self._begun = False
        if self._sending is not None and self._partition in partitions:
            self._sending.cancel()
            await asyncio.wait({self._sending})

    async def _wait(self, now: datetime) -> None:
        due = self._queue.due() if self._begun else None
        if self._free and now < self._free:
            due = max(due or self._free, self._free)
        seconds = min((due - now).total_seconds(), _LONGEST_WAIT_SECONDS) if due else _LONGEST_WAIT_SECONDS
        await sleep_unless(self._clock, max(seconds, 0), self._changed)

    async def _send(self, partition: int, parts: list[Dispatch]) -> None:
        if parts[0].state == "waiting":
            parts = await self._compose(partition, parts)
            if not parts:
                return
        if not self._certain():
            return  # as it was written down, it is sent by whoever has the partition
        made = message(parts)
        answer = await self._channel.send(made)
        now = self._clock.now()
        settled = settle(
            parts,
            answer,
            now,
            self._jitter(),
            longest=self._patience.longest_seconds,
            give_up=self._patience.give_up,
        )
        await self._note(partition, settled)
        state = settled[0].state
        ALERT_MESSAGES.labels(self._kind, "retried" if state == "sending" else state).inc()
        if isinstance(answer, Retry):
            self._failures += 1
            seconds = pause(self._failures, self._jitter(), self._patience.longest_seconds, answer.after_seconds)
            if answer.after_seconds is None:  # it may be this one message alone
                seconds = min(seconds, _LONGEST_WAIT_SECONDS)
            self._free = now + timedelta(seconds=seconds)
            log.warning("%s does not take message %s now: %s", self.name, made.id, answer.reason)
        else:
            self._failures, self._free = 0, None
        if state == "failed":
            reason = settled[0].reason
            log.error(
                "%s refuses message %s: %s; `newswire rules deliveries --failed` lists its alerts, `newswire rules "
                "retry` sends them again",
                self.name,
                made.id,
                reason,
            )
        elif state == "sent":
            for alert in made.alerts:
                ALERT_DELAY.observe(max(0.0, (now - alert.matched_at).total_seconds()))

    async def _compose(self, partition: int, parts: list[Dispatch]) -> list[Dispatch]:
        """What is still to be sent of these, as parts of a message that is written down. Rules may have changed."""
        now = self._clock.now()
        kept, dropped = [], []
        for each in parts:
            reason = withheld(each.content, self._rules(each.rule), now) if each.content else "it has no content"
            if reason:
                dropped.append(replace(each, state="withheld", due=None, reason=reason, content=None, changed_at=now))
            else:
                kept.append(each)
        composed = compose(kept, now) if kept else []
        await self._note(partition, [*dropped, *composed])
        return composed

    async def _note(self, partition: int, dispatches: list[Dispatch]) -> None:
        await self._write(partition, dispatches)
        self._ledger.put(partition, dispatches)
        for state, count in Counter(each.state for each in dispatches).items():
            DISPATCHES.labels(state).inc(count)
