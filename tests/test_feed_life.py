"""The life of a feed, as its user sees it: it breaks and recovers, moves, ends, is paused and removed; with real Kafka,
real pollers and the command line."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.config import Settings
from pipeline.feed_records import FeedState
from pipeline.polling.partition import host_of, partition_of
from pipeline.records import decode_raw_article
from pipeline.topic_setup import create_topics
from pipeline.topics import FEED_STATE, RAW
from tests import oracle
from tests.command import Ended, newswire
from tests.conftest import SettingsFactory
from tests.feed_site.bad_answers import item, rss
from tests.feed_site.site import ALLOW_HOSTS
from tests.feed_site.timing import Timing
from tests.poller_process import PollerProcess
from tests.services import wait_until

pytestmark = pytest.mark.engines

_FACTOR = 20
"""Time runs so much faster; it cannot where the command line writes down what time it is."""
_ENVIRONMENT = {
    "NEWSWIRE_FEEDS__ALLOW_HOSTS": msgspec.json.encode(ALLOW_HOSTS).decode(),
    "NEWSWIRE_FEEDS__FULL_TEXT": "never",
    "NEWSWIRE_FEEDS__MIN_SECONDS": "10",
    "NEWSWIRE_FEEDS__START_SECONDS": "10",
    "NEWSWIRE_FEEDS__MAX_SECONDS": "60",
}


@dataclass(slots=True)
class Site:
    """Answers at every address of 127.0.0.0/8 as it is told to: by `host/path`, a status, headers and a body."""

    port: int = 0
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[float, str]] = field(default_factory=list)
    """When a request began, and for what."""
    held: dict[str, threading.Event] = field(default_factory=dict)
    """What an answer waits for."""
    overlaps: Counter[str] = field(default_factory=Counter)
    """Requests for something that was being asked for already."""
    _under_way: Counter[str] = field(default_factory=Counter)
    _lock: Any = field(default_factory=threading.Lock)

    def url(self, place: str) -> str:
        """Of `127.0.0.2/feed`."""
        host, _, path = place.partition("/")
        return f"http://{host}:{self.port}/{path}"

    def feed(self, place: str, *names: str) -> str:
        """Serve a feed of these items; returns its address."""
        items = "".join(item(f"{place} {name}".replace("/", " "), f"<guid>{place} {name}</guid>") for name in names)
        self.answers[place] = (200, {"Content-Type": "application/rss+xml"}, rss(items))
        return self.url(place)

    def fail(self, place: str, status: int, **headers: str) -> str:
        self.answers[place] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, b"")
        return self.url(place)

    def count(self, place: str) -> int:
        return sum(each == place for _, each in self.asked)

    def answer(self, place: str) -> tuple[int, dict[str, str], bytes]:
        with self._lock:
            self.asked.append((time.time(), place))
            self.overlaps[place] += self._under_way[place] > 0
            self._under_way[place] += 1
        if place in self.held:
            self.held[place].wait(25)
        with self._lock:
            self._under_way[place] -= 1
        return self.answers.get(place, (404, {}, b""))


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = made.answer(f"{self.headers['Host'].partition(':')[0]}{self.path}")
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("", 0), Handler) as server:
        made.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()


class Deployment:
    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self._folder = folder
        self._pollers: list[PollerProcess] = []

    def start_poller(self, factor: float = _FACTOR) -> None:
        timing = Timing(factor, time.time(), time.time())
        self._pollers.append(PollerProcess(self.settings, self._folder, timing, **_ENVIRONMENT))

    def close(self) -> None:
        for poller in self._pollers:
            if poller.process.poll() is None:
                poller.stop()

    def newswire(self, *words: str, stdin: bytes = b"") -> Ended:
        ended = newswire(self.settings, "feeds", *words, stdin=stdin, seconds=120, **_ENVIRONMENT)
        assert ended.status in (0, 1), ended.stderr
        return ended

    def add(self, *urls: str) -> None:
        self.newswire("import", "-", stdin="\n".join(urls).encode())

    def told(self, url: str) -> dict[str, Any]:
        """As `feeds show` has it now."""
        (told,) = self.newswire("show", url, "--json").lines
        return dict(told)

    def states(self) -> dict[str, list[FeedState]]:
        """All that were written, by the address that the feed had then."""
        found = defaultdict(list)
        for _, value, _ in oracle.messages(self.settings, FEED_STATE):
            if value:
                state = msgspec.json.decode(value, type=FeedState)
                found[state.url].append(state)
        return found

    def kept_states(self) -> list[str]:
        """Addresses of the feeds of which there is a state."""
        newest = {key: value for key, value, _ in oracle.messages(self.settings, FEED_STATE)}
        return [msgspec.json.decode(value, type=FeedState).url for value in newest.values() if value]

    def headlines(self) -> Counter[str]:
        """How often an article was published."""
        values = (value for _, value, _ in oracle.messages(self.settings, RAW))
        return Counter(decode_raw_article(value).headline or "" for value in values)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        wait_until(condition, what, 60, self._pollers)


@pytest.fixture
def deployment(settings: SettingsFactory, tmp_path: Path) -> Iterator[Deployment]:
    with ExitStack() as stack:
        made = Deployment(settings(), tmp_path)
        create_topics(made.settings)
        stack.callback(made.close)
        yield made


def test_a_feed_that_broke_recovers_and_says_so(deployment: Deployment, site: Site) -> None:
    url = site.feed("127.0.0.2/feed", "one")
    deployment.add(url)
    deployment.start_poller()
    deployment.wait(lambda: deployment.headlines()["127.0.0.2 feed one"] == 1, "it is read")
    site.fail("127.0.0.2/feed", 500)
    deployment.wait(lambda: deployment.states()[url][-1].failures >= 3, "it fails")
    told = deployment.told(url)
    assert told["health"] == "failing"
    assert "500" in told["reason"]
    site.feed("127.0.0.2/feed", "two", "one")
    deployment.wait(lambda: deployment.headlines()["127.0.0.2 feed two"] == 1, "it is read again")
    states = deployment.states()[url]
    failing = [state for state in states if state.health == "failing"]
    assert {state.since for state in failing} == {failing[0].last_poll}
    after = deployment.told(url)
    assert (after["health"], after["reason"], after["failures"]) == ("ok", None, 0)
    assert states[-1].since > failing[-1].since  # type: ignore[operator]
    assert deployment.headlines()["127.0.0.2 feed one"] == 1


def test_a_feed_that_ended_is_asked_no_more_until_users_say_so(deployment: Deployment, site: Site) -> None:
    url = site.fail("127.0.0.3/feed", 410)
    deployment.add(url)
    deployment.start_poller(factor=1)
    deployment.wait(lambda: deployment.states()[url] != [], "it is polled")
    told = deployment.told(url)
    assert told["health"] == "gone"
    assert told["next_poll"] is None
    assert "410" in told["reason"]
    ended = deployment.newswire("poll", url, "--now")
    assert (ended.status, site.count("127.0.0.3/feed")) == (1, 2)
    assert "410" in ended.stdout.decode()
    site.feed("127.0.0.3/feed", "one")
    deployment.newswire("resume", url)
    deployment.wait(lambda: deployment.headlines()["127.0.0.3 feed one"] == 1, "it is read")
    assert deployment.told(url)["health"] == "ok"


def test_a_feed_that_moves_to_another_poller_keeps_its_history(deployment: Deployment, site: Site) -> None:
    old, new = _apart(site, deployment.settings.kafka.feed_partitions)
    url = site.feed(f"{old}/feed", "one", "two")
    deployment.add(url)
    deployment.start_poller()
    deployment.start_poller()
    deployment.wait(lambda: deployment.headlines()[f"{old} feed two"] == 1, "it is read")
    site.answers[f"{new}/feed"] = site.answers[f"{old}/feed"]
    moved = site.url(f"{new}/feed")
    site.fail(f"{old}/feed", 301, Location=moved)
    deployment.wait(lambda: len(deployment.states()[moved]) >= 4, "it is polled at its new address")
    asked = site.count(f"{old}/feed")
    polls = [state.polls for state in deployment.states()[moved]]
    deployment.wait(lambda: len(deployment.states()[moved]) >= len(polls) + 2, "it is polled on")
    assert site.count(f"{old}/feed") == asked
    assert not site.overlaps[f"{new}/feed"]
    assert polls[0] > 1
    assert deployment.headlines() == {f"{old} feed one": 1, f"{old} feed two": 1}
    told = deployment.newswire("list", "--json").lines
    assert [(each["url"], each["health"], each["items"]) for each in told] == [(moved, "ok", 2)]


def test_a_feed_that_is_removed_during_its_poll_is_gone(deployment: Deployment, site: Site) -> None:
    url = site.feed("127.0.0.4/feed", "one")
    held = site.held["127.0.0.4/feed"] = threading.Event()
    deployment.add(url)
    deployment.start_poller()
    deployment.wait(lambda: site.count("127.0.0.4/feed") == 1, "a poll is under way")
    deployment.newswire("remove", url)
    held.set()
    beside = site.feed("127.0.0.5/feed", "one")
    deployment.add(beside)
    deployment.wait(lambda: len(deployment.states()[beside]) >= 4, "others are polled")
    assert site.count("127.0.0.4/feed") == 1
    assert [each["url"] for each in deployment.newswire("list", "--json").lines] == [beside]
    deployment.wait(lambda: deployment.kept_states() == [beside], "nothing is left of it")


def test_a_paused_feed_rests_until_it_is_resumed(deployment: Deployment, site: Site) -> None:
    url = site.feed("127.0.0.6/feed", "one")
    beside = site.feed("127.0.0.7/feed", "one")
    deployment.add(url, beside)
    deployment.start_poller(factor=1)
    deployment.wait(lambda: deployment.states()[url] != [], "it is polled")
    deployment.newswire("pause", url)
    site.feed("127.0.0.6/feed", "two", "one")
    deployment.wait(lambda: _rests(deployment, beside, 2), "the pause is known")
    asked = site.count("127.0.0.6/feed")
    deployment.wait(lambda: _rests(deployment, beside, 3), "time goes by")
    assert site.count("127.0.0.6/feed") == asked
    deployment.newswire("resume", url)
    deployment.wait(lambda: deployment.headlines()["127.0.0.6 feed two"] == 1, "it is read again")


def test_a_host_that_wants_fewer_requests_is_left_alone(deployment: Deployment, site: Site) -> None:
    """Whichever of its feeds was told so."""
    urls = [site.feed(f"127.0.0.8/{name}", "one") for name in "abc"]
    busy = site.fail("127.0.0.8/busy", 429, Retry_After="120")
    deployment.add(*urls, busy)
    deployment.start_poller()
    deployment.wait(lambda: site.count("127.0.0.8/busy") == 1, "it says so")
    told = site.asked[[place for _, place in site.asked].index("127.0.0.8/busy")][0]
    deployment.wait(lambda: site.asked[-1][0] > told + 1, "it is asked again")
    after = [moment - told for moment, _ in site.asked if moment > told]
    assert min(after) * _FACTOR >= 118


def test_a_poll_by_hand_shows_what_came(deployment: Deployment, site: Site) -> None:
    site.feed("127.0.0.9/feed", "one", "two")
    page = b'<html><head><title>S</title><link rel=alternate type="application/rss+xml" href="/feed"></head></html>'
    site.answers["127.0.0.9/"] = (200, {"Content-Type": "text/html"}, page)
    added = deployment.newswire("add", site.url("127.0.0.9/"))
    assert added.stdout.decode().startswith("added ")
    deployment.start_poller(factor=1)
    url = site.url("127.0.0.9/feed")
    deployment.wait(lambda: deployment.states()[url] != [], "it is polled")
    site.feed("127.0.0.9/feed", "three", "one", "two")
    shown = deployment.newswire("poll", url, "--now").stdout.decode()
    assert "127.0.0.9 feed three" in shown
    assert shown.endswith("1 new item\n")


def _rests(deployment: Deployment, beside: str, polls: int) -> bool:
    return len(deployment.states()[beside]) > polls


def _apart(site: Site, partitions: int) -> tuple[str, str]:
    """Two hosts that lie in different partitions."""
    places = {
        f"127.0.1.{number}": partition_of(host_of(site.url(f"127.0.1.{number}/")), partitions)
        for number in range(1, 30)
    }
    first = next(iter(places))
    return first, next(host for host, place in places.items() if place != places[first])
