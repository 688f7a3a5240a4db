"""Work that waits, beside an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent import futures
from typing import Any, TypeVar

_TICK_SECONDS = 0.1

_T = TypeVar("_T")


def in_thread(work: Callable[[], _T], name: str) -> asyncio.Future[_T]:
    """What comes of it; the end of the process does not wait for it."""
    ended: futures.Future[_T] = futures.Future()

    def run() -> None:
        try:
            ended.set_result(work())
        except BaseException as error:  # noqa: BLE001 -- raised again in the event loop
            ended.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return asyncio.wrap_future(ended)


class LoopWork:
    """Work of the running event loop, as other threads ask for it."""

    def __init__(self, stop: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = stop

    def do(self, work: Coroutine[Any, Any, None], seconds: float | None = None) -> None:
        """Return when it is done. Raises TimeoutError, and what it raises."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def do_unless_stopped(self, work: Coroutine[Any, Any, None], grace_seconds: float) -> bool:
        """The same; False where a stop came first, and it was not done within so many seconds after that."""
        doing = asyncio.run_coroutine_threadsafe(work, self._loop)
        while not futures.wait([doing], _TICK_SECONDS).done:
            if self._stop.is_set() and not futures.wait([doing], grace_seconds).done:
                doing.cancel()
                return False
        doing.result()
        return True
