"""The connection to the search engine, against a server that answers what a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.config import ConfigError, Elasticsearch
from pipeline.search_engine import (
    Engine,
    SearchEngineAwayError,
    SearchEngineRefusedError,
    address,
    connect,
    identify,
)

ELASTICSEARCH_9 = {"version": {"number": "9.5.3"}, "tagline": "You Know, for Search"}
ELASTICSEARCH_8 = {"version": {"number": "8.19.2"}, "tagline": "You Know, for Search"}
OPENSEARCH_2 = {"version": {"number": "2.19.0", "distribution": "opensearch"}, "tagline": "The OpenSearch Project"}
DISGUISED = {"version": {"number": "7.10.2", "distribution": "opensearch"}, "tagline": "The OpenSearch Project"}


class FakeServer:
    """Answers every request with `status` and `body`, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.body: Any = ELASTICSEARCH_9
        self.headers: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                fake.asked.append({name.lower(): value for name, value in self.headers.items()})
                data = json.dumps(fake.body).encode()
                self.send_response(fake.status)
                for name, value in {"content-type": "application/json", **fake.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_PUT = do_GET  # noqa: N815 -- names that http.server wants

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.stop()


@pytest.mark.parametrize(
    ("body", "engine"),
    [
        (ELASTICSEARCH_9, Engine("elasticsearch", "9.5.3")),
        (ELASTICSEARCH_8, Engine("elasticsearch", "8.19.2")),
        (OPENSEARCH_2, Engine("opensearch", "2.19.0")),
        (DISGUISED, Engine("opensearch", "7.10.2")),
    ],
)
def test_a_server_is_what_it_says_of_itself(server: FakeServer, body: Any, engine: Engine) -> None:
    server.body = body
    with connect(Elasticsearch(url=server.url)) as client:
        assert identify(client) == engine


def test_every_request_is_plain_json_which_no_supported_server_refuses(server: FakeServer) -> None:
    with connect(Elasticsearch(url=server.url)) as client:
        client.bulk(operations=[b"{}", b"{}"])
    assert [each.get("accept") for each in server.asked] == ["application/json"] * 2
    assert server.asked[1]["content-type"] == "application/x-ndjson"


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (
            401,
            {"error": {"type": "security_exception", "reason": "unable to authenticate"}},
            SearchEngineRefusedError,
            "credentials",
        ),
        (
            403,
            {"error": {"type": "security_exception", "reason": "no monitor"}},
            SearchEngineRefusedError,
            "no monitor",
        ),
        (401, "Unauthorized", SearchEngineRefusedError, "credentials"),
        (404, {}, SearchEngineRefusedError, "404"),
        (503, {"error": "starting"}, SearchEngineAwayError, "for now"),
        (429, {}, SearchEngineAwayError, "for now"),
        (200, {"hello": "world"}, SearchEngineRefusedError, "neither"),
        (200, ["hello"], SearchEngineRefusedError, "neither"),
        (200, {**ELASTICSEARCH_9, "version": {"number": "7.17.0"}}, SearchEngineRefusedError, "7.17.0"),
        (
            200,
            {**OPENSEARCH_2, "version": {"number": "1.3.0", "distribution": "opensearch"}},
            SearchEngineRefusedError,
            "1.3.0",
        ),
    ],
)
def test_what_cannot_be_used_is_told_with_its_cause(
    server: FakeServer, status: int, body: Any, error: type[Exception], words: str
) -> None:
    server.status, server.body = status, body
    with pytest.raises(error, match=words) as caught:
        connect(Elasticsearch(url=server.url, username="news", password=SecretStr("hush-hush")))
    assert "\n" not in str(caught.value)
    assert "hush-hush" not in str(caught.value)


def test_a_server_that_is_not_there_is_away() -> None:
    with pytest.raises(SearchEngineAwayError, match=r"127\.0\.0\.1:9 does not answer"):
        connect(Elasticsearch(url="http://127.0.0.1:9"))


def test_plain_http_where_https_is_meant_is_no_passing_fault(server: FakeServer) -> None:
    with pytest.raises(SearchEngineRefusedError, match="begin with https or http"):
        connect(Elasticsearch(url=server.url.replace("http:", "https:")))


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        ({"api_key": SecretStr("a2V5")}, "ApiKey a2V5"),
        ({"username": "news", "password": SecretStr("wire")}, "Basic bmV3czp3aXJl"),
        ({}, None),
    ],
)
def test_credentials_are_sent(server: FakeServer, change: dict[str, Any], sent: str | None) -> None:
    with connect(Elasticsearch(url=server.url, **change)):
        assert server.asked[0].get("authorization") == sent


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _: Elasticsearch(), "url is empty"),
        (lambda _: Elasticsearch(url="localhost"), "'scheme', 'host', and 'port'"),
        (lambda _: Elasticsearch(url="http://a:geheim@127.0.0.1:9200"), "user or password"),
        (lambda _: Elasticsearch(url="http://127.0.0.1:9200", username="a"), "one is missing"),
        (
            lambda folder: Elasticsearch(url="https://127.0.0.1:9200", ca_file=folder / "ca.pem"),
            "ca.pem, which is no file",
        ),
        (lambda _: Elasticsearch(url="http://127.0.0.1:9200", ca_file=Path(__file__)), "not https"),
    ],
)
def test_wrong_settings_name_the_key(make: Callable[[Path], Elasticsearch], words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        connect(make(tmp_path))
    assert "geheim" not in str(caught.value)


def test_a_warning_of_the_server_goes_to_the_log_once(server: FakeServer, caplog: pytest.LogCaptureFixture) -> None:
    server.headers = {"warning": '299 Elasticsearch "security is off (test)"'}
    with caplog.at_level("INFO", logger="newswire"), connect(Elasticsearch(url=server.url)) as client:
        client.info()
    assert [record.message for record in caplog.records if "security is off" in record.message] == [
        'the search engine warns: 299 Elasticsearch "security is off (test)"'
    ]


def test_the_address_for_messages_has_no_path_and_no_secret(server: FakeServer) -> None:
    with connect(Elasticsearch(url=server.url, api_key=SecretStr("secret"))) as client:
        assert address(client) == server.url
