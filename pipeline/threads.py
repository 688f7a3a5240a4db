"""Work that waits, beside an event loop or another thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent import futures
from typing import Any, TypeVar

from pipeline.stopping import Stop

_TICK_SECONDS = 0.1

_T = TypeVar("_T")


def in_thread(work: Callable[[], _T], name: str) -> asyncio.Future[_T]:
    """What comes of it; neither a cancelled wait nor the end of the process waits for it."""
    return asyncio.wrap_future(_begin(work, name))


def unless_stopped(work: Callable[[], _T], name: str, stop: threading.Event) -> _T | None:
    """What comes of it; None when `stop` came first, and then nobody waits for it any more. Raises what it raises."""
    doing = _begin(work, name)
    while not futures.wait([doing], _TICK_SECONDS).done:
        if stop.is_set():
            return None
    return doing.result()


def _begin(work: Callable[[], _T], name: str) -> futures.Future[_T]:
    ended: futures.Future[_T] = futures.Future()
    ended.set_running_or_notify_cancel()  # who waits may be cancelled, the work cannot

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 -- raised again where it is waited for
            ended.set_exception(error)
        else:
            ended.set_result(result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return ended


class LoopWork:
    """Work of the running event loop, as other threads ask for it."""

    def __init__(self, stop: Stop) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = stop

    def do(self, work: Coroutine[Any, Any, None], seconds: float | None = None) -> None:
        """Return when it is done. Raises TimeoutError, and what it raises."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def do_unless_stopped(self, work: Coroutine[Any, Any, None], grace_seconds: float) -> bool:
        """The same; False where a stop came first, and it was not done within so many seconds after that."""
        doing = asyncio.run_coroutine_threadsafe(work, self._loop)
        while not futures.wait([doing], _TICK_SECONDS).done:
            if self._stop.is_set() and not futures.wait([doing], self._stop.left(grace_seconds)).done:
                doing.cancel()
                return False
        doing.result()
        return True
