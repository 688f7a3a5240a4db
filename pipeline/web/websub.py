"""What WebSub hubs ask and send (W3C Recommendation, 2018; sections 5.2, 5.3 and 7), on its way to the pollers.

Nothing is stored: the callback's address proves itself, and content proves itself by its signature. Addresses that we
did not give out are 404. Content without a right signature is answered 202 and ignored, as the recommendation asks.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from aiohttp import web
from multidict import CIMultiDictProxy

from pipeline.config import Settings
from pipeline.delivery import BusyError, NotDeliveredError, Place
from pipeline.errors import NewswireError
from pipeline.feed_records import FeedPush
from pipeline.observe import WEBSUB_BYTES, WEBSUB_REQUESTS
from pipeline.polling.websub_callback import Callback, content_secret, read_callback
from pipeline.producer import Producer
from pipeline.records import encode
from pipeline.topics import FEED_PUSHES
from pipeline.web.admission import ENCODINGS, admit_host, host_of_url
from pipeline.web.body import Inflater, MalformedError
from pipeline.web.problems import SERVER, ProblemError
from pipeline.web.submission import Buffer, check_size, unavailable
from pipeline.web.under_way import UnderWay

DEFAULT_LEASE_SECONDS = 86_400
"""Of a hub that names none, as PubSubHubbub 0.3 allowed."""
MAX_LEASE_SECONDS = 30 * 86_400
MAX_CHALLENGE_LENGTH = 4096
MAX_REASON_LENGTH = 500
MAX_TYPE_LENGTH = 200
MAX_PUSH_BYTES = (FEED_PUSHES.max_message_bytes - 64 * 1024) // 4 * 3
"""Content that fits into a record, where it stands in Base64."""
_METHODS = ("sha512", "sha384", "sha256", "sha1")  # the strongest one that is given has to be right
_SIGNATURE = re.compile(r"(sha1|sha256|sha384|sha512)=([0-9a-f]+)", re.IGNORECASE | re.ASCII)
_MAX_SIGNATURES = 8
_SEND_SECONDS = 2.0

log = logging.getLogger("newswire.web")


@dataclass(frozen=True, slots=True)
class Word:
    """What a hub says of a subscription, and the text that confirms it."""

    outcome: str
    push: FeedPush
    answer: str


class Distribution:
    """Content as it arrives: inflated in bounded memory, its signature computed over what is sent and what it holds."""

    def __init__(self, signature: tuple[str, str], key: str, gzip: bool, limit: int, buffer: Buffer) -> None:
        method, self._expected = signature
        self._signed = [hmac.new(key.encode(), digestmod=method) for _ in range(1 + gzip)]
        self._inflater = Inflater() if gzip else None
        self._limit = limit
        self._buffer = buffer
        self._held = 0
        self._content: list[bytes] = []
        self.received = 0
        """Bytes so far, as they were sent."""
        self.cut = False

    def feed(self, chunk: bytes) -> None:
        """The next bytes. Raises ProblemError."""
        self.received += len(chunk)
        check_size(self.received, self._limit)
        self._signed[0].update(chunk)
        if self._inflater is None:
            self._keep(chunk)
            return
        try:
            for piece in self._inflater.feed(chunk):
                self._signed[1].update(piece)
                self._keep(piece)
        except MalformedError as error:
            raise ProblemError(HTTPStatus.BAD_REQUEST, str(error)) from error

    def finish(self) -> None:
        """The content is complete. Raises ProblemError."""
        try:
            if self._inflater:
                self._inflater.finish()
        except MalformedError as error:
            raise ProblemError(HTTPStatus.BAD_REQUEST, str(error)) from error

    def content(self) -> bytes | None:
        """All of it, if the hub has signed it. Hubs sign before or after they compress."""
        found = [hmac.compare_digest(signed.hexdigest(), self._expected) for signed in self._signed]
        return b"".join(self._content) if any(found) else None

    def close(self) -> None:
        """Give the memory back."""
        self._buffer.exchange(self._held, 0)
        self._held = 0

    def _keep(self, piece: bytes) -> None:
        size = self._held + len(piece)
        check_size(size, self._limit, "after decompression")
        self._buffer.exchange(self._held, size)
        self._held = size
        self._content.append(piece)


class _NoBody:
    """Of a request that has none."""

    cut = False

    def feed(self, chunk: bytes) -> None:
        """Nothing is read."""

    def finish(self) -> None:
        """Nothing is read."""

    def close(self) -> None:
        """Nothing is held."""


class WebSub:
    """Answers hubs."""

    def __init__(self, settings: Settings, key: bytes, under_way: UnderWay, buffer: Buffer) -> None:
        self._key = key
        self._topic = FEED_PUSHES.name(settings.topic_prefix)
        self._limit = min(settings.feeds.feed_bytes, MAX_PUSH_BYTES)
        self._host = host_of_url(settings.feeds.websub_url or "")
        self._under_way = under_way
        self._buffer = buffer

    async def answer(self, request: web.BaseRequest, open_to_all: bool) -> web.Response:
        """To a request whose path begins with PATH. Without `open_to_all`, only the host of `feeds.websub_url` and
        this machine may be meant. Raises ProblemError, and NewswireError for what waiting cannot mend."""
        try:
            outcome, answer = await self._take(request, open_to_all)
        except (ProblemError, NewswireError, web.RequestPayloadError, ConnectionError) as error:
            final = isinstance(error, ProblemError) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR
            left = isinstance(error, (web.RequestPayloadError, ConnectionError))
            WEBSUB_REQUESTS.labels("refused" if final or left else "unavailable").inc()
            raise
        WEBSUB_REQUESTS.labels(outcome).inc()
        return answer

    async def _take(self, request: web.BaseRequest, open_to_all: bool) -> tuple[str, web.Response]:
        if not open_to_all:
            admit_host(request.headers, self._host)
        callback = read_callback(request.path, self._key)
        if callback is None:
            raise ProblemError(HTTPStatus.NOT_FOUND, "no hub was given this address")
        if request.method not in ("GET", "POST"):
            raise ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, "use GET, POST", {"Allow": "GET, POST"})
        now = datetime.now(UTC)
        if request.method == "GET":
            word = read_word(callback, request.query, now)
            producer = self._under_way.admit()
            with self._under_way.hold(_NoBody()):
                await self._send(producer, callback, word.push)
            log.info("a hub has %s the subscription of feed %s", word.outcome, callback.feed)
            return word.outcome, _text(HTTPStatus.OK, word.answer)
        return await self._receive(request, callback, now)

    async def _receive(self, request: web.BaseRequest, callback: Callback, now: datetime) -> tuple[str, web.Response]:
        check_size(request.content_length or 0, self._limit)
        encoding = request.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in ENCODINGS:
            raise ProblemError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send it plain or gzipped", {"Accept-Encoding": "gzip"}
            )
        signature = strongest_signature(request.headers)
        if signature is None:
            log.warning("content for feed %s came without a signature and is ignored", callback.feed)
            return "unsigned", _text(HTTPStatus.ACCEPTED)
        producer = self._under_way.admit()
        key = content_secret(callback.feed, callback.topic, self._key)
        body = Distribution(signature, key, ENCODINGS[encoding], self._limit, self._buffer)
        with self._under_way.hold(body):
            try:
                await self._under_way.read(request, body)
            finally:
                WEBSUB_BYTES.inc(body.received)
            content = body.content()
            if content is None:
                log.warning("content for feed %s came with a wrong signature and is ignored", callback.feed)
                return "forged", _text(HTTPStatus.ACCEPTED)
            kind = _unicode(request.headers.get("Content-Type", ""))[:MAX_TYPE_LENGTH] or None
            push = FeedPush(feed=callback.feed, received_at=now, content=content, content_type=kind)
            await self._send(producer, callback, push)
        return "delivered", _text(HTTPStatus.ACCEPTED)

    async def _send(self, producer: Producer, callback: Callback, push: FeedPush) -> None:
        """Return once Kafka has acknowledged it. Raises as `answer` does."""

        def send() -> Future[Place]:
            key, value = push.feed.encode(), encode(push)
            return producer.send(self._topic, key, value, seconds=_SEND_SECONDS, partition=callback.partition)

        try:
            sent = await self._under_way.in_thread(send)
            await self._under_way.acknowledged(sent)
        except (TimeoutError, BusyError, NotDeliveredError) as error:
            raise unavailable("Kafka has not acknowledged it") from error
        except ValueError as error:  # the topic has fewer partitions than when the callback was made
            raise ProblemError(HTTPStatus.NOT_FOUND, "no hub was given this address") from error


def read_word(callback: Callback, query: Mapping[str, str], now: datetime) -> Word:
    """What a hub says in a query: it verifies a subscription or its end, or denies one. Raises ProblemError."""
    if query.get("hub.topic") != callback.topic:
        raise ProblemError(HTTPStatus.NOT_FOUND, "this callback has another hub.topic")
    mode, challenge = query.get("hub.mode"), query.get("hub.challenge", "")
    if mode == "denied":
        reason = _unicode(" ".join(query.get("hub.reason", "").split()))[:MAX_REASON_LENGTH]
        return Word("denied", FeedPush(feed=callback.feed, received_at=now, denied=reason), "")
    if mode not in ("subscribe", "unsubscribe") or not 0 < len(challenge) <= MAX_CHALLENGE_LENGTH:
        raise ProblemError(HTTPStatus.NOT_FOUND, "hub.mode and hub.challenge do not tell what to verify")
    lease = _lease_seconds(query.get("hub.lease_seconds", "")) if mode == "subscribe" else 0
    push = FeedPush(feed=callback.feed, received_at=now, lease_seconds=lease)
    return Word("verified" if mode == "subscribe" else "ended", push, challenge)


def strongest_signature(headers: CIMultiDictProxy[str]) -> tuple[str, str] | None:
    """Method and hex digest, of all that are given in X-Hub-Signature."""
    given = ",".join(headers.getall("X-Hub-Signature", [])).split(",", _MAX_SIGNATURES)
    found = {
        match[1].lower(): match[2].lower() for one in given if (match := _SIGNATURE.fullmatch(one.strip())) is not None
    }
    return next(((method, found[method]) for method in _METHODS if method in found), None)


def _lease_seconds(given: str) -> float:
    seconds = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0
    return min(seconds, MAX_LEASE_SECONDS) or DEFAULT_LEASE_SECONDS


def _unicode(text: str) -> str:
    """Without the lone surrogates that stand for bytes outside of UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _text(status: HTTPStatus, text: str = "") -> web.Response:
    """Never anything that a browser would show as a page."""
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Server": SERVER,
    }
    return web.Response(status=status, body=text.encode("utf-8", "replace"), headers=headers)
