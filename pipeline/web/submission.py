"""The records of one request on their way to the raw topic, and what became of each line."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from datetime import UTC, datetime
from http import HTTPStatus
from time import monotonic

from msgspec import UNSET, Struct, UnsetType

from pipeline.config import Web
from pipeline.delivery import AbandonedError, BusyError, NotDeliveredError, Place
from pipeline.producer import Producer
from pipeline.sources import LINE_BYTES, Defaults, Found, Problem, too_large
from pipeline.sources._json_record import read_record
from pipeline.web.admission import Format
from pipeline.web.body import Inflater, Line, Lines, MalformedError
from pipeline.web.problems import ProblemError

RETRY_SECONDS = 5
_WAIT_SECONDS = 0.5
_DEFAULTS = Defaults(now=lambda: datetime.now(UTC))
_PENDING, _ACKNOWLEDGED, _REFUSED = range(3)
_HELD_STEP = 256 * 1024


class LineError(Struct, frozen=True, kw_only=True):
    """A line that was refused: mend it before sending it again."""

    line: int
    reason: str
    id: str | UnsetType = UNSET


class Report(Struct, frozen=True, kw_only=True):
    """What became of a request's lines. Each one is in exactly one of these, but for the empty ones."""

    ids: list[str]
    """Of the acknowledged records, in the order of their lines."""
    errors: list[LineError]
    unacknowledged: list[int]
    """Lines that were sent, and for which Kafka has not answered in time: they may arrive yet."""
    unread_from: int | None
    """This line and all after it were not looked at."""


class Buffer:
    """The memory for what is being received, lines and feeds, shared by all requests."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._lock = threading.Lock()

    def exchange(self, before: int, after: int) -> None:
        """Hold so many bytes in place of so many. Raises ProblemError if there is no room."""
        check_size(after, self._limit, "at once")
        with self._lock:
            used = self._used - before + after
            if after > before and used > self._limit:
                raise ProblemError(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    "what is being received needs more memory than there is",
                    {"Retry-After": "1"},
                    limit=self._limit,
                )
            self._used = used


class Submission:
    """One request. `feed` and `finish` wait, in one thread at a time; the rest belongs to the event loop."""

    def __init__(self, producer: Producer, topic: str, form: Format, settings: Web, buffer: Buffer) -> None:
        self._producer = producer
        self._topic = topic
        self._form = form
        self._settings = settings
        self._buffer = buffer
        self._held = 0
        self._inflater = Inflater() if form.gzip else None
        self._lines = Lines(LINE_BYTES)
        self._whole: list[bytes] = []  # one record may stand on several lines
        self._loop = asyncio.get_running_loop()
        self._deadline = monotonic() + settings.request_seconds
        self._received = 0
        self._content = 0
        self._next: int | None = 1
        self._records = 0
        self._sent: list[tuple[int, str]] = []
        self._states = bytearray()
        self._errors: list[LineError] = []
        self._lock = threading.Lock()
        self._pending = 0
        self._all_sent = False
        self._settled = asyncio.Event()
        self.cut = False
        """Set from outside to end it soon: the service stops."""

    @property
    def received(self) -> int:
        """Bytes of the body so far, as they were sent."""
        return self._received

    def feed(self, chunk: bytes) -> None:
        """Send the records that end in the next bytes of the body. Raises ProblemError."""
        self._received += len(chunk)
        check_size(self._received, self._settings.body_bytes)
        try:
            for piece in self._inflater.feed(chunk) if self._inflater else (chunk,):
                self._content += len(piece)
                check_size(self._content, self._settings.content_bytes, "after decompression")
                self._cut(piece)
        except MalformedError as error:
            raise ProblemError(HTTPStatus.BAD_REQUEST, str(error)) from error

    def finish(self) -> None:
        """The body is complete. Raises ProblemError."""
        if self._inflater:
            try:
                self._inflater.finish()
            except MalformedError as error:
                raise ProblemError(HTTPStatus.BAD_REQUEST, str(error)) from error
        if self._form.lines:
            self._take(self._lines.finish())
        elif self._whole:
            content = b"".join(self._whole)
            self._take([Line(1, content, len(content))])
        self._next = None
        if not self._records:
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "there is no record in the body")

    async def settle(self) -> None:
        """Return once Kafka has answered for all that was sent; nothing more may be fed. Wait no longer than wanted:
        what has no answer yet stays unacknowledged."""
        with self._lock:
            self._all_sent = True
            if not self._pending:
                return
        await self._settled.wait()

    def report(self) -> Report:
        """What became of each line, as far as that is known now."""
        with self._lock:
            states = bytes(self._states)
            errors = sorted(self._errors, key=lambda error: error.line)
        sent = list(zip(self._sent, states, strict=True))
        return Report(
            ids=[article for (_, article), state in sent if state == _ACKNOWLEDGED],
            errors=errors,
            unacknowledged=[line for (line, _), state in sent if state == _PENDING],
            unread_from=self._next,
        )

    def close(self) -> None:
        """Give the memory back."""
        self._hold(0)

    def _cut(self, piece: bytes) -> None:
        if self._form.lines:
            self._take(self._lines.feed(piece))
            self._hold(self._lines.held)
        else:
            check_size(self._content, LINE_BYTES, "in one record")
            self._whole.append(piece)
            self._hold(self._content)

    def _hold(self, size: int) -> None:
        """Note it in steps: most lines end in the piece in which they begin."""
        size -= size % _HELD_STEP
        if size != self._held:
            self._buffer.exchange(self._held, size)
            self._held = size

    def _take(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._next = line.number
            if self.cut:
                raise stopping()
            if monotonic() > self._deadline:
                raise too_slow()
            if line.number > self._settings.lines:
                raise ProblemError(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"more than {self._settings.lines:,} lines; send the rest in another request",
                    limit=self._settings.lines,
                )
            self._take_one(line)
            self._next = line.number + 1

    def _take_one(self, line: Line) -> None:
        if not line.content and line.size:
            self._records += 1
            self._refuse(Problem("", line.number, too_large(line.size)))
        elif line.content.strip():
            self._records += 1
            item = read_record(line.content, "", line.number, _DEFAULTS)
            if isinstance(item, Found):
                self._send(item, line.number)
            elif isinstance(item, Problem):
                self._refuse(item)

    def _refuse(self, problem: Problem) -> None:
        with self._lock:
            self._errors.append(LineError(line=problem.line or 1, reason=problem.reason, id=problem.id or UNSET))

    def _send(self, found: Found, line: int) -> None:
        future = self._hand_over(found)
        with self._lock:
            index = len(self._sent)
            self._sent.append((line, found.raw.id))
            self._states.append(_PENDING)
            self._pending += 1
        future.add_done_callback(lambda ended: self._end(index, ended))

    def _hand_over(self, found: Found) -> Future[Place]:
        limit = monotonic() + self._settings.acknowledge_seconds
        while True:
            try:
                return self._producer.send(
                    self._topic, found.raw.id.encode(), found.value, seconds=min(_WAIT_SECONDS, limit - monotonic())
                )
            except BusyError as error:
                if self.cut:
                    raise stopping() from error
                if monotonic() > limit:
                    raise unavailable() from error

    def _end(self, index: int, future: Future[Place]) -> None:
        """On the producer's thread."""
        error = future.exception()
        with self._lock:
            if error is None:
                self._states[index] = _ACKNOWLEDGED
            elif isinstance(error, NotDeliveredError) and not isinstance(error, AbandonedError):
                self._states[index] = _REFUSED
                line, article = self._sent[index]
                self._errors.append(LineError(line=line, reason=str(error), id=article))
            self._pending -= 1
            last = self._all_sent and not self._pending
        if last:
            self._loop.call_soon_threadsafe(self._settled.set)


def check_size(size: int, limit: int, what: str = "as sent") -> None:
    """Raises ProblemError."""
    if size > limit:
        raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {limit:,} bytes {what}", limit=limit)


def unavailable(detail: str = "") -> ProblemError:
    """Kafka does not acknowledge in time."""
    said = detail or "Kafka has not acknowledged all records in time"
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"{said}; send what is not accepted again: a record that arrives twice is one article",
        {"Retry-After": str(RETRY_SECONDS)},
    )


def stopping() -> ProblemError:
    """The service is asked to stop."""
    return unavailable("the service stops")


def too_slow() -> ProblemError:
    """The client lets us wait."""
    return ProblemError(HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly", {"Connection": "close"})
