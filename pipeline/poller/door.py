"""The door: articles come in once, whatever feeds carry them; pages are fetched, and again when they may change."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from kafka.consumer.fetcher import ConsumerRecord
from msgspec.structs import replace

from pipeline.answers import Answer, Failure, Outcome
from pipeline.async_producer import AsyncProducer
from pipeline.clock import Clock
from pipeline.config import Settings
from pipeline.delivery import NotDeliveredError
from pipeline.feed_records import Page, Sighting
from pipeline.fetch.client import PAGE_TYPES, Fetcher
from pipeline.fetch.robots import Robots
from pipeline.observe import FEED_ARTICLES, PAGE_FETCHES
from pipeline.outcomes import Rejected
from pipeline.poller.agenda import Agenda
from pipeline.poller.alone import Alone
from pipeline.poller.published import Published
from pipeline.poller.share import Share
from pipeline.poller.steps import Steps
from pipeline.poller.turns import Turns
from pipeline.polling.door import Admission, DoorRules, admit, after_fetch, is_over
from pipeline.polling.page_text import page_article, text_hash
from pipeline.polling.partition import host_of
from pipeline.publication import Input, bury
from pipeline.topics import PAGES, RAW

_SWEEP = "sweep"
_SWEEP_EVERY = timedelta(hours=1)
_SWEEP_BATCH = 200

_SIGHTING = msgspec.json.Decoder(Sighting)

log = logging.getLogger("newswire.feeds")


class Door:
    """Admits the articles of this process's share."""

    def __init__(
        self,
        settings: Settings,
        *,
        fetcher: Fetcher,
        robots: Robots,
        turns: Turns,
        outbox: AsyncProducer,
        published: Published,
        share: Share,
        agenda: Agenda,
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self._settings = settings.feeds
        self._rules = DoorRules(refetch_hours=settings.feeds.refetch_hours, remember_days=settings.feeds.remember_days)
        self._fetcher = fetcher
        self._robots = robots
        self._turns = turns
        self._outbox = outbox
        self._published = published
        self._share = share
        self._agenda = agenda
        self._clock = clock
        self._jitter = jitter
        self._alone = Alone()
        self._open: set[int] = set()
        self._steps = Steps()

    def begin(self, partitions: set[int]) -> None:
        """Put the pages of these partitions on the agenda, and no others."""
        self._open = set(partitions)
        for article in self._share.page_ids(partitions):
            known = self._share.page(article)
            if known is not None and known[1].next_fetch is not None:
                self._plan(known[1])
        self._agenda.put(_SWEEP, "", self._clock.now() + _SWEEP_EVERY, self._sweep)

    async def leave(self, partitions: set[int], seconds: float) -> None:
        """Nothing more is done for the pages of these partitions on return, soon after so many seconds at most."""
        self._open -= partitions
        await self._agenda.drop({_key(article) for article in self._share.page_ids(partitions)})
        await self.finish(seconds)

    async def finish(self, seconds: float) -> None:
        """See what was fetched published and written down: who published only would have it published again."""
        await self._steps.finish(seconds=seconds)

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        """Admit what feeds carried; returns when what follows is durable."""
        by_article: dict[str, list[ConsumerRecord]] = defaultdict(list)
        for record in records:
            by_article[article_key(record)].append(record)
        await asyncio.gather(*(self._take(article, each) for article, each in by_article.items()))

    async def _take(self, article: str, records: Sequence[ConsumerRecord]) -> None:
        async with self._alone.with_(article):
            for record in records:
                known = self._share.page(article)
                page = known[1] if known else None
                try:
                    sighting = _SIGHTING.decode(record.value or b"")
                    admission = admit(page, sighting, self._clock.now(), self._rules)
                except Exception as error:  # one record must not hold up all others
                    log.exception("sighting %s cannot be admitted and becomes a dead letter", article)
                    await self._bury(record, repr(error))
                else:
                    await self._do(record.partition, page, admission)

    async def _bury(self, record: ConsumerRecord, reason: str) -> None:
        source = Input(record.topic, record.partition, record.offset, record.key, record.value or b"")
        letter = bury(Rejected(reason, "door"), source, self._clock.now())
        await self._outbox.send_bytes(letter.topic, article_key(record), letter.value, headers=letter.headers)

    async def _fetch(self, article: str) -> None:
        known = self._share.page(article)
        if known is None:
            return
        partition, page = known
        if page.url is None or partition not in self._open:
            return
        outcome = await self._request(page, page.url)
        now = self._clock.now()
        found = page_article(page, outcome, now) if isinstance(outcome, Answer) else None
        # Cleaning takes some ten milliseconds of a large page.
        hashed = await asyncio.to_thread(text_hash, found) if found is not None else None
        unchanged = isinstance(outcome, Answer) and outcome.status == 304
        PAGE_FETCHES.labels("fetched" if hashed else "unchanged" if unchanged else "failed").inc()
        await self._steps.see_through(article, self._settle(article, partition, outcome, hashed, now))

    async def _settle(self, article: str, partition: int, outcome: Outcome, hashed: str | None, now: datetime) -> None:
        async with self._alone.with_(article):
            known = self._share.page(article)
            if known is not None:
                admission = after_fetch(known[1], outcome, hashed, now, self._rules, self._jitter())
                await self._do(partition, known[1], admission)

    async def _request(self, page: Page, url: str) -> Outcome:
        delay = 0.0
        if self._settings.robots:
            if not await self._robots.allowed(url):
                return Failure("robots", f"{host_of(url)} does not allow it in its robots.txt")
            delay = await self._robots.crawl_delay(url)
        outcome = await self._fetcher.get(
            url,
            etag=page.etag,
            last_modified=page.last_modified,
            accept=PAGE_TYPES,
            max_bytes=self._settings.page_bytes,
            turn=lambda address: self._turns.hold(address, delay if host_of(address) == host_of(url) else 0.0),
        )
        self._turns.heed(outcome, self._clock.now())
        return outcome

    async def _do(self, partition: int, before: Page | None, admission: Admission) -> None:
        """Publish first, then write the page down."""
        page = admission.page
        if page is None:
            return
        raw = admission.publish
        if admission.republish_with is not None and page.partition is not None and page.offset is not None:
            raw = await self._published.read(page.partition, page.offset)
            if raw is not None:
                raw = replace(raw, feeds=admission.republish_with, fetched_at=page.version or raw.fetched_at)
        if raw is not None:
            kind = (
                "joined" if admission.republish_with else "new" if before is None or before.text is None else "changed"
            )
            try:
                place = await self._outbox.send(RAW, raw.id, raw)
            except NotDeliveredError as error:
                log.error("article %s cannot be published: %s", raw.url or raw.id, error)
            else:
                page = replace(page, partition=place.partition, offset=place.offset)
                FEED_ARTICLES.labels(kind).inc()
        if page != before:
            value = msgspec.json.encode(page)
            await self._outbox.send_bytes(PAGES, page.id, value, partition)
            self._share.keep_page(partition, page.id, value)
        if admission.fetch_at is not None and partition in self._open:
            self._plan(page)

    def _plan(self, page: Page) -> None:
        if page.next_fetch is not None:
            self._agenda.put(_key(page.id), host_of(page.url), page.next_fetch, lambda: self._fetch(page.id))

    async def _sweep(self) -> None:
        """Forget pages that were new or changed in no feed for days."""
        now = self._clock.now()
        for number, article in enumerate(self._share.page_ids(self._open)):
            if number % _SWEEP_BATCH == 0:
                await asyncio.sleep(0)
            known = self._share.page(article)
            if known is None:
                continue
            partition, page = known
            if partition in self._open and is_over(page, now, self._rules):
                async with self._alone.with_(article):
                    if self._share.page(article) == known:
                        await self._outbox.send(PAGES, article, None, partition)
                        self._share.keep_page(partition, article, None)
        self._agenda.put(_SWEEP, "", now + _SWEEP_EVERY, self._sweep)


def article_key(record: ConsumerRecord) -> str:
    """The id of the article that a record is about."""
    return (record.key or b"").decode("utf-8", "replace")


def _key(article: str) -> str:
    return f"page {article}"
