"""Requests that have no answer yet: how many may be, how their bodies are read, and how a stop cuts them short."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import Protocol, TypeVar

from aiohttp import HttpVersion11, web

from pipeline.config import Web
from pipeline.producer import Producer
from pipeline.web.problems import ProblemError
from pipeline.web.submission import stopping, too_slow, unavailable

T = TypeVar("T")


class Body(Protocol):
    """What takes a request's body in. `feed` and `finish` may wait; they run in a thread, one at a time."""

    cut: bool
    """Set from outside to end it soon: the service stops."""

    def feed(self, chunk: bytes) -> None:
        """The next bytes. Raises ProblemError."""

    def finish(self) -> None:
        """The body is complete. Raises ProblemError."""

    def close(self) -> None:
        """Give the memory back."""


class UnderWay:
    """The requests of an endpoint."""

    def __init__(self, settings: Web) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(settings.requests, "newswire-web")
        self._bodies: set[Body] = set()
        self._waits: set[asyncio.Timeout] = set()
        self.producer: Producer | None = None
        """Set once Kafka is there."""
        self.stopping = False
        """Set to take no more requests."""

    def __len__(self) -> int:
        return len(self._bodies)

    def admit(self) -> Producer:
        """The producer, if one more request can be taken now. Raises ProblemError."""
        if self.stopping:
            raise stopping()
        if self.producer is None or self.producer.stalled_seconds > self._settings.acknowledge_seconds:
            raise unavailable("Kafka does not acknowledge for now")
        if len(self._bodies) >= self._settings.requests:
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{self._settings.requests} requests are under way",
                {"Retry-After": "1"},
                limit=self._settings.requests,
            )
        return self.producer

    @contextmanager
    def hold(self, body: Body) -> Iterator[None]:
        """Count it as under way for the length of a block."""
        self._bodies.add(body)
        try:
            yield
        finally:
            self._bodies.discard(body)
            body.close()

    async def read(self, request: web.BaseRequest, body: Body) -> None:
        """Ask for the body if the client waits for that, and hand it over. Raises ProblemError, and what aiohttp
        raises for wrong framing and lost connections."""
        await _invite(request)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.request_seconds
        while True:
            try:
                left = max(0, deadline - loop.time())
                chunk = await self.within(request.content.readany(), min(self._settings.idle_seconds, left))
            except TimeoutError:
                raise (stopping() if body.cut else too_slow()) from None
            if not chunk:
                break
            if body.cut:
                raise stopping()
            await self.in_thread(partial(body.feed, chunk))
        await self.in_thread(body.finish)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """The result of what may wait."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def acknowledged(self, sent: Future[T]) -> T:
        """What Kafka answers to a record. Raises TimeoutError after `acknowledge_seconds` or when the service stops;
        the record stays under way then."""
        return await self.within(asyncio.shield(asyncio.wrap_future(sent)), self._settings.acknowledge_seconds)

    async def within(self, awaited: Awaitable[T], seconds: float) -> T:
        """Raises TimeoutError, also when the service stops."""
        async with asyncio.timeout(seconds) as limit:
            self._waits.add(limit)
            try:
                return await awaited
            finally:
                self._waits.discard(limit)

    async def until_idle(self, seconds: float) -> None:
        """Return once no request is under way, or after so many seconds."""
        deadline = monotonic() + seconds
        while self._bodies and monotonic() < deadline:
            await asyncio.sleep(0.02)

    def cut_short(self) -> None:
        """Let those that are under way wait no longer: neither for their clients nor for Kafka."""
        for body in self._bodies:
            body.cut = True
        now = asyncio.get_running_loop().time()
        for limit in self._waits:
            limit.reschedule(now)


async def _invite(request: web.BaseRequest) -> None:
    """Ask for the body, of a client that waits to be asked. Raises ProblemError."""
    expected = request.headers.get("Expect")
    if expected is None or request.version < HttpVersion11:
        return
    if expected.lower() != "100-continue":
        raise ProblemError(HTTPStatus.EXPECTATION_FAILED, "only 100-continue can be expected")
    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    request.writer.output_size = 0  # the answer itself has not begun
