"""What is due when, and at which host, in time that runs faster."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from pipeline.clock import ScaledClock
from pipeline.poller.agenda import Agenda

START = datetime(2026, 3, 2, tzinfo=UTC)


def run(work: Callable[[Agenda, ScaledClock], Awaitable[None]], each: int = 1) -> None:
    async def main() -> None:
        clock = ScaledClock(1000, START)
        agenda = Agenda(clock, each)
        running = asyncio.ensure_future(agenda.run())
        working = asyncio.ensure_future(work(agenda, clock))
        await asyncio.wait({running, working}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        assert working.done() or running.done(), "it hangs"
        running.cancel()
        await asyncio.wait({running})
        if working.done():
            working.result()
        else:
            working.cancel()
            running.result()

    asyncio.run(main())


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


def test_jobs_are_done_when_they_are_due_and_not_before() -> None:
    async def work(agenda: Agenda, clock: ScaledClock) -> None:
        late: dict[str, float] = {}

        def job(key: str, due: datetime) -> Callable[[], Awaitable[None]]:
            async def do() -> None:
                late[key] = (clock.now() - due).total_seconds()

            return do

        for number in random.Random(1).sample(range(100), 100):
            due = START + timedelta(seconds=number * 10)
            agenda.put(str(number), f"host{number}", due, job(str(number), due))
        await until(lambda: len(late) == 100)
        assert min(late.values()) >= 0
        assert len(agenda) == 0

    run(work)


def test_a_host_has_one_job_at_a_time_in_the_order_of_their_times() -> None:
    async def work(agenda: Agenda, clock: ScaledClock) -> None:
        done: list[str] = []
        busy: Counter[int] = Counter()

        async def do(key: str) -> None:
            host = int(key) % 20
            busy[host] += 1
            assert busy[host] == 1
            await clock.sleep(random.Random(key).random() * 5)
            busy[host] -= 1
            done.append(key)

        for number in range(300):
            agenda.put(str(number), f"host{number % 20}", START, lambda key=str(number): do(key))
        await until(lambda: len(done) == 300)
        assert sorted(done) == sorted(map(str, range(300)))
        assert [key for key in done if int(key) % 20 == 3] == [str(number) for number in range(300) if number % 20 == 3]

    run(work)


def test_a_key_is_never_worked_on_twice_at_once_and_a_new_time_takes_the_place_of_the_old() -> None:
    async def work(agenda: Agenda, clock: ScaledClock) -> None:
        begun: list[float] = []
        under_way = 0

        async def do() -> None:
            nonlocal under_way
            under_way += 1
            assert under_way == 1
            begun.append((clock.now() - START).total_seconds())
            await clock.sleep(50)
            under_way -= 1

        agenda.put("feed", "host", START + timedelta(hours=1), do)
        agenda.put("feed", "host", START + timedelta(seconds=20), do)
        await until(lambda: len(begun) == 1)
        for _ in range(5):
            agenda.put("feed", "host", clock.now(), do)
        await until(lambda: len(agenda) == 0)
        assert len(begun) == 2
        assert begun[1] - begun[0] >= 50

    run(work, each=2)


def test_a_job_may_put_itself_on_the_agenda_again() -> None:
    async def work(agenda: Agenda, clock: ScaledClock) -> None:
        times: list[datetime] = []

        async def do() -> None:
            times.append(clock.now())
            if len(times) < 5:
                agenda.put("feed", "host", clock.now() + timedelta(seconds=100), do)

        agenda.put("feed", "host", START, do)
        await until(lambda: len(agenda) == 0)
        assert len(times) == 5
        assert all((later - earlier).total_seconds() >= 100 for earlier, later in pairwise(times))

    run(work)


def test_what_is_dropped_is_not_begun_and_ends_if_it_has() -> None:
    async def work(agenda: Agenda, clock: ScaledClock) -> None:
        begun: set[str] = set()
        ended: set[str] = set()

        async def do(key: str) -> None:
            begun.add(key)
            try:
                await clock.sleep(1_000_000)
            finally:
                ended.add(key)

        for key in ("a", "b", "c"):
            agenda.put(key, "host" if key != "c" else "other", START, lambda key=key: do(key))
        await until(lambda: begun == {"a", "c"})
        await agenda.drop({"a", "b"})
        assert ended == {"a"}
        agenda.put("d", "host", clock.now(), lambda: do("d"))
        await until(lambda: "d" in begun)
        assert begun == {"a", "c", "d"}

    run(work)


def test_the_error_of_a_job_ends_the_agenda() -> None:
    async def work(agenda: Agenda, clock: ScaledClock) -> None:
        async def do() -> None:
            raise ValueError("nobody expected this")

        agenda.put("a", "host", START, do)
        await clock.sleep(1_000_000)

    with pytest.raises(ValueError, match="nobody expected"):
        run(work)


@pytest.mark.parametrize("each", [1, 2])
def test_what_is_due_again_as_it_ends_is_done_again(each: int) -> None:
    """A host's worker looks for the last time, and ends some steps later."""

    async def work(agenda: Agenda, clock: ScaledClock) -> None:
        done: Counter[int] = Counter()

        def put(number: int) -> None:
            agenda.put(str(number), f"host{number}", clock.now(), lambda: do(number))

        async def do(number: int) -> None:
            done[number] += 1
            for _ in range(number):
                await asyncio.sleep(0)
            put(number)

        for number in range(8):
            put(number)
        await until(lambda: len(done) == 8 and min(done.values()) >= 50)

    run(work, each)
