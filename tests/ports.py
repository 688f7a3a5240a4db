"""Ports for the servers of tests."""

from __future__ import annotations

from pipeline.engines.ports import choose, is_free


def free_port(following: int = 0) -> int:
    """A port of 127.0.0.1 that nobody listens on, nor on so many that follow it.

    None that the system gives to clients: one that asks such a port while no server is there may be given it, and then
    talks to itself.
    """
    while True:
        port = choose(range(31_000, 32_700))
        if all(map(is_free, range(port + 1, port + 1 + following))):
            return port
