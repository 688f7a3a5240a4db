"""A proxy between a client and a server that a test can cut and mend: HTTP CONNECT on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from tests.services import Service


class Tunnel:
    """Lets `http://127.0.0.1:PORT` be used as `proxy_url`. While it is cut, nothing passes and nobody gets in; while it
    is hushed, connections stay and whoever sends waits for an answer."""

    def __init__(self, open_: bool = True) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open = open_
        self._passes = threading.Event()
        self._passes.set()
        self._closed = False
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all connections and refuse new ones."""
        with self._lock:
            self._open = False
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def hush(self) -> None:
        """Keep all connections, take new ones, and let nothing through."""
        self._passes.clear()

    def mend(self) -> None:
        """Let connections through again."""
        self._open = True
        self._passes.set()

    def __enter__(self) -> Tunnel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        self.cut()
        self._passes.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            self._passes.wait()
            if not self._open:
                return
            asked = b""
            while not asked.endswith(b"\r\n\r\n"):
                asked += client.recv(1)
            host, _, port = asked.split()[1].decode().rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                with self._lock:
                    self._sockets |= {client, server}
                try:
                    self._pump(client, server)
                finally:
                    with self._lock:
                        self._sockets -= {client, server}

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        while True:
            for ready in select.select([one, other], [], [])[0]:
                data = ready.recv(65536)
                self._passes.wait()
                if not data:
                    return
                (other if ready is one else one).sendall(data)


def behind(tunnel: Tunnel) -> type[Service]:
    """A service whose producer reaches Kafka through the tunnel alone."""
    script = (
        "import functools, sys\n"
        "from pipeline import kafka_sender, cli\n"
        f"kafka_sender.connect = functools.partial(kafka_sender.connect, proxy_url={tunnel.url!r})\n"
        "cli.main()\n"
    )
    return type("Behind", (Service,), {"program": (sys.executable, "-P", "-c", script)})


def wholly_behind(tunnel: Tunnel) -> type[Service]:
    """A service that reaches Kafka through the tunnel alone, with all its clients."""
    script = (
        "import functools\n"
        "from pipeline import kafka_connection\n"
        "from tests.tunnel import lead_aiokafka\n"
        f"lead_aiokafka({tunnel.url!r})\n"
        # Before others take over the name.
        f"kafka_connection.connect = functools.partial(kafka_connection.connect, proxy_url={tunnel.url!r})\n"
        "from pipeline import cli\n"
        "cli.main()\n"
    )
    root = str(Path(__file__).parents[1])
    return type(
        "Behind", (Service,), {"program": (sys.executable, "-c", f"import sys\nsys.path.insert(0, {root!r})\n{script}")}
    )


def lead_aiokafka(url: str) -> None:
    """In this process, it reaches Kafka through the proxy alone."""
    proxy = urlsplit(url)
    connect = asyncio.BaseEventLoop.create_connection

    async def through(
        loop: asyncio.BaseEventLoop, protocol: Any, host: Any = None, port: Any = None, **more: Any
    ) -> Any:
        if not host:
            return await connect(loop, protocol, host, port, **more)
        near = socket.socket()
        near.setblocking(False)
        try:
            await loop.sock_connect(near, (proxy.hostname, proxy.port))
            await loop.sock_sendall(near, f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n".encode())
            if not (await loop.sock_recv(near, 1024)).startswith(b"HTTP/1.1 200"):
                raise ConnectionRefusedError
        except BaseException:
            near.close()
            raise
        return await connect(loop, protocol, sock=near, **more)

    asyncio.BaseEventLoop.create_connection = through  # type: ignore[method-assign,assignment]
