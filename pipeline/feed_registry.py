"""The feeds of a deployment as the command line sees them: read from Kafka, found by what users call them, written.

A record lies in the partition of its feed's host. Where a feed has moved between hosts, both partitions may hold it
for a while; it counts once, as its newer record says.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

from pipeline.config import Settings
from pipeline.errors import NewswireError
from pipeline.feed_records import Feed, FeedState
from pipeline.identity import canonical_url
from pipeline.kafka_connection import Report
from pipeline.polling.partition import host_of, partition_of
from pipeline.producer import Producer
from pipeline.records import UNREADABLE
from pipeline.topic_reader import TopicReader
from pipeline.topics import FEED_STATE, FEEDS

log = logging.getLogger("newswire.feeds")

_SHORTEST_ID = 4
_SHOWN = 5

R = TypeVar("R", Feed, FeedState)
Value = tuple[int, bytes]
"""When it was written, in ms, and the JSON."""


class FeedChoiceError(NewswireError):
    """No feed, or more than one, is what the user may mean."""


@dataclass(slots=True)
class _Table(Generic[R]):
    """The newest record of each key in each partition."""

    decoder: msgspec.json.Decoder[R]
    values: dict[str, dict[int, Value]] = field(default_factory=dict)

    def learn(self, record: Any) -> None:
        key = (record.key or b"").decode("utf-8", "replace")
        held = self.values.setdefault(key, {})
        if record.value is None:
            held.pop(record.partition, None)
        else:
            held[record.partition] = (record.timestamp, record.value)

    def newest(self) -> dict[str, R]:
        """What cannot be read is told and passed over."""
        found = {}
        for key, held in self.values.items():
            if not held:
                continue
            try:
                found[key] = self.decoder.decode(max(held.values())[1])
            except UNREADABLE as error:
                log.warning("feed %s is not readable and is passed over: %s", key, error)
        return found

    def places(self) -> dict[str, frozenset[int]]:
        return {key: frozenset(held) for key, held in self.values.items() if held}


@dataclass(frozen=True, slots=True)
class Registry:
    """All feeds, and how their polls went; a feed that was never polled has no state."""

    feeds: dict[str, Feed]
    states: dict[str, FeedState]
    partitions: int
    """Of each of the topics."""
    feed_places: dict[str, frozenset[int]] = field(default_factory=dict)
    """Partitions that hold a record of the feed."""
    state_places: dict[str, frozenset[int]] = field(default_factory=dict)

    def title(self, feed: Feed) -> str:
        """What users call it, or what it calls itself, or its address."""
        state = self.states.get(feed.id)
        return feed.title or (state and state.title) or feed.url

    def addresses(self) -> dict[str, str]:
        """Id of each feed by canonical address, also by the one that it has moved to."""
        found = {}
        for feed in self.feeds.values():
            state = self.states.get(feed.id)
            for url in (state.url if state else None, feed.url):
                made = canonical_url(url)
                if made:
                    found[made] = feed.id
        return found

    def find(self, text: str) -> Feed:
        """The feed with this address, the beginning of this id, or this as the only one in its title or address.

        Raises FeedChoiceError.
        """
        wanted = text.strip()
        known = self.addresses().get(canonical_url(wanted) or "")
        if known:
            return self.feeds[known]
        found = self._by_id(wanted.lower()) or self._by_words(wanted.casefold())
        if len(found) == 1:
            return found[0]
        if not found:
            raise FeedChoiceError(f"there is no feed {wanted!r}; see `newswire feeds list`")
        shown = ", ".join(f"{feed.id[:8]} ({self.title(feed)[:60]})" for feed in found[:_SHOWN])
        more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        raise FeedChoiceError(f"{len(found):,} feeds may be meant by {wanted!r}, say which: {shown}{more}")

    def _by_id(self, beginning: str) -> list[Feed]:
        if len(beginning) < _SHORTEST_ID or not set(beginning) <= set("0123456789abcdef"):
            return []
        return [feed for feed in self.feeds.values() if feed.id.startswith(beginning)]

    def _by_words(self, words: str) -> list[Feed]:
        if not words:
            return []
        named = [feed for feed in self.feeds.values() if self.title(feed).casefold() == words]
        return named or [
            feed for feed in self.feeds.values() if words in self.title(feed).casefold() or words in feed.url.casefold()
        ]


def read(settings: Settings, report: Report) -> Registry:
    """All feeds and states that are there now. Waits for Kafka; raises MissingTopicError, KafkaRefusedError."""
    feeds: _Table[Feed] = _Table(msgspec.json.Decoder(Feed))
    states: _Table[FeedState] = _Table(msgspec.json.Decoder(FeedState))
    tables: dict[str, _Table[Any]] = {
        FEEDS.name(settings.topic_prefix): feeds,
        FEED_STATE.name(settings.topic_prefix): states,
    }
    with TopicReader(settings, report, (FEEDS, FEED_STATE)) as reader:
        for record in reader.read():
            tables[record.topic].learn(record)
        partitions = reader.partitions[FEEDS.name(settings.topic_prefix)]
    newest = feeds.newest()
    known = {key: state for key, state in states.newest().items() if key in newest}
    return Registry(newest, known, partitions, feeds.places(), states.places())


def write(
    settings: Settings,
    report: Report,
    registry: Registry,
    feeds: Iterable[Feed],
    written: Callable[[], None] = lambda: None,
) -> None:
    """Add or change feeds; returns once Kafka has acknowledged all, and calls `written` for each.

    Records of them in other partitions than their host's are removed after that. Raises NewswireError.
    """
    name = FEEDS.name(settings.topic_prefix)
    with Producer(settings, report) as producer:
        under_way = []
        for feed in feeds:
            partition = partition_of(host_of(feed.url), registry.partitions)
            value = msgspec.json.encode(feed)
            under_way.append((feed, partition, producer.send(name, feed.id.encode(), value, partition=partition)))
        for feed, partition, sent in under_way:
            sent.result()
            for old in registry.feed_places.get(feed.id, frozenset()) - {partition}:
                producer.send(name, feed.id.encode(), None, partition=old).result()
            written()


def remove(settings: Settings, report: Report, registry: Registry, ids: Iterable[str]) -> None:
    """Remove feeds and what is known of them; returns once Kafka has acknowledged it. Raises NewswireError."""
    with Producer(settings, report) as producer:
        sent = [
            producer.send(topic.name(settings.topic_prefix), each.encode(), None, partition=partition)
            for each in ids
            for topic, places in ((FEEDS, registry.feed_places), (FEED_STATE, registry.state_places))
            for partition in sorted(places.get(each, ()))
        ]
        for future in sent:
            future.result()
