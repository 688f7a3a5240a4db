"""Alerts from Kafka into the ledger: a dispatch for each channel, once, durable before the alert is acknowledged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from kafka.consumer.fetcher import ConsumerRecord
from msgspec import UNSET
from msgspec.structs import replace

from pipeline.alert_records import Alert, Rule
from pipeline.async_producer import AsyncProducer
from pipeline.clock import Clock
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.sender import Write
from pipeline.delivery_records import Dispatch, dispatch_key
from pipeline.observe import ALERTS_TAKEN, DISPATCHES
from pipeline.outbox.intake import Limited, dispatch, limit_of, rule_of
from pipeline.outcomes import Rejected
from pipeline.publication import Input, bury
from pipeline.records import UNREADABLE

log = logging.getLogger("newswire.deliver")


class Intake:
    """Takes batches of one partition or several."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        rules: Callable[[str], Rule | None],
        write: Write,
        producer: AsyncProducer,
        clock: Clock,
        gather: timedelta,
        channels: Container[str],
    ) -> None:
        self._ledger = ledger
        self._rules = rules
        self._write = write
        self._producer = producer
        self._clock = clock
        self._gather = gather
        self._channels = channels
        self._decoder = msgspec.json.Decoder(Alert)

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        """Return once all that follows from them is durable, and known to the ledger."""
        made: dict[int, dict[str, Dispatch]] = {}
        for record in records:
            try:
                alert = self._decoder.decode(record.value or b"")
            except UNREADABLE as error:
                await self._refuse(record, str(error))
                continue
            self._decide(alert, made.setdefault(record.partition, {}))
        for partition, dispatches in made.items():
            taken = list(dispatches.values())
            await self._write(partition, taken)
            self._ledger.put(partition, taken)
            for each in taken:
                DISPATCHES.labels(each.state).inc()

    def _decide(self, alert: Alert, made: dict[str, Dispatch]) -> None:
        current = self._rules(alert.rule.id)
        rule = rule_of(alert, current)
        # A rule that gets its first channel does not send what it fired for before.
        if not (alert.rule.channels and rule.channels) or (alert.late is not UNSET and not rule.replays):
            ALERTS_TAKEN.labels("unsent").inc()  # it is in the index, and that is all
            return
        known = True
        for channel in dict.fromkeys(rule.channels):
            key = dispatch_key(alert.id, channel)
            if key in self._ledger or key in made:
                continue
            known = False
            limited = self._limited(channel, limit_of(alert, rule), made)
            new = dispatch(alert, channel, current, self._clock.now(), gather=self._gather, limited=limited)
            if new.state == "waiting" and channel not in self._channels:
                new = replace(new, reason=f"no channel is called {channel!r}; add [deliver.channels.{channel}]")
            made[key] = new
        ALERTS_TAKEN.labels("known" if known else "new").inc()

    def _limited(self, channel: str, limit: str, made: dict[str, Dispatch]) -> Limited | None:
        """Also by what this batch has brought so far."""
        if not limit:
            return None
        before = Ledger()
        before.put(0, [each for each in made.values() if each.limit == limit and each.channel == channel])
        found = [each for each in (self._ledger.limited(channel, limit), before.limited(channel, limit)) if each]
        return max(found, key=lambda each: each.at, default=None)

    async def _refuse(self, record: ConsumerRecord, why: str) -> None:
        ALERTS_TAKEN.labels("broken").inc()
        log.error("%s, partition %d, offset %d is no alert: %s", record.topic, record.partition, record.offset, why)
        source = Input(record.topic, record.partition, record.offset, record.key, record.value or b"")
        letter = bury(Rejected(f"no alert: {why}", "decode"), source, datetime.now(UTC))
        key = (letter.key or b"").decode("utf-8", "replace")
        await self._producer.send_bytes(letter.topic, key, letter.value, headers=letter.headers)
