"""An OpenSearch 2 from Maven's jars, configured and started like the local OpenSearch, which is a 3."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from pipeline.config import Local
from pipeline.engines import jars, java, ports, processes
from pipeline.engines.base import HOST, LOGS, Place, Report
from pipeline.engines.opensearch import OpenSearch

_HERE = Path(__file__).parent
_START_SECONDS = 120


@contextmanager
def running(folder: Path, report: Report) -> Iterator[str]:
    """The URL of a node that lives in `folder` as long as the context."""
    lock = jars.read_lock(_HERE / "opensearch2.jgo.lock.toml")
    [class_path] = jars.class_path([lock], report)
    engine = OpenSearch()
    place = Place(folder / engine.name, {"listen": ports.choose(engine.ports["listen"])})
    tmp = place.home / "tmp"
    tmp.mkdir(parents=True)
    (folder / LOGS).mkdir()
    engine.configure(place)
    # A node of version 2 that nobody tells that it is alone looks for others for 3 s.
    config = place.home / "config" / "opensearch.yml"
    config.write_text(json.dumps({**json.loads(config.read_text()), "discovery.type": "single-node"}))
    command = [
        str(java.runtime()),
        f"-Xmx{engine.heap(Local())}",
        f"-Djava.io.tmpdir={tmp}",
        *engine.options(place),
    ]
    logs = {folder / LOGS / f"{engine.name}.out": 0, folder / LOGS / f"{engine.name}.log": 0}
    report(f"starting OpenSearch {lock.version(engine.artifact)}", 0, 0)
    node = processes.launch(command, place.home, java.environment(class_path, tmp), next(iter(logs)))
    try:
        yield f"http://{HOST}:{_wait_for_port(node, engine, logs)}"
    finally:
        processes.stop([node], 0)  # its folder goes with it


def _wait_for_port(node: psutil.Process, engine: OpenSearch, logs: dict[Path, int]) -> int:
    """The port that the runner took: the one it was told, or the next when another program was quicker."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        assert not processes.has_ended(node), f"OpenSearch 2 ended during its start:\n{processes.tail(logs)}"
        assert time.monotonic() < deadline, f"OpenSearch 2 was not ready in time:\n{processes.tail(logs)}"
        for port in processes.listening(node) & set(engine.ports["listen"]):
            if engine.is_ready(port):
                return port
        time.sleep(0.1)
