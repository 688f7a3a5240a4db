"""The site that judges the poller must itself do what it says."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import sys
import time
import zlib
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from pipeline.feeds import NotAFeedError, parse_feed
from pipeline.identity import article_id
from tests.feed_site.answers import Answers
from tests.feed_site.bad import BAD_FEEDS, BadFeed
from tests.feed_site.bad_server import AUTHORITY, BadFeeds
from tests.feed_site.plan import Plan
from tests.feed_site.site import FeedSite
from tests.feed_site.timing import Timing

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8 on its loopback device"
)
_PLAN = Plan(feeds=200, hosts=20)


@pytest.fixture(scope="module")
def site() -> Iterator[FeedSite]:
    with FeedSite(_PLAN, factor=600, delays=(0.02, 0.05)) as opened:
        yield opened


@pytest.fixture(scope="module")
def bad_feeds() -> Iterator[BadFeeds]:
    with BadFeeds() as opened:
        yield opened


def _get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", parts.path, headers={name.replace("_", "-"): each for name, each in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def test_the_same_seed_is_the_same_plan_and_another_seed_is_another() -> None:
    assert Plan(feeds=50).planned == Plan(feeds=50).planned
    assert Plan(feeds=50).planned != Plan(feeds=50, seed=2).planned


def test_the_plan_is_what_the_poller_is_judged_by() -> None:
    plan = Plan()
    feeds = plan.planned
    assert len(feeds) == 2000
    assert {feed.host for feed in feeds} == set(range(200))
    assert {feed.format for feed in feeds} == {"rss", "atom", "json", "rdf"}
    assert {feed.validators for feed in feeds} == {"etag", "last-modified", "both", "none", "lying", "restless"}
    assert all(len(feed.shown(0)) == feed.window for feed in feeds)
    for feed in feeds:
        renewals = [late - early for early, late in zip(feed.times, feed.times[feed.window :], strict=False)]
        assert min(renewals) >= plan.turnover_seconds
        assert all(early < late for early, late in zip(feed.times, feed.times[1:], strict=False))
    new = list(plan.published(0, 3600))
    assert len(new) == len(set(new)) > 2000
    assert {item.feed for item in new}.isdisjoint(feed.number for feed in feeds if feed.echo is not None)


def test_what_is_due_is_what_was_shown_at_the_first_poll_and_came_since() -> None:
    plan = Plan(feeds=40, hosts=4)
    polled = {0: 0, 5: 600}
    versions = {number: plan.planned[number].shown(at).stop for number, at in polled.items()}
    shown = {item for number, at in polled.items() for moment in range(at, 3601) for item in plan.shown(number, moment)}
    assert plan.due(versions, 3600) == shown


def test_what_the_site_has_told_is_what_was_in_its_answers() -> None:
    with FeedSite(Plan(feeds=40, hosts=4, rates=(8, 8)), factor=3600, delays=(0, 0)) as fast:
        told = {}
        for number in (3, 3, 4, 19):
            url = fast.feed_url(number)
            told |= {item.url: item for item in parse_feed(_get(url)[2], None, url).items}
        assert {fast.item_url(item) for item in fast.told_ids().values()} == set(told)
        assert {article_id(url, None, "") for url in told} == set(fast.told_ids())
        assert set(fast.told_ids()) <= set(fast.due_ids(fast.seconds()))


@pytest.mark.parametrize("number", range(40))
def test_a_feed_shows_what_the_plan_says(site: FeedSite, number: int) -> None:
    before = site.seconds()
    status, headers, body = _get(site.feed_url(number))
    after = site.seconds()
    assert status == 200
    feed = parse_feed(body, headers["Content-Type"], site.feed_url(number))
    assert feed.flaw is None
    assert not feed.unusable
    told = [item.url for item in feed.items]
    assert told in ([site.item_url(item) for item in _PLAN.shown(number, moment)] for moment in _moments(before, after))
    assert all(item.published_at and item.headline for item in feed.items)
    assert {bool(item.content) for item in feed.items} == {_PLAN.planned[number].complete}
    if headers.get("ETag") and _PLAN.planned[number].validators in ("etag", "both") and site.seconds() > 3600:
        assert _get(site.feed_url(number), If_None_Match=headers["ETag"])[0] == 304


def _moments(before: float, after: float) -> Iterator[float]:
    yield before
    yield from range(int(before) + 1, int(after) + 1)


def test_validators_save_a_transfer_until_something_is_new() -> None:
    with FeedSite(Plan(feeds=60, hosts=6, hours=0), factor=1, delays=(0, 0)) as quiet:
        for feed in quiet.plan.planned:
            url = quiet.feed_url(feed.number)
            _, headers, _ = _get(url)
            known = {"If_None_Match": headers.get("ETag", ""), "If_Modified_Since": headers.get("Last-Modified", "")}
            again = _get(url, **{name: value for name, value in known.items() if value})
            assert again[0] == (304 if feed.validators in ("etag", "last-modified", "both") else 200), feed
            assert (again[1].get("ETag") == headers.get("ETag")) == (feed.validators != "restless"), feed
        saved, unchanged = quiet.ledger().unchanged_polls()
        assert unchanged == 60
        assert saved == sum(feed.validators in ("etag", "last-modified", "both") for feed in quiet.plan.planned)


def test_a_lying_etag_stays_when_the_content_changes() -> None:
    plan = Plan(feeds=200, hosts=20, rates=(8, 8))
    feed = next(feed for feed in plan.planned if feed.validators == "lying")
    answers = Answers(plan, 80, 0)
    first = answers.answer(feed.host, feed.path, {}, 0)
    second = answers.answer(feed.host, feed.path, {"If-None-Match": first.headers["ETag"]}, 3600)
    assert second.status == 200
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.body != second.body


def test_pages_tell_the_article_and_a_correction_later(site: FeedSite) -> None:
    item = next(item for item in _PLAN.shown(0, 0) if item.number % 10 == 3 and item.at < -1800)
    status, headers, body = _get(site.item_url(item))
    assert status == 200
    assert b"Correction:" in body
    assert _get(site.item_url(item), If_None_Match=headers["ETag"])[0] == 304
    assert _get(f"http://{site.host(0)}/articles/0-99999")[0] == 404


def test_a_host_announces_its_feeds_and_its_sitemap(site: FeedSite) -> None:
    home = _get(f"http://{site.host(2)}/")[2].decode()
    assert all(f'href="{feed.path}"' in home for feed in _PLAN.by_host[2])
    address = f"http://{site.host(2)}/news-sitemap.xml"
    assert f"Sitemap: {address}" in _get(f"http://{site.host(2)}/robots.txt")[2].decode()
    sitemap = parse_feed(_get(address)[2])
    assert sitemap.kind == "sitemap"
    assert sitemap.items


def test_the_ledger_finds_two_requests_at_once_to_one_host_and_only_these() -> None:
    with FeedSite(Plan(feeds=4, hosts=2), delays=(0.4, 0.4)) as slow:
        for feed in (0, 2, 0):
            _get(slow.feed_url(feed), User_Agent="one at a time")
        with contextlib.ExitStack() as open_:
            for feed in (1, 3):
                parts = urlsplit(slow.feed_url(feed))
                stream = open_.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=10))
                stream.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            while len(ledger := slow.ledger()) < 5:
                stream.recv(1 << 20)
    (overlap,) = ledger.overlaps()
    assert [entry.feed for entry in overlap] == [1, 3]
    assert [entry.others for entry in overlap] == [0, 1]
    mine = [entry for entry in ledger if entry.agent == "one at a time"]
    assert [(entry.feed, entry.status, entry.others) for entry in mine] == [(0, 200, 0), (2, 200, 0), (0, 200, 0)]
    assert all(entry.size > 1000 and entry.ended - entry.started >= 0.399 for entry in mine)
    pauses = ledger.pauses()
    assert pauses[overlap[0].host] < 0
    assert pauses[mine[0].host] >= 0
    assert len(ledger.intervals(0)) == 1
    assert ledger.versions()[0]
    assert ledger.kinds() == {"feed": 5}


def test_the_ledger_has_requests_whose_client_went_away(site: FeedSite) -> None:
    with socket.create_connection(("127.1.0.16", site.port)) as client:
        client.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\nUser-Agent: in a hurry\r\n\r\n")
    until = time.monotonic() + 10
    found: list[int] = []
    while not found and time.monotonic() < until:
        found = [entry.status for entry in site.ledger() if entry.agent == "in a hurry"]
    assert found == [0]


def test_all_processes_have_the_same_time() -> None:
    timing = Timing(factor=60, start=1_000_000, began=time.time() - 10)
    assert Timing(**json.loads(json.dumps(timing.as_dict()))) == timing
    before, told, after = (timing.virtual(time.time()), timing.clock().now(), timing.virtual(time.time()))
    assert 600 <= before <= timing.seconds(told) <= after + 0.001


def test_a_host_can_be_out_of_order(site: FeedSite) -> None:
    site.out_of_order({7: 503})
    assert _get(site.feed_url(7))[0] == 503
    assert _get(site.feed_url(8))[0] == 200
    site.out_of_order({})
    assert _get(site.feed_url(7))[0] == 200


# What each bad case is on the wire: bytes that its answer must have, taken up to `_ENOUGH` of them.
_ENOUGH = 300_000
_NO_END = 2_000_000
_SEEN: dict[str, bytes] = {
    "truncated": b"is a text.</description><guid>1</guid></item>\n",
    "not the declared encoding": b'encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Courier d\xe9j\xe0',
    "an unknown encoding declared": b'encoding="x-nonsense"',
    "UTF-16 without a mark": b"\r\n\r\n<\0?\0x\0m\0l\0",
    "NUL bytes": b"\0W\0hat",
    "a web page": b"<!DOCTYPE html>",
    "a login page": b"Location: /login",
    "an image": b"\x89PNG",
    "an empty body": b"Content-Length: 0\r\n\r\n",
    "JSON that is no feed": b'{"error"',
    "a JSON feed without a version": b'{"title"',
    "a JSON feed without items": b'"title": "Courier"}',
    "an entity bomb": b'<!ENTITY a10 "&a9;&a9;',
    "an external entity": b'SYSTEM "file:///etc/passwd"',
    "100,000 items": b"<title>I2000</title>",
    "an item of 20 MB": b"word word word",
    "200 MB": b"Content-Length: 200000000",
    "a stream without end": b"f4240\r\n<item>",
    "a gzip bomb": b"Content-Encoding: gzip",
    "a gzip bomb as a file": b"application/gzip",
    "a body that is no gzip": b"\r\n\r\n<?xml",
    "a gzip file cut": b"\x1f\x8b",
    "headers without end": b"X-Header-2000: yyy",
    "reset within the body": b"Content-Length: 100000",
    "closed within a chunk": b"fff0\r\n<?xml",
    "longer announced than sent": b"</rss>",
    "shorter announced than sent": b"</rss>",
    "HTTP/0.9": b"<?xml",
    "another protocol": b"SSH-2.0",
    "a redirect loop": b"Location: /feed\r\n",
    "30 redirects": b"Location: /feed?1\r\n",
    "a redirect to a private address": b"Location: http://10.0.0.1/",
    "a redirect to a metadata address": b"Location: http://169.254.169.254/",
    "a redirect to an address in one number": b"Location: http://2852039166/",
    "a redirect to IPv6 loopback": b"Location: http://[::1]",
    "a redirect to a mapped address": b"Location: http://[::ffff:10.0.0.1]/",
    "a redirect to a file": b"Location: file:///etc/passwd",
    "a redirect to nowhere": b"302 Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "gone after a redirect": b"301 Moved Permanently",
    "400": b"HTTP/1.1 400 ",
    "401": b"WWW-Authenticate: Basic",
    "403": b"HTTP/1.1 403 ",
    "404": b"HTTP/1.1 404 ",
    "410": b"HTTP/1.1 410 ",
    "429": b"HTTP/1.1 429 ",
    "429 for an hour": b"Retry-After: 3600",
    "429 for ever": b"Retry-After: 99999999999",
    "500": b"HTTP/1.1 500 ",
    "503 until a date": b" GMT\r\n",
    "a status of 999": b"HTTP/1.1 999 ",
    "304 unasked": b"HTTP/1.1 304 ",
    "dates in the future": b"<pubDate>",
    "dates that are none": b"perhaps",
    "no ids": b"<title>One</title><description>",
    "ids that are all the same": b'<guid isPermaLink="false">x</guid>',
    "addresses that are scripts": b"<link>javascript:",
    "addresses that are nonsense": b"<link>http://[nowhere/ ",
    "all items link to the home page": b"<title>Two</title><link>/</link>",
}
_BY_NAME = {case.name: case for case in BAD_FEEDS}
_SEEN_OTHERWISE = {case.name for case in BAD_FEEDS if case.behave is None or case.certificate} | {
    "a byte a second",
    "silence",
    "closed before an answer",
    "304 for ever",
    "other ids at each poll",
    "other addresses at each poll",
}


def _taken(url: str, more: str = "", limit: int = _ENOUGH, seconds: float = 5) -> bytes:
    """What comes over a socket, up to a limit, or to the end, or until nothing has come for so long."""
    parts = urlsplit(url)
    assert parts.hostname
    got = b""
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=seconds) as stream:
        stream.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{more}\r\n".encode())
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while len(got) < limit and (part := stream.recv(65536)):
                got += part
    return got


def test_there_are_forty_cases_or_more_and_each_is_checked() -> None:
    assert len(_BY_NAME) == len(BAD_FEEDS) >= 60
    assert set(_SEEN) | _SEEN_OTHERWISE == set(_BY_NAME)
    assert set(_SEEN).isdisjoint(_SEEN_OTHERWISE)


@pytest.mark.parametrize("name", _SEEN)
def test_a_bad_feed_behaves_as_it_says(bad_feeds: BadFeeds, name: str) -> None:
    assert _SEEN[name] in _taken(bad_feeds.url(_BY_NAME[name]))


@pytest.mark.parametrize(
    "case", [each for each in BAD_FEEDS if each.items and not each.certificate], ids=lambda each: each.name
)
def test_the_items_that_must_come_can_be_read(bad_feeds: BadFeeds, case: BadFeed) -> None:
    head, _, body = _taken(bad_feeds.url(case), limit=20_000_000).partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), len(body))
    headlines = [item.headline for item in parse_feed(body[:length], "text/xml").items]
    assert set(case.items) <= set(headlines)


@pytest.mark.parametrize("name", ["a web page", "an image", "an empty body", "JSON that is no feed"])
def test_what_is_no_feed_cannot_be_read(bad_feeds: BadFeeds, name: str) -> None:
    with pytest.raises(NotAFeedError):
        parse_feed(_taken(bad_feeds.url(_BY_NAME[name])).partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize("name", ["200 MB", "a stream without end", "headers without end"])
def test_what_has_no_end_goes_on_until_the_client_goes(bad_feeds: BadFeeds, name: str) -> None:
    assert len(_taken(bad_feeds.url(_BY_NAME[name]), limit=_NO_END)) >= _NO_END
    until = time.monotonic() + 10
    sizes: list[int] = []
    while not sizes and time.monotonic() < until:
        sizes = [entry.size for entry in bad_feeds.ledger().get(name, []) if entry.size >= _NO_END]
    assert sizes
    assert max(sizes) < 50_000_000


def test_a_gzip_bomb_is_a_thousand_times_larger_than_what_is_sent(bad_feeds: BadFeeds) -> None:
    body = _taken(bad_feeds.url(_BY_NAME["a gzip bomb"]), limit=100_000).partition(b"\r\n\r\n")[2]
    unpacked = len(zlib.decompressobj(wbits=31).decompress(body))
    assert unpacked > 900 * len(body)
    assert unpacked > 80_000_000


def test_slow_ones_are_slow(bad_feeds: BadFeeds) -> None:
    assert _taken(bad_feeds.url(_BY_NAME["silence"]), seconds=0.5) == b""
    head, _, body = _taken(bad_feeds.url(_BY_NAME["a byte a second"]), limit=90, seconds=0.5).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert len(body) < 10
    assert _taken(bad_feeds.url(_BY_NAME["closed before an answer"])) == b""


def test_cases_that_change_change(bad_feeds: BadFeeds) -> None:
    for name in ("other ids at each poll", "other addresses at each poll"):
        url = bad_feeds.url(_BY_NAME[name])
        first, second = (parse_feed(_taken(url).partition(b"\r\n\r\n")[2], None, url).items for _ in range(2))
        assert [item.headline for item in first] == [item.headline for item in second]
        assert ([item.id for item in first] != [item.id for item in second]) == ("ids" in name)
        assert ([item.url for item in first] != [item.url for item in second]) == ("addresses" in name)
    always = bad_feeds.url(_BY_NAME["304 for ever"])
    assert b'ETag: "always"' in _taken(always)
    assert _taken(always, 'If-None-Match: "always"\r\n').startswith(b"HTTP/1.1 304 ")
    assert b"Later1" in _taken(always)


def test_certificates_are_refused_for_what_they_are(bad_feeds: BadFeeds) -> None:
    context = ssl.create_default_context(cafile=str(AUTHORITY))
    said = {}
    for case in BAD_FEEDS:
        if case.certificate:
            parts = urlsplit(bad_feeds.url(case))
            said[case.certificate] = "accepted"
            with socket.create_connection((parts.hostname, parts.port), timeout=5) as plain:
                try:
                    context.wrap_socket(plain, server_hostname=parts.hostname).close()
                except ssl.SSLCertVerificationError as error:
                    said[case.certificate] = error.verify_message
    assert said["valid"] == "accepted"
    assert said["expired"] == "certificate has expired"
    assert said["self-signed"].startswith("self")
    assert "IP address mismatch" in said["wrong-host"]


def test_nobody_listens_where_nobody_should(bad_feeds: BadFeeds) -> None:
    with pytest.raises(ConnectionRefusedError):
        _taken(bad_feeds.url(_BY_NAME["nobody listens"]))
    with pytest.raises(socket.gaierror):
        _taken(bad_feeds.url(_BY_NAME["an unknown name"]))
    parts = urlsplit(bad_feeds.url(_BY_NAME["https where there is none"]))
    with (
        socket.create_connection((parts.hostname, parts.port), timeout=5) as plain,
        pytest.raises(ssl.SSLError),
    ):
        # As web servers do, it answers a handshake with HTTP.
        ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)
