"""One poll of a feed: fetch, decide, hand on what is new, and only then write down how it went."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from kafka.consumer.fetcher import ConsumerRecord
from msgspec.structs import replace

from pipeline.answers import Answer, Failure, Outcome
from pipeline.async_producer import AsyncProducer
from pipeline.clock import Clock
from pipeline.config import Settings
from pipeline.delivery import NotDeliveredError
from pipeline.feed_records import Feed, FeedPush, FeedState, Sighting
from pipeline.feeds import NotAFeedError, ParsedFeed, parse_feed
from pipeline.fetch.client import FEED_TYPES, Fetcher
from pipeline.observe import FEED_GAPS, FEED_LATENESS, FEED_POLLS, FEED_SECONDS
from pipeline.poller.agenda import Agenda
from pipeline.poller.alone import Alone
from pipeline.poller.gaps import GapFiller
from pipeline.poller.handover import Handover
from pipeline.poller.share import Share, Watched
from pipeline.poller.steps import SECONDS, Steps
from pipeline.poller.subscription import Subscriber
from pipeline.poller.turns import Turns
from pipeline.polling.health import with_refusals
from pipeline.polling.partition import host_of, partition_of
from pipeline.polling.schedule import Decision, Limits, decide, first_state, needs_parsing, next_due, take_push
from pipeline.polling.sightings import sightings_of
from pipeline.polling.websub import unsubscribed
from pipeline.records import UNREADABLE
from pipeline.topics import FEED_STATE, FEEDS

_LARGE_BYTES = 200_000  # parsed outside of the event loop
_PUSH = msgspec.json.Decoder(FeedPush)

log = logging.getLogger("newswire.feeds")


@dataclass(frozen=True, slots=True)
class _Read:
    decision: Decision
    parsed: ParsedFeed | None = None
    sightings: list[Sighting] = field(default_factory=list)


class FeedPoller:
    """Polls the feeds of this process's share. `partitions` is how many the topics of the feeds have."""

    def __init__(
        self,
        settings: Settings,
        *,
        fetcher: Fetcher,
        turns: Turns,
        gaps: GapFiller,
        subscriber: Subscriber,
        outbox: AsyncProducer,
        share: Share,
        agenda: Agenda,
        clock: Clock,
        jitter: Callable[[], float],
        partitions: int,
    ) -> None:
        feeds = settings.feeds
        self._settings = feeds
        self._limits = Limits(feeds.min_seconds, feeds.max_seconds, feeds.start_seconds)
        self._fetcher = fetcher
        self._turns = turns
        self._gaps = gaps
        self._subscriber = subscriber
        self._outbox = outbox
        self._handover = Handover(outbox, partitions)
        self._share = share
        self._agenda = agenda
        self._clock = clock
        self._jitter = jitter
        self._partitions = partitions
        self._alone = Alone()
        self._steps = Steps()

    def plan(self, watched: Watched) -> None:
        """Put the feed's next poll on the agenda, or take it off."""
        feed = watched.feed
        if watched.state is None:
            watched.state = first_state(feed, self._clock.now(), self._limits, self._jitter())
        due = next_due(feed, watched.state)
        if due is None:
            self._agenda.forget(_key(feed.id))
            if feed.paused and watched.state.lease is not None:
                self._agenda.put(_end_key(feed.id), "", self._clock.now(), lambda: self._end(watched))
        else:
            self._agenda.put(_key(feed.id), host_of(watched.state.url), due, lambda: self._poll(feed.id, due))

    async def leave(self, feeds: Iterable[str], seconds: float = SECONDS) -> None:
        """None of these is polled any more on return, soon after so many seconds at most."""
        left = set(feeds)
        await self._agenda.drop({*map(_key, left), *map(_end_key, left)})
        await self._steps.finish(left, seconds)

    async def remove(self, watched: Watched) -> None:
        """The feed is not polled any more on return, and soon nothing is left of it in its partition."""
        await self.leave([watched.feed.id])
        self._agenda.put(_end_key(watched.feed.id), "", self._clock.now(), lambda: self._end(watched))

    async def finish(self, seconds: float) -> None:
        """See what feeds have answered written down: by the next poll they may no longer show it."""
        await self._steps.finish(seconds=seconds)

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        """What hubs sent; returns when what follows is durable."""
        for record in records:
            try:
                push = _PUSH.decode(record.value or b"")
            except UNREADABLE as error:
                log.error("a push is not readable and is passed over: %s", error)
                continue
            watched = self._share.feeds.get(push.feed)
            if watched is None or watched.feed.paused:
                continue  # removed or moved since; polls find what it said
            async with self._alone.with_(push.feed):
                if watched.state is not None:
                    await self._take(watched, watched.state, push)

    async def _take(self, watched: Watched, state: FeedState, push: FeedPush) -> None:
        if push.content == b"":  # only word that there is something new
            watched.feed = replace(watched.feed, poll_at=self._clock.now())
        elif push.content is not None:
            try:
                pushed = await self._read_push(watched.feed, state, push.content, push.content_type)
            except NotAFeedError as error:
                log.warning("a hub sent no feed for %s: %s", state.url, error)
                return
            except Exception:  # what trips us must not take the other feeds along; polls find what it said
                log.exception("what a hub sent for %s is passed over", state.url)
                return
            refused = await self._handover.hand_on(pushed.sightings)
            state = replace(pushed.decision.state, reason=with_refusals(pushed.decision.state.reason, refused))
        await self._write(watched, self._subscriber.heard(state, push))
        self.plan(watched)

    async def _read_push(self, feed: Feed, state: FeedState, content: bytes, content_type: str | None) -> _Read:
        now = self._clock.now()

        def read() -> _Read:
            parsed = parse_feed(content, content_type, state.url, self._settings.feed_bytes)
            decision = take_push(state, parsed, now)
            found = sightings_of(decision.items, parsed, feed, state, now, self._settings.full_text)
            return _Read(decision, parsed, found)

        return await asyncio.to_thread(read) if len(content) > _LARGE_BYTES else read()

    async def _poll(self, feed_id: str, due: datetime) -> None:
        watched = self._share.feeds.get(feed_id)
        if watched is None or watched.state is None:
            return
        state = watched.state
        began: list[datetime] = []

        @asynccontextmanager
        async def turn(url: str) -> AsyncIterator[None]:
            async with self._turns.hold(url):
                began.append(self._clock.now())
                yield

        outcome = await self._fetcher.get(
            state.url,
            etag=state.etag,
            last_modified=state.last_modified,
            accept=FEED_TYPES,
            max_bytes=self._settings.feed_bytes,
            turn=turn,
        )
        if began:
            FEED_LATENESS.observe(max(0.0, (began[0] - due).total_seconds()))
        FEED_SECONDS.observe(outcome.seconds)
        self._turns.heed(outcome, self._clock.now())
        await self._steps.see_through(feed_id, self._settle(watched, outcome))
        self.plan(watched)

    async def _settle(self, watched: Watched, outcome: Outcome) -> None:
        try:
            await self._take_in(watched, outcome)
        except NotDeliveredError as error:
            log.error("feed %s: %s; the next try is later", watched.feed.url, error)
            now = self._clock.now()
            later = now + timedelta(seconds=self._limits.max_seconds)
            watched.state = watched.state and replace(watched.state, next_poll=later, last_poll=now)

    async def _take_in(self, watched: Watched, outcome: Outcome) -> None:
        now, jitter, before = self._clock.now(), self._jitter(), watched.state
        if before is None:
            return
        read = await self._read(watched.feed, before, outcome, now, jitter)
        _count(read.decision)
        refused = await self._handover.hand_on(read.sightings)
        sitemap = before.sitemap
        if read.decision.gap and read.parsed is not None:
            log.warning("items of %s were probably missed", before.url)
            state = read.decision.state
            sitemap, missed = await self._gaps.fill(watched.feed, before, state, read.parsed, now)
            refused += await self._handover.hand_on(missed)
        async with self._alone.with_(watched.feed.id):
            if watched.state is not before and watched.state is not None:  # a hub has sent something since
                read = await self._read(watched.feed, watched.state, outcome, now, jitter)
            state = replace(read.decision.state, reason=with_refusals(read.decision.state.reason, refused))
            if read.decision.gap:
                state = replace(state, sitemap=sitemap)
            new_items = len(read.decision.items)
            state, request = self._subscriber.after_poll(watched, state, outcome, read.parsed, new_items)
            await self._write(watched, state)
        if request is not None:
            answer = await self._subscriber.ask(request, watched)
            async with self._alone.with_(watched.feed.id):
                state = self._subscriber.answered(watched.state or state, answer)
                await self._write(watched, state)
        if read.decision.moved:
            await self._move(watched, watched.state or state)

    async def _read(self, feed: Feed, before: FeedState, outcome: Outcome, now: datetime, jitter: float) -> _Read:
        """What follows from an answer. Large ones are read outside of the event loop."""

        def read() -> _Read:
            parsed = _parsed(outcome, self._settings.feed_bytes) if needs_parsing(before, outcome) else None
            decision = decide(feed, before, outcome, parsed, now, self._limits, jitter)
            if not isinstance(parsed, ParsedFeed):
                return _Read(decision)
            full_text = self._settings.full_text
            found = sightings_of(decision.items, parsed, feed, decision.state, now, full_text)
            return _Read(decision, parsed, found)

        try:
            if isinstance(outcome, Answer) and len(outcome.body) > _LARGE_BYTES:
                return await asyncio.to_thread(read)
            return read()
        except Exception as error:  # a feed that trips us must not take the others along
            log.exception("feed %s could not be read", before.url)
            failure = Failure("protocol", f"Newswire could not read this feed, please report it: {error!r}")
            return _Read(decide(feed, before, failure, None, now, self._limits, jitter))

    async def _write(self, watched: Watched, state: FeedState) -> None:
        await self._outbox.send(FEED_STATE, state.id, state, watched.partition)
        watched.state = state

    async def _end(self, watched: Watched) -> None:
        """Tell the hub of a feed that was paused or removed; of one that was removed a last poll leaves no state."""
        feed, lease = watched.feed, watched.state.lease if watched.state else None
        async with self._alone.with_(feed.id):
            known = self._share.feeds.get(feed.id)
            if known is None:
                await self._outbox.send(FEED_STATE, feed.id, None, watched.partition)
            elif known is watched and watched.feed.paused and watched.state is not None:
                await self._write(watched, unsubscribed(watched.state))
            else:
                return  # it was added or resumed again
        await self._subscriber.end(lease, watched)

    async def _move(self, watched: Watched, state: FeedState) -> None:
        """The feed has another address from now on, whose host decides where it lies: first there, then not here."""
        feed = replace(watched.feed, url=state.url)
        place = partition_of(host_of(state.url), self._partitions)
        log.info("feed %s moved to %s", watched.feed.url, state.url)
        if place != watched.partition:
            # A hub would go on writing to the old partition: it is asked anew.
            await self._outbox.send(FEED_STATE, feed.id, replace(state, lease=None), place)
        await self._outbox.send(FEEDS, feed.id, feed, place)
        if place != watched.partition:
            await self._outbox.send(FEEDS, feed.id, None, watched.partition)
            await self._outbox.send(FEED_STATE, feed.id, None, watched.partition)
        watched.feed = feed


def _parsed(answer: Outcome, most: int) -> ParsedFeed | NotAFeedError | None:
    if not isinstance(answer, Answer):
        return None
    try:
        return parse_feed(answer.body, answer.headers.get("content-type"), answer.url, most)
    except NotAFeedError as error:
        return error


def _count(decision: Decision) -> None:
    result = "failed" if decision.state.failures else "changed" if decision.items else "unchanged"
    FEED_POLLS.labels(result).inc()
    FEED_GAPS.inc(decision.gap)


def _key(feed: str) -> str:
    return f"feed {feed}"


def _end_key(feed: str) -> str:
    return f"end of feed {feed}"
