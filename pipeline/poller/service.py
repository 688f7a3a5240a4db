"""`newswire run feeds`: one poller, from its start to its end."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, get_args

from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from pipeline.async_producer import AsyncProducer
from pipeline.clock import Clock, SystemClock
from pipeline.config import Settings
from pipeline.errors import NewswireError
from pipeline.feed_records import Condition, condition_of
from pipeline.fetch.client import Fetcher, FetchOptions
from pipeline.fetch.hosts import HostSlots
from pipeline.fetch.robots import Robots
from pipeline.observe import FEEDS as FEEDS_GAUGE
from pipeline.partition_member import Group, Member
from pipeline.partition_tables import Entry
from pipeline.poller.agenda import Agenda
from pipeline.poller.door import Door
from pipeline.poller.gaps import GapFiller
from pipeline.poller.poll import FeedPoller
from pipeline.poller.published import Published
from pipeline.poller.share import Share
from pipeline.poller.steps import SECONDS
from pipeline.poller.subscription import Subscriber
from pipeline.poller.turns import Turns
from pipeline.producer import Producer
from pipeline.stopping import FINISH_SECONDS, MEMBER_SECONDS, Stop
from pipeline.threads import LoopWork, in_thread
from pipeline.topic_setup import await_topics
from pipeline.topics import FEED_ITEMS, FEED_PUSHES, FEED_STATE, FEEDS, FEEDS_GROUP, PAGES

_LOSE_SECONDS = 8.0
_TICK_SECONDS = 0.1
_TELL = "tell"
_TELL_EVERY = timedelta(seconds=10)

_GROUP = Group(
    FEEDS_GROUP,
    inputs=(FEED_ITEMS, FEED_PUSHES),
    tables=(FEEDS, FEED_STATE, PAGES),
    followed=(FEEDS, FEED_STATE),
    last=FEEDS,  # a feed that has moved here from another host brings its state, which was written before it
)
log = logging.getLogger("newswire.feeds")


class Poller:
    """Owns what the member gains. The member calls from its threads; all work is done in the event loop."""

    def __init__(
        self,
        *,
        share: Share,
        feeds: FeedPoller,
        door: Door,
        agenda: Agenda,
        clock: Clock,
        stop: Stop,
    ) -> None:
        self._agenda = agenda
        self._clock = clock
        self._share = share
        self._feeds = feeds
        self._door = door
        self._begun: set[int] = set()
        self._stop = stop
        self._work = LoopWork(stop)

    def lose(self, partitions: set[int]) -> None:
        """End what is under way there."""

        async def end() -> None:
            self._begun -= partitions
            feeds = [each for each, watched in self._share.feeds.items() if watched.partition in partitions]
            seconds = min(SECONDS, self._stop.left(FINISH_SECONDS))
            await asyncio.gather(self._door.leave(partitions, seconds), self._feeds.leave(feeds, seconds))

        self._work.do(end(), _LOSE_SECONDS)

    def keep(self, partitions: set[int]) -> None:
        """Forget the others."""

        async def forget() -> None:
            self._share.forget(partitions)

        self._work.do(forget())
        log.info("partitions %s are ours", ", ".join(map(str, sorted(partitions))) or "(none)")

    def learn(self, entries: Sequence[Entry]) -> None:
        """Take tables over; feeds that changed while their partition was being worked on are planned anew."""

        async def learn() -> None:
            before = {entry.key: self._share.feeds.get(entry.key) for entry in entries}
            for each in self._share.learn([entry for entry in entries if not self._is_older(entry)]):
                watched, old = self._share.feeds.get(each), before[each]
                if watched is None:
                    if old is not None and old.partition in self._begun:
                        await self._feeds.remove(old)
                elif watched.partition in self._begun:
                    self._feeds.plan(watched)

        self._work.do(learn())

    def begin(self, partitions: set[int]) -> None:
        """Put everything of these partitions on the agenda."""

        async def begin() -> None:
            self._begun = set(partitions)
            self._door.begin(partitions)
            for watched in self._share.feeds.values():
                self._feeds.plan(watched)
            await self._tell()

        self._work.do(begin())
        log.info("%d feeds are watched here", len(self._share.feeds))

    def take(self, records: Sequence[ConsumerRecord]) -> bool:
        """Sightings go to the door, pushes to their feeds. False: a stop came first, and Kafka lets us wait."""

        async def take() -> None:
            await self._door.take([record for record in records if record.topic.endswith(FEED_ITEMS.suffix)])
            await self._feeds.take([record for record in records if record.topic.endswith(FEED_PUSHES.suffix)])

        return self._work.do_unless_stopped(take(), FINISH_SECONDS)

    def look(self) -> None:
        """There is nothing else."""

    def _is_older(self, entry: Entry) -> bool:
        """States that we wrote come back from Kafka; what we know is newer."""
        watched = self._share.feeds.get(entry.key)
        ours = watched is not None and watched.partition == entry.partition
        return ours and entry.topic is FEED_STATE and entry.partition in self._begun

    async def _tell(self) -> None:
        """Count the feeds, now and again and again."""
        found = Counter(condition_of(watched.feed, watched.state) for watched in self._share.feeds.values())
        for condition in get_args(Condition):
            FEEDS_GAUGE.labels(condition).set(found[condition])
        self._agenda.put(_TELL, "", self._clock.now() + _TELL_EVERY, self._tell)


async def poll_feeds(settings: Settings, clock: Clock, stop: Stop, jitter: Callable[[], float]) -> None:
    """Poll until `stop`. Raises NewswireError for what waiting cannot mend."""
    connecting = in_thread(lambda: _connect(settings), "newswire-connect")
    while not connecting.done():
        if stop.is_set():  # Kafka may be away for long
            return
        await asyncio.wait({connecting}, timeout=_TICK_SECONDS)
    producer, partitions = connecting.result()
    feeds = settings.feeds
    outbox, share, published = AsyncProducer(settings, producer), Share(), Published(settings)
    slots = HostSlots(clock, feeds.host_requests, feeds.host_pause_seconds)
    turns = Turns(slots, feeds.requests, lambda: producer.stalled_seconds)
    agenda = Agenda(clock, feeds.host_requests)
    async with Fetcher(FetchOptions.of(feeds)) as fetcher:
        robots = Robots(fetcher, slots, clock)
        door = Door(
            settings,
            fetcher=fetcher,
            robots=robots,
            turns=turns,
            outbox=outbox,
            published=published,
            share=share,
            agenda=agenda,
            clock=clock,
            jitter=jitter,
        )
        poller = FeedPoller(
            settings,
            fetcher=fetcher,
            turns=turns,
            gaps=GapFiller(feeds, fetcher, robots, turns),
            subscriber=Subscriber(feeds, fetcher, clock),
            outbox=outbox,
            share=share,
            agenda=agenda,
            clock=clock,
            jitter=jitter,
            partitions=partitions,
        )
        owner = Poller(share=share, feeds=poller, door=door, agenda=agenda, clock=clock, stop=stop)
        member = Member(settings, _GROUP, owner, stop)
        running = asyncio.ensure_future(agenda.run())
        joined = in_thread(member.run, "newswire-member")
        stopped = in_thread(stop.wait, "newswire-stopped")
        try:
            watched: set[asyncio.Future[Any]] = {running, joined, stopped}
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.set()
            await asyncio.wait({joined}, timeout=stop.left(MEMBER_SECONDS))
            running.cancel()
            await asyncio.wait({running})
            seconds = stop.left(FINISH_SECONDS)
            await asyncio.gather(poller.finish(seconds), door.finish(seconds))
            closing = in_thread(published.close, "newswire-close"), in_thread(producer.close, "newswire-close")
            await asyncio.gather(*closing)
        for ended in (running, joined):
            if ended.done() and not ended.cancelled() and (error := ended.exception()):
                raise error


def _connect(settings: Settings) -> tuple[Producer, int]:
    """With the number of partitions of the feeds' topics."""
    try:
        await_topics(settings)
        producer = Producer(settings)
        return producer, producer.partitions(FEED_ITEMS.name(settings.topic_prefix))
    except KafkaError as error:
        raise NewswireError(f"feeds cannot use Kafka: {error}") from error


def run_feeds(settings: Settings, stop: Stop, clock: Clock | None = None) -> None:
    """Poll until `stop` is set. Returns within STOP_SECONDS after that. Raises ConfigError and NewswireError."""
    asyncio.run(poll_feeds(settings, clock or SystemClock(), stop, random.random))
