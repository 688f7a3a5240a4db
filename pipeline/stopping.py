"""The end of a process: asked for by a signal, and over in time whatever is away and whoever waits for it.

All steps of a stop share limits that run from its beginning. Should one not keep its limit, the process ends without
it: what was not done by then is done again by the next one, as after a kill.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from types import FrameType

STOP_SECONDS = 7.5
"""A stop takes no longer. Docker and its like kill 10 s after SIGTERM."""
FINISH_SECONDS = 3.0
"""What is under way at a stop has so long to become durable; else it comes again."""
MEMBER_SECONDS = 5.0
"""After so long, nobody waits any more for a member to have left its group."""
_OURS = str(Path(__file__).parent)

log = logging.getLogger("newswire.stop")


class Stop(threading.Event):
    """Set when the process is to end; knows since when."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = 0.0

    def set(self) -> None:
        """The limits run from the first time."""
        if not self.is_set():
            self._asked = monotonic()
        super().set()

    def left(self, seconds: float) -> float:
        """What is left of so many seconds after the stop; all of them before it."""
        return max(0.0, self._asked + seconds - monotonic()) if self.is_set() else seconds


def stop_on_signals() -> Stop:
    """Set by SIGTERM and Ctrl-C; the process ends in time after that."""
    stop = Stop()

    def end(*_: object) -> None:
        if not stop.is_set():
            limit()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return stop


def limit(seconds: float = STOP_SECONDS, status: Callable[[], int] = lambda: 0) -> None:
    """End the process after so long if it has not ended by then, and say what it waited for."""

    def end() -> None:
        threading.Event().wait(seconds)
        log.warning("the stop took too long; the process ends without: %s", "; ".join(_waiting(sys._current_frames())))
        logging.shutdown()
        sys.stderr.flush()
        os._exit(status())

    threading.Thread(target=end, name="newswire-stop", daemon=True).start()


def _waiting(frames: Mapping[int, FrameType]) -> list[str]:
    """By thread, the innermost place in our own code."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    found = []
    for ident, frame in frames.items():
        ours = [each for each in traceback.extract_stack(frame) if each.filename.startswith(_OURS)]
        if ours and ident != threading.get_ident():
            place = Path(ours[-1].filename).relative_to(_OURS)
            found.append(f"{names.get(ident, ident)} in {ours[-1].name} ({place}:{ours[-1].lineno})")
    return found
