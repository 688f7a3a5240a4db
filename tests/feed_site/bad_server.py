"""Serves the bad feeds, each at an address of its own, so that a slow one holds up no other. In a process of its own:
`python -m tests.feed_site.bad_server`; see `server.py`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import sys
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.request import urlopen

import msgspec

from tests.feed_site.bad import BAD_FEEDS, BadFeed
from tests.feed_site.bad_answers import Ask, whole
from tests.feed_site.ledger import Entry, Ledger
from tests.feed_site.process import ServerProcess
from tests.feed_site.server import listen
from tests.feed_site.timing import Timing

_CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = _CERTIFICATES / "authority.pem"
"""Pollers in whose environment SSL_CERT_FILE is this file trust the authority of the certificates."""
_HANDSHAKE = b"\x16"
_GONE = (ConnectionError, ssl.SSLError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
_SERVED = [case for case in BAD_FEEDS if case.behave is not None]
_SECURE = [case for case in _SERVED if case.certificate]
_PLAIN = [case for case in _SERVED if not case.certificate]
_ADDRESSES = {case.name: f"127.2.1.{number + 1}" for number, case in enumerate(_SECURE)} | {
    case.name: f"127.2.2.{number + 1}" for number, case in enumerate(_PLAIN)
}


class BadFeeds:
    """Serves them while it is open."""

    def __enter__(self) -> BadFeeds:
        self._process = ServerProcess("tests.feed_site.bad_server", {})
        self.port: int = self._process.said["port"]
        self._control = f"http://127.0.0.1:{self._process.said['control']}/"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()

    def url(self, case: BadFeed) -> str:
        """Where the feed is."""
        if case.url is not None:
            return case.url.format(port=self.port)
        return f"http{'s' if case.certificate else ''}://{_ADDRESSES[case.name]}:{self.port}/feed"

    def ledger(self) -> dict[str, list[Entry]]:
        """The requests that have ended, by case. `size` is what was sent of the answer: an endless one must not have
        been taken for long."""
        with urlopen(self._control) as answer:
            entries = msgspec.msgpack.decode(answer.read(), type=list[Entry])
        by_address = {address: name for name, address in _ADDRESSES.items()}
        made: dict[str, list[Entry]] = {}
        for entry in Ledger(entries, Timing(1, 0, 0)):
            made.setdefault(by_address[entry.host], []).append(entry)
        return made


class _Meter:
    """Counts what is written, and is the writer otherwise."""

    def __init__(self, out: asyncio.StreamWriter) -> None:
        self._out = out
        self.sent = 0

    def write(self, content: bytes) -> None:
        self.sent += len(content)
        self._out.write(content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)


class _Server:
    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._cases = {_ADDRESSES[case.name]: case.behave for case in _SERVED if case.behave is not None}
        self._entries: list[Entry] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        started = time.time()
        host = writer.get_extra_info("sockname")[0]
        address, port = writer.get_extra_info("peername")
        meter = _Meter(writer)
        asked = None
        with contextlib.suppress(*_GONE):
            asked = await self._asked_for(host, reader)
            if asked is None:
                meter.write(whole(b"", "400 Bad Request"))
            else:
                await self._cases[host](asked, meter)  # type: ignore[arg-type]
            await writer.drain()
        with contextlib.suppress(*_GONE):
            writer.close()
            await asyncio.wait_for(writer.wait_closed(), 5)
        path, headers = (asked.path, asked.headers) if asked else ("", {})
        self._entries.append(
            Entry(
                host=host,
                path=path,
                kind="feed",
                started=started,
                ended=time.time(),
                status=200 if asked else 400,
                size=meter.sent,
                client=f"{address}:{port}",
                agent=headers.get("user-agent", ""),
                others=0,
                etag=headers.get("if-none-match"),
                modified_since=headers.get("if-modified-since"),
            )
        )

    async def _asked_for(self, host: str, reader: asyncio.StreamReader) -> Ask | None:
        """The request; None for a TLS handshake, which web servers answer in plain HTTP."""
        if (first := await reader.readexactly(1)) == _HANDSHAKE:
            return None
        head, *lines = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head.split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        count = self._counts[host, path]
        self._counts[host, path] += 1
        return Ask(path, headers, count, reader)

    async def control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(whole(msgspec.msgpack.encode(self._entries)))
        await writer.drain()
        writer.close()


async def _run() -> None:
    port, sockets = listen(list(_ADDRESSES.values()))
    control_port, (control,) = listen(["127.0.0.1"])
    server = _Server()
    cases = {_ADDRESSES[case.name]: case for case in _SERVED}
    for sock in sockets:
        name = cases[sock.getsockname()[0]].certificate
        context = None
        if name:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(_CERTIFICATES / f"{name}.pem")
        await asyncio.start_server(server.serve, sock=sock, ssl=context)
    await asyncio.start_server(server.control, sock=control)
    print(json.dumps({"port": port, "control": control_port}), flush=True)  # noqa: T201 -- this is its answer
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    sys.stdin.readline()
    asyncio.run(_run())
