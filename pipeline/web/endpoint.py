"""The endpoint's HTTP: which request goes where, how its body is read, and what it is answered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.http import RawRequestMessage

from pipeline.config import Settings
from pipeline.errors import NewswireError
from pipeline.observe import WEB_BYTES, WEB_RECORDS, WEB_REQUESTS, WEB_SECONDS
from pipeline.polling.websub_callback import PATH as WEBSUB_PATH
from pipeline.producer import Producer
from pipeline.sources import LINE_BYTES
from pipeline.topics import RAW
from pipeline.web.admission import JSON, admit, format_of, tokens
from pipeline.web.problems import SERVER, ProblemError, response
from pipeline.web.submission import Buffer, Report, Submission, check_size, unavailable
from pipeline.web.under_way import UnderWay
from pipeline.web.websub import WebSub

ARTICLES_PATH = "/v1/articles"
HEALTH_PATH = "/healthz"
READY_PATH = "/readyz"
METHODS = {ARTICLES_PATH: ("POST",), HEALTH_PATH: ("GET", "HEAD"), READY_PATH: ("GET", "HEAD")}

_PROBE_SECONDS = 2.0
_CLIENT_LEFT = 499

log = logging.getLogger("newswire.web")


class Connection(web.RequestHandler):
    """aiohttp's, with problems in place of its own error pages."""

    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """Bytes of the client. aiohttp 3.14 tells wrong framing in a body to the next request; this one would wait."""
        super().data_received(data)
        request = self._current_request
        message = self._messages[-1][0] if self._messages else None
        if request is not None and message is not None and not isinstance(message, RawRequestMessage):
            request.content.set_exception(web.RequestPayloadError(_first_line(message.message)))
            request.content.feed_eof()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what is no HTTP (400), and to our own mistakes (500)."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            problem = ProblemError(HTTPStatus.BAD_REQUEST, f"not HTTP: {_first_line(message)}")
        else:
            log.error("a request failed", exc_info=exc)
            problem = ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "the log of the service has the reason")
        WEB_REQUESTS.labels(str(problem.status.value)).inc()
        answer = response(problem)
        answer.force_close()
        return answer


class Server(web.Server):
    """Makes a Connection for each client."""

    def __call__(self) -> web.RequestHandler:
        """A new connection."""
        return Connection(self, loop=self._loop, **self._kwargs)


class Endpoint:
    """Answers requests. `fail` is told why Kafka refuses us for good. Raises ConfigError."""

    def __init__(self, settings: Settings, fail: Callable[[NewswireError], None]) -> None:
        self._web = settings.web
        self._kafka = settings.kafka
        self._topic = RAW.name(settings.topic_prefix)
        self._fail = fail
        self._tokens = tokens(settings.web)
        self._buffer = Buffer(settings.web.buffer_bytes)
        self.under_way = UnderWay(settings.web)
        key = settings.feeds.websub_key
        self._websub = WebSub(settings, key, self.under_way, self._buffer) if key else None

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to any request."""
        started = monotonic()
        try:
            answer = await self._route(request)
        except ProblemError as problem:
            answer = response(problem)
        if self.under_way.stopping or answer.headers.get("Connection") == "close":
            answer.force_close()
        # Known words only: a path or a query can hold a secret by mistake.
        path = WEBSUB_PATH if _is_websub(request) else request.path if request.path in METHODS else "another path"
        seconds = monotonic() - started
        if path == ARTICLES_PATH:
            WEB_REQUESTS.labels(str(answer.status)).inc()
            WEB_SECONDS.observe(seconds)
        if path in (ARTICLES_PATH, WEBSUB_PATH):
            method = request.method if request.method.isalpha() and len(request.method) < 10 else "?"
            log.info("%s %s %s %d in %.3f s", request.remote, method, path, answer.status, seconds)
        return answer

    async def _route(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._websub and _is_websub(request):
            return await self._take_websub(request, self._websub)
        allowed = METHODS.get(request.path)
        if allowed is None:
            raise ProblemError(HTTPStatus.NOT_FOUND, f"articles go to {ARTICLES_PATH}")
        if request.method not in allowed:
            allow = ", ".join(allowed)
            raise ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, f"use {allow}", {"Allow": allow})
        if request.path == ARTICLES_PATH:
            return await self._take_articles(request)
        obstacle = await self._obstacle() if request.path == READY_PATH else None
        if obstacle:
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, obstacle)
        return _json(HTTPStatus.OK, {"status": "ok"})

    async def _take_articles(self, request: web.BaseRequest) -> web.StreamResponse:
        admit(request.headers, self._tokens)
        form = format_of(request.headers)
        check_size(request.content_length or 0, self._web.body_bytes)
        if not form.lines and not form.gzip:
            check_size(request.content_length or 0, LINE_BYTES, "in one record")
        producer = self.under_way.admit()
        submission = Submission(producer, self._topic, form, self._web, self._buffer)
        with self.under_way.hold(submission):
            try:
                return await self._submit(request, submission, producer)
            finally:
                WEB_BYTES.inc(submission.received)

    async def _take_websub(self, request: web.BaseRequest, websub: WebSub) -> web.StreamResponse:
        try:
            return await websub.answer(request, open_to_all=bool(self._tokens))
        except (web.RequestPayloadError, ConnectionError) as error:
            if _has_left(request):
                return web.Response(status=_CLIENT_LEFT)
            raise _misframed(error) from error
        except NewswireError as error:
            self._fail(error)
            raise unavailable() from error

    async def _submit(self, request: web.BaseRequest, submission: Submission, producer: Producer) -> web.StreamResponse:
        problem: ProblemError | None = None
        try:
            await self.under_way.read(request, submission)
        except ProblemError as found:
            problem = found
        except (web.RequestPayloadError, ConnectionError) as error:
            if _has_left(request):
                return web.Response(status=_CLIENT_LEFT)
            problem = _misframed(error)
        except NewswireError as error:
            self._fail(error)
            problem = unavailable()
        with contextlib.suppress(TimeoutError):
            await self.under_way.within(submission.settle(), self._web.acknowledge_seconds)
        if producer.refused:
            self._fail(producer.refused)
        return _answer(submission.report(), problem)

    async def _obstacle(self) -> str | None:
        """Why no article could be accepted now; None when all is well."""
        if self.under_way.stopping:
            return "the service stops"
        producer = self.under_way.producer
        if producer is None:
            return "Kafka, or a topic of it, is still being waited for"
        if producer.stalled_seconds > self._web.acknowledge_seconds:
            return "Kafka does not acknowledge"
        for server in str(self._kafka.bootstrap_servers).split(","):
            host, _, port = server.strip().rpartition(":")
            try:
                async with asyncio.timeout(_PROBE_SECONDS):
                    _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            except (OSError, ValueError):
                continue
            writer.close()
            return None
        return "no broker takes connections"


def _first_line(message: str | None) -> str:
    """Of what aiohttp says about bytes; after it come the bytes themselves."""
    return (message or "").strip().partition("\n")[0].rstrip(":")[:100]


def _is_websub(request: web.BaseRequest) -> bool:
    return request.path.startswith(WEBSUB_PATH + "/")


def _has_left(request: web.BaseRequest) -> bool:
    return request.transport is None or request.transport.is_closing()


def _misframed(error: Exception) -> ProblemError:
    detail = f"the body's framing is wrong: {_first_line(str(error))}"
    return ProblemError(HTTPStatus.BAD_REQUEST, detail, {"Connection": "close"})


def _answer(report: Report, problem: ProblemError | None) -> web.Response:
    WEB_RECORDS.labels("accepted").inc(len(report.ids))
    WEB_RECORDS.labels("refused").inc(len(report.errors))
    WEB_RECORDS.labels("unacknowledged").inc(len(report.unacknowledged))
    if problem is None and report.unacknowledged:
        problem = unavailable()
    if problem is None and report.errors:
        count = len(report.errors)
        said = f"{count:,} of {count + len(report.ids):,} records were refused; the others are accepted"
        problem = ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, said)
    if problem is None:
        return _json(HTTPStatus.ACCEPTED, {"accepted": len(report.ids), "ids": report.ids})
    found = msgspec.structs.asdict(report)
    problem.members |= {"accepted": len(report.ids), **{name: value for name, value in found.items() if value}}
    return response(problem)


def _json(status: HTTPStatus, value: Any) -> web.Response:
    headers = {"Content-Type": JSON, "Server": SERVER}
    return web.Response(status=status, body=msgspec.json.encode(value), headers=headers)
