"""Paths to records: finds the documents behind files, folders and standard input, and reads each with its source."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.registry import Plugin, plugin, plugins
from pipeline.sources import Defaults, Document, Finished, Item, Position, Problem, Skipped
from pipeline.sources._guess import guess_format

STANDARD_INPUT = "-"
_BEGINNING = Position(0)


class Positions(Protocol):
    """Says where to begin with a file of that size and time of change; None if it is done with."""

    def begin(self, path: str, size: int, changed_ns: int, /) -> Position | None: ...


class Inputs:
    """Files, folders (all files below, in the order of their names, hidden ones left out) and `-`, standard input.

    Iterating reads them once, lazily. `total` is their size in bytes, None if a stream is among them; `consumed` is
    how much of it has been read, or passed over because `positions` say so. Each file whose position they ask for is
    followed by Finished. Nothing is raised for what cannot be read: it is a Problem.
    """

    def __init__(
        self, paths: Sequence[str], defaults: Defaults, form: str | None = None, standard_input: BinaryIO | None = None
    ) -> None:
        self._paths = paths
        self._defaults = defaults
        self._source = plugin("sources", form) if form else None
        self._standard_input = standard_input
        self.positions: Positions | None = None
        self.consumed = 0

    def total(self) -> int | None:
        """Bytes of all files, as they are now; None if a stream is among them."""
        size = 0
        for path in self._paths:
            if path == STANDARD_INPUT:
                return None
            for found, _ in _files(Path(path), set()):
                if not isinstance(found, Path):
                    continue
                try:
                    state = found.stat()
                except OSError:  # reading will tell
                    continue
                if not stat.S_ISREG(state.st_mode):
                    return None
                size += state.st_size
        return size

    def exist(self) -> bool:
        """Whether anything is there at all; if not, iterating gives a Problem for each path."""
        return any(path == STANDARD_INPUT or os.path.lexists(path) for path in self._paths)

    def __iter__(self) -> Iterator[Item]:
        for path in self._paths:
            if path == STANDARD_INPUT:
                stream = self._standard_input or sys.stdin.buffer
                yield from self._read_stream("standard input", stream)
                continue
            for found, given in _files(Path(path), set()):
                if isinstance(found, Path):
                    yield from self._read_file(found, given)
                else:
                    yield found

    def _read_file(self, path: Path, given: bool) -> Iterator[Item]:
        try:
            stream = path.open("rb")
        except OSError as error:
            yield Problem(str(path), None, f"cannot be read: {error.strerror}")
            return
        with stream:
            regular = stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
            reader = self._source or _source_of(path)
            if reader is None and not regular:
                yield from self._read_stream(str(path), stream)
            elif reader is not None and regular and self.positions is not None:
                yield from self._read_on(reader, path, stream, self.positions)
            elif reader is not None:
                yield from self._read(reader, str(path), stream)
            elif given:
                suffixes = ", ".join(
                    sorted(suffix for known in plugins("sources").values() for suffix in known.suffixes)
                )
                yield Problem(
                    str(path), None, f"unknown kind of file; name its format with --format (known: {suffixes})"
                )
            else:
                yield Skipped(str(path))

    def _read_stream(self, name: str, stream: BinaryIO) -> Iterator[Item]:
        if self._source:
            yield from self._read(self._source, name, stream)
            return
        try:
            form, beginning = guess_format(stream)
        except OSError as error:
            yield Problem(name, None, f"cannot be read: {error.strerror}")
            return
        if beginning:
            yield from self._read(plugin("sources", form), name, io.BufferedReader(Joined(beginning, stream)))
        else:
            yield Problem(name, None, "there is nothing in it")

    def _read_on(self, reader: Plugin, path: Path, stream: BinaryIO, positions: Positions) -> Iterator[Item]:
        state = os.fstat(stream.fileno())
        start = positions.begin(str(path), state.st_size, state.st_mtime_ns)
        if start is None:
            self.consumed += state.st_size
            return
        if (yield from self._read(reader, str(path), stream, start)):
            yield Finished(str(path))

    def _read(
        self, reader: Plugin, name: str, stream: BinaryIO, start: Position = _BEGINNING
    ) -> Generator[Item, None, bool]:
        """All items; returns whether the document could be read to its end."""
        counted = io.BufferedReader(_Counted(stream, self), 256 * 1024)
        try:
            with closing(reader.function(Document(name, counted, start), self._defaults)) as items:
                yield from items
        except OSError as error:
            yield Problem(name, None, f"cannot be read to its end: {error.strerror}")
            return False
        return True


def _source_of(path: Path) -> Plugin | None:
    name = path.name.lower()
    for known in plugins("sources").values():
        if name.endswith(known.suffixes):
            return known
    return None


def _files(path: Path, above: set[tuple[int, int]], given: bool = True) -> Iterator[tuple[Path | Problem, bool]]:
    """Files at and below a path, and whether the user named them. `above` holds the folders on the way down, so that
    a link to one of them is not followed for ever."""
    try:
        state = path.stat()
        if not stat.S_ISDIR(state.st_mode):
            yield path, given
            return
        place = (state.st_dev, state.st_ino)
        if place in above:
            return
        names = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
    except FileNotFoundError:
        yield Problem(str(path), None, "no such file"), given
        return
    except OSError as error:
        yield Problem(str(path), None, f"cannot be read: {error.strerror}"), given
        return
    for name in names:
        yield from _files(path / name, above | {place}, given=False)


class Joined(io.RawIOBase):
    """What was already read of a stream, and its rest."""

    def __init__(self, beginning: bytes, rest: BinaryIO) -> None:
        self._beginning = memoryview(beginning)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # that is what BufferedReader passes
        if self._beginning:
            part, self._beginning = self._beginning[: len(buffer)], self._beginning[len(buffer) :]
        else:
            part = memoryview(_read_some(self._rest, len(buffer)))
        buffer[: len(part)] = part
        return len(part)


class _Counted(io.RawIOBase):
    """A stream that tells how far it was read."""

    def __init__(self, stream: BinaryIO, inputs: Inputs) -> None:
        self._stream = stream
        self._inputs = inputs
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._move(self._stream.seek(offset, whence))
        return self._at

    def _move(self, at: int) -> None:
        self._inputs.consumed += at - self._at
        self._at = at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # as above
        part = _read_some(self._stream, len(buffer))
        self._move(self._at + len(part))
        buffer[: len(part)] = part
        return len(part)


def _read_some(stream: BinaryIO, count: int) -> bytes:
    """What is there, without waiting for all of it: lines of a pipe are to come through one by one."""
    some = stream.read1(count) if isinstance(stream, io.BufferedReader) else stream.read(count)
    return some or b""
