"""When items were published, as far as scheduling needs to know."""

from __future__ import annotations

from datetime import MAXYEAR, UTC, datetime
from functools import lru_cache

from pipeline.feeds import FeedItem
from pipeline.polling.cache_headers import http_date

_FIRST_YEAR = 1990
"""Items dated earlier bear the zero of some clock."""


def published(item: FeedItem) -> datetime | None:
    """When an item was published, else updated; None when it does not say so in the form of ISO 8601 or of RFC 5322,
    which the formats prescribe. The chain's parser, that knows more, is too slow for every item of every poll."""
    return next((made for said in (item.published_at, item.updated_at) if (made := _parse(said)) is not None), None)


@lru_cache(maxsize=8192)  # a feed shows the same items poll after poll
def _parse(said: str | None) -> datetime | None:
    if not said:
        return None
    try:
        made = datetime.fromisoformat(said)
    except ValueError:
        found = http_date(said)
        if found is None:
            return None
        made = found
    if not _FIRST_YEAR <= made.year < MAXYEAR:
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)
