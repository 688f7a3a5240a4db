"""Hands items on to whoever asks the hosts of their articles."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from itertools import islice

from pipeline.async_producer import AsyncProducer
from pipeline.delivery import AbandonedError, NotDeliveredError
from pipeline.feed_records import Sighting
from pipeline.observe import FEED_SIGHTINGS
from pipeline.polling.partition import host_of, partition_of
from pipeline.polling.sightings import Refusal, obstacle
from pipeline.topics import FEED_ITEMS

_SENT_AT_ONCE = 1000
_SENT_IN_A_TURN = 50  # then others have theirs: handing over to Kafka takes time

log = logging.getLogger("newswire.feeds")


class Handover:
    """Puts sightings where their articles' hosts lie. `partitions` is how many the topics of the feeds have."""

    def __init__(self, outbox: AsyncProducer, partitions: int) -> None:
        self._outbox = outbox
        self._partitions = partitions

    async def hand_on(self, sightings: Iterable[Sighting]) -> list[Refusal]:
        """Returns when all are durable, with those that Kafka refuses."""
        rest, refused = iter(sightings), []
        while some := list(islice(rest, _SENT_AT_ONCE)):
            sent = []
            for number, sighting in enumerate(some, 1):
                sent.append(asyncio.ensure_future(self._send(sighting)))
                if number % _SENT_IN_A_TURN == 0:
                    await asyncio.sleep(0)
            found = [refusal for refusal in await asyncio.gather(*sent) if refusal]
            FEED_SIGHTINGS.inc(len(some) - len(found))
            refused += found
        for refusal in refused:
            log.error("%s cannot be taken: %s", refusal.item, refusal.reason)
        return refused

    async def _send(self, sighting: Sighting) -> Refusal | None:
        if reason := obstacle(sighting):
            return Refusal.of(sighting, reason)
        key = sighting.article.id
        place = partition_of(host_of(sighting.article.url) or key, self._partitions)
        try:
            await self._outbox.send(FEED_ITEMS, key, sighting, place)
        except AbandonedError:
            raise
        except NotDeliveredError as error:  # it alone: it would be refused the next time, too
            return Refusal.of(sighting, str(error))
        return None
