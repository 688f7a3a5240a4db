"""This process's share of the feeds: what it knows of its partitions. For the event loop alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from pipeline.feed_records import Feed, FeedState, Page
from pipeline.partition_tables import Entry
from pipeline.records import UNREADABLE
from pipeline.topics import FEED_STATE, FEEDS, PAGES

log = logging.getLogger("newswire.feeds")

_FEED = msgspec.json.Decoder(Feed)
_STATE = msgspec.json.Decoder(FeedState)
_PAGE = msgspec.json.Decoder(Page)


@dataclass(slots=True)
class Watched:
    """A feed of ours. `state` is None before its first poll."""

    partition: int
    feed: Feed
    state: FeedState | None = None


class Share:
    """Feeds and pages by id. Pages are kept as they lie on the topic: there can be millions."""

    def __init__(self) -> None:
        self.feeds: dict[str, Watched] = {}
        self._states: dict[str, tuple[int, FeedState]] = {}
        """Of feeds whose definition has not come yet."""
        self._pages: dict[str, tuple[int, bytes]] = {}

    def forget(self, kept: set[int]) -> None:
        """Forget all but these partitions."""
        feeds = {each for each, watched in self.feeds.items() if watched.partition not in kept}
        pages = {each for each, (partition, _) in self._pages.items() if partition not in kept}
        for each in feeds:
            del self.feeds[each]
        for each in pages:
            del self._pages[each]
        self._states = {each: known for each, known in self._states.items() if known[0] in kept}

    def learn(self, entries: Sequence[Entry]) -> set[str]:
        """Take over what a table says; the ids of the feeds whose definition changed."""
        changed = set()
        for entry in entries:
            try:
                if entry.topic is FEEDS:
                    self._learn_feed(entry)
                    changed.add(entry.key)
                elif entry.topic is FEED_STATE:
                    self._learn_state(entry)
                elif entry.topic is PAGES:
                    self._learn_page(entry)
            except UNREADABLE as error:
                log.error("%s of %s is not readable and is passed over: %s", entry.key, entry.topic.suffix, error)
        return changed

    def page(self, article: str) -> tuple[int, Page] | None:
        """What is known of an article, and in which partition."""
        known = self._pages.get(article)
        return (known[0], _PAGE.decode(known[1])) if known else None

    def keep_page(self, partition: int, article: str, value: bytes | None) -> None:
        """The page as it was written; None when it was forgotten."""
        if value is None:
            self._pages.pop(article, None)
        else:
            self._pages[article] = (partition, value)

    def page_ids(self, partitions: set[int]) -> list[str]:
        """Of all the pages of these partitions."""
        return [article for article, (partition, _) in self._pages.items() if partition in partitions]

    def _learn_feed(self, entry: Entry) -> None:
        old = self.feeds.get(entry.key)
        if entry.value is None:
            if old and old.partition == entry.partition:  # or it only moved away from there
                del self.feeds[entry.key]
            return
        feed = _FEED.decode(entry.value)
        if old and old.partition == entry.partition:
            old.feed = feed
            return
        known = self._states.pop(entry.key, None)
        state = known[1] if known and known[0] == entry.partition else None
        self.feeds[entry.key] = Watched(entry.partition, feed, state)

    def _learn_state(self, entry: Entry) -> None:
        watched = self.feeds.get(entry.key)
        mine = watched if watched and watched.partition == entry.partition else None
        state = None if entry.value is None else _STATE.decode(entry.value)
        if mine:
            mine.state = state
        elif state:
            self._states[entry.key] = (entry.partition, state)
        else:
            self._states.pop(entry.key, None)

    def _learn_page(self, entry: Entry) -> None:
        if entry.value is not None:
            _PAGE.decode(entry.value)  # what cannot be read is told once, here
        self.keep_page(entry.partition, entry.key, entry.value)
