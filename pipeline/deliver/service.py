"""`newswire run deliver`: one sender of alerts, from its start to its end."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any

from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from pipeline.async_producer import AsyncProducer
from pipeline.clock import Clock, SystemClock
from pipeline.config import Settings
from pipeline.deliver.current_rules import CurrentRules
from pipeline.deliver.intake import Intake
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.place_in_group import PlaceInGroup
from pipeline.deliver.sender import Patience, Sender
from pipeline.deliveries import ChannelContext, open_channel
from pipeline.delivery_records import Dispatch
from pipeline.errors import NewswireError
from pipeline.observe import DISPATCHES_OPEN
from pipeline.partition_member import Group, Member
from pipeline.partition_tables import Entry
from pipeline.producer import Producer
from pipeline.records import UNREADABLE
from pipeline.stopping import FINISH_SECONDS, MEMBER_SECONDS, Stop
from pipeline.threads import LoopWork, in_thread
from pipeline.topic_setup import await_topics
from pipeline.topics import ALERTS, DELIVER_GROUP, DELIVERIES

_LOSE_SECONDS = 8.0
_TICK_SECONDS = 0.1
_RETRY_SECONDS = 1.0
_FORGET_SECONDS = 600.0
_FORGET_AT_ONCE = 5000
_GROUP = Group(DELIVER_GROUP, inputs=(ALERTS,), tables=(DELIVERIES,), followed=(DELIVERIES,))

log = logging.getLogger("newswire.deliver")


class Deliverer:
    """Owns what the member gains. The member calls from its threads; all work is done in the event loop."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        intake: Intake,
        rules: CurrentRules,
        senders: Sequence[Sender],
        place: PlaceInGroup,
        stop: Stop,
    ) -> None:
        self._ledger = ledger
        self._intake = intake
        self._rules = rules
        self._senders = senders
        self._stop = stop
        self._begun: set[int] = set()
        self._work = LoopWork(stop)
        self._unknown: set[str] = set()
        self._place = place

    def lose(self, partitions: set[int]) -> None:
        """Nothing more is sent from there, and nothing at all before it is clear what is ours."""

        async def end() -> None:
            self._begun -= partitions
            await asyncio.gather(*(sender.leave(partitions) for sender in self._senders))

        self._work.do(end(), _LOSE_SECONDS)

    def keep(self, partitions: set[int]) -> None:
        """Forget the others."""

        async def forget() -> None:
            self._ledger.keep(partitions)

        self._work.do(forget())
        self._catch_up()
        log.info("partitions %s are ours", ", ".join(map(str, sorted(partitions))) or "(none)")

    def learn(self, entries: Sequence[Entry]) -> None:
        """Take the table over; of partitions that are worked on, only what others wrote."""

        async def learn() -> None:
            for entry in entries:
                try:
                    if entry.partition not in self._begun or self._ledger.is_news(entry):
                        self._ledger.learn(entry)
                except UNREADABLE as error:
                    log.error("dispatch %s is not readable and is passed over: %s", entry.key, error)
            if self._begun:
                self._wake()

        self._work.do(learn())

    def begin(self, partitions: set[int]) -> None:
        """Send what is due there."""

        async def begin() -> None:
            self._begun = set(partitions)
            for sender in self._senders:
                sender.begin()
            self._wake()

        self._work.do(begin())
        log.info("%d alerts wait here", len(self._ledger))

    def take(self, records: Sequence[ConsumerRecord]) -> bool:
        """Alerts go into the ledger. False: a stop came first, and Kafka lets us wait."""
        self._catch_up()  # a rule was written before what it fired for

        async def take() -> None:
            await self._intake.take(records)
            self._wake()

        return self._work.do_unless_stopped(take(), FINISH_SECONDS)

    def look(self) -> None:
        """Rules may have changed. Also a sign that we are in the group still."""
        self._place.hear(monotonic())
        self._rules.look()

    def _catch_up(self) -> None:
        while not self._stop.is_set():
            try:
                self._rules.catch_up()
            except KafkaError as error:
                log.warning("cannot read the rules for now: %s", error)
                self._stop.wait(_RETRY_SECONDS)
            else:
                return

    def _wake(self) -> None:
        DISPATCHES_OPEN.set(len(self._ledger))
        for sender in self._senders:
            sender.wake()
        unknown = self._ledger.queues.keys() - {sender.name for sender in self._senders} - self._unknown
        for name in sorted(unknown):
            self._unknown.add(name)
            log.error("no channel is called %r, its alerts wait; add [deliver.channels.%s] to the settings", name, name)


async def deliver(settings: Settings, clock: Clock, stop: Stop, jitter: Callable[[], float]) -> None:
    """Send until `stop`. Raises ConfigError for wrong channels, and NewswireError for what waiting cannot mend."""
    context = ChannelContext.of(settings.deliver, settings.index_prefix)
    channels = {name: open_channel(name, each, context) for name, each in settings.deliver.channels.items()}
    if not channels:
        log.warning("no channels are in the settings: alerts are taken and wait for theirs; see docs/channels.md")
    connecting = in_thread(lambda: _connect(settings), "newswire-connect")
    while not connecting.done():
        if stop.is_set():  # Kafka may be away for long
            return
        await asyncio.wait({connecting}, timeout=_TICK_SECONDS)
    kafka = connecting.result()
    producer, ledger, rules = AsyncProducer(settings, kafka), Ledger(), CurrentRules(settings, stop)

    async def write(partition: int, dispatches: Sequence[Dispatch]) -> None:
        await asyncio.gather(*(producer.send(DELIVERIES, each.key, each, partition) for each in dispatches))

    place = PlaceInGroup(monotonic())
    senders = [
        Sender(
            name,
            settings.deliver.channels[name].kind,
            channel,
            ledger=ledger,
            rules=rules.find,
            write=write,
            clock=clock,
            jitter=jitter,
            certain=lambda: place.is_certain(monotonic()),
            patience=Patience(settings.deliver.retry_seconds, timedelta(hours=settings.deliver.give_up_hours)),
        )
        for name, channel in channels.items()
    ]
    gather = timedelta(seconds=settings.deliver.gather_seconds)
    intake = Intake(
        ledger=ledger, rules=rules.find, write=write, producer=producer, clock=clock, gather=gather, channels=channels
    )
    owner = Deliverer(ledger=ledger, intake=intake, rules=rules, senders=senders, place=place, stop=stop)
    joined = in_thread(Member(settings, _GROUP, owner, stop).run, "newswire-member")
    running = [asyncio.ensure_future(sender.run()) for sender in senders]
    running.append(asyncio.ensure_future(_forget(ledger, producer, clock, settings.deliver.remember_days)))
    stopped = in_thread(stop.wait, "newswire-stopped")
    try:
        watched: set[asyncio.Future[Any]] = {joined, stopped, *running}
        await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        await asyncio.wait({joined}, timeout=stop.left(MEMBER_SECONDS))
        for each in running:
            each.cancel()
        await asyncio.wait(running)
        await asyncio.gather(in_thread(rules.close, "newswire-close"), in_thread(kafka.close, "newswire-close"))
    for ended in (*running, joined):
        if ended.done() and not ended.cancelled() and (error := ended.exception()):
            raise error


async def _forget(ledger: Ledger, producer: AsyncProducer, clock: Clock, days: float) -> None:
    """Tombstones for what was settled long ago, again and again."""
    while True:
        await clock.sleep(_FORGET_SECONDS)
        old = list(ledger.over_before(clock.now() - timedelta(days=days)))[:_FORGET_AT_ONCE]
        await asyncio.gather(*(producer.send(DELIVERIES, key, None, partition) for partition, key in old))
        ledger.forget(old, clock.now() - timedelta(days=days))


def _connect(settings: Settings) -> Producer:
    try:
        await_topics(settings)
        return Producer(settings)
    except KafkaError as error:
        raise NewswireError(f"alerts cannot be sent, Kafka does not answer as expected: {error}") from error


def run_deliver(settings: Settings, stop: Stop, clock: Clock | None = None) -> None:
    """Send until `stop` is set. Returns within STOP_SECONDS after that. Raises ConfigError and NewswireError."""
    asyncio.run(deliver(settings, clock or SystemClock(), stop, random.random))
