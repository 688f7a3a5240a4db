"""Sites whose feeds and pages a test writes, in virtual time, and what pollers made of them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from aiohttp import web
from kafka import KafkaConsumer, TopicPartition

from pipeline.config import Settings
from pipeline.feed_records import Feed, FeedState, Page
from pipeline.identity import article_id, feed_id
from pipeline.polling.partition import host_of, partition_of
from pipeline.producer import Producer
from pipeline.records import RawArticle, decode_raw_article
from pipeline.topic_setup import create_topics
from pipeline.topics import FEED_STATE, FEEDS, PAGES, RAW, Topic
from tests.feed_site.server import listen
from tests.feed_site.timing import Timing
from tests.poller_process import PollerProcess
from tests.services import Service, wait_until

ALLOW_HOSTS = '["127.0.0.0/8"]'
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
_PARAGRAPHS = (
    "The river left its banks in {town} on Monday night, and by the morning the lower streets were under a metre of "
    "brown water. Nobody was hurt, the fire brigade said, but sixty families had to leave their homes.",
    "“We carried the chairs up first and then the children, because the children could walk,” said Ida Moreno, who "
    "has lived beside the old mill for thirty years. She spent the night in the gymnasium with her neighbours.",
    "The mayor of {town}, Tomas Weller, promised that the dam above the town would be raised before the next winter. "
    "The council had put the work off twice because it could not agree on who should pay for it.",
    "Engineers expect the water to fall by half a metre until Wednesday. Trains between {town} and the coast will not "
    "run before the weekend, and the school stays closed for at least three days.",
)


@dataclass(frozen=True)
class Reply:
    """What a site answers. A body with a tag is not sent again to who has it."""

    body: str | bytes = ""
    status: int = 200
    kind: str | None = "text/html; charset=utf-8"
    tag: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What a site was asked, and its answer's status. `at` is in virtual seconds."""

    url: str
    at: float
    status: int
    headers: dict[str, str]


@dataclass(frozen=True)
class Item:
    """An item of a feed."""

    link: str
    title: str = "The river is in the town"
    summary: str = "Sixty families had to leave their homes on Monday night."
    whole: str | None = None
    published: datetime | None = None
    more: str = ""


def story(town: str) -> str:
    """An article's paragraphs, as HTML."""
    return "".join(f"<p>{text.format(town=town)}</p>\n" for text in _PARAGRAPHS)


def page(town: str, *, text: str = "", advertisement: str = "Shoes, half price") -> str:
    """An article's page."""
    return (
        f"<!doctype html><html lang=en><head><title>The river is in {town}</title></head><body>"
        f"<nav><a href=/>Home</a> <a href=/sport>Sport</a></nav><div class=ad-banner>{advertisement}</div>"
        f"<article><h1>The river is in {town}</h1>{story(town)}{text}</article><footer>© Daily</footer></body></html>"
    )


def rss(*items: Item, title: str = "Daily", head: str = "") -> Reply:
    """A feed."""
    made = "".join(
        f"<item><title>{escape(item.title)}</title><link>{escape(item.link)}</link><guid>{escape(item.link)}</guid>"
        + (f"<description>{escape(item.summary)}</description>" if item.summary else "")
        + (f"<content:encoded>{escape(item.whole)}</content:encoded>" if item.whole else "")
        + (f"<pubDate>{format_datetime(item.published)}</pubDate>" if item.published else "")
        + f"{item.more}</item>"
        for item in items
    )
    return Reply(
        "<?xml version='1.0'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
        f"<title>{title}</title>{head}{made}</channel></rss>",
        kind="application/rss+xml",
    )


class Newsroom:
    """Hosts 127.3.0.1, 127.3.0.2, … on one port. They answer 404 to what nobody wrote."""

    def __init__(self, timing: Timing, hosts: int = 60) -> None:
        self.timing = timing
        self._addresses = [f"127.3.0.{number + 1}" for number in range(hosts)]
        self._taken = 0
        self._replies: dict[str, list[Reply]] = {}
        self._asked: list[Request] = []
        self.port = 0

    def host(self) -> str:
        """The address of a host that no other test uses."""
        self._taken += 1
        return f"http://{self._addresses[self._taken - 1]}:{self.port}"

    def put(self, url: str, *replies: Reply | str) -> str:
        """Answer this from now on: each once, and the last for ever. Returns the address."""
        self._replies[url] = [Reply(reply) if isinstance(reply, str) else reply for reply in replies]
        return url

    def asked(self, url: str) -> list[Request]:
        """Requests for an address, or for all that begin so."""
        return [one for one in list(self._asked) if one.url.startswith(url)]

    def now(self) -> datetime:
        """Virtual time."""
        return self.timing.moment(self.seconds())

    def seconds(self) -> float:
        """Virtual seconds since the start."""
        return self.timing.virtual(time.time())

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        url = f"http://{request.transport.get_extra_info('sockname')[0]}:{self.port}{request.path_qs}"
        at = self.seconds()
        replies = self._replies.get(url, [Reply("no such page", 404, "text/plain")])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        headers = dict(reply.headers) | ({"ETag": reply.tag} if reply.tag else {})
        known = reply.tag is not None and request.headers.get("If-None-Match") == reply.tag
        status = 304 if known else reply.status
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        if reply.kind:
            headers["Content-Type"] = reply.kind
        self._asked.append(Request(url, at, status, {name.lower(): text for name, text in request.headers.items()}))
        return web.Response(status=status, headers=headers, body=None if known else body)

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        self.port, sockets = listen(self._addresses)
        runner = web.ServerRunner(web.Server(self._answer, keepalive_timeout=75))
        await runner.setup()
        for each in sockets:
            await web.SockSite(runner, each).start()
        started.set()
        await self._ended.wait()
        await runner.cleanup()

    @contextmanager
    def open(self) -> Iterator[Newsroom]:
        """Serve for the length of a block."""
        started = threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), name="newsroom")
        thread.start()
        assert started.wait(10)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._ended.set)
            thread.join()


class Records:
    """What lies on topics, read as it comes."""

    def __init__(self, settings: Settings, *topics: Topic) -> None:
        self._consumer = KafkaConsumer(
            bootstrap_servers=str(settings.kafka.bootstrap_servers), group_id=None, auto_offset_reset="earliest"
        )
        self._topics = {topic.name(settings.topic_prefix): topic for topic in topics}
        self._places = [
            TopicPartition(name, number)
            for name in self._topics
            for number in sorted(self._consumer.partitions_for_topic(name))
        ]
        self._consumer.assign(self._places)
        self._consumer.seek_to_beginning(*self._places)
        self._found: dict[Topic, list[Any]] = {topic: [] for topic in topics}

    def of(self, topic: Topic) -> list[Any]:
        """All records of a topic that are there now; of a key in order."""
        ends = self._consumer.end_offsets(self._places)
        while any(self._consumer.position(place) < end for place, end in ends.items()):
            for place, some in self._consumer.poll(timeout_ms=200).items():
                self._found[self._topics[place.topic]] += some
        return self._found[topic]

    def close(self) -> None:
        self._consumer.close()


class Watch:
    """A deployment that watches a newsroom's feeds."""

    def __init__(self, settings: Settings, room: Newsroom, folder: Path) -> None:
        self.settings = settings
        self.room = room
        self._folder = folder
        self._records = Records(settings, RAW, PAGES, FEED_STATE)
        self.pollers: list[Service] = []

    def start(self, **more: str) -> PollerProcess:
        """A poller. Feeds are polled when a test asks for it, and otherwise rarely."""
        variables = {
            "NEWSWIRE_FEEDS__ALLOW_HOSTS": ALLOW_HOSTS,
            "NEWSWIRE_FEEDS__START_SECONDS": "21600",
            "NEWSWIRE_FEEDS__PAGE_BYTES": "200000",
            **more,
        }
        poller = PollerProcess(self.settings, self._folder, self.room.timing, **variables)
        self.pollers.append(poller)
        return poller

    def add(self, url: str, **more: Any) -> Feed:
        """Watch a feed, or change it, and poll it at once."""
        more = {"poll_at": self.room.now(), **more}
        feed = Feed(id=feed_id(url) or "", url=url, added_at=START, **more)
        self._send(feed.id, feed)
        return feed

    def remove(self, feed: Feed) -> None:
        self._send(feed.id, feed, removed=True)

    def published(self, url: str) -> list[RawArticle]:
        """All versions of an article, the oldest first."""
        key = article_id(url, None, "").encode()
        return [decode_raw_article(one.value) for one in self._records.of(RAW) if one.key == key]

    def await_versions(self, url: str, count: int = 1, seconds: float = 90) -> list[RawArticle]:
        """Once there are so many; and there are no more."""
        self.wait(lambda: len(self.published(url)) >= count, f"{count} versions of {url}", seconds)
        found = self.published(url)
        assert len(found) == count, [(one.fetched_at, one.feeds, one.content[:80]) for one in found]
        return found

    def page(self, url: str) -> Page | None:
        """The newest state of an article's page; None also when it was forgotten."""
        key = article_id(url, None, "").encode()
        found = [one.value for one in self._records.of(PAGES) if one.key == key]
        return msgspec.json.decode(found[-1], type=Page) if found and found[-1] else None

    def states(self, feed: Feed) -> list[FeedState]:
        """How it went with a feed, the oldest first."""
        found = [one.value for one in self._records.of(FEED_STATE) if one.key == feed.id.encode()]
        return [msgspec.json.decode(value, type=FeedState) for value in found if value]

    def is_forgotten(self, feed: Feed) -> bool:
        """Whether nothing is left of how it went with a feed."""
        found = [one.value for one in self._records.of(FEED_STATE) if one.key == feed.id.encode()]
        return bool(found) and found[-1] is None

    def await_polls(self, feed: Feed, count: int = 1, seconds: float = 90) -> FeedState:
        """The state after so many polls, or more."""
        self.wait(
            lambda: any(s.polls >= count for s in self.states(feed)[-1:]), f"{count} polls of {feed.url}", seconds
        )
        return self.states(feed)[-1]

    def poll_again(self, feed: Feed) -> FeedState:
        """The state after one more poll, asked for by hand."""
        before = self.await_polls(feed).polls
        self.add(feed.url)
        return self.await_polls(feed, before + 1)

    def wait(self, condition: Any, what: str, seconds: float = 90) -> None:
        """See `wait_until`; the pollers that run are watched."""
        running = [one for one in self.pollers if one.process.poll() is None]
        wait_until(condition, what, seconds, running)

    def _send(self, key: str, feed: Feed, removed: bool = False) -> None:
        place = partition_of(host_of(feed.url), self.settings.kafka.feed_partitions)
        with Producer(self.settings) as producer:
            value = None if removed else msgspec.json.encode(feed)
            producer.send(FEEDS.name(self.settings.topic_prefix), key.encode(), value, partition=place).result(10)

    def close(self) -> None:
        self._records.close()
        for poller in self.pollers:
            if poller.process.poll() is None:
                poller.stop()


@contextmanager
def watching(kafka: str, folder: Path, factor: float = 1, **more: Any) -> Iterator[Watch]:
    """A newsroom, and topics of its own for who watches it. Time that does not run faster is the real one."""
    prefix = f"room{uuid4().hex[:8]}"
    settings = Settings(
        topic_prefix=prefix,
        index_prefix=prefix,
        **{"kafka": {"bootstrap_servers": kafka, "feed_partitions": 2, "raw_partitions": 2}, **more},
    )
    create_topics(settings)
    began = time.time()
    with Newsroom(Timing(factor, began if factor == 1 else START.timestamp(), began)).open() as room:
        watch = Watch(settings, room, folder)
        try:
            yield watch
        finally:
            watch.close()
