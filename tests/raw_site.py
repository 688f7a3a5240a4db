"""A site that answers exactly the bytes that a test wants, on loopback, with or without TLS."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

Reply = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """An HTTP answer. Underscores in names of headers stand for hyphens."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    if "Content_Length" not in headers and "Transfer_Encoding" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def redirect(target: str, status: int = 302) -> bytes:
    """To another address."""
    return answer(b"elsewhere", f"{status} Moved", Location=target)


@dataclass
class RawSite:
    """Answers by path, and remembers what it was asked."""

    replies: dict[str, Reply] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    address: str = "127.0.0.1"
    asked: list[str] = field(default_factory=list)
    """Heads of requests."""
    bodies: list[bytes] = field(default_factory=list)
    port: int = 0
    connections: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self.address, 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    def url(self, path: str = "/feed", host: str = "news.example") -> str:
        """Of one of its pages."""
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                first = await reader.readexactly(1)
                if first == b"\x16":  # TLS, towards a site without
                    writer.write(answer(b"What?", "400 Bad Request"))
                    break
                head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.asked.append(head)
                length = next(
                    (int(line[15:]) for line in head.lower().split("\r\n") if line[:15] == "content-length:"), 0
                )
                self.bodies.append(await reader.readexactly(length))
                reply = self.replies.get(head.split(" ")[1], answer(status="404 Not Found"))
                if not isinstance(reply, bytes):
                    await reply(writer)
                    break
                writer.write(reply)
                await writer.drain()
                if b"Connection: close" in reply or not reply.startswith(b"HTTP/1.1 "):
                    break
        writer.close()


class StubResolver(AbstractResolver):
    """A name server that knows a few names."""

    def __init__(self, **names: tuple[str, ...]) -> None:
        self._names = {name.replace("_", "."): found for name, found in names.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """As they are written down, else OSError."""
        self.asked.append(host)
        if host not in self._names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            ResolveResult(
                hostname=host,
                host=found,
                port=port,
                family=socket.AF_INET6 if ":" in found else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for found in self._names[host]
        ]

    async def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True)
class Certificates:
    """Made by an authority that only `trusting` knows."""

    folder: Path

    def server(self, name: str) -> ssl.SSLContext:
        """good, expired or self-signed: all for news.example."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context

    def trusting(self) -> ssl.SSLContext:
        """A client's."""
        return ssl.create_default_context(cafile=self.folder / "authority.pem")


def make_certificates(folder: Path) -> Certificates:
    """By the openssl command; skips where there is none."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)  # noqa: S607

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    (folder / "extensions").write_text("subjectAltName=DNS:news.example\nbasicConstraints=CA:FALSE\n")
    try:
        for name, subject in (("authority", "/CN=Test authority"), ("self-signed", "/CN=news.example")):
            openssl("req", "-x509", *key, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", subject)
    except FileNotFoundError:
        pytest.skip("the openssl command, which makes the certificates, is not installed")
    by = ("-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-extfile", "extensions")
    for name, days in (("good", ("-days", "2")), ("expired", ("-days", "-1"))):
        openssl("req", "-new", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", "/CN=news.example")
        sign = ("x509", "-req", "-in", f"{name}.csr", *by, "-out", f"{name}.pem")
        try:
            openssl(*sign, *days)
        except subprocess.CalledProcessError:  # newer ones say it so
            openssl(*sign, "-not_before", "20200101000000Z", "-not_after", "20210101000000Z")
    return Certificates(folder)
