"""A request, the address that it goes to, and where redirects lead it."""

from __future__ import annotations

from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from pipeline.fetch.failures import RequestError
from pipeline.identity import MAX_URL_LENGTH

MAX_REDIRECTS = 10
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_KEEP_METHOD = frozenset({307, 308})


@dataclass(slots=True)
class Request:
    """What is asked, and where it has come to."""

    method: str
    headers: dict[str, str]
    max_bytes: int
    truncate: bool
    content: bytes | None = None
    final: bool = False
    """The first answer counts: redirects are not followed, and the body only explains the status."""
    url: URL = field(default_factory=URL)
    moved_to: str | None = None
    permanent: bool = True
    seen: set[URL] = field(default_factory=set)


def redirect(request: Request, response: aiohttp.ClientResponse) -> None:
    """Go on where the answer points to. Raises RequestError."""
    host = host_of(request.url)
    target = response.headers.get("Location", "").strip()
    if not target:
        raise RequestError("redirects", f"{host} redirects without saying where to: look up the address in a browser")
    if request.method != "GET" and response.status not in _KEEP_METHOD:
        raise RequestError(
            "redirects",
            f"{host} redirects ({response.status}) a request that it should take: look up its right address",
        )
    try:
        url = address(str(request.url.join(URL(target))))
    except (RequestError, ValueError):
        raise RequestError(
            "redirects", f"{host} redirects to something that is no http address: look up the address in a browser"
        ) from None
    if url in request.seen:
        raise RequestError(
            "redirects",
            f"{host} redirects in a circle, perhaps because it wants cookies: look up the address in a browser",
        )
    if len(request.seen) > MAX_REDIRECTS:
        raise RequestError(
            "redirects", f"{host} redirects more than {MAX_REDIRECTS} times: look up the address in a browser"
        )
    request.url = url
    request.permanent &= response.status in _PERMANENT
    if request.permanent:
        request.moved_to = str(url)


def address(url: str) -> URL:
    """Without fragment and credentials. Raises RequestError, ValueError."""
    if len(url) > MAX_URL_LENGTH:
        raise RequestError("address", f"The address is longer than {MAX_URL_LENGTH} characters: check it")
    try:
        parsed = URL(url.strip())
    except ValueError:
        raise RequestError("address", f"{url[:200]} is no http address: check it") from None
    host = parsed.raw_host or ""
    if parsed.scheme not in {"http", "https"} or not host.strip(".") or any(mark.isspace() for mark in host):
        raise RequestError("address", f"{url[:200]} is no http:// or https:// address: check it")
    return parsed.with_user(None).with_fragment(None)


def host_of(url: URL) -> str:
    """As people write it."""
    try:
        return url.host or "this address"
    except ValueError:  # Punycode that stands for nothing
        return url.raw_host or "this address"
