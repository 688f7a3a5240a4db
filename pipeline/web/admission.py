"""Who may send, and what: bearer tokens (RFC 6750), the host that was meant, the body's format."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from urllib.parse import urlsplit

from pydantic import SecretStr

from pipeline.config import ConfigError, Web
from pipeline.web.problems import ProblemError

MIN_TOKEN_LENGTH = 16
JSON = "application/json"
JSON_LINES = ("application/x-ndjson", "application/jsonl")
ENCODINGS = {"": False, "identity": False, "gzip": True, "x-gzip": True}
"""Content-Encoding, and whether it means gzip."""
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[^:\[\]]*)(?::\d+)?")


@dataclass(frozen=True, slots=True)
class Format:
    """How a body is to be read: one record or a record a line, as it is or inflated."""

    lines: bool
    gzip: bool


class Tokens:
    """The tokens that are accepted; kept as digests only. Raises ConfigError, which shows none of them."""

    def __init__(self, secret: SecretStr | None) -> None:
        given = secret.get_secret_value().split() if secret else []
        if any(len(token) < MIN_TOKEN_LENGTH for token in given):
            raise ConfigError(f"web.tokens: a token needs {MIN_TOKEN_LENGTH} characters or more")
        if not all(_TOKEN.fullmatch(token) for token in given):
            raise ConfigError("web.tokens: a token may have letters, digits and ._~+/- in it, and = at its end")
        self._digests = [sha256(token.encode()).digest() for token in given]

    def __bool__(self) -> bool:
        return bool(self._digests)

    def accept(self, token: str) -> bool:
        """Whether it is one of them, in a time that tells nothing about them."""
        digest = sha256(token.encode("utf-8", "surrogateescape")).digest()
        return sum([compare_digest(digest, known) for known in self._digests]) > 0


def tokens(settings: Web) -> Tokens:
    """The tokens of a service that may start with these settings. Raises ConfigError."""
    accepted = Tokens(settings.tokens)
    if not accepted and not is_loopback(settings.host):
        raise ConfigError(
            f"web.host is {settings.host or 'every address'}, which others can reach, and web.tokens is empty: "
            "set a token, or 127.0.0.1"
        )
    return accepted


def is_loopback(host: str) -> bool:
    """Whether only this machine can mean this host."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def admit(headers: Mapping[str, str], accepted: Tokens) -> None:
    """Raises ProblemError unless the request may send."""
    if not accepted:
        # Any page in a browser on this machine can reach us. The format keeps simple requests of other sites out
        # (they cannot send JSON without asking first); the host keeps out sites that gave themselves our address.
        admit_host(headers)
        return
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise _unauthorized('Bearer realm="newswire"', "send the header Authorization: Bearer TOKEN")
    if not accepted.accept(token.strip()):
        raise _unauthorized('Bearer realm="newswire", error="invalid_token"', "the token is not valid")


def admit_host(headers: Mapping[str, str], known: str | None = None) -> None:
    """Raises ProblemError unless the request was meant for this machine, or for the host that is known."""
    host = _HOST.fullmatch(headers.get("Host", ""))
    if not host or not (is_loopback(host["name"]) or host["name"].strip("[]").lower() == known):
        raise ProblemError(HTTPStatus.FORBIDDEN, "without web.tokens, only requests to localhost are taken")


def host_of_url(url: str) -> str | None:
    """The host that an address names, in lower case."""
    return urlsplit(url).hostname


def format_of(headers: Mapping[str, str]) -> Format:
    """How to read the body. Raises ProblemError."""
    kind, _, parameters = headers.get("Content-Type", "").lower().partition(";")
    kind = kind.strip()
    wanted = f"send Content-Type {JSON} for one record, {JSON_LINES[0]} for one a line"
    if kind not in (JSON, *JSON_LINES):
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"{wanted}, not {kind[:100] or 'nothing'}",
            {"Accept-Post": ", ".join((JSON, *JSON_LINES))},
        )
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(' "')
    if charset not in ("", "utf-8", "utf8"):
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body has to be UTF-8")
    encoding = headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ENCODINGS:
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding can be gzip, or left out", {"Accept-Encoding": "gzip"}
        )
    return Format(lines=kind != JSON, gzip=ENCODINGS[encoding])


def _unauthorized(challenge: str, detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": challenge})
