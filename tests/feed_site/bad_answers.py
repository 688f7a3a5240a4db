"""How bad feeds behave: each gets a request and a writer, and may write whatever it likes."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formatdate

MEGABYTE = 1_000_000
XML = "application/rss+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. `headers` have lower-case names, `count` says how many times the path was asked for before, and
    `reader` ends when the client goes."""

    path: str
    headers: Mapping[str, str]
    count: int
    reader: asyncio.StreamReader


Behaviour = Callable[[Ask, asyncio.StreamWriter], Awaitable[None]]


def head(status: str = "200 OK", **headers: str) -> bytes:
    """A status line and headers, `_` in their names standing for `-`."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\nConnection: close\r\n{lines}\r\n".encode()


def whole(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """An answer as it should be."""
    return head(status, **{"Content_Type": XML, **headers}, Content_Length=str(len(body))) + body


def rss(items: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Courier</title>'
        f"<link>/</link>\n{items}\n</channel></rss>"
    ).encode()


def item(name: str, more: str = "") -> str:
    """An item with an address of its own."""
    text = f"What happened in the case of {name} is told here at some length, so that it is a text."
    return f"<item><title>{name}</title><link>/{name.lower()}</link><description>{text}</description>{more}</item>\n"


TWO = rss(item("One", "<guid>1</guid>") + item("Two", "<guid>2</guid>"))
JSON_FEED = {"version": "https://jsonfeed.org/version/1.1", "title": "Courier", "items": [{"id": "1", "title": "One"}]}
WEB_PAGE = b"<!DOCTYPE html><html><head><title>Courier</title></head><body><h1>News</h1></body></html>"
LOGIN_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form method=post action=/login>"
    b'<input name="user"><input type="password" name="password"></form></body></html>'
)


def fixed(body: bytes, status: str = "200 OK", **headers: str) -> Behaviour:
    """The same answer each time."""
    return raw(whole(body, status, **headers))


def raw(content: bytes) -> Behaviour:
    """These bytes, of whatever protocol."""

    async def behave(_: Ask, out: asyncio.StreamWriter) -> None:
        out.write(content)
        await out.drain()

    return behave


def made(answer: Callable[[Ask], bytes]) -> Behaviour:
    """An answer that depends on the request."""

    async def behave(ask: Ask, out: asyncio.StreamWriter) -> None:
        out.write(answer(ask))
        await out.drain()

    return behave


def stream(first: bytes, parts: Callable[[], Iterable[bytes]], pause: float = 0) -> Behaviour:
    """Part by part for as long as the client listens."""

    async def behave(_: Ask, out: asyncio.StreamWriter) -> None:
        out.write(first)
        for part in parts():
            out.write(part)
            await out.drain()
            await asyncio.sleep(pause)

    return behave


def cut(content: bytes) -> Behaviour:
    """These bytes, then the connection is reset."""

    async def behave(_: Ask, out: asyncio.StreamWriter) -> None:
        out.write(content)
        await out.drain()
        await asyncio.sleep(0.05)
        out.transport.abort()

    return behave


async def silent(ask: Ask, _: asyncio.StreamWriter) -> None:
    """Not a word, for as long as the client waits."""
    await ask.reader.read()


def redirect(to: Callable[[Ask], str], status: str = "302 Found") -> Behaviour:
    return made(lambda ask: head(status, Location=to(ask), Content_Length="0"))


def chain_of(length: int) -> Behaviour:
    """So many redirects, and a feed at their end."""

    def answer(ask: Ask) -> bytes:
        hop = int(ask.path.partition("?")[2] or 0)
        return whole(TWO) if hop >= length else head("302 Found", Location=f"/feed?{hop + 1}", Content_Length="0")

    return made(answer)


def login(ask: Ask) -> bytes:
    if ask.path == "/login":
        return whole(LOGIN_PAGE, Content_Type="text/html")
    return head("302 Found", Location="/login", Content_Length="0")


def gone_after_a_redirect(ask: Ask) -> bytes:
    if ask.path == "/old":
        return whole(b"", "410 Gone")
    return head("301 Moved Permanently", Location="/old", Content_Length="0")


def always_unchanged(ask: Ask) -> bytes:
    """304 to whoever knows an ETag, though there is something new at each request."""
    if "if-none-match" in ask.headers or "if-modified-since" in ask.headers:
        return head("304 Not Modified", ETag='"always"')
    names = ["One", "Two", *(f"Later{number}" for number in range(ask.count))]
    return whole(rss("".join(item(name, f"<guid>{name}</guid>") for name in reversed(names))), ETag='"always"')


def changing_ids(ask: Ask) -> bytes:
    return whole(
        rss(item("One", f"<guid>one-{ask.count}</guid>") + item("Two", f"<guid>two-{ask.count}</guid>")),
    )


def changing_addresses(ask: Ask) -> bytes:
    """A session in each address; the ids stay."""
    made_items = item("One", "<guid isPermaLink='false'>1</guid>") + item("Two", "<guid isPermaLink='false'>2</guid>")
    return whole(rss(made_items.replace("</link>", f"?session={ask.count}</link>")))


def future(_: Ask) -> bytes:
    day = format_datetime(datetime.now(UTC) + timedelta(days=3650))
    return whole(rss(item("One", f"<pubDate>{day}</pubDate>") + item("Two", f"<pubDate>{day}</pubDate>")))


def retry_at(_: Ask) -> bytes:
    return whole(
        b"", "503 Service Unavailable", Retry_After=formatdate(datetime.now(UTC).timestamp() + 7200, usegmt=True)
    )


BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE rss [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (level + 1, b"&a%d;" % level * 10) for level in range(10))
    + b"]>\n"
    + rss(item("One")).partition(b"\n")[2].replace(b"What", b"&a10; What")
)
SECRET_FILE = TWO.replace(b"<rss", b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<rss', 1).replace(
    b"What", b"&x; What"
)


def packed_blanks() -> Iterable[bytes]:
    """The gzip of a feed of 10 GB, nearly all of it blanks: 10 MB."""
    squeezer = zlib.compressobj(9, wbits=31)
    yield squeezer.compress(TWO[:60]) + squeezer.flush(zlib.Z_FULL_FLUSH)
    block = squeezer.compress(b" " * 16 * MEGABYTE) + squeezer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(640):
        yield block


def megabytes(count: int) -> Callable[[], Iterable[bytes]]:
    """Items without end, of so many megabytes."""
    return lambda: (b"<item><title>x</title></item>\n".ljust(1000, b" ") * 1000 for _ in range(count))


def chunked(parts: Callable[[], Iterable[bytes]]) -> Callable[[], Iterable[bytes]]:
    return lambda: (b"%x\r\n%s\r\n" % (len(part), part) for part in parts())


def many_items(count: int) -> bytes:
    return rss("".join(f"<item><title>I{number}</title><link>/{number}</link></item>\n" for number in range(count)))


def big_item() -> bytes:
    return rss(item("One") + item("Big", f"<content>{'word ' * (4 * MEGABYTE)}</content>"))


def json_of(**changes: object) -> bytes:
    return json.dumps({name: value for name, value in {**JSON_FEED, **changes}.items() if value is not None}).encode()


def headers_without_end() -> Iterable[bytes]:
    return (f"X-Header-{number}: {'y' * 80}\r\n".encode() for number in range(10 * MEGABYTE))


def single_bytes() -> Iterable[bytes]:
    return (TWO[place : place + 1] for place in range(len(TWO)))
