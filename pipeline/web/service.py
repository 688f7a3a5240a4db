"""`newswire run web`: the HTTP server, the producer, and the end of both."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading

from kafka.errors import KafkaError

from pipeline.config import Settings
from pipeline.errors import NewswireError
from pipeline.producer import Producer
from pipeline.stopping import limit
from pipeline.topic_setup import await_topics
from pipeline.web.admission import is_loopback, tokens
from pipeline.web.endpoint import Endpoint, Server

# Less than STOP_SECONDS in all: requests may end, then are no longer read, then no longer wait for Kafka.
_END_SECONDS = 2.5
_ACKNOWLEDGE_SECONDS = 2.0
_ANSWER_SECONDS = 0.5
_CLOSE_SECONDS = 2.0
_LINGER_SECONDS = 5.0
"""How long the rest of a body that nobody wants is read, so that its sender gets to see the answer."""

log = logging.getLogger("newswire.web")


class Service:
    """The server and its producer."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._web = settings.web
        self._endpoint = Endpoint(settings, self._fail)
        self._stop = asyncio.Event()
        self._failure: NewswireError | None = None

    def stop(self) -> None:
        """Take no more requests, and end."""
        if not self._stop.is_set():
            limit(status=lambda: int(self._failure is not None))
        self._endpoint.under_way.stopping = True
        self._stop.set()

    async def run(self) -> None:
        """Serve until `stop`. Raises NewswireError for what waiting cannot mend."""
        loop = asyncio.get_running_loop()
        server = Server(
            self._endpoint.handle,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=self._web.idle_seconds,  # also the longest time for a head
            lingering_time=_LINGER_SECONDS,
        )
        try:
            listener = await loop.create_server(server, self._web.host or None, self._web.port)
        except OSError as error:
            raise NewswireError(f"web cannot listen on {self._web.host}:{self._web.port}: {error.strerror}") from error
        threading.Thread(target=self._connect, args=(loop,), name="newswire-web-kafka", daemon=True).start()
        log.info("web listens on %s:%d, %s", self._web.host, self._web.port, self._openness())
        await self._stop.wait()
        log.info("web stops, %d requests are under way", len(self._endpoint.under_way))
        listener.close()
        await self._endpoint.under_way.until_idle(_END_SECONDS)
        self._endpoint.under_way.cut_short()
        await self._endpoint.under_way.until_idle(_ACKNOWLEDGE_SECONDS)
        self._endpoint.under_way.cut_short()
        await server.shutdown(_ANSWER_SECONDS)
        producer = self._endpoint.under_way.producer
        if producer and not await self._close(producer):
            log.warning("Kafka does not answer; nothing that it has not acknowledged was answered with 202")
            if self._failure:
                log.critical("%s", self._failure)
            logging.shutdown()
            os._exit(self._failure is not None)
        if self._failure:
            raise self._failure

    def _openness(self) -> str:
        if not tokens(self._web):
            return "without tokens, for this machine alone"
        if is_loopback(self._web.host):
            return "with tokens"
        return "with tokens; they cross the network readable unless a reverse proxy before it speaks TLS"

    def _connect(self, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread of its own: waits for Kafka, for as long as that takes."""
        try:
            await_topics(self._settings)
            producer = Producer(self._settings)
        except NewswireError as error:
            loop.call_soon_threadsafe(self._fail, error)
        except KafkaError as error:
            loop.call_soon_threadsafe(self._fail, NewswireError(f"web cannot use Kafka: {error}"))
        else:
            loop.call_soon_threadsafe(self._connected, producer)

    def _connected(self, producer: Producer) -> None:
        self._endpoint.under_way.producer = producer
        log.info("web is ready")

    def _fail(self, error: NewswireError) -> None:
        self._failure = error
        self.stop()

    async def _close(self, producer: Producer) -> bool:
        """Whether the producer could be closed in time."""
        closed = asyncio.Event()
        loop = asyncio.get_running_loop()

        def close() -> None:
            producer.close()
            with contextlib.suppress(RuntimeError):  # we are gone
                loop.call_soon_threadsafe(closed.set)

        threading.Thread(target=close, name="newswire-web-close", daemon=True).start()
        try:
            await asyncio.wait_for(closed.wait(), _CLOSE_SECONDS)
        except TimeoutError:
            return False
        return True


async def _serve(settings: Settings) -> None:
    service = Service(settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop)
    await service.run()


def run_web(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises ConfigError, and NewswireError for what waiting cannot mend."""
    if not settings.web.port:
        raise NewswireError("web.port is 0, which means off: set it, as in NEWSWIRE_WEB__PORT=8080")
    asyncio.run(_serve(settings))
