"""Steps go on when who began them is cancelled, and are waited for."""

from __future__ import annotations

import asyncio

from pipeline.poller.steps import Steps


def test_a_step_goes_on_when_its_wait_is_cancelled() -> None:
    async def run() -> list[str]:
        steps, began, go, said = Steps(), asyncio.Event(), asyncio.Event(), list[str]()

        async def step() -> None:
            began.set()
            await go.wait()
            said.append("written")

        waiting = asyncio.ensure_future(steps.see_through("feed", step()))
        await began.wait()
        waiting.cancel()
        await asyncio.wait({waiting})
        said.append("cancelled" if waiting.cancelled() else "not cancelled")
        asyncio.get_running_loop().call_soon(go.set)
        await steps.finish({"feed"})
        said.append("finished")
        return said

    assert asyncio.run(run()) == ["cancelled", "written", "finished"]


def test_only_the_steps_that_are_asked_for_are_waited_for() -> None:
    async def run() -> bool:
        steps, never = Steps(), asyncio.Event()
        other = asyncio.ensure_future(steps.see_through("another feed", _wait(never)))
        await asyncio.sleep(0)
        await steps.finish({"feed"})
        left = not other.done()
        other.cancel()
        never.set()
        await steps.finish()
        return left

    assert asyncio.run(run())


def test_a_step_that_does_not_end_is_cancelled() -> None:
    async def run() -> bool:
        steps = Steps()
        waiting = asyncio.ensure_future(steps.see_through("feed", _wait(asyncio.Event())))
        await asyncio.sleep(0)
        await steps.finish()
        await asyncio.wait({waiting})
        return waiting.cancelled()

    assert asyncio.run(run())


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
