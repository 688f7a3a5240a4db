"""Bad feeds, watched all at once by a poller: what users are told of each, and that nobody else suffers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from pipeline.config import Kafka, Local, Settings
from pipeline.feed_records import Feed, FeedState
from pipeline.identity import feed_id
from pipeline.polling.partition import host_of, partition_of
from pipeline.producer import Producer
from pipeline.records import decode_raw_article
from pipeline.topic_reader import TopicReader
from pipeline.topic_setup import create_topics
from pipeline.topics import DEAD_LETTERS, FEED_ITEMS, FEED_STATE, FEEDS, FEEDS_GROUP, RAW
from tests import oracle
from tests.command import newswire
from tests.feed_site.bad import BAD_FEEDS, BadFeed
from tests.feed_site.bad_server import AUTHORITY, BadFeeds
from tests.feed_site.plan import Plan
from tests.feed_site.site import ALLOW_HOSTS, FeedSite
from tests.poller_process import PollerProcess
from tests.services import wait_until

pytestmark = pytest.mark.engines

_TIMEOUT = 10
_MOST_BYTES = 400_000_000
"""Of memory, for a poller of feeds of at most 16 MB."""
_LATEST = 5.0
"""Real seconds that 95 % of the polls of healthy feeds may be late at most."""
_FACTOR = 6
"""Time runs so much faster: feeds are polled every minute, which is every ten seconds. Requests run in real time."""
_OFTEN = {f"NEWSWIRE_FEEDS__{name}_SECONDS": "60" for name in ("MIN", "START", "MAX")}
_ENVIRONMENT = _OFTEN | {
    "NEWSWIRE_FEEDS__ALLOW_HOSTS": msgspec.json.encode(ALLOW_HOSTS).decode(),
    "NEWSWIRE_FEEDS__TIMEOUT_SECONDS": str(_TIMEOUT),
    "NEWSWIRE_FEEDS__FULL_TEXT": "never",
    "SSL_CERT_FILE": str(AUTHORITY),
}


@dataclass(frozen=True, slots=True)
class Run:
    """What was there after all cases had been polled."""

    states: dict[str, list[FeedState]]
    """By feed id, all that were written."""
    headlines: dict[str, set[str]]
    """Of what was published, by the address of the feed."""
    listed: dict[str, dict[str, Any]]
    """By feed id, as `feeds list` tells it."""
    healthy: list[str]
    ids: dict[str, str]
    """By case."""
    addresses: dict[str, str]
    sizes: dict[str, int]
    """Most bytes of an answer, by case."""
    dead: int
    peak_bytes: int
    output: str

    def last(self, case: BadFeed) -> FeedState:
        return self.states[self.ids[case.name]][-1]

    def after(self, case: BadFeed) -> FeedState:
        """The state after as many polls as it takes, or after a later one where a machine under load took longer for a
        request than it may."""
        later = self.states[self.ids[case.name]][case.polls - 1 :]
        return next((state for state in later if _fits(case, state)), later[-1])


def _fits(case: BadFeed, state: FeedState) -> bool:
    if case.words is None:
        return state.health in case.health and (state.reason is None or len(case.health) > 1)
    return state.health in case.health and re.search(case.words, state.reason or "", re.IGNORECASE) is not None


@pytest.fixture(scope="module")
def run(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("bad-feeds")
    name = f"t{uuid4().hex[:8]}"
    settings = Settings(
        topic_prefix=name,
        index_prefix=name,
        kafka=Kafka(bootstrap_servers=kafka, feed_partitions=2),
        local=Local(data_dir=folder / "local"),
    )
    create_topics(settings)
    with BadFeeds() as bad, FeedSite(Plan(feeds=40, hosts=20), factor=_FACTOR, start=datetime.now(UTC)) as site:
        addresses = {case.name: bad.url(case) for case in BAD_FEEDS}
        ids = {name: feed_id(url) or "" for name, url in addresses.items()}
        healthy = {feed_id(url) or "": url for url in site.feed_urls()}
        _watch(settings, [*healthy.values(), *addresses.values()])
        poller = PollerProcess(settings, folder, site.timing, **_ENVIRONMENT)
        try:
            wanted = Counter({ids[case.name]: case.polls for case in BAD_FEEDS} | dict.fromkeys(healthy, 3))
            with TopicReader(settings, print, (FEED_STATE,)) as reader:
                wait_until(lambda: _polled(reader, wanted), "all are polled", 300, [poller])
            wait_until(lambda: not oracle.unread(settings, FEEDS_GROUP, FEED_ITEMS), "all has come", 300, [poller])
            peak = _peak(poller)
            listed = newswire(settings, "feeds", "list", "--json").lines
            yield Run(
                states=_states(settings),
                headlines=_headlines(settings),
                listed={each["id"]: each for each in listed},
                healthy=list(healthy),
                ids=ids,
                addresses=addresses,
                sizes={case: max(entry.size for entry in entries) for case, entries in bad.ledger().items()},
                dead=len(oracle.messages(settings, DEAD_LETTERS)),
                peak_bytes=peak,
                output=poller.output,
            )
        finally:
            if poller.process.poll() is None:
                poller.stop()


def _watch(settings: Settings, urls: list[str]) -> None:
    with Producer(settings) as producer:
        for url in urls:
            feed = Feed(id=feed_id(url) or "", url=url, added_at=datetime.now(UTC))
            producer.send(
                FEEDS.name(settings.topic_prefix),
                feed.id.encode(),
                msgspec.json.encode(feed),
                partition=partition_of(host_of(url), settings.kafka.feed_partitions),
            )


def _states(settings: Settings) -> dict[str, list[FeedState]]:
    found = defaultdict(list)
    for key, value, _ in oracle.messages(settings, FEED_STATE):
        found[(key or b"").decode()].append(msgspec.json.decode(value, type=FeedState))
    return found


def _polled(reader: TopicReader, wanted: Counter[str]) -> bool:
    """Takes what has come off from what is to come."""
    wanted.subtract((record.key or b"").decode() for record in reader.read())
    return max(wanted.values()) <= 0


def _headlines(settings: Settings) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for _, value, _ in oracle.messages(settings, RAW):
        article = decode_raw_article(value)
        for address in article.feeds or ():
            found[address].add(article.headline or "")
    return found


def _peak(service: PollerProcess) -> int:
    """Most bytes of memory that it ever had."""
    status = Path(f"/proc/{service.process.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024


@pytest.mark.parametrize("case", BAD_FEEDS, ids=lambda case: case.name)
def test_users_learn_what_is_wrong_with_a_feed(run: Run, case: BadFeed) -> None:
    state = run.after(case)
    assert _fits(case, state), (state.health, state.reason)
    assert run.listed[state.id]["health"] == run.last(case).health
    assert run.listed[state.id]["reason"] == run.last(case).reason


@pytest.mark.parametrize("case", [case for case in BAD_FEEDS if case.items], ids=lambda case: case.name)
def test_what_can_be_read_of_a_bad_feed_comes(run: Run, case: BadFeed) -> None:
    assert set(case.items) <= run.headlines[run.addresses[case.name]]


def test_nobody_is_polled_late_because_of_bad_feeds(run: Run) -> None:
    late = [
        (after.last_poll - before.next_poll).total_seconds() / _FACTOR
        for feed in run.healthy
        for before, after in zip(run.states[feed], run.states[feed][1:], strict=False)
        if after.last_poll and before.next_poll
    ]
    assert len(late) >= 2 * len(run.healthy)
    assert quantiles(late, n=20)[-1] < _LATEST


def test_healthy_feeds_are_well_beside_bad_ones(run: Run) -> None:
    assert {run.states[feed][-1].health for feed in run.healthy} == {"ok"}


def test_no_more_is_taken_of_a_large_answer_than_may_be(run: Run) -> None:
    assert {
        case.name: run.sizes.get(case.name, 0) for case in BAD_FEEDS if run.sizes.get(case.name, 0) > case.max_bytes
    } == {}


def test_memory_is_bounded_whatever_comes(run: Run) -> None:
    assert run.peak_bytes < _MOST_BYTES


def test_nothing_trips_the_poller(run: Run) -> None:
    assert not run.dead
    assert "Traceback" not in run.output
