"""Ports of the local engines on 127.0.0.1."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Container

from pipeline.engines.base import HOST, EngineError

_TRIES = 200


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now. Says nothing about the next moment."""
    with socket.socket() as probe:
        # As Java does it: connections that are closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    with socket.socket() as client:
        # Some systems allow a bind beside another server's wildcard address.
        client.settimeout(0.2)
        return client.connect_ex((HOST, port)) != 0


def choose(allowed: range, taken: Container[int] = ()) -> int:
    """A free port of the range, by chance: two copies that start at one moment rarely meet. Raises EngineError."""
    for _ in range(_TRIES):
        port = secrets.choice(allowed)
        if port not in taken and is_free(port):
            return port
    raise EngineError(f"no free port between {allowed.start} and {allowed.stop - 1} on {HOST}; end a program there")
