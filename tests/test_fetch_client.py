"""What comes of requests to sites of every kind: an answer, or a failure that says what to do."""

from __future__ import annotations

import asyncio
import gzip
import random
import socket
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from time import monotonic

import pytest

from pipeline import __version__
from pipeline.answers import Answer, Failure, FailureKind, Outcome
from pipeline.clock import SystemClock
from pipeline.config import Feeds
from pipeline.fetch.client import Fetcher, FetchOptions
from pipeline.fetch.decompression import Body, TooLargeError
from pipeline.fetch.hosts import HostSlots
from pipeline.polling.partition import host_of
from tests.raw_site import Certificates, RawSite, Reply, StubResolver, answer, make_certificates, redirect

LIMIT = 100_000
FEED = b"<rss>" + b"<item/>" * 2000 + b"</rss>"
NAMES = StubResolver(news_example=("127.0.0.1",), other_example=("127.0.0.1",), dead_example=("127.0.0.254",))


def packed(content: bytes) -> bytes:
    """The same bytes every time, as they name the tests."""
    return gzip.compress(content, mtime=0)


def fetcher(timeout_seconds: float = 5, **options: object) -> Fetcher:
    """That may ask loopback."""
    return Fetcher(
        FetchOptions(timeout_seconds=timeout_seconds, allow_hosts=("127.0.0.0/8",), **options),  # type: ignore[arg-type]
        resolver=NAMES,
    )


def ask(replies: Mapping[str, Reply], *, timeout_seconds: float = 5, **asked: object) -> tuple[Outcome, RawSite]:
    """Of /feed of a site that replies so."""

    async def run() -> tuple[Outcome, RawSite]:
        async with RawSite(dict(replies)) as site, fetcher(timeout_seconds) as client:
            return await client.get(site.url(), **{"max_bytes": LIMIT, **asked}), site  # type: ignore[arg-type]

    return asyncio.run(run())


def answered(reply: Reply, **asked: object) -> Answer:
    outcome, _ = ask({"/feed": reply}, **asked)
    assert isinstance(outcome, Answer), outcome
    return outcome


def failed(reply: Reply, kind: FailureKind, **asked: object) -> Failure:
    outcome, _ = ask({"/feed": reply}, **asked)  # type: ignore[arg-type]
    assert isinstance(outcome, Failure), outcome
    assert outcome.kind == kind, outcome.message
    assert "news.example" in outcome.message
    assert ": " in outcome.message, "what to do stands after a colon"
    return outcome


# --- answers ---


def test_an_answer_has_status_headers_body_and_time() -> None:
    outcome, site = ask({"/feed": answer(FEED, ETag='"1"', Content_Type="text/xml", Set_Cookie="a=b")})
    assert isinstance(outcome, Answer)
    assert (outcome.status, outcome.body, outcome.moved_to) == (200, FEED, None)
    assert outcome.url == site.url()
    assert outcome.headers["etag"] == '"1"'
    assert "set-cookie" not in outcome.headers
    assert 0 < outcome.seconds < 5


def test_we_say_who_we_are_and_what_we_take() -> None:
    options = FetchOptions.of(Feeds(contact="https://watch.example/bot", allow_hosts=("127.0.0.1",)))
    assert options.user_agent == f"Newswire/{__version__} (+https://watch.example/bot)"

    async def run() -> str:
        async with RawSite({"/feed": answer(FEED)}) as site, Fetcher(options, resolver=NAMES) as client:
            await client.get(site.url().replace("//", "//user:secret@") + "#top", max_bytes=LIMIT)
            return site.asked[0]

    head = asyncio.run(run())
    assert f"User-Agent: {options.user_agent}\r\n" in head
    assert "Accept-Encoding: gzip, deflate\r\n" in head
    assert head.startswith("GET /feed HTTP/1.1\r\n")
    assert "authorization" not in head.lower()
    assert "cookie" not in head.lower()
    assert "if-" not in head.lower()


def test_validators_are_sent_and_304_comes_back() -> None:
    outcome, site = ask(
        {"/feed": b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'},
        etag='"1"',
        last_modified="Sun, 22 Nov 2026 10:00:00 GMT",
    )
    assert isinstance(outcome, Answer)
    assert (outcome.status, outcome.body) == (304, b"")
    assert 'If-None-Match: "1"\r\n' in site.asked[0]
    assert "If-Modified-Since: Sun, 22 Nov 2026 10:00:00 GMT\r\n" in site.asked[0]


@pytest.mark.parametrize("etag", ["a\r\nX-Evil: 1", '"ä"', '"\udcff"'])
def test_validators_that_cannot_be_written_are_left_out(etag: str) -> None:
    outcome, site = ask({"/feed": answer(FEED)}, etag=etag)
    assert isinstance(outcome, Answer)
    assert "If-None-Match" not in site.asked[0]
    assert "X-Evil" not in site.asked[0]


def test_headers_are_always_text_that_can_be_written_down() -> None:
    link = 'Link: <https://hub.example/>; rel="hub"\r\nLink: <https://news.example/feed>; rel="self"\r\n'
    head = "HTTP/1.1 200 OK\r\n" + link + "ETag: \xff\xfe\r\nETag: second\r\nContent-Length: 0\r\n\r\n"
    headers = answered(head.encode("latin-1")).headers
    assert headers["link"] == '<https://hub.example/>; rel="hub", <https://news.example/feed>; rel="self"'
    assert headers["etag"].encode()
    assert "second" not in headers["etag"]


@pytest.mark.parametrize("status", ["410 Gone", "404 Not Found", "429 Slow down", "500 Broken", "503 Later"])
def test_a_status_that_refuses_is_an_answer(status: str) -> None:
    made = answered(answer(b"why", status, Retry_After="120"))
    assert made.status == int(status[:3])
    assert made.headers["retry-after"] == "120"
    assert made.body == b"why"


def test_a_refusing_status_counts_whatever_its_body_does() -> None:
    assert answered(answer(b"not gzip", "503 Later", Content_Encoding="gzip")).status == 503
    assert answered(answer(b"br", "503 Later", Content_Encoding="br")).status == 503
    assert answered(answer(b"cut", "404 Not Found", Content_Length="1000", Connection="close")).status == 404
    assert len(answered(answer(b"x" * 1_000_000, "404 Not Found")).body) <= 16_384


def test_connections_are_used_again() -> None:
    async def run() -> int:
        async with RawSite({"/feed": answer(FEED)}) as site, fetcher() as client:
            for _ in range(5):
                await client.get(site.url(), max_bytes=LIMIT)
            return site.connections

    assert asyncio.run(run()) == 1


# --- bodies ---


def raw_deflate(content: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(content) + compressor.flush()


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", packed(FEED)),
        ("x-gzip", packed(FEED) + b"\0" * 100),
        ("GZIP", packed(FEED[:100]) + packed(FEED[100:])),
        ("deflate", zlib.compress(FEED)),
        ("deflate", raw_deflate(FEED)),
        ("identity", FEED),
        ("utf-8", FEED),
        ("none, gzip", packed(FEED)),
    ],
)
def test_compressed_bodies_are_read(encoding: str, content: bytes) -> None:
    assert answered(answer(content, Content_Encoding=encoding)).body == FEED


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", FEED), ("gzip", packed(FEED)[:-20]), ("deflate", b"\x00\x01garbage"), ("br", b"x"),
        ("zstd", b"x"), ("gzip, gzip", packed(packed(FEED))),
        ("gzip", packed(FEED)[:-8] + b"damaged!"),
    ],
)  # fmt: skip
def test_a_body_that_does_not_decompress_says_so(encoding: str, content: bytes) -> None:
    failed(answer(content, Content_Encoding=encoding), "encoding")


def test_an_empty_body_is_empty_whatever_its_encoding() -> None:
    assert answered(answer(b"", Content_Encoding="gzip")).body == b""


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
        await writer.drain()


def test_bodies_end_at_their_limit() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < LIMIT
    failure = failed(answer(bomb, Content_Encoding="gzip"), "size")
    assert "100,000 bytes" in failure.message
    failed(answer(zlib.compress(bytes(50_000_000)), Content_Encoding="deflate"), "size")
    failed(endless, "size")
    failed(answer(b"short", Content_Length="200000000"), "size")
    failed(answer(random.Random(1).randbytes(LIMIT + 1)), "size")
    assert len(answered(answer(bytes(LIMIT))).body) == LIMIT
    assert len(answered(answer(gzip.compress(bytes(LIMIT)), Content_Encoding="gzip")).body) == LIMIT


@pytest.mark.parametrize(
    "reply", [answer(bytes(2 * LIMIT)), answer(packed(bytes(2 * LIMIT)), Content_Encoding="gzip"), endless]
)
def test_bodies_are_cut_off_where_that_is_asked_for(reply: Reply) -> None:
    assert len(answered(reply, truncate=True).body) == LIMIT


@pytest.mark.parametrize(("encoding", "wbits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)])
def test_a_bomb_fills_no_memory(encoding: str, wbits: int) -> None:
    compressor = zlib.compressobj(wbits=wbits)
    bomb = compressor.compress(bytes(50_000_000)) + compressor.flush()
    body = Body(encoding, LIMIT)
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            body.feed(bomb)
        assert tracemalloc.get_traced_memory()[1] < 10 * LIMIT
    finally:
        tracemalloc.stop()


# --- time ---


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def drip_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def promises(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("reply", [drip, drip_head, silence, promises])
def test_the_whole_request_has_one_limit_of_time(reply: Reply) -> None:
    began = monotonic()
    failure = failed(reply, "timeout", timeout_seconds=0.5)
    assert 0.4 < failure.seconds < 5
    assert monotonic() - began < 5
    assert "0.5 seconds" in failure.message


def test_cancelling_passes() -> None:
    async def run() -> None:
        async with RawSite({"/feed": silence}) as site, fetcher() as client:
            task = asyncio.create_task(client.get(site.url(), max_bytes=LIMIT))
            while not site.asked:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())


# --- broken servers ---


@pytest.mark.parametrize(
    "reply",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"220 mail.example ESMTP\r\n",
        b"\x00\x01\x02\x03" * 100,
        b"<rss/>",
        b"HTTP/1.1 twohundred OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Len",
        answer(b"x", Content_Length="-5"),
        answer(b"zz\r\nbody\r\n", Transfer_Encoding="chunked"),
        answer(b"short", Content_Length="1000", Connection="close"),
        answer(b"a\r\n12345", Transfer_Encoding="chunked", Connection="close"),
        answer(b"x", X_Long="y" * 100_000),
        answer(b"x", **{f"X_{number}": "y" for number in range(5000)}),
        b"HTTP/1.1 200 " + b"x" * 100_000,
    ],
    ids=lambda reply: repr(reply[:30]),
)
def test_what_is_no_whole_http_answer_is_a_failure(reply: bytes) -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        await writer.drain()

    failed(hang_up, "protocol")


def test_more_than_the_announced_length_is_told_where_it_shows() -> None:
    failed(answer(b"12345678", Content_Length="4", Connection="close"), "protocol")


def test_what_follows_an_answer_is_never_taken_for_the_next_one() -> None:
    async def run() -> list[Outcome]:
        smuggled = answer(b"evil")
        async with RawSite({"/feed": answer(b"1234" + smuggled, Content_Length="4")}) as site, fetcher() as client:
            site.replies["/other"] = answer(b"good")
            return [await client.get(site.url(path), max_bytes=LIMIT) for path in ("/feed", "/other", "/other")]

    for outcome in asyncio.run(run())[1:]:
        assert isinstance(outcome, Answer)
        assert outcome.body == b"good"


# --- addresses ---


@pytest.mark.parametrize(
    "url",
    [
        "", "feed", "ftp://news.example/feed", "file:///etc/passwd", "javascript:alert(1)", "http://", "http:///feed",
        "http://news.example:99999/", "http://[::1/", "http://news example/", "http://" + "a" * 70 + ".example/",
        "http://news.example/" + "x" * 9000, "http://./", "http://xn--/", "http://\ud800.example/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_a_failure(url: str) -> None:
    async def run() -> Outcome:
        async with Fetcher(FetchOptions(timeout_seconds=5)) as client:
            return await client.get(url, max_bytes=LIMIT)

    outcome = asyncio.run(run())
    assert isinstance(outcome, Failure)
    assert outcome.kind in {"address", "dns"}, outcome.message
    assert "check" in outcome.message


def test_hosts_that_cannot_be_reached_are_told_apart() -> None:
    async def run() -> list[Outcome]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        async with fetcher() as client:
            return [
                await client.get(f"http://{host}:{port}/", max_bytes=1) for host in ("nowhere.example", "news.example")
            ]

    unknown, closed = asyncio.run(run())
    assert isinstance(unknown, Failure)
    assert isinstance(closed, Failure)
    assert (unknown.kind, closed.kind) == ("dns", "connect")
    assert unknown.message.startswith("There is no host nowhere.example: check the spelling")
    assert closed.message.startswith("news.example refuses connections: check the port")


# --- redirects ---


def test_permanent_redirects_in_one_run_from_the_start_move_a_feed() -> None:
    replies = {
        "/feed": redirect("/b", 301), "/b": redirect("/c#x", 308), "/c": redirect("/d", 302), "/d": redirect("/e", 301),
        "/e": answer(FEED),
    }  # fmt: skip
    outcome, site = ask(replies)
    assert isinstance(outcome, Answer)
    assert outcome.moved_to == site.url("/c")
    assert outcome.url == site.url("/e")
    assert outcome.body == FEED
    assert len(site.asked) == 5


@pytest.mark.parametrize("status", [302, 303, 307])
def test_other_redirects_do_not(status: int) -> None:
    outcome, site = ask({"/feed": redirect("/b", status), "/b": answer(FEED)}, etag='"1"')
    assert isinstance(outcome, Answer)
    assert outcome.moved_to is None
    assert outcome.url == site.url("/b")
    assert 'If-None-Match: "1"' in site.asked[1]


@pytest.mark.parametrize(
    "replies",
    [
        {"/feed": redirect("/feed")},
        {"/feed": redirect("/b"), "/b": redirect("/feed#again", 301)},
        {"/feed": redirect("/0"), **{f"/{n}": redirect(f"/{n + 1}") for n in range(30)}},
        {"/feed": answer(status="302 Found")},
        {"/feed": redirect("ftp://news.example/feed")},
        {"/feed": redirect("file:///etc/passwd")},
        {"/feed": redirect("http://[bad")},
        {"/feed": redirect("http://news.example:99999/")},
    ],
)
def test_redirects_that_lead_nowhere_end(replies: dict[str, Reply]) -> None:
    outcome, site = ask(replies)
    assert isinstance(outcome, Failure)
    assert outcome.kind == "redirects", outcome.message
    assert "news.example" in outcome.message
    assert len(site.asked) <= 11


def test_ten_redirects_are_followed() -> None:
    replies: dict[str, Reply] = {"/feed": redirect("/1"), "/10": answer(FEED)}
    outcome, _ = ask({**{f"/{n}": redirect(f"/{n + 1}") for n in range(1, 10)}, **replies})
    assert isinstance(outcome, Answer)


def test_each_host_is_asked_in_its_turn_also_after_redirects() -> None:
    """From two hosts to each other at once, and one of them is asked besides: nobody waits for ever."""
    at_once = {"news.example": 0, "other.example": 0}
    most = dict(at_once)

    async def run() -> list[Outcome]:
        async with RawSite() as site, fetcher() as client:
            slots = HostSlots(SystemClock(), limit=1, pause_seconds=0)

            def slow(host: str, reply: bytes) -> Reply:
                async def serve(writer: asyncio.StreamWriter) -> None:
                    at_once[host] += 1
                    most[host] = max(most[host], at_once[host])
                    await asyncio.sleep(0.02)
                    at_once[host] -= 1
                    writer.write(reply)
                    await writer.drain()

                return serve

            news, other = "news.example", "other.example"
            site.replies |= {
                "/a": slow(news, redirect("/b")),
                "/b": slow(news, redirect(site.url("/c", other))),
                "/c": slow(other, answer(FEED)),
                "/d": slow(other, redirect(site.url("/e", news))),
                "/e": slow(news, answer(FEED)),
                "/f": slow(other, answer(FEED)),
            }
            first = [site.url("/a", news), site.url("/d", other), site.url("/f", other)]
            addresses = [url for url in first for _ in range(4)]
            return await asyncio.gather(
                *(client.get(url, max_bytes=LIMIT, turn=lambda each: slots.hold(host_of(each))) for url in addresses)
            )

    outcomes = asyncio.run(run())
    assert [outcome.status for outcome in outcomes if isinstance(outcome, Answer)] == [200] * 12
    assert most == {"news.example": 1, "other.example": 1}


def test_waiting_for_a_turn_is_no_part_of_the_time_that_a_server_has() -> None:
    @asynccontextmanager
    async def turn(_: str) -> AsyncIterator[None]:
        await asyncio.sleep(0.6)
        yield

    outcome, _ = ask({"/feed": answer(FEED)}, timeout_seconds=0.5, turn=turn)
    assert isinstance(outcome, Answer)
    assert outcome.seconds < 0.5


def test_credentials_of_a_redirect_are_not_sent_and_its_failure_names_its_host() -> None:
    outcome, _ = ask({"/feed": redirect("http://nowhere.example/x")})
    assert isinstance(outcome, Failure)
    assert outcome.kind == "dns"
    assert "nowhere.example" in outcome.message

    async def run() -> list[str]:
        async with RawSite({"/b": answer(FEED)}) as site, fetcher() as client:
            site.replies["/feed"] = redirect(f"http://user:secret@other.example:{site.port}/b")
            made = await client.get(site.url(), max_bytes=LIMIT)
            assert isinstance(made, Answer)
            assert "secret" not in made.url
            return site.asked

    assert not any("authorization" in head.lower() or "referer" in head.lower() for head in asyncio.run(run()))


# --- forms ---


def test_a_form_is_posted_and_its_refusal_comes_back() -> None:
    async def run() -> tuple[Outcome, Outcome, RawSite]:
        replies: dict[str, Reply] = {
            "/hub": redirect("/new", 307),
            "/new": answer(b"no such topic", "400 Bad Request"),
            "/old": redirect("/new", 301),
        }
        async with RawSite(replies) as site, fetcher() as client:
            fields = {"hub.mode": "subscribe", "hub.topic": "https://news.example/ä?a=1&b=2"}
            return (
                await client.post_form(site.url("/hub"), fields),
                await client.post_form(site.url("/old"), fields),
                site,
            )

    outcome, lost, site = asyncio.run(run())
    assert isinstance(outcome, Answer)
    assert (outcome.status, outcome.body) == (400, b"no such topic")
    assert site.asked[1].startswith("POST /new ")
    assert "Content-Type: application/x-www-form-urlencoded\r\n" in site.asked[1]
    body = b"hub.mode=subscribe&hub.topic=https%3A%2F%2Fnews.example%2F%C3%A4%3Fa%3D1%26b%3D2"
    assert site.bodies[:2] == [body, body]
    assert isinstance(lost, Failure)
    assert lost.kind == "redirects"


# --- TLS ---


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


def ask_tls(certificates: Certificates, name: str | None, host: str = "news.example", *, trust: bool = True) -> Outcome:
    async def run() -> Outcome:
        options = FetchOptions(timeout_seconds=5, allow_hosts=("127.0.0.1",))
        tls = certificates.trusting() if trust else None
        async with (
            RawSite({"/feed": answer(FEED)}, tls=certificates.server(name) if name else None) as site,
            Fetcher(options, resolver=NAMES, tls=tls) as client,
        ):
            return await client.get(site.url(host=host).replace("http:", "https:"), max_bytes=LIMIT)

    return asyncio.run(run())


def test_a_good_certificate_is_accepted(certificates: Certificates) -> None:
    outcome = ask_tls(certificates, "good")
    assert isinstance(outcome, Answer)
    assert outcome.body == FEED


@pytest.mark.parametrize(
    ("name", "host", "trust", "words"),
    [
        ("expired", "news.example", True, "The certificate of news.example has expired: tell the site to renew it"),
        ("good", "other.example", True, "The certificate of other.example is for another host: check the address"),
        ("self-signed", "news.example", True, "The certificate of news.example is self-signed"),
        ("good", "news.example", False, "The certificate of news.example comes without the authority"),
        (None, "news.example", True, "news.example does not speak https at this address: check the port"),
    ],
)
def test_certificate_errors_are_told_in_words(
    certificates: Certificates, name: str | None, host: str, trust: bool, words: str
) -> None:
    outcome = ask_tls(certificates, name, host, trust=trust)
    assert isinstance(outcome, Failure)
    assert outcome.kind == "tls", outcome.message
    assert outcome.message.startswith(words)


def test_a_downgrade_to_http_is_followed(certificates: Certificates) -> None:
    async def run() -> Outcome:
        options = FetchOptions(timeout_seconds=5, allow_hosts=("127.0.0.1",))
        async with (
            RawSite({"/feed": answer(FEED)}) as plain,
            RawSite({"/feed": redirect(plain.url(), 301)}, tls=certificates.server("good")) as site,
            Fetcher(options, resolver=NAMES, tls=certificates.trusting()) as client,
        ):
            return await client.get(site.url(), max_bytes=LIMIT)

    outcome = asyncio.run(run())
    assert isinstance(outcome, Answer)
    assert outcome.moved_to == outcome.url
    assert outcome.url.startswith("http://")
