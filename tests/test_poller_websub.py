"""Hubs, `newswire run web` and pollers together: what a hub sends is published at once, and polls go on as before."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import msgspec
import pytest

from pipeline.feed_records import Feed, FeedPush, FeedState, Lease
from pipeline.polling.partition import host_of, partition_of
from pipeline.producer import Producer
from pipeline.topics import FEED_PUSHES
from tests.hub import Hub, Subscription, running_hub
from tests.newsroom import Item, Reply, Watch, rss, story, watching
from tests.ports import free_port
from tests.services import running
from tests.web_client import WebClient

pytestmark = pytest.mark.engines

SECRET = "a-secret-of-the-tests-only"


@dataclass
class Wire:
    """Two pollers and a web service, in real time."""

    watch: Watch
    web_port: int

    def subscribed(self, hub: Hub, host: str | None = None) -> tuple[Feed, Subscription]:
        """A feed that announces the hub, once the hub has verified the subscription and its poller knows."""
        host = host or self.watch.room.host()
        url = f"{host}/feed"
        self.publish(url, hub, f"{host}/2026/03/first-of-all")
        feed = self.watch.add(url)
        self.watch.wait(lambda: self.lease(feed).expires_at is not None, "the subscription is verified")
        (found,) = [one for (topic, _), one in hub.subscriptions.items() if topic == url]
        return feed, found

    def publish(self, url: str, hub: Hub, *links: str) -> Reply:
        """These items in a feed that announces the hub."""
        head = f'<atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="{url}"/>'
        reply = rss(*(Item(link, whole=story("Arden")) for link in links), head=head)
        self.watch.room.put(url, reply)
        return reply

    def push(self, hub: Hub, feed: Feed, *links: str) -> list[int]:
        reply = rss(*(Item(link, whole=story("Arden")) for link in links))
        return hub.distribute(feed.url, str(reply.body).encode())

    def state(self, feed: Feed) -> FeedState:
        return (self.watch.states(feed) or [FeedState(id=feed.id, url=feed.url)])[-1]

    def lease(self, feed: Feed) -> Lease:
        return self.state(feed).lease or Lease(hub="", topic="")


def variables(port: int) -> dict[str, str]:
    return {"NEWSWIRE_FEEDS__WEBSUB_SECRET": SECRET, "NEWSWIRE_FEEDS__WEBSUB_URL": f"http://127.0.0.1:{port}"}


@pytest.fixture(scope="module")
def wire(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder, port = tmp_path_factory.mktemp("websub"), free_port()
    with watching(kafka, folder) as watch:
        more = variables(port)
        with running("web", watch.settings, folder, NEWSWIRE_WEB__PORT=str(port), **more):
            pollers = [watch.start(NEWSWIRE_FEEDS__START_SECONDS="600", **more) for _ in range(2)]
            watch.wait(WebClient(port).ready, "web is ready")
            for number in range(2):
                ours = f"partitions {number} are ours"
                watch.wait(lambda said=ours: any(said in one.output for one in pollers), ours)
            yield Wire(watch, port)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running_hub() as made:
        yield made


def test_what_a_hub_sends_is_published_without_a_poll(wire: Wire, hub: Hub) -> None:
    feed, _ = wire.subscribed(hub)
    polls = len(wire.watch.room.asked(feed.url))
    url = feed.url.replace("feed", "2026/03/pushed-by-the-hub")
    began = time.monotonic()
    assert wire.push(hub, feed, url) == [202]
    (article,) = wire.watch.await_versions(url)
    assert time.monotonic() - began < 5
    assert article.feeds == (feed.url,)
    assert len(wire.watch.room.asked(feed.url)) == polls
    wire.publish(feed.url, hub, url)
    wire.watch.poll_again(feed)
    wire.watch.await_versions(url)


def test_a_hub_may_verify_before_it_answers(wire: Wire) -> None:
    with running_hub(answers_late=True) as hub:
        feed, _ = wire.subscribed(hub)
        wire.watch.poll_again(feed)  # what follows from the hub's answer is written by then
        lease = wire.lease(feed)
        assert lease.expires_at is not None
        assert (lease.failures, lease.reason) == (0, None)
        assert len(hub.requests) == 1


def test_feeds_of_both_pollers_get_what_their_hubs_send(wire: Wire, hub: Hub) -> None:
    places: dict[int, str] = {}
    while len(places) < 2:
        host = wire.watch.room.host()
        places.setdefault(partition_of(host_of(host), 2), host)
    for place, other in ((0, 1), (1, 0)):
        feed, _ = wire.subscribed(hub, places[place])
        # The articles lie at the other poller's hosts.
        url = f"{places[other]}/2026/03/carried-by-{place}"
        assert wire.push(hub, feed, url) == [202]
        (article,) = wire.watch.await_versions(url)
        assert article.feeds == (feed.url,)


def test_what_no_hub_has_signed_is_ignored(wire: Wire, hub: Hub) -> None:
    feed, subscription = wire.subscribed(hub)
    forged = feed.url.replace("feed", "2026/03/forged-by-somebody")
    body = str(rss(Item(forged, whole=story("Arden"))).body).encode()
    signature = hmac.digest(b"a guess", body, "sha256").hex()
    for headers in ({}, {"X-Hub-Signature": f"sha256={signature}"}):
        with urlopen(HttpRequest(subscription.callback, body, headers), timeout=10) as answer:
            assert answer.status == 202
    genuine = feed.url.replace("feed", "2026/03/sent-by-the-hub")
    assert wire.push(hub, feed, genuine) == [202]
    wire.watch.await_versions(genuine)
    assert wire.watch.published(forged) == []


def test_polls_are_rarer_while_the_hub_is_good_and_then_as_before(wire: Wire, hub: Hub) -> None:
    feed, _ = wire.subscribed(hub)
    first, pushed, kept_back = (feed.url.replace("feed", f"2026/03/{n}-of-all-three") for n in ("1", "2", "3"))

    def stretched(state: FeedState) -> float:
        assert state.next_poll is not None
        assert state.last_poll is not None
        return (state.next_poll - state.last_poll).total_seconds() / state.interval

    assert stretched(wire.state(feed)) < 1.2
    wire.push(hub, feed, pushed)
    wire.watch.await_versions(pushed)
    wire.publish(feed.url, hub, pushed, first)
    assert stretched(wire.watch.poll_again(feed)) < 1.2  # it found one that the hub had not sent
    wire.push(hub, feed, feed.url.replace("feed", "2026/03/4-of-all-four"))
    wire.watch.wait(lambda: wire.lease(feed).missed == 0, "that is made good")
    assert stretched(wire.watch.poll_again(feed)) > 2.5
    wire.publish(feed.url, hub, kept_back, pushed, first)
    assert stretched(wire.watch.poll_again(feed)) < 1.2
    wire.watch.await_versions(kept_back)


def test_a_hub_that_dies_takes_nothing_along(wire: Wire) -> None:
    with running_hub() as hub:
        feed, _ = wire.subscribed(hub)
    url = feed.url.replace("feed", "2026/03/after-the-end-of-the-hub")
    wire.publish(feed.url, hub, url)
    state = wire.watch.poll_again(feed)
    wire.watch.await_versions(url)
    assert (state.health, state.failures) == ("ok", 0)


def test_a_feed_that_announces_it_no_more_is_unsubscribed(wire: Wire, hub: Hub) -> None:
    feed, _ = wire.subscribed(hub)
    wire.watch.room.put(feed.url, rss(Item(feed.url.replace("feed", "2026/03/without-a-hub"), whole=story("Arden"))))
    wire.watch.poll_again(feed)
    wire.watch.wait(lambda: feed.url not in [topic for topic, _ in hub.subscriptions], "the hub has ended it")
    wire.watch.wait(lambda: wire.state(feed).lease is None, "the lease is gone")


def test_feeds_that_are_paused_or_removed_are_unsubscribed_and_pushes_for_them_ignored(wire: Wire, hub: Hub) -> None:
    (paused, one), (removed, two), (witness, _) = (wire.subscribed(hub) for _ in range(3))
    wire.watch.add(paused.url, paused=True)
    wire.watch.remove(removed)
    ours = {(paused.url, one.callback), (removed.url, two.callback)}
    wire.watch.wait(lambda: not ours & hub.subscriptions.keys(), "the hub has ended both")
    wire.watch.wait(lambda: wire.state(paused).lease is None, "the lease is gone")
    wire.watch.wait(lambda: wire.watch.is_forgotten(removed), "nothing is left of what was removed")
    assert sorted(form["hub.topic"] for form in hub.requests if form["hub.mode"] == "unsubscribe") == sorted(
        [paused.url, removed.url]
    )
    hub.subscriptions |= {(each.topic, each.callback): each for each in (one, two)}  # a hub that does not keep to it
    ignored = [feed.url.replace("feed", "2026/03/nobody-wants-this") for feed in (paused, removed)]
    for feed, url in zip((paused, removed), ignored, strict=True):
        assert wire.push(hub, feed, url) == [202]
    seen = witness.url.replace("feed", "2026/03/somebody-wants-this")
    wire.push(hub, witness, seen)
    wire.watch.await_versions(seen)
    assert [wire.watch.published(url) for url in ignored] == [[], []]


def test_a_feed_that_is_resumed_is_subscribed_again(wire: Wire, hub: Hub) -> None:
    feed, first = wire.subscribed(hub)
    wire.watch.add(feed.url, paused=True)
    wire.watch.wait(lambda: not hub.subscriptions, "the hub has ended it")
    wire.watch.wait(lambda: wire.state(feed).lease is None, "the lease is gone")
    wire.watch.add(feed.url)
    wire.watch.wait(lambda: wire.lease(feed).expires_at is not None, "the subscription is verified again")
    assert (feed.url, first.callback) in hub.subscriptions


def test_a_hub_that_is_away_holds_up_neither_a_pause_nor_a_removal(wire: Wire) -> None:
    with running_hub() as hub:
        (paused, _), (removed, _) = (wire.subscribed(hub) for _ in range(2))
    wire.watch.add(paused.url, paused=True)
    wire.watch.remove(removed)
    wire.watch.wait(lambda: wire.state(paused).lease is None, "the lease is gone")
    wire.watch.wait(lambda: wire.watch.is_forgotten(removed), "nothing is left of what was removed")
    told = [f"hub {hub.url} was not told that {feed.url} is not wanted any more" for feed in (paused, removed)]
    wire.watch.wait(
        lambda: all(any(words in one.output for one in wire.watch.pollers) for words in told), "users can read of it"
    )


@contextmanager
def in_virtual_time(kafka: str, folder: Path) -> Iterator[Watch]:
    with watching(kafka, folder, 360) as watch:
        watch.start(**variables(free_port()))
        yield watch


def test_a_lease_is_renewed_before_it_ends(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The test is the web service: in virtual time it tells what the hub has verified."""
    with in_virtual_time(kafka, tmp_path_factory.mktemp("lease")) as watch, running_hub(silent=True) as hub:
        url = f"{watch.room.host()}/feed"
        head = f'<atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="{url}"/>'
        old = datetime(2025, 1, 1, tzinfo=UTC)  # a quiet feed, polled every six hours
        watch.room.put(url, rss(Item(f"{url}/2025/01/old-and-quiet", whole=story("Arden"), published=old), head=head))
        feed = watch.add(url)
        verified: list[datetime] = []
        for count in range(1, 3):
            watch.wait(lambda least=count: len(hub.requests) >= least, f"request {count}", 120)
            if verified:
                assert 1800 < (watch.room.now() - verified[-1]).total_seconds() < 7200
            verified.append(watch.room.now())
            word = FeedPush(feed=feed.id, received_at=verified[-1], lease_seconds=7200)
            with Producer(watch.settings) as producer:
                name, place = FEED_PUSHES.name(watch.settings.topic_prefix), partition_of(host_of(url), 2)
                producer.send(name, feed.id.encode(), msgspec.json.encode(word), partition=place).result(10)
        lease = watch.states(feed)[-1].lease
        assert lease is not None
        assert {form["hub.mode"] for form in hub.requests} == {"subscribe"}
        assert len({form["hub.callback"] for form in hub.requests}) == 1
