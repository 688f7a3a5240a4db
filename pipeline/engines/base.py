"""What every local engine has: a name, ports, files that it needs, a command line and a way to ask whether it is ready.

An engine is a Java program that runs as the user, listens on 127.0.0.1 only and keeps everything under
`<data_dir>/<name>`. kafka.py and opensearch.py are one engine each; control.py starts and stops them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pipeline.config import Local
from pipeline.errors import NewswireError

HOST = "127.0.0.1"
LOGS = "logs"
"""Folder beside the engines' own."""

Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done and of how much, in bytes; 0 of 0 where nothing is counted."""


class EngineError(NewswireError):
    """A local engine cannot be had, started or stopped; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one engine lives: its folder, which is also its working folder, and its ports by purpose."""

    home: Path
    ports: Mapping[str, int]


class Engine(ABC):
    """One kind of engine. It holds no state: a running one is described by state.py."""

    name: ClassVar[str]
    title: ClassVar[str]
    artifact: ClassVar[str]
    """The jar among the locked ones whose version is the engine's."""
    ports: ClassVar[Mapping[str, range]]
    """Purpose of each port and the range it may come from. `listen` is the one that clients connect to."""

    @abstractmethod
    def heap(self, local: Local) -> str:
        """Largest Java heap, as `-Xmx` takes it."""

    @abstractmethod
    def options(self, place: Place) -> list[str]:
        """Options of the Java runtime, main class and arguments."""

    @abstractmethod
    def configure(self, place: Place) -> None:
        """Write the configuration for these ports. Called before each start."""

    def first_run(self, place: Place) -> list[str] | None:
        """Main class and arguments of a program that must have run once before the first start, if it has not."""
        del place
        return None

    @abstractmethod
    def is_ready(self, port: int) -> bool:
        """Whether the engine on this port answers and can do its work. Never raises for one that does not yet."""


def log4j(name: str) -> str:
    """A log4j2 configuration: INFO and above to `logs/<name>.log`, at most 10 MB and two older ones."""
    # As seen from the engine's working folder: an absolute path would have to be escaped.
    file = f"../{LOGS}/{name}.log"
    return f"""status = error
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = {file}
appender.file.filePattern = {file}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{ISO8601}} %-5p %c{{1.}}: %m%n
appender.file.policies.type = SizeBasedTriggeringPolicy
appender.file.policies.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 2
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
"""
