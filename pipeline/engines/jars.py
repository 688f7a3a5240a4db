"""The jars of an engine: named by its lock file, downloaded by jgo once, and checked before every use.

jgo puts what it downloads into the user's Maven repository (`~/.m2/repository`, or what its own configuration says),
which other programs write to as well. So every jar's SHA-256 is compared with the lock before Java may load it. A jar
is downloaded to a folder of its own, checked there, and only then moved into the repository, whole.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import shutil
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.engines.base import EngineError, Report
from pipeline.engines.java import INSTALL

_DOWNLOADS = 4
_TIMEOUT_SECONDS = 30
_TRIES = 3
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Jar:
    """One entry of a lock file: a Maven coordinate, the SHA-256 and size (bytes) of its file."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str
    size: int

    @property
    def coordinate(self) -> str:
        """As jgo reads it: group:artifact:version[:classifier]."""
        return ":".join(filter(None, (self.group, self.artifact, self.version, self.classifier)))

    @property
    def path(self) -> Path:
        """Place inside a Maven repository."""
        name = "-".join(filter(None, (self.artifact, self.version, self.classifier)))
        return Path(*self.group.split("."), self.artifact, self.version, f"{name}.jar")


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file: the jars in class path order."""

    name: str
    jars: tuple[Jar, ...]

    def version(self, artifact: str) -> str:
        """The version of one of them."""
        return next(jar.version for jar in self.jars if jar.artifact == artifact)


def read_lock(path: Path) -> Lock:
    """A NAME.jgo.lock.toml. Raises EngineError when an entry lacks its checksum: nothing unchecked may run."""
    document = tomllib.loads(path.read_text())
    try:
        jars = tuple(
            Jar(
                group=entry["groupId"],
                artifact=entry["artifactId"],
                version=entry["version"],
                classifier=entry.get("classifier", ""),
                sha256=entry["sha256"],
                size=entry["size"],
            )
            for entry in document["dependencies"]
        )
    except KeyError as missing:
        raise EngineError(f"{path.name} is damaged: an entry has no {missing}; install newswire again") from None
    return Lock(path.name.split(".")[0], jars)


def _settings() -> Any:
    """jgo's settings: the repository's folder and, where the user has one, a mirror."""
    try:
        from jgo.config import GlobalSettings  # noqa: PLC0415 -- an optional extra
    except ImportError:
        raise EngineError(f"the local engines need the Python package jgo; run: {INSTALL}") from None
    return GlobalSettings.load()


def repository() -> Path:
    """The Maven repository that jgo uses. Raises EngineError where jgo is not installed."""
    return Path(_settings().repo_cache).expanduser()


def class_path(locks: Sequence[Lock], report: Report) -> list[list[Path]]:
    """The checked jars of each lock, downloaded where missing. Raises EngineError; a damaged jar is never returned."""
    home = repository()
    wanted = {jar.path: jar for lock in locks for jar in lock.jars}
    missing = [jar for jar in wanted.values() if not (home / jar.path).exists()]
    if missing:
        _download(missing, home, report)
    for jar in wanted.values():
        if _sha256(home / jar.path) != jar.sha256:
            raise EngineError(
                f"{home / jar.path} is not the file that was locked (its SHA-256 differs), so nothing was started; "
                "delete it and start again, and it is downloaded anew"
            )
    return [[home / jar.path for jar in lock.jars] for lock in locks]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EngineError(f"cannot read {path}: {error.strerror}") from error


def _download(jars: Sequence[Jar], home: Path, report: Report) -> None:
    size = sum(jar.size for jar in jars)
    what = f"the local engines ({len(jars)} files, {size / 1e6:.0f} MB)"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(home).free < size * 1.2:
            raise EngineError(f"not enough room in {home} for {what}; free some disk space")
        inbox = Path(tempfile.mkdtemp(prefix=".newswire-", dir=home))
    except OSError as error:
        raise EngineError(f"cannot write to {home}: {error.strerror}; {what} must be downloaded there") from error
    progress = _Progress(f"downloading {what}", size, report)
    try:
        with ThreadPoolExecutor(_DOWNLOADS, thread_name_prefix="download") as pool:
            futures = [pool.submit(_fetch, jar, inbox, home, progress) for jar in jars]
            try:
                done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        for future in done:
            future.result()
    except EngineError:
        raise
    except OSError as error:  # requests' errors are OSErrors as well
        reason = "the disk is full" if error.errno == errno.ENOSPC else _innermost(error)
        raise EngineError(
            f"{what} could not be downloaded from Maven Central ({reason}); check network and proxy, then try again"
        ) from error
    except RuntimeError as error:  # jgo: not found on the server
        raise EngineError(f"{what} could not be downloaded: {str(error).split(' in remote')[0]}") from error
    finally:
        shutil.rmtree(inbox, ignore_errors=True)


def _innermost(error: BaseException) -> str:
    """The last cause in few words: requests wraps a refused connection four times."""
    while error.__context__ or error.__cause__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]  # one of both is there
    return str(error).split("] ")[-1].split(": ")[-1][:120]


class _Progress:
    """Bytes of all downloads together."""

    def __init__(self, what: str, total: int, report: Report) -> None:
        self._what, self._total, self._report = what, total, report
        self._done = 0
        self._lock = threading.Lock()
        report(what, 0, total)

    @contextlib.contextmanager
    def __call__(self, _filename: str, _size: int) -> Iterator[Callable[[int], None]]:
        """What jgo's resolver takes as its progress callback."""
        yield self._add

    def _add(self, count: int) -> None:
        with self._lock:
            self._done = min(self._done + count, self._total)  # a second try counts twice
            self._report(self._what, self._done, self._total)


def _fetch(jar: Jar, inbox: Path, home: Path, progress: _Progress) -> None:
    for attempt in range(1, _TRIES + 1):
        try:
            path = _fetch_once(jar, Path(tempfile.mkdtemp(dir=inbox)), progress)
            break
        except OSError as error:  # among 160 files from far away one may well break off
            if attempt == _TRIES or error.errno == errno.ENOSPC:
                raise
            time.sleep(attempt * _PAUSE_SECONDS)
    if _sha256(path) != jar.sha256:
        raise EngineError(f"the download of {jar.coordinate} is not the file that was locked; nothing was started")
    target = home / jar.path
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)


def _fetch_once(jar: Jar, folder: Path, progress: _Progress) -> Path:
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 -- an optional extra, needed only here
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

    context = MavenContext(
        resolver=PythonResolver(progress_callback=progress),
        repo_cache=folder,
        remote_repos={"central": MAVEN_CENTRAL_URL, **_settings().repositories},
        timeout=_TIMEOUT_SECONDS,
    )
    return Path(context.create_dependency(jar.coordinate).artifact.resolve())
