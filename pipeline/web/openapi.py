"""`python -m pipeline.web.openapi` writes docs/openapi.json: OpenAPI 3.1, made from the code.

tests/test_web_api.py fails while the file is stale, and holds every answer of the running service against it.
"""

from __future__ import annotations

import json
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from pipeline.polling.websub_callback import PATH as WEBSUB_PATH
from pipeline.sources._json_record import JsonRecord
from pipeline.web.admission import JSON, JSON_LINES
from pipeline.web.endpoint import ARTICLES_PATH, HEALTH_PATH, READY_PATH
from pipeline.web.problems import MEDIA_TYPE, TITLES
from pipeline.web.submission import LineError

FILE = Path(__file__).parent.parent.parent / "docs" / "openapi.json"
_PARTS = ("partition", "feed", "token", "topic")
CALLBACK_PATH = "/".join((WEBSUB_PATH, *(f"{{{part}}}" for part in _PARTS)))
_REFERENCE = "#/components/schemas/{name}"


class Accepted(Struct, frozen=True, kw_only=True):
    """Kafka has acknowledged every record; sending one again is safe: the same id is the same article."""

    accepted: int
    ids: list[str]


class Health(Struct, frozen=True, kw_only=True):
    """All is well."""

    status: str


class Problem(Struct, frozen=True, kw_only=True):
    """RFC 9457. Where records were read, `accepted`, `ids`, `errors`, `unacknowledged` and `unread_from` tell what
    became of each line: send those of `unacknowledged` and from `unread_from` on again, and mend those of `errors`."""

    type: str
    title: str
    status: int
    detail: str
    limit: Annotated[int | UnsetType, Meta(description="the limit that was passed")] = UNSET
    accepted: Annotated[int | UnsetType, Meta(description="how many records Kafka has acknowledged")] = UNSET
    ids: Annotated[list[str] | UnsetType, Meta(description="of those, in the order of their lines")] = UNSET
    errors: Annotated[list[LineError] | UnsetType, Meta(description="lines that were refused")] = UNSET
    unacknowledged: Annotated[
        list[int] | UnsetType, Meta(description="lines that were sent and may arrive yet; safe to send again")
    ] = UNSET
    unread_from: Annotated[int | UnsetType, Meta(description="this line and all after it were not looked at")] = UNSET


def document() -> dict[str, Any]:
    """The description."""
    _, schemas = msgspec.json.schema_components((JsonRecord, Accepted, Health, Problem), ref_template=_REFERENCE)
    for schema in schemas.values():
        schema["description"] = " ".join(schema["description"].split())  # Python 3.13 indents docstrings differently
    schemas[JsonRecord.__name__]["anyOf"] = [{"required": [text]} for text in ("body", "html", "content")]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Newswire",
            "version": "1",
            "summary": "Articles over HTTP",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:8080"}],
        "paths": {
            ARTICLES_PATH: {"post": _articles()},
            CALLBACK_PATH: _callback(),
            HEALTH_PATH: {"get": _probe("healthz", "Whether the process lives")},
            READY_PATH: {"get": _probe("readyz", "Whether articles can be accepted", may_fail=True)},
        },
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _articles() -> dict[str, Any]:
    record = {"schema": {"$ref": _REFERENCE.format(name=JsonRecord.__name__)}}
    line = {
        "schema": {"type": "string", "description": "one record a line; empty lines are passed over"},
        "example": '{"url": "https://example.org/a", "body": "A first story."}\n{"body": "A second one."}\n',
    }
    elsewhere = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
    return {
        "operationId": "sendArticles",
        "summary": "Send articles; answered once Kafka has acknowledged them",
        "security": [{"token": []}, {}],
        "parameters": [
            {
                "name": "Content-Encoding",
                "in": "header",
                "schema": {"type": "string", "enum": ["gzip", "identity"]},
            }
        ],
        "requestBody": {"required": True, "content": {JSON: record, **dict.fromkeys(JSON_LINES, line)}},
        "responses": {
            "202": _response(Accepted.__doc__, JSON, Accepted),
            **{str(status.value): _problem(status) for status in TITLES if status not in elsewhere},
        },
    }


def _callback() -> dict[str, Any]:
    """WebSub is no interface for users; hubs are told the whole address, and 404 is all that others see."""
    verification = [
        _parameter("hub.mode", "query", {"type": "string", "enum": ["subscribe", "unsubscribe", "denied"]}),
        _parameter("hub.topic", "query", {"type": "string", "format": "uri"}),
        _parameter("hub.challenge", "query", {"type": "string"}, required=False),
        _parameter("hub.lease_seconds", "query", {"type": "integer"}, required=False),
        _parameter("hub.reason", "query", {"type": "string"}, required=False),
    ]
    signature = _parameter(
        "X-Hub-Signature", "header", {"type": "string", "example": "sha256=5d41\u2026"}, required=False
    )
    plain = {"text/plain; charset=utf-8": {"schema": {"type": "string"}}}
    both = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    of_body = (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.EXPECTATION_FAILED,
    )
    return {
        "summary": "The callback of a WebSub subscription",
        "parameters": [
            _parameter(name, "path", {"type": "string"}) for name in ("partition", "feed", "token", "topic")
        ],
        "get": {
            "operationId": "verifySubscription",
            "summary": "A hub verifies a subscription or its end, or denies one",
            "parameters": verification,
            "responses": {
                "200": {"description": "The challenge as it came", "content": plain},
                **{str(status.value): _problem(status) for status in both},
            },
        },
        "post": {
            "operationId": "distributeContent",
            "summary": "A hub sends a feed; without a right signature it is ignored",
            "parameters": [signature],
            "requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string"}}}},
            "responses": {
                "202": {"description": "Kafka has acknowledged it, or it is ignored", "content": plain},
                **{str(status.value): _problem(status) for status in sorted((*both, *of_body))},
            },
        },
    }


def _parameter(name: str, place: str, schema: dict[str, Any], required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _probe(name: str, summary: str, may_fail: bool = False) -> dict[str, Any]:
    responses = {"200": _response(Health.__doc__, JSON, Health)}
    if may_fail:
        responses["503"] = _response("Not now; `detail` says why", MEDIA_TYPE, Problem)
    return {"operationId": name, "summary": summary, "responses": responses}


def _problem(status: HTTPStatus) -> dict[str, Any]:
    found = _response(TITLES[status], MEDIA_TYPE, Problem)
    header = {
        HTTPStatus.UNAUTHORIZED: "WWW-Authenticate",
        HTTPStatus.TOO_MANY_REQUESTS: "Retry-After",
        HTTPStatus.SERVICE_UNAVAILABLE: "Retry-After",
    }.get(status)
    if header:
        found["headers"] = {header: {"required": True, "schema": {"type": "string"}}}
    return found


def _response(description: str | None, media_type: str, kind: type[Struct]) -> dict[str, Any]:
    schema = {"$ref": _REFERENCE.format(name=kind.__name__)}
    return {"description": description or "", "content": {media_type: {"schema": schema}}}


def content() -> str:
    """Of the file."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(content(), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")
