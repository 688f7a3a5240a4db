"""How far a push came, so that an interrupted one can go on there: a line for each step, appended as records are
acknowledged, in `<local.data_dir>/push/`.

A line stands for a document up to a position, or for all of it, and only ever for records that have ended; the last
whole line of a document counts, so that a push that is killed while writing loses one step at most. What a document
was (size, time of change) stands there as well: one that has changed since is read from its beginning. The file goes
when the push is complete.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

import msgspec

from pipeline.errors import NewswireError
from pipeline.sources import Position

_INTERVAL = 0.2  # seconds between two steps: what a kill sends again


class PushRunningError(NewswireError):
    """The same push is under way already."""


class Step(msgspec.Struct, frozen=True):
    """A document that was pushed up to a position, or to its end. The counts are of the whole push so far."""

    path: str
    size: int
    changed_ns: int
    byte: int
    line: int
    done: bool
    acknowledged: int
    rejected: int


_decode = msgspec.json.Decoder(Step).decode


class Journal:
    """The journal of one push: of the same inputs, with the same options, to the same topic.

    `earlier` says whether there was one, `resumed` whether this push goes on from it, `acknowledged_before` and
    `rejected_before` how much it has. `tell` takes one line for people. Raises PushRunningError, and OSError where
    nothing can be written.
    """

    def __init__(self, folder: Path, push: Sequence[str | None], tell: Callable[[str], None], *, resume: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.blake2b(msgspec.json.encode(push), digest_size=16).hexdigest()
        self._path = folder / f"{name}.jsonl"
        self._tell = tell
        self._file = self._path.open("ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise PushRunningError("the same push is running already; wait for its end or stop it") from None
        found = self._read()
        self.earlier = bool(found)
        self._known = {step.path: step for step in found} if resume else {}
        self.resumed = bool(self._known)
        self.acknowledged = self.acknowledged_before = found[-1].acknowledged if self.resumed else 0
        self.rejected = self.rejected_before = found[-1].rejected if self.resumed else 0
        self._open: dict[str, tuple[int, int]] = {}
        self._latest: tuple[str, Position] | None = None
        self._written = monotonic()
        if not resume:
            self._file.truncate(0)

    def begin(self, path: str, size: int, changed_ns: int) -> Position | None:
        """Where to begin with a document that is such now; None if all of it was pushed."""
        self._open[path] = (size, changed_ns)
        step = self._known.get(os.path.abspath(path))  # noqa: PTH100 -- links are to stay as they were named
        if step is None:
            return Position(0)
        if (step.size, step.changed_ns) != (size, changed_ns):
            self._tell(f"{path} has changed since; it is pushed from its beginning")
            return Position(0)
        return None if step.done else Position(step.byte, step.line)

    def reach(self, path: str, end: Position) -> None:
        """All of the document up to there has ended."""
        if path in self._open:
            self._latest = (path, end)
            if monotonic() - self._written >= _INTERVAL:
                self.write()

    def finish(self, path: str) -> None:
        """All of the document has ended."""
        size, changed_ns = self._open.pop(path)
        self._append(path, size, changed_ns, Position(size), done=True)
        self._latest = None

    def write(self) -> None:
        """The latest step, now."""
        if self._latest:
            path, end = self._latest
            self._append(path, *self._open[path], end, done=False)
            self._latest = None

    def close(self, *, complete: bool) -> None:
        """Keep it for the next time, or delete it."""
        self.write()
        if complete or not self._file.tell():
            self._path.unlink(missing_ok=True)
        self._file.close()

    def _append(self, path: str, size: int, changed_ns: int, end: Position, *, done: bool) -> None:
        step = Step(
            os.path.abspath(path),  # noqa: PTH100 -- as above
            size,
            changed_ns,
            end.byte,
            end.line,
            done,
            self.acknowledged,
            self.rejected,
        )
        try:
            self._file.write(msgspec.json.encode(step) + b"\n")
            self._file.flush()
        except OSError as error:
            self._tell(f"cannot write how far the push came ({error.strerror}); --resume may repeat more than needed")
        self._written = monotonic()

    def _read(self) -> list[Step]:
        found = []
        for line in self._path.read_bytes().splitlines(keepends=True):
            try:
                found.append(_decode(line))
            except msgspec.DecodeError:  # torn by a kill
                continue
        return found
