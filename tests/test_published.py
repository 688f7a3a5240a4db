"""An article that was published is read again from Kafka, however long Kafka takes to answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

import pytest

from pipeline.config import Settings
from pipeline.kafka_connection import connect_reader
from pipeline.poller.published import Published
from pipeline.producer import Producer
from pipeline.records import encode
from pipeline.topic_setup import create_topics
from pipeline.topics import RAW
from tests.conftest import SettingsFactory
from tests.corpus import raw_articles
from tests.services import wait_until
from tests.tunnel import Tunnel

pytestmark = pytest.mark.engines


def publish(settings: Settings) -> tuple[str, int, int]:
    """Id and place of an article."""
    create_topics(settings)
    (raw,) = raw_articles(1)
    with Producer(settings) as producer:
        place = producer.send(RAW.name(settings.topic_prefix), raw.id.encode(), encode(raw)).result(30)
    return raw.id, place.partition, place.offset


@pytest.mark.parametrize("fault", [Tunnel.cut, Tunnel.hush])
def test_a_read_waits_for_kafka(
    settings: SettingsFactory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Tunnel], None],
) -> None:
    made = settings()
    article, partition, offset = publish(made)
    caplog.set_level(logging.WARNING, "newswire.feeds")
    monkeypatch.setattr("pipeline.poller.published._POLL_MS", 300)
    with Tunnel() as tunnel:
        monkeypatch.setattr("pipeline.poller.published.connect_reader", partial(connect_reader, proxy_url=tunnel.url))

        async def read() -> None:
            published = Published(made)
            first = await published.read(partition, offset)
            assert first is not None
            assert first.id == article
            fault(tunnel)
            again = asyncio.ensure_future(published.read(partition, offset))
            await asyncio.to_thread(wait_until, lambda: "cannot read an article again" in caplog.text, "it is missed")
            assert not again.done()
            tunnel.mend()
            second = await again
            assert second == first
            assert await published.read(partition, offset + 1) is None
            published.close()

        asyncio.run(read())
