"""The process that serves the site: `python -m tests.feed_site.server`, its settings as JSON in the first line of its
standard input. Says its ports in a line of JSON, and ends when its input does, so that it never outlives a test."""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import sys
import time
from random import Random
from typing import Any

import msgspec
from aiohttp import web

from tests.feed_site.answers import Answers, Reply, host_address
from tests.feed_site.ledger import Entry
from tests.feed_site.plan import Plan
from tests.feed_site.timing import Timing


class Server:
    """All hosts on one port, each at an address of its own, and a ledger of what they are asked.

    A host takes its time to answer, without which a second request could never come during a first.
    """

    def __init__(self, plan: Plan, timing: Timing, port: int, delays: tuple[float, float]) -> None:
        self._plan = plan
        self._timing = timing
        self._answers = Answers(plan, port, timing.start)
        random = Random(plan.seed)
        self._delays = [random.uniform(*delays) for _ in range(plan.hosts)]
        self._hosts = {host_address(host): host for host in range(plan.hosts)}
        self._busy = [0] * plan.hosts
        self._down: dict[int, int] = {}
        self.entries: list[Entry] = []

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        started = time.time()
        assert request.transport is not None
        address = request.transport.get_extra_info("sockname")[0]
        host = self._hosts[address]
        others = self._busy[host]
        self._busy[host] += 1
        status = size = 0
        reply = Reply("other", 0)
        try:
            await asyncio.sleep(self._delays[host])
            if host in self._down:
                response = web.Response(status=self._down[host], text="out of order")
            else:
                reply = self._answers.answer(host, request.path, request.headers, self._timing.virtual(time.time()))
                response = web.Response(status=reply.status, headers=reply.headers, body=reply.body)
                size = len(reply.body)
            status = response.status
            return response
        finally:
            self._busy[host] -= 1
            client = request.transport.get_extra_info("peername") if request.transport else None
            asked = request.headers
            self.entries.append(
                Entry(
                    address,
                    request.path,
                    reply.kind,
                    started,
                    time.time(),
                    status,
                    size,
                    f"{client[0]}:{client[1]}" if client else "",
                    asked.get("User-Agent", ""),
                    others,
                    reply.feed,
                    reply.version,
                    asked.get("If-None-Match"),
                    asked.get("If-Modified-Since"),
                )
            )

    async def control(self, request: web.BaseRequest) -> web.StreamResponse:
        """GET /ledger?from=N: the entries from the Nth on. POST /hosts: by host, the status of all its answers."""
        if request.path == "/ledger":
            return web.Response(body=msgspec.msgpack.encode(self.entries[int(request.query.get("from", 0)) :]))
        if request.path == "/hosts" and request.method == "POST":
            self._down = {int(host): status for host, status in (await request.json()).items()}
            return web.Response(status=204)
        return web.Response(status=404)


def listen(addresses: list[str]) -> tuple[int, list[socket.socket]]:
    """A socket for each address, all on one port that the system chooses."""
    first = socket.create_server((addresses[0], 0), backlog=512)
    port = first.getsockname()[1]
    sockets = [first, *(socket.create_server((address, port), backlog=512) for address in addresses[1:])]
    return port, sockets


async def run(settings: dict[str, Any]) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # pollers keep a connection to each host open
    plan = Plan.from_dict(settings["plan"])
    port, sockets = listen([host_address(host) for host in range(plan.hosts)])
    control_port, control_sockets = listen(["127.0.0.1"])
    low, high = settings["delays"]
    server = Server(plan, Timing(**settings["timing"]), port, (low, high))
    for handler, each in ((server.serve, sockets), (server.control, control_sockets)):
        runner = web.ServerRunner(web.Server(handler, handler_cancellation=True, keepalive_timeout=75))
        await runner.setup()
        for sock in each:
            await web.SockSite(runner, sock).start()
    print(json.dumps({"port": port, "control": control_port}), flush=True)  # noqa: T201 -- this is its answer
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.stdin.readline())))
