"""`newswire run web` and a real hub: what hubs verify and send lies on the topic of the pushes, and nothing else."""

from __future__ import annotations

import gzip
import hmac
import random
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

import msgspec
import psutil
import pytest
from msgspec.structs import replace

from pipeline.answers import Answer
from pipeline.config import Settings
from pipeline.feed_records import Feed, FeedPush, FeedState
from pipeline.polling.websub import (
    Announcement,
    Rules,
    Subscribe,
    Unsubscribe,
    after_push,
    after_request,
    announced,
    before_request,
    is_active,
    plan,
    stretch,
    subscription_form,
)
from pipeline.polling.websub_callback import Callback, callback_path, content_secret
from pipeline.topic_setup import create_topics
from pipeline.topics import FEED_PUSHES
from tests import topic_reader
from tests.hub import Hub, Subscription, running_hub
from tests.ports import free_port
from tests.services import Service, wait_until
from tests.tunnel import Tunnel, behind
from tests.web_client import WebClient

pytestmark = pytest.mark.engines

SECRET = "a-secret-of-the-tests-only"
TOPIC = "https://news.example/feed.xml?a=1&b=ü"
RSS = b"<rss version='2.0'><channel><title>T</title><item><title>New</title></item></channel></rss>"
PARTITION = 11
FEED_BYTES = 1_000_000


@dataclass
class Deployment:
    """A running endpoint, and the topic behind it."""

    settings: Settings
    service: Service
    port: int

    @property
    def rules(self) -> Rules:
        return Rules(url=f"http://127.0.0.1:{self.port}", secret=SECRET.encode())

    def pushes(self, feed: str) -> list[tuple[int, FeedPush]]:
        """Partition and record of all that came for a feed."""
        found = topic_reader.messages(
            str(self.settings.kafka.bootstrap_servers), FEED_PUSHES.name(self.settings.topic_prefix)
        )
        return [
            (one.partition, msgspec.json.decode(one.value, type=FeedPush)) for one in found if one.key == feed.encode()
        ]

    def await_push(self, feed: str, count: int = 1) -> FeedPush:
        """The latest record of a feed, once there are so many."""
        wait_until(lambda: len(self.pushes(feed)) >= count, f"{count} pushes", 30, [self.service])
        found = sorted((push for _, push in self.pushes(feed)), key=lambda push: push.received_at)
        assert len(found) == count
        return found[-1]

    def path(self, feed: str, topic: str = TOPIC) -> str:
        return callback_path(Callback(PARTITION, feed, topic), SECRET.encode())

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes, dict[str, str]]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body or None, named)
            answer = connection.getresponse()
            return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()

    def metric(self, outcome: str) -> float:
        port = self.settings.metrics.port
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            page = answer.read().decode()
        told = [line for line in page.splitlines() if f'newswire_websub_requests_total{{outcome="{outcome}"}}' in line]
        return float(told[0].split()[-1]) if told else 0.0


@pytest.fixture(scope="module")
def settings(kafka: str) -> Settings:
    """Topics of this module's own; the tests' feeds keep them apart."""
    prefix = f"hub{uuid4().hex[:8]}"
    made = Settings(
        topic_prefix=prefix,
        index_prefix=prefix,
        kafka={"bootstrap_servers": kafka, "raw_partitions": 1},
        elasticsearch={"url": "http://127.0.0.1:9"},  # nothing of it is needed
        metrics={"port": free_port(following=4)},
    )
    create_topics(made)
    return made


@contextmanager
def serving(settings: Settings, folder: Path, kind: type[Service] = Service, **more: str) -> Iterator[Deployment]:
    """An endpoint that takes what hubs send."""
    port = free_port()
    variables = {
        "NEWSWIRE_WEB__PORT": str(port),
        "NEWSWIRE_FEEDS__WEBSUB_SECRET": SECRET,
        "NEWSWIRE_FEEDS__WEBSUB_URL": "https://news.example/",
        "NEWSWIRE_FEEDS__FEED_BYTES": str(FEED_BYTES),
        **more,
    }
    service = kind("web", settings, folder, **variables)
    try:
        wait_until(WebClient(port).ready, "the endpoint is ready", 60, [service])
        yield Deployment(settings, service, port)
    finally:
        if service.process.poll() is None:
            service.stop()


@pytest.fixture(scope="module")
def web(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """With a bearer token, which no hub has."""
    with serving(
        settings,
        tmp_path_factory.mktemp("websub"),
        NEWSWIRE_METRICS__PORT=str(settings.metrics.port),
        NEWSWIRE_WEB__TOKENS="a-token-for-the-tests-0123",
        NEWSWIRE_WEB__IDLE_SECONDS="1.5",
        NEWSWIRE_WEB__REQUEST_SECONDS="3",
    ) as made:
        yield made


@pytest.fixture
def feed() -> str:
    return uuid4().hex


def send(hub: Hub, form: dict[str, str]) -> int:
    """The request to the hub, as the poller sends it."""
    request = Request(hub.url, urlencode(form).encode(), method="POST")
    with urlopen(request, timeout=10) as answer:
        status: int = answer.status
        return status


def subscribed(web: Deployment, hub: Hub, feed: str, topic: str = TOPIC) -> Subscription:
    """A verified subscription."""
    form = subscription_form(Subscribe(hub.url, topic), feed, PARTITION, web.rules)
    assert send(hub, form) == 202
    wait_until(lambda: (topic, form["hub.callback"]) in hub.subscriptions, "it is verified", 30, [web.service])
    return hub.subscriptions[topic, form["hub.callback"]]


def signed(feed: str, body: bytes, method: str = "sha256", topic: str = TOPIC) -> str:
    key = content_secret(feed, topic, SECRET.encode())
    return f"{method}={hmac.digest(key.encode(), body, method).hex()}"


# --- a hub that works ---


def test_a_subscription_is_verified_and_content_arrives_in_the_feeds_partition(web: Deployment, feed: str) -> None:
    with running_hub(lease_seconds=4321) as hub:
        subscribed(web, hub, feed)
        assert web.await_push(feed).lease_seconds == 4321
        assert hub.distribute(TOPIC, RSS, content_type="application/atom+xml; charset=utf-8") == [202]
    push = web.await_push(feed, 2)
    assert (push.feed, push.content, push.content_type) == (feed, RSS, "application/atom+xml; charset=utf-8")
    assert (push.lease_seconds, push.denied) == (None, None)
    assert {partition for partition, _ in web.pushes(feed)} == {PARTITION}


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("compressed", [False, True])
def test_every_method_of_the_recommendation_is_understood(
    web: Deployment, feed: str, method: str, compressed: bool
) -> None:
    with running_hub(method=method) as hub:
        subscribed(web, hub, feed)
        assert hub.distribute(TOPIC, RSS * 500, compressed=compressed) == [202]
    assert web.await_push(feed, 2).content == RSS * 500


def test_a_hub_may_sign_before_it_compresses(web: Deployment, feed: str) -> None:
    body = gzip.compress(RSS)
    status, _, _ = web.ask(
        "POST",
        web.path(feed),
        body,
        Content_Encoding="gzip",
        X_Hub_Signature=signed(feed, RSS),
        Content_Type="text/xml",
    )
    assert status == 202
    assert web.await_push(feed).content == RSS


def test_two_feeds_of_one_topic_are_two_subscriptions(web: Deployment, feed: str) -> None:
    other = uuid4().hex
    with running_hub() as hub:
        one, two = subscribed(web, hub, feed), subscribed(web, hub, other)
        assert one.secret != two.secret
        assert hub.distribute(TOPIC, RSS) == [202, 202]
    assert web.await_push(feed, 2).content == web.await_push(other, 2).content == RSS


def test_an_end_is_confirmed_and_told(web: Deployment, feed: str) -> None:
    with running_hub() as hub:
        subscribed(web, hub, feed)
        assert send(hub, subscription_form(Unsubscribe(hub.url, TOPIC), feed, PARTITION, web.rules)) == 202
        wait_until(lambda: not hub.subscriptions, "the hub has ended it", 30, [web.service])
        assert hub.distribute(TOPIC, RSS) == []
    assert web.await_push(feed, 2).lease_seconds == 0


def test_a_denial_comes_with_its_reason(web: Deployment, feed: str) -> None:
    with running_hub(denial="over  quota\n<b>today</b>") as hub:
        send(hub, subscription_form(Subscribe(hub.url, TOPIC), feed, PARTITION, web.rules))
        push = web.await_push(feed)
        assert not hub.subscriptions
    assert (push.denied, push.content, push.lease_seconds) == ("over quota <b>today</b>", None, None)


def test_a_hub_that_never_verifies_leaves_nothing(web: Deployment, feed: str) -> None:
    with running_hub(silent=True) as hub:
        assert send(hub, subscription_form(Subscribe(hub.url, TOPIC), feed, PARTITION, web.rules)) == 202
        assert hub.distribute(TOPIC, RSS) == []
    assert web.pushes(feed) == []


def test_a_lease_that_is_over_brings_nothing_more_until_it_is_renewed(web: Deployment, feed: str) -> None:
    with running_hub(lease_seconds=1) as hub:
        lease = subscribed(web, hub, feed)
        wait_until(lambda: time.monotonic() > lease.ends, "the lease is over", 5)
        assert hub.distribute(TOPIC, RSS) == []
        hub.lease_seconds = 60
        subscribed(web, hub, feed)
        assert hub.distribute(TOPIC, RSS) == [202]
    assert web.await_push(feed, 3).content == RSS
    assert [push.lease_seconds for _, push in web.pushes(feed)][:2] == [1, 60]


def test_an_endless_lease_and_none_are_bounded(web: Deployment, feed: str) -> None:
    with running_hub() as hub:
        lease = subscribed(web, hub, feed)
        for given, kept in {"99999999999": 2_592_000, "9" * 4000: 86_400, "-5": 86_400, "": 86_400}.items():
            other = uuid4().hex
            lease.callback = web.rules.url + web.path(other)
            status, body, _ = hub.ask("subscribe", lease, **{"hub.challenge": "c", "hub.lease_seconds": given})
            assert (status, body) == (200, "c")
            assert web.await_push(other).lease_seconds == kept


def test_from_the_announcement_to_rarer_polls_and_back(web: Deployment, feed: str) -> None:
    """What the poller does, with its decisions and the records that Kafka has."""
    watched = Feed(id=feed, url=TOPIC, added_at=datetime.now(UTC))
    state = FeedState(id=feed, url=TOPIC)

    def read(count: int) -> None:
        nonlocal state
        state = replace(state, lease=after_push(state.lease, web.await_push(feed, count)))

    def ask(hub: Hub, found: Announcement) -> None:
        nonlocal state
        now = datetime.now(UTC)
        request = plan(watched, state, found, now, web.rules)
        assert request is not None
        assert request.hub == hub.url
        state = replace(state, lease=before_request(request, state.lease, now))
        status = send(hub, subscription_form(request, feed, PARTITION, web.rules))
        state = replace(state, lease=after_request(state.lease, Answer(status, hub.url)))

    def interval() -> float:
        return stretch(900, state.lease, datetime.now(UTC), web.rules)

    with running_hub() as hub:
        header = f'<{hub.url}>; rel="hub", <{TOPIC}>; rel="self"'
        found = announced((), None, "https://news.example/moved.xml", header)
        ask(hub, found)
        assert plan(watched, state, found, datetime.now(UTC), web.rules) is None
        read(1)
        assert state.lease is not None
        assert is_active(state.lease, datetime.now(UTC))
        assert interval() == 900
        assert hub.distribute(TOPIC, RSS) == [202]
        read(2)
        assert interval() == 3600
        ask(hub, Announcement(TOPIC))  # the feed announces no hub any more
        wait_until(lambda: not hub.subscriptions, "the hub has ended it", 30, [web.service])
        read(3)
        assert state.lease is None
        assert interval() == 900
        assert plan(watched, state, Announcement(TOPIC), datetime.now(UTC), web.rules) is None


# --- those who are no hub of ours ---


def test_a_challenge_is_never_a_page(web: Deployment, feed: str) -> None:
    script = "<script>alert(1)</script>ü+&%"
    query = urlencode({"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": script, "hub.lease_seconds": 9})
    status, body, headers = web.ask("GET", f"{web.path(feed)}?{query}")
    assert (status, body.decode()) == (200, script)
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"


def test_only_our_own_addresses_are_verified(web: Deployment, feed: str) -> None:
    good = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "reflected", "hub.lease_seconds": "60"}
    path = web.path(feed)
    base, token, topic = path.rsplit("/", 2)
    elsewhere = web.path(feed, "https://other.example/feed").rsplit("/", 1)[1]
    wrong_paths = {
        f"{base}/{'0' * 32}/{topic}",  # a guessed token
        f"{base}/{token}/{elsewhere}",  # another topic under this token
        f"{base}/{token}/{topic}A",
        f"{base}/{token}/{topic}/",
        f"{base}/{token}",
        path.replace(feed, uuid4().hex),
        path.replace(f"/{PARTITION}/", "/12/"),
        path.replace("/v1/websub/", "/v1/websub//"),
        "/v1/websub/",
        "/v1/websub",
        f"{base}/{token}/%C3%BC",
    }
    for wrong in wrong_paths:
        status, body, headers = web.ask("GET", f"{wrong}?{urlencode(good)}")
        assert status == 404, wrong
        assert b"reflected" not in body
        assert headers["content-type"] == "application/problem+json"
        assert web.ask("POST", wrong, RSS, X_Hub_Signature=signed(feed, RSS))[0] == 404
    for change in (
        {"hub.topic": "https://other.example/feed"},  # a challenge for another topic, replayed
        {"hub.topic": ""},
        {"hub.mode": "publish"},
        {"hub.mode": ""},
        {"hub.challenge": ""},
        {"hub.challenge": "reflected" * 1000},
        {"hub.mode": "denied", "hub.topic": TOPIC + "x"},
    ):
        status, body, _ = web.ask("GET", f"{path}?{urlencode(good | change)}")
        assert status in (404, 400), change  # 400: a head beyond what is read
        assert b"reflected" not in body
    assert web.ask("GET", path)[0] == 404
    for method in ("PUT", "DELETE", "HEAD", "OPTIONS"):
        status, _, headers = web.ask(method, path)
        assert (status, headers["allow"]) == (405, "GET, POST")
    assert web.pushes(feed) == []


def test_bytes_that_are_no_text_end_nothing(web: Deployment, feed: str) -> None:
    """Neither the service, nor what Kafka can hold."""
    told = urlencode({"hub.mode": "denied", "hub.topic": TOPIC}).encode()
    head = f"Host: localhost\r\nX-Hub-Signature: {signed(feed, RSS)}\r\n".encode()
    for request in (
        b"GET %s?%s&hub.reason=over\xff%%FFquota HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        % (web.path(feed).encode(), told),
        b"POST %s HTTP/1.1\r\n%sContent-Type: text/xml\xff\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
        % (web.path(feed).encode(), head, len(RSS), RSS),
    ):
        with socket.create_connection(("127.0.0.1", web.port), timeout=20) as connection:
            connection.sendall(request)
            assert connection.recv(4096).split(b" ")[1] in (b"200", b"202", b"400")
    assert web.ask("POST", web.path(feed), RSS, X_Hub_Signature=signed(feed, RSS))[0] == 202
    assert web.pushes(feed)[-1][1].content == RSS


def test_forged_content_is_answered_as_if_it_was_taken_and_ignored(web: Deployment, feed: str) -> None:
    forged, unsigned = web.metric("forged"), web.metric("unsigned")
    right = signed(feed, RSS)
    wrong = [
        right[:-1] + ("0" if right[-1] != "0" else "1"),
        signed(uuid4().hex, RSS),  # another feed's key
        signed(feed, RSS + b" "),  # other content
        signed(feed, RSS, topic="https://other.example/"),
        f"sha1={right.removeprefix('sha256=')}",
        "sha256=",
        right + ", " + signed(feed, b"x", "sha512"),  # the strongest one counts
    ]
    for signature in wrong:
        assert web.ask("POST", web.path(feed), RSS, X_Hub_Signature=signature)[:2] == (202, b"")
    for signature in ("md5=d41d8cd98f00b204e9800998ecf8427e", "nonsense", right.removeprefix("sha256=")):
        assert web.ask("POST", web.path(feed), RSS, X_Hub_Signature=signature)[0] == 202
    assert web.ask("POST", web.path(feed), RSS)[0] == 202
    assert web.pushes(feed) == []
    assert web.metric("forged") == forged + len(wrong) - 1
    assert web.metric("unsigned") == unsigned + 5  # "sha256=" is none either
    assert web.ask("POST", web.path(feed), RSS, X_Hub_Signature=f"{signed(feed, b'x', 'sha1')},{right}")[0] == 202
    assert web.await_push(feed).content == RSS


def test_no_token_of_ours_is_in_the_log(web: Deployment, feed: str) -> None:
    path = web.path(feed)
    web.ask("GET", f"{path}?hub.mode=denied&{urlencode({'hub.topic': TOPIC})}")
    web.await_push(feed)
    assert feed in web.service.output
    assert path.split("/")[5] not in web.service.output
    assert SECRET not in web.service.output


# --- limits ---


def test_a_huge_body_is_refused_however_it_comes(web: Deployment, feed: str) -> None:
    noise = random.Random(0).randbytes(FEED_BYTES + 1)
    path, sign = web.path(feed), signed(feed, noise)
    assert web.ask("POST", path, noise, X_Hub_Signature=sign)[0] == 413
    bomb = gzip.compress(bytes(200_000_000), 9)
    before = psutil.Process(web.service.process.pid).memory_info().rss
    status, said, _ = web.ask("POST", path, bomb, X_Hub_Signature=signed(feed, bomb), Content_Encoding="gzip")
    assert status == 413
    assert b"after decompression" in said
    assert psutil.Process(web.service.process.pid).memory_info().rss - before < 20_000_000
    assert (
        web.ask("POST", path, b"no gzip", X_Hub_Signature=signed(feed, b"no gzip"), Content_Encoding="gzip")[0] == 400
    )
    assert web.ask("POST", path, RSS, X_Hub_Signature=signed(feed, RSS), Content_Encoding="br")[0] == 415
    assert web.pushes(feed) == []
    fits = noise[:FEED_BYTES]
    assert web.ask("POST", path, fits, X_Hub_Signature=signed(feed, fits))[0] == 202
    assert web.await_push(feed).content == fits


@pytest.mark.parametrize("drip", [False, True])
def test_a_slow_body_is_cut_off(web: Deployment, feed: str, drip: bool) -> None:
    head = f"POST {web.path(feed)} HTTP/1.1\r\nHost: news.example\r\nX-Hub-Signature: {signed(feed, RSS)}\r\n"
    head += f"Content-Length: {len(RSS)}\r\n\r\n"
    started, answer = time.monotonic(), b""
    with socket.create_connection(("127.0.0.1", web.port), timeout=0.2 if drip else 20) as connection:
        connection.sendall(head.encode() + RSS[:9])
        while not answer and time.monotonic() - started < 20:
            with suppress(TimeoutError):
                answer = connection.recv(4096)
            if drip and not answer:
                connection.sendall(b" ")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - started < 10
    assert web.pushes(feed) == []


def test_a_client_that_leaves_leaves_nothing_behind(web: Deployment, feed: str) -> None:
    head = f"POST {web.path(feed)} HTTP/1.1\r\nHost: news.example\r\nX-Hub-Signature: {signed(feed, RSS)}\r\n"
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as connection:
        connection.sendall(f"{head}Content-Length: {len(RSS)}\r\n\r\n".encode() + RSS[:9])
    assert web.ask("POST", web.path(feed), RSS, X_Hub_Signature=signed(feed, RSS))[0] == 202
    assert web.await_push(feed).content == RSS


def test_many_hubs_at_once_lose_nothing(web: Deployment) -> None:
    feeds = [uuid4().hex for _ in range(200)]

    def deliver(feed: str) -> None:
        """Again while asked to, as hubs do."""
        body = RSS + feed.encode()
        while (status := web.ask("POST", web.path(feed), body, X_Hub_Signature=signed(feed, body))[0]) == 429:
            pass
        assert status == 202

    with ThreadPoolExecutor(50) as hubs:
        list(hubs.map(deliver, feeds))
    found = topic_reader.messages(
        str(web.settings.kafka.bootstrap_servers), FEED_PUSHES.name(web.settings.topic_prefix)
    )
    contents = {one.key.decode(): msgspec.json.decode(one.value, type=FeedPush).content for one in found}
    assert {feed: contents.get(feed) for feed in feeds} == {feed: RSS + feed.encode() for feed in feeds}


# --- other settings, and Kafka away ---


def test_without_tokens_only_the_callbacks_host_and_this_machine_are_meant(settings: Settings, tmp_path: Path) -> None:
    with serving(settings, tmp_path) as web:
        feed = uuid4().hex
        sign = signed(feed, RSS)
        for host in ("rebound.example", "news.example.rebound.example", "localhost@rebound.example"):
            assert web.ask("POST", web.path(feed), RSS, X_Hub_Signature=sign, Host=host)[0] == 403
        assert web.pushes(feed) == []
        for host in ("News.example", "news.example:443", f"localhost:{web.port}"):
            assert web.ask("POST", web.path(feed), RSS, X_Hub_Signature=sign, Host=host)[0] == 202
        assert len(web.pushes(feed)) == 3
        articles = web.ask("POST", "/v1/articles", b"{}", Host="news.example", Content_Type="application/json")
        assert articles[0] == 403


def test_kafka_away_is_503_and_nothing_is_confirmed(settings: Settings, tmp_path: Path) -> None:
    with Tunnel() as tunnel, serving(settings, tmp_path, behind(tunnel), NEWSWIRE_WEB__ACKNOWLEDGE_SECONDS="1") as web:
        feed = uuid4().hex
        query = urlencode({"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c", "hub.lease_seconds": 9})
        tunnel.cut()
        status, body, headers = web.ask("GET", f"{web.path(feed)}?{query}")
        assert status == 503
        assert int(headers["retry-after"]) >= 1
        assert body.startswith(b"{")
        assert web.ask("POST", web.path(feed), RSS, X_Hub_Signature=signed(feed, RSS))[0] == 503
        tunnel.mend()
        wait_until(WebClient(web.port).ready, "it is back", 60, [web.service])
        path = web.path(feed)
        sent = lambda: web.ask("POST", path, RSS, X_Hub_Signature=signed(feed, RSS))[0] == 202  # noqa: E731
        wait_until(sent, "content is taken again", 60, [web.service])
        assert web.pushes(feed)[-1][1].content == RSS


def test_without_a_secret_there_is_no_callback(settings: Settings, tmp_path: Path) -> None:
    with serving(settings, tmp_path, NEWSWIRE_FEEDS__WEBSUB_SECRET="", NEWSWIRE_FEEDS__WEBSUB_URL="") as web:
        feed = uuid4().hex
        assert web.ask("POST", web.path(feed), RSS, X_Hub_Signature=signed(feed, RSS))[0] == 404


def test_a_stop_in_the_middle_of_a_body_is_in_time(settings: Settings, tmp_path: Path) -> None:
    with (
        serving(settings, tmp_path) as web,
        socket.create_connection(("127.0.0.1", web.port), timeout=20) as client,
    ):
        feed = uuid4().hex
        head = f"POST {web.path(feed)} HTTP/1.1\r\nHost: localhost\r\nX-Hub-Signature: {signed(feed, RSS)}\r\n"
        client.sendall(f"{head}Expect: 100-continue\r\nContent-Length: {len(RSS)}\r\n\r\n".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 100 ")
        client.sendall(RSS[:9])
        assert web.service.stop() < 10
        assert client.recv(4096).startswith(b"HTTP/1.1 503 ")
        assert web.service.process.returncode == 0
