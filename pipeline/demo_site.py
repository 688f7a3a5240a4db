"""The demo's own web site: the sample site, served to this machine alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pipeline.samples import sample_site

HOST = "127.0.0.1"
PORT = 17_280
"""Always the same while it is free: the next demo then renews the articles of the last instead of adding others."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    pages: Mapping[str, bytes]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 30

    def do_GET(self) -> None:
        body = self.server.pages.get(self.path)
        self.send_response(HTTPStatus.OK if body is not None else HTTPStatus.NOT_FOUND)
        kind = "application/rss+xml" if self.path.endswith(".xml") else "text/html"
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def pages(address: str) -> dict[str, bytes]:
    """What is served, by path, at this address."""
    return {path: page.replace("{site}", address).encode() for path, page in sample_site().items()}


@contextmanager
def serve(port: int = PORT) -> Iterator[str]:
    """The sample site for the length of a block; gives its address, at another port if this one is taken."""
    try:
        server = _Server((HOST, port), _Handler)
    except OSError:
        server = _Server((HOST, 0), _Handler)
    address = f"http://{HOST}:{server.server_port}"
    server.pages = pages(address)
    thread = threading.Thread(target=server.serve_forever, name="demo-site", daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
