"""One request with its redirects, of which something always comes: an answer, or a failure in words."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from time import monotonic
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.http_exceptions import HttpProcessingError

from pipeline import __version__
from pipeline.answers import Answer, Outcome
from pipeline.config import Feeds
from pipeline.fetch.addresses import AddressGuard, GuardedResolver, SystemResolver
from pipeline.fetch.decompression import ACCEPTED, Body, EncodingError, TooLargeError
from pipeline.fetch.failures import RequestError, told, too_large
from pipeline.fetch.request import REDIRECTS, Request, address, host_of, redirect
from pipeline.polling import partition

FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.9, text/html;q=0.5, */*;q=0.3"
)
PAGE_TYPES = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"
_NO_BODY = frozenset({204, 205, 304})
_ERROR_BYTES = 16_384
_ERROR_SECONDS = 3
_HEADER_BYTES = 32_768
_HEADERS = 200
_CONNECT_SECONDS = 10
_IDLE_SECONDS = 5
_LISTS = frozenset({"link", "cache-control"})
_DROPPED = frozenset({"set-cookie", "set-cookie2"})
Turn = Callable[[str], AbstractAsyncContextManager[object]]
"""Holds the turn of an address's host."""
_EXPECTED = (aiohttp.ClientError, HttpProcessingError, RequestError, OSError, ValueError, EOFError)
"""What servers and networks can cause; TimeoutError is an OSError."""


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Of all requests of a process."""

    user_agent: str = f"Newswire/{__version__}"
    timeout_seconds: float = 30
    """Of a request with its redirects."""
    requests: int = 64
    """Most connections at once."""
    allow_hosts: tuple[str, ...] = ()
    """As AddressGuard takes them."""
    section: str = "feeds"
    """Of the settings that these are from, for messages."""

    @classmethod
    def of(cls, feeds: Feeds) -> Self:
        """As the settings say."""
        contact = f" (+{feeds.contact})" if feeds.contact else ""
        return cls(f"Newswire/{__version__}{contact}", feeds.timeout_seconds, feeds.requests, feeds.allow_hosts)


class Fetcher:
    """An async context manager. Tests pass the resolver, and the TLS context that knows their authority.

    Raises ConfigError for options that are wrong.
    """

    def __init__(
        self,
        options: FetchOptions,
        *,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._options = options
        self._guard = AddressGuard(options.allow_hosts, f"{options.section}.allow_hosts")
        self._given_resolver = resolver
        self._resolver: AbstractResolver | None = None
        self._tls = tls
        self._connect_seconds = min(_CONNECT_SECONDS, options.timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._resolver = self._given_resolver or SystemResolver()
        connector = aiohttp.TCPConnector(
            resolver=GuardedResolver(self._guard, self._resolver),
            ssl=self._tls or ssl.create_default_context(),
            limit=self._options.requests,
            keepalive_timeout=_IDLE_SECONDS,
            ttl_dns_cache=60,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_seconds),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
            max_headers=_HEADERS,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
        if self._resolver is not None and self._resolver is not self._given_resolver:
            await self._resolver.close()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = FEED_TYPES,
        max_bytes: int,
        truncate: bool = False,
        turn: Turn = nullcontext,
    ) -> Outcome:
        """GET, conditional where validators are given. A larger body is a Failure, or cut off where `truncate` says so.

        The turn of a host is held while it is asked, and given back before a redirect leads to another host.
        Nothing that a server or a network does raises.
        """
        headers = {"Accept": accept}
        # Validators of servers that send rubbish are not worth a request that cannot be written.
        if etag and _writable(etag):
            headers["If-None-Match"] = etag
        if last_modified and _writable(last_modified):
            headers["If-Modified-Since"] = last_modified
        return await self._outcome(url, Request("GET", headers, max_bytes, truncate), turn)

    async def post_form(self, url: str, fields: Mapping[str, str]) -> Outcome:
        """POST as application/x-www-form-urlencoded, for WebSub hubs. Follows only redirects that keep the request."""
        headers = {"Accept": "*/*", "Content-Type": "application/x-www-form-urlencoded"}
        content = urlencode(fields).encode()
        return await self._outcome(url, Request("POST", headers, _ERROR_BYTES, True, content))

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Outcome:
        """POST; the first answer counts, redirects are not followed, and its body comes as far as it came at once."""
        return await self._outcome(url, Request("POST", dict(headers), _ERROR_BYTES, True, content, final=True))

    async def _outcome(self, url: str, request: Request, turn: Turn = nullcontext) -> Outcome:
        seconds, answer = 0.0, None
        try:
            request.url = address(url)
            request.headers |= {"User-Agent": self._options.user_agent, "Accept-Encoding": ACCEPTED}
            while answer is None:
                async with turn(str(request.url)):
                    began = monotonic()
                    try:
                        async with asyncio.timeout(self._options.timeout_seconds - seconds) as limit:
                            answer = await self._ask(request, limit)
                    finally:
                        seconds += monotonic() - began
        except _EXPECTED as error:
            failure = told(
                error,
                host_of(request.url),
                self._options.timeout_seconds,
                self._connect_seconds,
                self._options.section,
            )
            return replace(failure, seconds=seconds)
        return replace(answer, seconds=seconds)

    async def _ask(self, request: Request, limit: asyncio.Timeout) -> Answer | None:
        """The answer of the host; None: it is another one that is to be asked."""
        if self._session is None:
            raise RuntimeError("a Fetcher is used within `async with`")
        host = partition.host_of(str(request.url))
        while partition.host_of(str(request.url)) == host:
            self._guard.check_literal(request.url.raw_host or "")
            request.seen.add(request.url)
            async with self._session.request(
                request.method, request.url, headers=request.headers, data=request.content, allow_redirects=False
            ) as response:
                if request.final:
                    limit.reschedule(None)  # a status that has come is worth more than the rest of its body
                    body = await _error_body(response)
                    return Answer(response.status, str(request.url), _headers(response), body)
                if response.status not in REDIRECTS:
                    body = await _body(request, response)
                    return Answer(response.status, str(request.url), _headers(response), body, request.moved_to)
                redirect(request, response)
        return None


async def _body(request: Request, response: aiohttp.ClientResponse) -> bytes:
    """Raises RequestError, EncodingError and what reading raises."""
    if response.status in _NO_BODY:
        return b""
    if response.status >= 400:
        return await _error_body(response)
    large = too_large(host_of(request.url), request.max_bytes)
    length = response.content_length
    if length is not None and length > request.max_bytes and not request.truncate:
        response.close()
        raise large
    body = Body(response.headers.get("Content-Encoding", ""), request.max_bytes)
    try:
        async for part in response.content.iter_any():
            body.feed(part)
    except TooLargeError:
        response.close()
        if request.truncate:
            return body.made
        raise large from None
    return body.finish()


async def _error_body(response: aiohttp.ClientResponse) -> bytes:
    """As much of it as comes at once: it only explains the status."""
    try:
        body = Body(response.headers.get("Content-Encoding", ""), _ERROR_BYTES)
    except EncodingError:
        response.close()
        return b""
    try:
        async with asyncio.timeout(_ERROR_SECONDS):
            async for part in response.content.iter_any():
                body.feed(part)
    except (aiohttp.ClientError, TimeoutError, TooLargeError, EncodingError):
        response.close()
    return body.made


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """By lower-case name. Of a header that comes twice the first counts, but lists are joined."""
    found: dict[str, str] = {}
    for name, text in response.headers.items():
        key = name.lower()
        if key in _DROPPED:
            continue
        value = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if key not in found:
            found[key] = value
        elif key in _LISTS:
            found[key] += f", {value}"
    return found


def _writable(value: str) -> bool:
    return value.isascii() and value.isprintable()
