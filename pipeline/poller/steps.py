"""Steps that are seen through, even when who began them is no longer to go on."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Coroutine
from typing import Any

SECONDS = 3.0
"""For steps to end. Well below the time that Kafka waits for a member that gives its partitions away."""


class Steps:
    """What is under way between an answer that was had and the record that says so.

    Who had the answer may be cancelled; without the rest of the step the next process would have to ask again, and a
    feed may no longer show what it had shown.
    """

    def __init__(self) -> None:
        self._under_way: dict[asyncio.Task[None], str] = {}

    async def see_through(self, key: str, step: Coroutine[Any, Any, None]) -> None:
        """Wait for a step; it goes on when the wait is cancelled. Raises what it raises."""
        task = asyncio.ensure_future(step)
        self._under_way[task] = key
        task.add_done_callback(self._under_way.pop)
        await asyncio.shield(task)

    async def finish(self, keys: Container[str] | None = None, seconds: float = SECONDS) -> None:
        """Wait for those of these keys, or for all, for so long; what is not over by then is cancelled."""
        steps = {step for step, key in self._under_way.items() if keys is None or key in keys}
        if not steps:
            return
        _, late = await asyncio.wait(steps, timeout=seconds)
        for step in late:
            step.cancel()
        if late:
            await asyncio.wait(late)
