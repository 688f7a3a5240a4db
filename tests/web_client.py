"""A client of `newswire run web` over a real socket; every answer is held against the OpenAPI description."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any

from jsonschema import Draft202012Validator

from pipeline.web import openapi

JSON = "application/json"
LINES = "application/x-ndjson"
SECONDS = 60
_DOCUMENT = openapi.document()


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers in lower case, and the JSON of an answer."""

    status: int
    headers: dict[str, str]
    json: Any


def lines(*records: Any) -> bytes:
    """JSON Lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


class WebClient:
    """Speaks to 127.0.0.1, one connection a request unless told otherwise."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self.port = port
        self._token = token

    def send(
        self, body: bytes | Iterable[bytes], kind: str = LINES, *, compressed: bool = False, **headers: str
    ) -> Answer:
        """POST to /v1/articles; what comes in parts is sent in chunks."""
        if compressed:
            assert isinstance(body, bytes)
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        return self.ask("POST", openapi.ARTICLES_PATH, body, **{"Content-Type": kind, **headers})

    def ask(self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, **headers: str) -> Answer:
        """Any request."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, self._headers(headers))
            return checked(path, method, connection.getresponse())
        finally:
            connection.close()

    def ready(self) -> bool:
        """Whether articles can be accepted."""
        try:
            return self.ask("GET", "/readyz").status == 200
        except OSError:
            return False

    def begin(self, **headers: str) -> Begun:
        """A request whose body is sent part by part; the server has admitted it when this returns."""
        return Begun(self.port, self._headers({"Content-Type": LINES, **headers}))

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        return {**bearer, **{name.replace("_", "-"): value for name, value in headers.items()}}


class Begun:
    """A chunked request under way."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        head = {"Host": "127.0.0.1", "Transfer-Encoding": "chunked", "Expect": "100-continue", **headers}
        text = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self._socket.sendall(f"POST {openapi.ARTICLES_PATH} HTTP/1.1\r\n{text}\r\n".encode())
        said = b""
        while not said.endswith(b"\r\n\r\n"):
            said += self._socket.recv(1)
        assert said == b"HTTP/1.1 100 Continue\r\n\r\n", said

    def part(self, content: bytes) -> None:
        self.raw(b"%x\r\n%s\r\n" % (len(content), content))

    def raw(self, content: bytes) -> None:
        """These bytes as they are."""
        self._socket.sendall(content)

    def end(self) -> Answer:
        """Complete it."""
        self.raw(b"0\r\n\r\n")
        return self.answer()

    def answer(self) -> Answer:
        """Wait for it, complete or not."""
        with self._socket:
            response = HTTPResponse(self._socket, method="POST")
            response.begin()
            return checked(openapi.ARTICLES_PATH, "POST", response)

    def abandon(self) -> None:
        self._socket.close()


def checked(path: str, method: str, response: HTTPResponse) -> Answer:
    """The answer, if it is one that the description tells; unknown paths and methods have none there."""
    content = response.read()
    answer = Answer(
        response.status, {name.lower(): value for name, value in response.getheaders()}, json.loads(content or "null")
    )
    assert answer.headers["server"] == "newswire"
    if method == "HEAD":
        return answer
    told = _DOCUMENT["paths"].get(path, {}).get(method.lower(), {}).get("responses", {}).get(str(answer.status))
    if told is None:
        assert answer.status in (404, 405), (path, method, answer)
        kind, schema = "application/problem+json", {"$ref": "#/components/schemas/Problem"}
    else:
        ((kind, media),) = told["content"].items()
        schema = media["schema"]
        assert {name.lower() for name in told.get("headers", ())} <= set(answer.headers)
    assert answer.headers["content-type"] == kind
    Draft202012Validator({**schema, "components": _DOCUMENT["components"]}).validate(answer.json)
    properties = _DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
    assert set(answer.json) <= set(properties)
    if answer.status >= 400:
        assert answer.json["status"] == answer.status
    return answer
