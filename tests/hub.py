"""A small, genuine WebSub hub (W3C Recommendation, 2018) on a real socket: it verifies intent after it has answered,
grants leases, signs what it distributes, and forgets a subscription when its lease is over."""

from __future__ import annotations

import asyncio
import gzip
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_urlsafe
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, ClientTimeout, web

_TIMEOUT = ClientTimeout(total=30)


@dataclass
class Subscription:
    """What the hub knows of a subscriber."""

    topic: str
    callback: str
    secret: str
    ends: float


@dataclass
class Hub:
    """Runs in a thread of its own. The attributes make it misbehave, or tell what it did."""

    lease_seconds: int | None = None
    """Granted in place of what is asked."""
    silent: bool = False
    """Never verifies."""
    denial: str | None = None
    """Denies every subscription with this reason."""
    status: int = 202
    """Of the answer to a request."""
    answers_late: bool = False
    """Verifies first, and answers a request a second after that."""
    method: str = "sha256"
    subscriptions: dict[tuple[str, str], Subscription] = field(default_factory=dict)
    requests: list[dict[str, str]] = field(default_factory=list)
    verified: list[tuple[int, str]] = field(default_factory=list)
    """Status and body of each verification's answer."""
    url: str = ""

    def distribute(
        self, topic: str, content: bytes, *, compressed: bool = False, content_type: str = "application/rss+xml"
    ) -> list[int]:
        """Send content to all who have a lease; the statuses of their answers."""
        return asyncio.run_coroutine_threadsafe(
            self._distribute(topic, content, compressed, content_type), self._loop
        ).result(60)

    def ask(self, mode: str, subscription: Subscription, **query: str) -> tuple[int, str, dict[str, str]]:
        """A request of the hub's own accord; status, body and headers of the answer."""
        return asyncio.run_coroutine_threadsafe(self._ask(mode, subscription, query), self._loop).result(60)

    async def _take(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.requests.append(form)
        if self.status >= 300:
            return web.Response(status=self.status, text="this hub is full\n")
        if form.get("hub.mode") not in ("subscribe", "unsubscribe") or not form.get("hub.topic"):
            return web.Response(status=400, text="hub.mode and hub.topic are needed")
        if len(form.get("hub.secret", "").encode()) >= 200:
            return web.Response(status=400, text="hub.secret is too long")
        if self.answers_late:
            await self._verify(form)
            await asyncio.sleep(1)
        elif not self.silent:
            task = asyncio.create_task(self._verify(form))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return web.Response(status=202)

    async def _verify(self, form: dict[str, str]) -> None:
        key = (form["hub.topic"], form["hub.callback"])
        lease = self.lease_seconds or int(form.get("hub.lease_seconds", "86400"))
        asked = Subscription(*key, form.get("hub.secret", ""), monotonic() + lease)
        if self.denial is not None:
            await self._ask("denied", asked, {"hub.reason": self.denial})
            return
        mode, challenge = form["hub.mode"], token_urlsafe(24)
        if mode == "unsubscribe" and key not in self.subscriptions:
            return
        query = {"hub.challenge": challenge} | ({"hub.lease_seconds": str(lease)} if mode == "subscribe" else {})
        status, body, _ = await self._ask(mode, asked, query)
        self.verified.append((status, body))
        if status // 100 == 2 and body == challenge:
            if mode == "subscribe":
                self.subscriptions[key] = asked
            else:
                del self.subscriptions[key]

    async def _ask(self, mode: str, about: Subscription, query: dict[str, str]) -> tuple[int, str, dict[str, str]]:
        told = urlencode({"hub.mode": mode, "hub.topic": about.topic, **query})
        async with self._client.get(f"{about.callback}?{told}", allow_redirects=False) as answer:
            return answer.status, await answer.text(), {name.lower(): value for name, value in answer.headers.items()}

    async def _distribute(self, topic: str, content: bytes, compressed: bool, content_type: str) -> list[int]:
        statuses = []
        for key, subscription in list(self.subscriptions.items()):
            if subscription.ends <= monotonic():
                del self.subscriptions[key]
            elif subscription.topic == topic:
                body = gzip.compress(content) if compressed else content
                signature = hmac.digest(subscription.secret.encode(), body, self.method).hex()
                headers = {
                    "Content-Type": content_type,
                    "Link": f'<{self.url}>; rel="hub", <{topic}>; rel="self"',
                    "X-Hub-Signature": f"{self.method}={signature}",
                    **({"Content-Encoding": "gzip"} if compressed else {}),
                }
                async with self._client.post(subscription.callback, data=body, headers=headers) as answer:
                    statuses.append(answer.status)
        return statuses

    async def _serve(self, started: threading.Event, ended: asyncio.Event) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        app = web.Application()
        app.router.add_post("/", self._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"{site.name.rsplit(':', 1)[0]}:{runner.addresses[0][1]}/"
        async with ClientSession(timeout=_TIMEOUT) as self._client:
            started.set()
            await ended.wait()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await runner.cleanup()

    def _run(self, started: threading.Event) -> None:
        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            self._ended = asyncio.Event()
            await self._serve(started, self._ended)

        asyncio.run(serve())

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)


@contextmanager
def running_hub(**settings: Any) -> Iterator[Hub]:
    """A hub for the length of a block."""
    hub = Hub(**settings)
    started = threading.Event()
    thread = threading.Thread(target=hub._run, args=(started,), name="hub")
    thread.start()
    assert started.wait(10)
    try:
        yield hub
    finally:
        hub.stop()
        thread.join()
