"""The site, as a test sees it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from types import TracebackType
from urllib.request import Request, urlopen

import msgspec

from pipeline.clock import ScaledClock
from pipeline.identity import article_id
from tests.feed_site.answers import host_address
from tests.feed_site.ledger import Entry, Ledger
from tests.feed_site.plan import Item, Plan
from tests.feed_site.process import ServerProcess
from tests.feed_site.timing import Timing

ALLOW_HOSTS = ("127.0.0.0/8",)
"""What a poller must be allowed to ask."""
_START = datetime(2026, 3, 2, 9, tzinfo=UTC)
_ENTRIES = msgspec.msgpack.Decoder(list[Entry])


class FeedSite:
    """Serves a plan while it is open: `with FeedSite(Plan(), factor=60) as site:`.

    The plan starts `wait` real seconds after the site; what was published before is there already. Hosts take between
    `delays` real seconds for an answer, each always as long. `timing` is for clocks of other processes.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        factor: float = 60,
        start: datetime = _START,
        wait: float = 0,
        delays: tuple[float, float] = (0.002, 0.02),
    ) -> None:
        self.plan = plan
        self.timing = Timing(factor, start.timestamp(), time.time() + wait)
        self._settings = {"plan": plan.as_dict(), "timing": self.timing.as_dict(), "delays": delays}
        self._entries: list[Entry] = []
        self._ids: dict[Item, str] = {}

    def __enter__(self) -> FeedSite:
        self._process = ServerProcess("tests.feed_site.server", self._settings)
        self.pid = self._process.pid
        self.port: int = self._process.said["port"]
        self._control = f"http://127.0.0.1:{self._process.said['control']}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()

    def clock(self) -> ScaledClock:
        """Virtual time."""
        return self.timing.clock()

    def seconds(self) -> float:
        """Virtual seconds since the plan's start, by now."""
        return self.timing.virtual(time.time())

    def host(self, number: int) -> str:
        """Address and port of a host."""
        return f"{host_address(number)}:{self.port}"

    def feed_url(self, number: int) -> str:
        feed = self.plan.planned[number]
        return f"http://{self.host(feed.host)}{feed.path}"

    def feed_urls(self) -> list[str]:
        """All, by number."""
        return [self.feed_url(number) for number in range(self.plan.feeds)]

    def item_url(self, item: Item) -> str:
        return f"http://{self.host(self.plan.planned[item.feed].host)}{item.path}"

    def item_id(self, item: Item) -> str:
        """The id of its article in Newswire."""
        if item not in self._ids:
            self._ids[item] = article_id(self.item_url(item), None, "")
        return self._ids[item]

    def due_ids(self, until: float) -> dict[str, Item]:
        """The articles that the pollers must know of by now, by id, if they know those that came out until this
        virtual second; feeds that they have not polled yet do not count."""
        first = {feed: versions[0] for feed, versions in self.ledger().versions().items()}
        return {self.item_id(item): item for item in self.plan.due(first, until)}

    def told_ids(self) -> dict[str, Item]:
        """The articles that stood in what the feeds have answered. One of them that is not known was lost by the
        poller; one that is due and not among them was lost by polling too late."""
        told = {
            self.plan.item(feed, number)
            for feed, versions in self.ledger().versions().items()
            for version in set(versions)
            for number in self.plan.planned[feed].shown_of(version)
        }
        return {self.item_id(item): item for item in told}

    def ledger(self) -> Ledger:
        """Of all requests up to now."""
        with urlopen(f"{self._control}/ledger?from={len(self._entries)}") as answer:
            self._entries += _ENTRIES.decode(answer.read())
        return Ledger(self._entries, self.timing)

    def out_of_order(self, hosts: dict[int, int]) -> None:
        """From now on these hosts answer everything with these statuses, and all others are well."""
        urlopen(Request(f"{self._control}/hosts", json.dumps(hosts).encode(), method="POST")).close()
