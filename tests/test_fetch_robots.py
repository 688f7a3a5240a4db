"""robots.txt: what sites allow, how long that holds, and what is done when nobody can say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.fetch.client import Fetcher, FetchOptions
from pipeline.fetch.hosts import HostSlots
from pipeline.fetch.robots import MAX_BYTES, Robots
from tests.raw_site import RawSite, Reply, StubResolver, answer, redirect


class SetClock:
    """Stands still until it is set; sleeping takes no time."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 22, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.go(seconds=max(seconds, 1e-6))
        await asyncio.sleep(0)

    def go(self, **time: float) -> None:
        self._now += timedelta(**time)


Visit = Callable[[Robots, RawSite, SetClock], Awaitable[None]]


def visit(reply: Reply | None, then: Visit, **limits: int) -> RawSite:
    """A site with this robots.txt, on names of all kinds."""

    async def run() -> RawSite:
        clock = SetClock()
        names = StubResolver(**{f"{name}_example": ("127.0.0.1",) for name in ("news", "a", "b", "c")})
        options = FetchOptions(timeout_seconds=5, allow_hosts=("127.0.0.1",))
        replies = {} if reply is None else {"/robots.txt": reply}
        async with RawSite(replies) as site, Fetcher(options, resolver=names) as fetcher:
            await then(Robots(fetcher, HostSlots(clock, 1, 1.0), clock, **limits), site, clock)
        return site

    return asyncio.run(run())


def allowed(reply: Reply | None, *paths: str) -> list[bool]:
    found: list[bool] = []

    async def then(robots: Robots, site: RawSite, clock: SetClock) -> None:
        found.extend([await robots.allowed(site.url(path)) for path in paths])

    assert len(visit(reply, then).asked) == 1
    return found


RULES = b"""User-agent: *
Disallow: /

User-agent: newswire
Disallow: /private/
Disallow: /*.pdf$
Allow: /private/open
Crawl-delay: 7
"""


def test_our_own_group_goes_before_that_of_all() -> None:
    paths = ("/story", "/private/x", "/private/open/x", "/a.pdf", "/a.pdf?x=1")
    assert allowed(answer(RULES), *paths) == [True, False, True, False, True]


def test_without_one_the_group_of_all_counts() -> None:
    rules = b"User-agent: Googlebot\nDisallow:\n\nUser-agent: *\nDisallow: /news/\n"
    assert allowed(answer(b"\xef\xbb\xbf" + rules), "/news/1", "/other") == [False, True]


@pytest.mark.parametrize(
    "reply",
    [
        None,
        answer(status="403 Forbidden"),
        answer(status="410 Gone"),
        answer(b""),
        answer(b"<html><p>Home</p>"),
        answer(b"\x00\xff"),
    ],
)
def test_without_rules_all_is_allowed(reply: Reply | None) -> None:
    assert allowed(reply, "/story") == [True]


@pytest.mark.parametrize(
    "reply",
    [
        answer(status="500 Broken"),
        answer(status="503 Later"),
        answer(status="429 Slow down"),
        b"garbage",
        redirect("/robots.txt"),
    ],
)
def test_nothing_is_allowed_while_nobody_knows_the_rules(reply: Reply) -> None:
    assert allowed(reply, "/story") == [False]


def test_redirects_are_followed_and_count_for_the_first_host() -> None:
    async def then(robots: Robots, site: RawSite, clock: SetClock) -> None:
        site.replies["/robots.txt"] = redirect(site.url("/rules", host="a.example"), 301)
        site.replies["/rules"] = answer(RULES)
        assert not await robots.allowed(site.url("/private/x"))
        assert await robots.allowed(site.url("/x"))

    assert len(visit(None, then).asked) == 2


def test_rules_beyond_500_kib_do_not_count() -> None:
    before = b"User-agent: *\nDisallow: /a\n"
    filling = b"#" + b"x" * (MAX_BYTES - len(before) - 2) + b"\n"
    assert allowed(answer(before + filling + b"Disallow: /b\n"), "/a", "/b") == [False, True]


@pytest.mark.parametrize(
    ("rules", "delay"),
    [
        (RULES, 7), (b"User-agent: *\nCrawl-delay: 0.5\n", 0.5), (b"User-agent: *\nCrawl-delay: 86400\n", 60),
        (b"User-agent: *\nRequest-rate: 1/5\n", 5), (b"User-agent: *\nDisallow: /x\n", 0),
        (b"User-agent: *\nCrawl-delay: soon\n", 0), (b"User-agent: *\nCrawl-delay: -3\n", 0),
        (b"User-agent: *\nCrawl-delay: nan\n", 0), (b"User-agent: *\nCrawl-delay: inf\n", 0),
    ],
)  # fmt: skip
def test_the_crawl_delay_is_told_within_bounds(rules: bytes, delay: float) -> None:
    async def then(robots: Robots, site: RawSite, clock: SetClock) -> None:
        assert await robots.crawl_delay(site.url("/story")) == delay

    visit(answer(rules), then)


def test_rules_hold_for_a_day_and_are_asked_for_once() -> None:
    async def then(robots: Robots, site: RawSite, clock: SetClock) -> None:
        await asyncio.gather(*(robots.allowed(site.url(f"/{number}")) for number in range(20)))
        clock.go(hours=23)
        await robots.allowed(site.url("/x"))
        assert len(site.asked) == 1
        site.replies["/robots.txt"] = answer(b"User-agent: *\nDisallow: /\n")
        clock.go(hours=2)
        assert not await robots.allowed(site.url("/x"))
        assert len(site.asked) == 2

    visit(answer(RULES), then)


def test_who_gives_up_waiting_takes_the_rules_from_nobody() -> None:
    async def then(robots: Robots, site: RawSite, clock: SetClock) -> None:
        first = asyncio.create_task(robots.allowed(site.url("/x")))
        second = asyncio.create_task(robots.allowed(site.url("/private/x")))
        await asyncio.sleep(0)
        first.cancel()
        assert not await second

    assert len(visit(answer(RULES), then).asked) == 1


def test_rules_that_were_told_hold_while_the_server_fails() -> None:
    async def then(robots: Robots, site: RawSite, clock: SetClock) -> None:
        assert not await robots.allowed(site.url("/private/x"))
        site.replies["/robots.txt"] = answer(status="503 Later")
        clock.go(days=20)
        assert not await robots.allowed(site.url("/private/x"))
        assert await robots.allowed(site.url("/x"))
        assert len(site.asked) == 2

    visit(answer(RULES), then)


def test_a_failing_server_is_asked_ever_more_seldom_and_after_a_week_no_more_waited_for() -> None:
    async def then(robots: Robots, site: RawSite, clock: SetClock) -> None:
        refused = 0
        while not await robots.allowed(site.url("/x")):
            refused += 1
            clock.go(minutes=5)
            assert refused < 3000
        assert 7 * 24 * 12 <= refused <= 7.3 * 24 * 12
        assert len(site.asked) < 50

    visit(answer(status="500 Broken"), then)


def test_a_server_that_recovers_is_believed_at_once() -> None:
    async def then(robots: Robots, site: RawSite, clock: SetClock) -> None:
        assert not await robots.allowed(site.url("/x"))
        site.replies["/robots.txt"] = answer(RULES)
        clock.go(minutes=6)
        assert await robots.allowed(site.url("/x"))

    visit(answer(status="500 Broken"), then)


@pytest.mark.parametrize("limits", [{"hosts": 2}, {"max_memory": 1_200}])
def test_memory_is_bounded_and_the_latest_used_are_kept(limits: dict[str, int]) -> None:
    async def then(robots: Robots, site: RawSite, clock: SetClock) -> None:
        for host in ("a", "b", "a", "c", "a"):
            await robots.allowed(site.url("/x", host=f"{host}.example"))
        assert len(site.asked) == 3
        await robots.allowed(site.url("/x", host="b.example"))
        assert len(site.asked) == 4

    visit(answer(b"User-agent: *\nDisallow: /y\n" + b"#" * 500), then, **limits)


def test_large_rules_are_read_too() -> None:
    rules = b"User-agent: *\n" + b"".join(b"Disallow: /section%d/*/print$\n" % number for number in range(5000))
    assert allowed(answer(rules), "/section4999/a/print", "/section4999/a") == [False, True]


def test_what_is_no_address_is_not_allowed() -> None:
    async def then(robots: Robots, site: RawSite, clock: SetClock) -> None:
        assert not await robots.allowed("ftp://news.example/x")
        assert await robots.crawl_delay("mailto:a@b") == 0

    assert visit(answer(RULES), then).asked == []
