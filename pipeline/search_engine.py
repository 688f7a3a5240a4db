"""The connection to the search engine: Elasticsearch 8 and 9, OpenSearch 2 and 3, with one client.

elasticsearch-py asks for its own major version in a media type that older Elasticsearch and OpenSearch refuse, and it
refuses a server without Elasticsearch's product header. `PlainNode` speaks ordinary JSON, which they all understand,
and vouches for the product, because `connect` has asked the server what it is.
"""

from __future__ import annotations

import dataclasses
import logging
import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from elastic_transport import HttpHeaders, TlsError, TransportError, Urllib3HttpNode
from elastic_transport._node import NodeApiResponse  # a public method's return type that has no public name
from elastic_transport.client_utils import DEFAULT, DefaultType
from elasticsearch import ApiError, Elasticsearch, OrjsonSerializer

from pipeline import config
from pipeline.config import ConfigError
from pipeline.errors import NewswireError

DEFAULT_TIMEOUT_SECONDS = 30.0

Product = Literal["elasticsearch", "opensearch"]
OLDEST: dict[Product, int] = {"elasticsearch": 8, "opensearch": 2}

_VENDOR_TYPE = re.compile(r"application/vnd\.elasticsearch\+(json|x-ndjson);\s*compatible-with=\d+")
_PRODUCT_HEADER = "x-elastic-product"
_REFUSED = (401, 403)
_LASTING_TLS = ("CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER", "IP address mismatch", "Hostname mismatch")

log = logging.getLogger("newswire.search_engine")


class SearchEngineAwayError(NewswireError):
    """It does not answer, or answers that it cannot for now. Worth another try."""


class SearchEngineRefusedError(NewswireError):
    """It knows us and refuses, or is nothing that we can work with. Another try would change nothing."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What a server says it is."""

    product: Product
    version: str

    @property
    def major(self) -> int:
        """9 of 9.5.3."""
        return int(self.version.partition(".")[0])

    @property
    def name(self) -> str:
        """For people: `OpenSearch 3.8.0`."""
        return f"{'OpenSearch' if self.product == 'opensearch' else 'Elasticsearch'} {self.version}"


class PlainNode(Urllib3HttpNode):
    """HTTP with plain JSON media types. Warnings of the server go to the log, once each, not to the terminal."""

    _said: set[str] = set()  # noqa: RUF012 -- one process says a warning once, whatever the connection

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> NodeApiResponse:
        """One exchange with the server."""
        plain = HttpHeaders(headers or ())
        for name, value in plain.items():
            plain[name] = _VENDOR_TYPE.sub(r"application/\1", value)
        response = super().perform_request(method, target, body, plain, request_timeout)
        answered = HttpHeaders(response.meta.headers)
        answered[_PRODUCT_HEADER] = "Elasticsearch"
        warning = answered.pop("warning", None)
        if warning and warning not in self._said:
            self._said.add(warning)
            log.info("the search engine warns: %s", warning)
        return response._replace(meta=dataclasses.replace(response.meta, headers=answered))


def connect(settings: config.Elasticsearch, timeout: float = DEFAULT_TIMEOUT_SECONDS) -> Elasticsearch:
    """A client of the server at `settings.url`, once it has said what it is. `timeout`: seconds for one request.

    Raises ConfigError for wrong settings, SearchEngineAwayError when it does not answer, SearchEngineRefusedError for
    wrong credentials or a product or version that is not supported.
    """
    client = _client(settings, timeout)
    try:
        engine = identify(client)
    except BaseException:
        client.close()
        raise
    log.debug("connected to %s at %s", engine.name, settings.url)
    return client


def identify(client: Elasticsearch) -> Engine:
    """What the server is. Raises SearchEngineAwayError and SearchEngineRefusedError."""
    try:
        answer = client.options(max_retries=0).info().body
    except (ApiError, TransportError) as error:
        raise failure(error, client) from error
    version = answer.get("version", {}) if isinstance(answer, dict) else {}
    number = str(version.get("number", ""))
    product: Product = "opensearch" if version.get("distribution") == "opensearch" else "elasticsearch"
    if not number.partition(".")[0].isdigit() or "tagline" not in answer:
        raise SearchEngineRefusedError(
            f"{address(client)} is neither Elasticsearch nor OpenSearch: correct elasticsearch.url"
        )
    engine = Engine(product, number)
    # OpenSearch can be told to call itself 7.10.2 for the sake of old clients.
    if engine.major < OLDEST[product] and not (product == "opensearch" and engine.major == 7):
        raise SearchEngineRefusedError(
            f"{address(client)} is {engine.name}; Newswire needs Elasticsearch 8 or 9, or OpenSearch 2 or 3"
        )
    return engine


def failure(error: ApiError | TransportError, client: Elasticsearch) -> NewswireError:
    """The error to show or to act on for a failed request: refused for good, or away for now."""
    where = address(client)
    if isinstance(error, ApiError):
        if error.status_code in _REFUSED and not is_blocked(error):
            what = "the credentials" if error.status_code == 401 else f"this ({reason(error)})"
            return SearchEngineRefusedError(
                f"the search engine at {where} refuses {what}: check elasticsearch.api_key, or elasticsearch.username "
                "and elasticsearch.password, and the privileges in docs/search-engine.md"
            )
        if is_passing(error):
            return SearchEngineAwayError(f"the search engine at {where} cannot answer for now: {reason(error)}")
        return SearchEngineRefusedError(f"the search engine at {where} answers {error.status_code}: {reason(error)}")
    if not is_passing(error):
        return SearchEngineRefusedError(
            f"no secure connection to the search engine at {where}: {reason(error)}; check elasticsearch.ca_file and "
            "whether elasticsearch.url has to begin with https or http"
        )
    return SearchEngineAwayError(f"the search engine at {where} does not answer: {reason(error)}")


def is_passing(error: ApiError | TransportError) -> bool:
    """Whether a failed request is worth another try: no answer, too many requests, server errors, blocked indices."""
    if isinstance(error, TransportError):
        return not (isinstance(error, TlsError) and any(lasting in error.message for lasting in _LASTING_TLS))
    return error.status_code in (408, 429) or error.status_code >= 500 or is_blocked(error)


def is_blocked(error: ApiError) -> bool:
    """Whether an index or the cluster is read-only or closed for now, as with a full disk: 403 as well as 429."""
    return _error_type(error.body) in ("cluster_block_exception", "index_closed_exception")


def reason(error: ApiError | TransportError) -> str:
    """What the server, or the network, gives as the cause. One line, at most 500 characters."""
    if isinstance(error, ApiError):
        text = cause(error) or str(error.message) or f"status {error.status_code}"
    else:
        text = f"{type(error).__name__}: {error.message}"
    return " ".join(text.split())[:500]


def cause(error: ApiError) -> str:
    """The innermost cause that an error body gives, of a failed search the shard's own; empty when there is none."""
    found = error.body.get("error") if isinstance(error.body, dict) else None
    if not isinstance(found, dict):
        return str(found or "")
    failed = found.get("failed_shards")
    if failed and isinstance(failed[0].get("reason"), dict):
        found = failed[0]["reason"]
    while isinstance(found.get("caused_by"), dict) and found["caused_by"].get("reason"):
        found = found["caused_by"]
    text = ": ".join(str(found[key]) for key in ("type", "reason") if found.get(key))
    return " ".join(text.split())[:500]


def address(client: Elasticsearch) -> str:
    """Where the client connects to, without user or password."""
    return ", ".join(f"{node.scheme}://{node.host}:{node.port}" for node in _nodes(client))


def _nodes(client: Elasticsearch) -> list[Any]:
    return [node.config for node in client.transport.node_pool.all()]


def _error_type(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("type", "")) if isinstance(error, dict) else ""


def _client(settings: config.Elasticsearch, timeout: float) -> Elasticsearch:
    if not settings.url:
        raise ConfigError("elasticsearch.url is empty and no local engine was looked up")
    parts = urlsplit(settings.url)
    if parts.username or parts.password:
        raise ConfigError("elasticsearch.url holds a user or password: use elasticsearch.username and .password")
    options: dict[str, Any] = {}
    if settings.api_key:
        options["api_key"] = settings.api_key.get_secret_value()
    elif settings.username is not None or settings.password is not None:
        if settings.username is None or settings.password is None:
            raise ConfigError("elasticsearch.username and elasticsearch.password are used together; one is missing")
        options["basic_auth"] = (settings.username, settings.password.get_secret_value())
    if settings.ca_file:
        if not settings.ca_file.is_file():
            raise ConfigError(f"elasticsearch.ca_file names {settings.ca_file}, which is no file")
        if parts.scheme != "https":
            raise ConfigError("elasticsearch.ca_file is set, but elasticsearch.url is not https")
        options["ca_certs"] = str(settings.ca_file)
    try:
        return Elasticsearch(
            settings.url,
            node_class=PlainNode,
            serializer=OrjsonSerializer(),
            request_timeout=timeout,
            max_retries=0,
            **options,
        )
    except ValueError as error:
        raise ConfigError(f"elasticsearch.url {settings.url}: {error}") from error
