"""What a poll of a feed has seen, as records for the door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from pipeline.feed_articles import FeedArticles
from pipeline.feed_records import Feed, FeedState, FullText, Sighting
from pipeline.feeds import FeedItem, ParsedFeed
from pipeline.polling.complete import is_complete
from pipeline.records import InvalidRecordError, Source, encode
from pipeline.topics import MAX_RAW_BYTES


def sightings_of(  # noqa: PLR0917 -- `now` and what is known of the feed
    items: Iterable[FeedItem],
    parsed: ParsedFeed,
    feed: Feed,
    state: FeedState | None,
    now: datetime,
    full_text: FullText = "auto",
) -> list[Sighting]:
    """A sighting of each of these items of a parsed feed that says anything, one for each article.

    `full_text` is for feeds whose own setting is auto. Items without an address of their own are known by their guid
    and the feed's address, and no page is fetched for them.
    """
    name = feed.title or parsed.title or (state.title if state else None)
    articles = FeedArticles(parsed, feed.url, Source(name=name), feed.language)
    made: dict[str, Sighting] = {}
    for item in items:
        article = articles.article_of(item, now)
        if article is None or article.id in made or not article.content.strip():
            continue
        wanted = full_text if feed.full_text == "auto" else feed.full_text
        made[article.id] = Sighting(
            feed=feed.id,
            address=feed.url,
            full_text=wanted if articles.has_page(item) else "never",
            complete=is_complete(item),
            article=article,
        )
    return list(made.values())


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item that cannot be handed on, by its address or headline, and why."""

    item: str
    reason: str

    @classmethod
    def of(cls, sighting: Sighting, reason: str) -> Self:
        """Of its sighting."""
        return cls(sighting.article.url or sighting.article.headline or sighting.article.id, reason)


def obstacle(sighting: Sighting) -> str | None:
    """Why it cannot be a record, if it cannot."""
    try:
        size = len(encode(sighting))
    except InvalidRecordError as error:
        return str(error)
    if size > MAX_RAW_BYTES:
        return f"its {size:,} bytes are more than the {MAX_RAW_BYTES:,} that an article may have"
    return None
