"""A real HTTP server that takes webhooks: by their key once, if it honours keys, and what else a test wants of it."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str]]


class AlertReceiver:
    """What has arrived. `answer(number)` says how the request of that number, from 1, is answered."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        """Of each request that was answered with 200, in the order of arrival."""
        self.requests = 0
        self.answer: Callable[[int], Answer] = lambda _: (200, {})
        self.before: Callable[[int], None] = lambda _: None
        """Called before a request is counted as received, and before it is answered."""
        self.after: Callable[[int], None] = lambda _: None
        """Called when it counts as received, and before it is answered."""
        self.answered: Callable[[int], None] = lambda _: None
        """Called when the answer is on its way."""
        self._lock = threading.Lock()
        self.url = ""

    def take(self, body: dict[str, Any]) -> tuple[int, Answer]:
        """The number of the request, and its answer."""
        with self._lock:
            self.requests += 1
            number = self.requests
        self.before(number)
        status, headers = self.answer(number)
        if status == 200:
            with self._lock:
                self.bodies.append(body)
        self.after(number)
        return number, (status, headers)

    def pairs(self, *, once: bool) -> Counter[tuple[str, str]]:
        """How often each (rule, article) was received, with `once` by a receiver that honours keys."""
        found: Counter[tuple[str, str]] = Counter()
        seen = set()
        for body in list(self.bodies):
            if once and body["id"] in seen:
                continue
            seen.add(body["id"])
            found.update((alert["rule"]["id"], alert["article"]["id"]) for alert in body["alerts"])
        return found


@contextmanager
def receiving() -> Iterator[AlertReceiver]:
    """A receiver on a free port of this machine."""
    receiver = AlertReceiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            number, (status, headers) = receiver.take(body)
            try:
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.flush()
            except OSError:
                self.close_connection = True  # whoever asked is dead
            receiver.answered(number)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Connections of killed processes are no news."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/alerts"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
