"""Every service stops soon, be it that Kafka is gone or that it says nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline import topics
from pipeline.alert_records import Rule
from pipeline.config import Feeds, Kafka, Settings
from pipeline.engines import Endpoints
from pipeline.producer import Producer
from pipeline.records import encode
from pipeline.search_engine import connect
from pipeline.search_index import install
from pipeline.topic_setup import create_topics
from tests.alert_deployment import write_rules
from tests.alert_receiver import receiving
from tests.corpus import raw_articles
from tests.feed_deployment import Deployment, feed
from tests.feed_site.plan import Plan
from tests.feed_site.site import ALLOW_HOSTS, FeedSite
from tests.oracle import indexed_ids, messages
from tests.ports import free_port
from tests.raised_alerts import alert, channel, write_alerts
from tests.services import Service, wait_until
from tests.tunnel import Tunnel, wholly_behind

pytestmark = pytest.mark.engines

PLAN = Plan(feeds=40, hosts=8, hours=3, windows=(5, 20))


@pytest.mark.parametrize("fault", [Tunnel.cut, Tunnel.hush])
def test_a_stop_in_the_midst_of_work_while_kafka_is_away(
    settings: Callable[..., Settings],
    engines: Endpoints,
    tmp_path: Path,
    start: Callable[[Service], Service],
    fault: Callable[[Tunnel], None],
) -> None:
    made = settings(
        feeds=Feeds(allow_hosts=ALLOW_HOSTS), kafka=Kafka(bootstrap_servers=engines.kafka, feed_partitions=6)
    )
    create_topics(made)
    feeds = Deployment(made, tmp_path)
    rule = Rule(id="r", query="news", channels=("desk",))
    write_rules(made, rule)
    with (
        FeedSite(PLAN, factor=30) as site,
        Tunnel() as tunnel,
        receiving() as receiver,
        Producer(made) as producer,
        connect(made.elasticsearch) as client,
    ):
        install(client, made)
        feeds.watch(*map(feed, site.feed_urls()))
        kind = wholly_behind(tunnel)
        more = {
            "sink": {"NEWSWIRE_SINK__BATCH_RECORDS": "20"},
            "deliver": channel("desk", receiver.url),
            "web": {"NEWSWIRE_WEB__PORT": str(free_port())},
        }
        services = [start(kind(name, made, tmp_path, **more.get(name, {}))) for name in ("worker", *more)]
        services.append(start(feeds.poller(site, tunnel.url)))
        poller = services[-1]
        for each in raw_articles(2000):
            producer.send(topics.RAW.name(made.topic_prefix), each.id.encode(), encode(each))
        write_alerts(made, [alert(rule, str(number)) for number in range(500)])
        wait_until(lambda: bool(messages(made, topics.ARTICLES)), "the worker works", 90, services)
        wait_until(lambda: bool(indexed_ids(client, made)), "the sink works", 60, services)
        wait_until(lambda: receiver.requests > 0, "alerts are sent", 60, services)
        wait_until(lambda: "web is ready" in services[3].output, "web is ready", 60, services)
        wait_until(lambda: len(site.ledger().feeds()) > PLAN.feeds // 2, "many were polled", 120, services)
        fault(tunnel)
        wait_until(lambda: "waiting for it" in poller.output, "the poller misses Kafka", 60, services)
        with ThreadPoolExecutor(len(services)) as at_once:
            seconds = dict(zip((each.name for each in services), at_once.map(Service.stop, services), strict=True))
        assert {each.name: each.process.returncode for each in services} == dict.fromkeys(seconds, 0)
        for each in services:
            assert "never retrieved" not in each.output
            if each.name != "worker":  # Faust may wait for Kafka where nobody can tell it not to
                assert "the stop took too long" not in each.output, each.output
    feeds.close()
