"""The local engines: a real Kafka and a real OpenSearch, started from Maven's jars on a Java runtime from PyPI."""

from pipeline.engines.base import EngineError, Report
from pipeline.engines.control import (
    Endpoints,
    EngineStatus,
    down,
    endpoints,
    statuses,
    up,
    with_local_engines,
)

__all__ = [
    "Endpoints",
    "EngineError",
    "EngineStatus",
    "Report",
    "down",
    "endpoints",
    "statuses",
    "up",
    "with_local_engines",
]
