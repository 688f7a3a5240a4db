"""What sites allow crawlers in their robots.txt (RFC 9309)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zlib import compress, decompress

from protego import Protego

from pipeline.answers import Answer, Outcome
from pipeline.clock import Clock
from pipeline.fetch.client import Fetcher
from pipeline.fetch.hosts import HostSlots
from pipeline.identity import canonical_url
from pipeline.polling.partition import host_of

TOKEN = "Newswire"  # noqa: S105
"""What robots.txt files call us."""
MAX_BYTES = 500 * 1024
MAX_CRAWL_DELAY_SECONDS = 60.0
"""Sites that ask for more are asked that often."""
_FRESH = timedelta(hours=24)
_RETRY = timedelta(minutes=5)
_MAX_RETRY = timedelta(hours=6)
_UNREACHABLE = timedelta(days=7)
_OVERHEAD = 500
_PARSED_BYTES = 1_000_000
"""Parsed rules take 13 to 55 times the memory of their text, so that only those in use are kept parsed."""
_LARGE = 20_000
"""Bytes of text that are parsed within a thread: 500 KiB take a second."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """Of one origin."""

    text: bytes | None
    """Compressed. None: nothing may be fetched, as nobody knows what the site wants. Empty: all may."""
    until: datetime
    unreachable_since: datetime | None = None
    retry: timedelta = _RETRY


class Robots:
    """robots.txt of each origin, kept for a day, the latest used in `hosts` and `max_memory` bytes of compressed text.

    Asking for them holds the host's slot: whoever asks here must not hold it.
    """

    def __init__(
        self, fetcher: Fetcher, slots: HostSlots, clock: Clock, *, hosts: int = 20_000, max_memory: int = 32_000_000
    ) -> None:
        self._fetcher = fetcher
        self._slots = slots
        self._clock = clock
        self._hosts = hosts
        self._max_memory = max_memory
        self._memory = 0
        self._rules: OrderedDict[str, _Rules] = OrderedDict()
        self._asked: dict[str, asyncio.Task[_Rules]] = {}
        self._parsed: OrderedDict[bytes, tuple[Protego, int]] = OrderedDict()
        self._parsed_bytes = 0

    async def allowed(self, url: str) -> bool:
        """Whether we may fetch it. Until a server that fails tells its rules, nothing; after a week of that, all."""
        origin = _origin(url)
        if origin is None:
            return False
        rules = await self._current(origin)
        if rules.text is None:
            return False
        parsed = await self._parse(rules.text)
        return parsed is None or bool(parsed.can_fetch(url, TOKEN))

    async def crawl_delay(self, url: str) -> float:
        """Seconds that the site wants between requests (Crawl-delay, Request-rate), at most a minute; 0: no wish."""
        origin = _origin(url)
        parsed = await self._parse((await self._current(origin)).text) if origin else None
        if parsed is None:
            return 0.0
        rate = parsed.request_rate(TOKEN)
        per_request = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return min(max(float(parsed.crawl_delay(TOKEN) or 0.0), per_request, 0.0), MAX_CRAWL_DELAY_SECONDS)

    async def text(self, url: str) -> str:
        """The robots.txt that holds for it; empty where there is none."""
        origin = _origin(url)
        text = (await self._current(origin)).text if origin else None
        return decompress(text).decode("utf-8", "replace") if text else ""

    async def _parse(self, text: bytes | None) -> Protego | None:
        if not text:
            return None
        if text in self._parsed:
            self._parsed.move_to_end(text)
            return self._parsed[text][0]
        plain = decompress(text)
        parsed = await asyncio.to_thread(_parsed, plain) if len(plain) > _LARGE else _parsed(plain)
        if text not in self._parsed:
            self._parsed[text] = parsed, len(plain)
            self._parsed_bytes += len(plain)
        while self._parsed_bytes > _PARSED_BYTES:
            self._parsed_bytes -= self._parsed.popitem(last=False)[1][1]
        return parsed

    async def _current(self, origin: str) -> _Rules:
        rules = self._rules.get(origin)
        if rules is not None and rules.until > self._clock.now():
            self._rules.move_to_end(origin)
            return rules
        task = self._asked.get(origin)
        if task is None:
            task = self._asked[origin] = asyncio.create_task(self._ask(origin, rules))
            task.add_done_callback(lambda _: self._asked.pop(origin, None))
        return await asyncio.shield(task)  # who gives up waiting takes it from nobody else

    async def _ask(self, origin: str, before: _Rules | None) -> _Rules:
        url = f"{origin}/robots.txt"
        outcome = await self._fetcher.get(
            url,
            accept="text/plain, */*;q=0.5",
            max_bytes=MAX_BYTES,
            truncate=True,
            turn=lambda address: self._slots.hold(host_of(address)),
        )
        rules = _rules(outcome, before, self._clock.now())
        self._keep(origin, rules)
        return rules

    def _keep(self, origin: str, rules: _Rules) -> None:
        self._drop(self._rules.pop(origin, None))
        self._rules[origin] = rules
        self._memory += _size(rules)
        while len(self._rules) > self._hosts or (self._memory > self._max_memory and len(self._rules) > 1):
            self._drop(self._rules.popitem(last=False)[1])

    def _drop(self, rules: _Rules | None) -> None:
        self._memory -= _size(rules) if rules is not None else 0


def _rules(outcome: Outcome, before: _Rules | None, now: datetime) -> _Rules:
    """What an answer for robots.txt means (RFC 9309, 2.3.1)."""
    if isinstance(outcome, Answer) and outcome.status < 500 and outcome.status != 429:
        text = outcome.body if outcome.status == 200 else b""
        return _Rules(compress(text) if text.strip() else b"", now + _FRESH)
    since = (before and before.unreachable_since) or now
    retry = min(2 * before.retry, _MAX_RETRY) if before and before.unreachable_since else _RETRY
    if before is not None and before.text is not None:  # rules that were told hold on
        return _Rules(before.text, now + retry, since, retry)
    if now - since >= _UNREACHABLE:
        return _Rules(b"", now + _FRESH)
    return _Rules(None, now + retry, since, retry)


def _parsed(text: bytes) -> Protego:
    return Protego.parse(text.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"))


def _size(rules: _Rules) -> int:
    return _OVERHEAD + len(rules.text or b"")


def _origin(url: str) -> str | None:
    made = canonical_url(url)
    if made is None:
        return None
    parts = urlsplit(made)
    return f"{parts.scheme}://{parts.netloc}"
