"""Problems as RFC 9457 (problem details for HTTP) tells them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

SERVER = "newswire"
"""Without versions, which aiohttp would tell."""
MEDIA_TYPE = "application/problem+json"

TITLES = {
    HTTPStatus.BAD_REQUEST: "The body is malformed",
    HTTPStatus.UNAUTHORIZED: "A valid token is needed",
    HTTPStatus.FORBIDDEN: "The request was meant for another host",
    HTTPStatus.NOT_FOUND: "There is nothing here",
    HTTPStatus.METHOD_NOT_ALLOWED: "The method is not supported here",
    HTTPStatus.REQUEST_TIMEOUT: "The body did not arrive in time",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body's format is not supported",
    HTTPStatus.EXPECTATION_FAILED: "The expectation is not supported",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Some records were refused",
    HTTPStatus.TOO_MANY_REQUESTS: "Too much is under way",
    HTTPStatus.INTERNAL_SERVER_ERROR: "The service failed",
    HTTPStatus.SERVICE_UNAVAILABLE: "Kafka does not acknowledge",
}
"""The statuses of all problems, and the title of each; it is always the same, as the RFC asks."""


class ProblemError(Exception):
    """A request cannot be answered as asked. `detail` is for people; `members` extend the problem's JSON."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members


def response(problem: ProblemError) -> web.Response:
    """The HTTP answer."""
    document = {
        "type": f"urn:newswire:problem:{problem.status.value}",
        "title": TITLES[problem.status],
        "status": problem.status.value,
        "detail": problem.detail,
        **problem.members,
    }
    return web.Response(
        status=problem.status,
        body=msgspec.json.encode(document),
        headers={"Content-Type": MEDIA_TYPE, "Server": SERVER, **problem.headers},
    )
