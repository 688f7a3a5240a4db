"""The laws of slots: requests to a host never more than allowed, in order, with pauses, whoever gives up meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fetch.hosts import MAX_BACK_OFF_SECONDS, MAX_PAUSE_SECONDS, PATIENCE, HostSlots

START = datetime(2026, 11, 22, tzinfo=UTC)


class VirtualClock:
    """Jumps to the next sleeper once nobody else can go on."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self._count += 1
        woken = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self.seconds + seconds, self._count, woken))
        await woken

    async def run(self, *tasks: asyncio.Task[None]) -> None:
        """Until all are done."""
        while not all(task.done() for task in tasks):
            for _ in range(20):
                await asyncio.sleep(0)
            if self._sleepers and not all(task.done() for task in tasks):
                self.seconds, _, woken = heappop(self._sleepers)
                if not woken.done():
                    woken.set_result(None)


class Visits:
    """Requests to hosts by a virtual clock: when each began and ended."""

    def __init__(self, limit: int = 1, pause: float = 1.0) -> None:
        self.clock = VirtualClock()
        self.slots = HostSlots(self.clock, limit, pause)
        self.spans: list[tuple[str, float, float]] = []
        self.now = 0
        self.most = 0

    async def visit(self, host: str, seconds: float, asked: float = 0.0) -> None:
        async with self.slots.hold(host, asked):
            began = self.clock.seconds
            self.now += 1
            self.most = max(self.most, self.now)
            try:
                await self.clock.sleep(seconds)
            finally:
                self.now -= 1
                self.spans.append((host, began, self.clock.seconds))

    def run(self, *visits: tuple[str, float]) -> list[tuple[float, float]]:
        async def run() -> None:
            await self.clock.run(*(asyncio.create_task(self.visit(host, seconds)) for host, seconds in visits))

        asyncio.run(run())
        return [(began, ended) for _, began, ended in self.spans]


def test_one_request_at_a_time_with_a_pause_between() -> None:
    assert Visits().run(("a", 0.5), ("a", 0.5), ("a", 0.5)) == [(0, 0.5), (1.5, 2), (3, 3.5)]


def test_hosts_do_not_wait_for_each_other() -> None:
    visits = Visits()
    visits.run(("a", 5), ("b", 5), ("c", 5))
    assert visits.clock.seconds == 5


def test_slow_hosts_get_longer_pauses_up_to_a_limit() -> None:
    assert Visits().run(("a", 4), ("a", 4))[1][0] == 4 + PATIENCE * 4
    assert Visits().run(("a", 500), ("a", 4))[1][0] == 500 + MAX_PAUSE_SECONDS


def test_the_response_time_is_smoothed() -> None:
    first, second, third = Visits(pause=0).run(("a", 10), ("a", 0), ("a", 0))
    assert second[0] - first[1] == PATIENCE * 10
    assert third[0] - second[1] == pytest.approx(PATIENCE * 7)


def test_a_site_may_ask_for_a_longer_pause_whatever_the_number_of_slots() -> None:
    async def run(visits: Visits) -> list[float]:
        await visits.clock.run(*(asyncio.create_task(visits.visit("a", 0, asked=30)) for _ in range(6)))
        return [began for _, began, _ in visits.spans]

    assert asyncio.run(run(Visits())) == [0, 30, 60, 90, 120, 150]
    assert asyncio.run(run(Visits(limit=2))) == [0, 0, 60, 60, 120, 120]


def test_nobody_asks_before_the_host_said_so() -> None:
    visits = Visits()

    async def run() -> None:
        visits.slots.back_off("a", 100)
        visits.slots.back_off("a", 5)
        waiting = asyncio.create_task(visits.visit("a", 1))
        await asyncio.sleep(0)
        visits.slots.back_off("a", 200)  # while one waits already
        await visits.clock.run(waiting, asyncio.create_task(visits.visit("b", 1)))

    asyncio.run(run())
    assert visits.spans == [("b", 0, 1), ("a", 200, 201)]


@pytest.mark.parametrize(("seconds", "expected"), [(-5, 0), (1e12, MAX_BACK_OFF_SECONDS)])
def test_what_hosts_ask_for_is_bounded(seconds: float, expected: float) -> None:
    visits = Visits()
    visits.slots.back_off("a", seconds)
    assert visits.run(("a", 1))[0][0] == expected


def test_an_error_gives_the_slot_back() -> None:
    visits = Visits()

    async def run() -> None:
        with pytest.raises(LookupError):
            async with visits.slots.hold("a"):
                raise LookupError
        await visits.clock.run(asyncio.create_task(visits.visit("a", 0)))

    asyncio.run(run())
    assert visits.spans == [("a", 1, 1)]


def test_idle_hosts_are_forgotten_and_busy_ones_are_not() -> None:
    visits = Visits()

    async def run() -> None:
        visits.slots.back_off("strict.example", 80_000)
        for number in range(20_000):
            async with visits.slots.hold(f"{number}.example"):
                pass
            visits.clock.seconds += 0.1
            assert len(visits.slots) <= 512
        await visits.clock.run(asyncio.create_task(visits.visit("strict.example", 0)))
        assert visits.spans[-1][1] == pytest.approx(80_000)

    asyncio.run(run())


@settings(deadline=None)
@given(
    st.integers(1, 3),
    st.lists(
        st.tuples(st.sampled_from("ab"), st.floats(0, 5), st.floats(0, 20), st.none() | st.floats(0, 20)), max_size=25
    ),
)
def test_whoever_gives_up_the_laws_hold(limit: int, plans: list[tuple[str, float, float, float | None]]) -> None:
    visits = Visits(limit, pause=0.5)
    order: dict[str, list[int]] = {"a": [], "b": []}
    asked: dict[str, list[int]] = {"a": [], "b": []}

    async def come(number: int, host: str, seconds: float, after: float) -> None:
        await visits.clock.sleep(after)
        asked[host].append(number)
        async with visits.slots.hold(host):
            order[host].append(number)
            began = visits.clock.seconds
            try:
                await visits.clock.sleep(seconds)
            finally:
                visits.spans.append((host, began, visits.clock.seconds))

    async def leave(task: asyncio.Task[None], after: float) -> None:
        await visits.clock.sleep(after)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def run() -> None:
        tasks = []
        for number, (host, seconds, after, patience) in enumerate(plans):
            task = asyncio.create_task(come(number, host, seconds, after))
            tasks.append(task)
            if patience is not None:
                tasks.append(asyncio.create_task(leave(task, patience)))
        await visits.clock.run(*tasks)
        for host in "ab":  # all slots are there again
            holders = [asyncio.create_task(visits.visit(host, 100)) for _ in range(limit)]
            await visits.clock.run(*holders)
            spans = visits.spans[-limit:]
            assert max(began for _, began, _ in spans) < min(ended for _, _, ended in spans)
            del visits.spans[-limit:]

    asyncio.run(run())
    for host in "ab":
        served = set(order[host])
        assert order[host] == [number for number in asked[host] if number in served], "first come, first served"
        spans = [(began, ended) for name, began, ended in visits.spans if name == host]
        for began, _ in spans:  # a slot is busy until its pause is over (times are in whole microseconds)
            assert sum(other <= began < end + 0.4999 for other, end in spans) <= limit
