"""What came of an HTTP request, as records: deciders read them, the fetcher makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FailureKind = Literal[
    "address",  # no http(s) address at all
    "dns",
    "private",  # resolves to an address that may not be asked
    "connect",
    "tls",
    "timeout",
    "redirects",
    "size",
    "encoding",  # a body that does not decompress
    "protocol",  # no HTTP, or a connection that ended too early
    "robots",
]


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer, of whatever status. `headers` has lower-case names; `body` is decompressed."""

    status: int
    url: str
    """Where the answer came from, after redirects."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    moved_to: str | None = None
    """The address to use from now on: as far as permanent redirects (301, 308) led in one run from the start."""
    seconds: float = 0.0
    """From the first request to the last byte, waiting for the host's slot not included."""


@dataclass(frozen=True, slots=True)
class Failure:
    """There was no answer. `message` says what is wrong, and what a user can do about it."""

    kind: FailureKind
    message: str
    seconds: float = 0.0


Outcome = Answer | Failure
