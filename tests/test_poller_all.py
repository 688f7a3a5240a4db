"""Feeds under `newswire run all`: from a feed into the index, told by `newswire status` and by the metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.request import urlopen

import pytest

from pipeline.engines import Endpoints
from pipeline.identity import article_id
from tests.command import newswire
from tests.newsroom import ALLOW_HOSTS, Item, Reply, Watch, page, rss, story, watching
from tests.ports import free_port
from tests.services import Service, running, wait_until

pytestmark = pytest.mark.engines

PORT = free_port(following=4)
POLLER = 3
"""The sink's metrics are on PORT, the worker's on the next one, then comes web."""


@dataclass
class All:
    """Everything that runs, and the feeds that it watches."""

    watch: Watch
    services: Service

    def document(self, url: str) -> dict[str, object] | None:
        """The article as the index has it; it may be there only once."""
        found = newswire(self.watch.settings, "search", f'id:"{article_id(url, None, "")}"', "--json").lines
        assert len(found) <= 1
        return found[0] if found else None


@pytest.fixture(scope="module")
def deployed(engines: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[All]:
    folder = tmp_path_factory.mktemp("all")
    search = {"elasticsearch": {"url": engines.elasticsearch}}
    with watching(engines.kafka, folder, **search) as watch:
        assert newswire(watch.settings, "setup").status == 0
        more = {
            "NEWSWIRE_WORKER__PROCESSES": "1",
            "NEWSWIRE_METRICS__PORT": str(PORT),
            "NEWSWIRE_FEEDS__ALLOW_HOSTS": ALLOW_HOSTS,
            "NEWSWIRE_FEEDS__HOST_PAUSE_SECONDS": "0.1",
        }
        with running("all", watch.settings, folder, **more) as services:
            watch.pollers.append(services)
            wait_until(answers, "the poller tells its metrics", 60, [services])
            yield All(watch, services)


def answers() -> bool:
    """Whether the poller's metrics can be had."""
    try:
        return bool(metrics())
    except OSError:
        return False


def metrics() -> dict[str, float]:
    """The poller's, by name and labels."""
    with urlopen(f"http://127.0.0.1:{PORT + POLLER}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {(parts := line.rpartition(" "))[0]: float(parts[2]) for line in lines if not line.startswith("#")}


def test_an_article_of_two_feeds_is_one_document_that_lists_them(deployed: All) -> None:
    room = deployed.watch.room
    one, two = room.host(), room.host()
    url = room.put(f"{one}/2026/03/river-in-our-town", page("Arden"))
    deployed.watch.add(room.put(f"{one}/feed", rss(Item(url, "Flood in Arden"))))

    def body() -> str:
        found = deployed.document(url) or {}
        return str(found.get("body", ""))

    wait_until(lambda: "next winter" in body(), "it can be found", 120, [deployed.services])
    deployed.watch.add(room.put(f"{two}/feed", rss(Item(f"{url}?utm_source=two", "Flood in Arden"))))

    def feeds() -> object:
        found = deployed.document(url) or {}
        return found.get("feeds")

    wait_until(lambda: feeds() == [f"{one}/feed", f"{two}/feed"], "it lists both", 60, [deployed.services])
    assert "next winter" in body()
    by_feed = newswire(deployed.watch.settings, "search", f'feeds:"{two}/feed"', "--json").lines
    assert [found["id"] for found in by_feed] == [article_id(url, None, "")]


def test_the_metrics_tell_what_was_done(deployed: All) -> None:
    before, room = metrics(), deployed.watch.room
    host = room.host()
    short, gone = (f"{host}/2026/03/river-in-{name}" for name in ("our-village", "the-city"))
    room.put(short, page("Belmont"))
    whole = Item(f"{host}/2026/03/river-in-the-valley", whole=story("Corley"))
    broken = deployed.watch.add(room.put(f"{host}/broken", Reply("down", 500)))
    feed = deployed.watch.add(room.put(f"{host}/feed", rss(Item(short), Item(gone), whole)))
    for url in (short, gone, whole.link):
        deployed.watch.await_versions(url)
    deployed.watch.await_polls(broken)
    deployed.watch.poll_again(feed)

    def grown() -> dict[str, float]:
        return {name: value - before.get(name, 0.0) for name, value in metrics().items()}

    def feeds() -> dict[str, float]:
        return {name: value for name, value in metrics().items() if name.startswith("newswire_feeds{")}

    def counted() -> bool:
        """Also those of other tests, which are well."""
        ok, failing = (feeds()[f'newswire_feeds{{health="{name}"}}'] for name in ("ok", "failing"))
        return failing == 1 and ok >= 1 and ok + failing == sum(feeds().values())

    wait_until(counted, "the feeds are counted", 30, [deployed.services])
    found = grown()
    assert [found[f'newswire_feed_polls_total{{result="{result}"}}'] for result in ("changed", "unchanged")] == [1, 1]
    assert found['newswire_feed_polls_total{result="failed"}'] >= 1
    assert found["newswire_feed_sightings_total"] == 3
    assert found['newswire_feed_articles_total{kind="new"}'] == 3
    assert [found[f'newswire_page_fetches_total{{result="{result}"}}'] for result in ("fetched", "failed")] == [1, 1]
    assert found["newswire_feed_seconds_count"] == found["newswire_feed_lateness_seconds_count"] >= 3
    assert found["newswire_feed_gaps_total"] == 0


def test_status_tells_of_the_pollers(deployed: All) -> None:
    groups = [line["group"] for line in newswire(deployed.watch.settings, "status", "--json").lines if "group" in line]
    (pollers,) = [one for one in groups if re.search(r"\bfeeds$", one["group"])]
    assert pollers["members"] == 1


def test_all_of_it_stops_in_time(deployed: All) -> None:
    assert deployed.services.stop() < 15
    assert deployed.services.process.returncode == 0
