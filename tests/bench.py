"""`make bench`: throughput and CPU of the whole pipeline, with the pure chain measured in the same run.

20,000 articles of about 2 KB through real engines of its own, one worker per core, every one accounted for.
Figures of different runs or machines do not compare; ratios within one run do. The chain is measured twice: inside the
workers (thread CPU time of the stages), where it shares the cores with Kafka and the search engine, and alone
afterwards, one process per core. The first one tells what the worker adds to it; the second what company costs. Then
the same articles go over HTTP, and once more without it, to topics that nobody reads.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import msgspec
import psutil
import urllib3
from rich.console import Console
from rich.table import Table

from pipeline import topics
from pipeline.chain import chain_of
from pipeline.config import Local, Settings
from pipeline.engines import down, up
from pipeline.producer import Producer
from pipeline.records import RawArticle, encode
from pipeline.search_engine import connect
from pipeline.search_index import install
from pipeline.topic_setup import create_topics
from tests.corpus import raw_articles
from tests.oracle import assert_accounted_for, unread
from tests.ports import free_port
from tests.services import Service, wait_until
from tests.web_client import WebClient, lines

ROOT = Path(__file__).parent.parent
WARM_UP = 400
CHAIN_SAMPLE = 2000
LIMIT_SECONDS = 1800

console = Console()


def main() -> None:
    """Run the bench; exit 1 when an article is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    count = parser.parse_args().articles
    with tempfile.TemporaryDirectory(prefix="newswire-bench-") as folder, engines(Path(folder)) as settings:
        _measure(settings, Path(folder), count)


@contextmanager
def engines(folder: Path) -> Iterator[Settings]:
    """Engines of the bench's own, which go with it."""
    local = Local(data_dir=folder / "engines")
    endpoints = up(local, lambda *_: None)
    try:
        yield Settings(
            topic_prefix="bench",
            index_prefix="bench",
            kafka={"bootstrap_servers": endpoints.kafka},
            elasticsearch={"url": endpoints.elasticsearch},
        )
    finally:
        down(local, lambda *_: None)


def _measure(settings: Settings, folder: Path, count: int) -> None:
    create_topics(settings)
    port = free_port()
    services = Service("all", settings, folder, NEWSWIRE_METRICS__PORT=str(port))
    try:
        with connect(settings.elasticsearch) as client:
            install(client, settings)
            warm_up = [article.id for article in raw_articles(WARM_UP)]
            _push(settings, raw_articles(WARM_UP))
            _wait(settings, services)
            workers = range(port + 1, port + 1 + (os.cpu_count() or 1))
            before, stages_before, started = _cpu(services.process.pid), _stage_seconds(workers), time.monotonic()
            push_before = time.process_time()
            _push(settings, raw_articles(count, first=WARM_UP))
            push_cpu = time.process_time() - push_before
            pushed = time.monotonic() - started
            _wait(settings, services)
            elapsed = time.monotonic() - started
            after, stages_after = _cpu(services.process.pid), _stage_seconds(workers)
            ids = [article.id for article in raw_articles(count, first=WARM_UP)]
            assert_accounted_for(client, settings, warm_up + ids)
    finally:
        services.stop()
    chain_cpu = _chain_cpu()
    spent = {name: after[name] - before[name] for name in after}
    worker_cpu = sum(seconds for name, seconds in spent.items() if name.startswith("worker"))
    per_article = {f"{name}, CPU": 1000 * seconds / count for name, seconds in sorted(spent.items())}
    per_article |= {"push, CPU": 1000 * push_cpu / count, "workers together, CPU": 1000 * worker_cpu / count}
    per_article["chain within the workers, CPU"] = 1000 * (stages_after - stages_before) / count
    per_article["chain alone, CPU"] = chain_cpu
    speeds = {"pushed to acknowledged": count / pushed, "pushed to indexed": count / elapsed}
    over_http, without, http_cpu = _over_http(settings, folder, count)
    speeds |= {"over HTTP, 8 clients": count / over_http, "without HTTP, nobody else at work": count / without}
    per_article["web, CPU"] = 1000 * http_cpu / count
    _print(count, speeds, per_article)


def _push(settings: Settings, articles: Iterable[RawArticle]) -> None:
    name = topics.RAW.name(settings.topic_prefix)
    with Producer(settings) as producer:
        for article in articles:
            producer.send(name, article.id.encode(), encode(article))
        producer.flush()


def _over_http(settings: Settings, folder: Path, count: int) -> tuple[float, float, float]:
    """Seconds until all articles are acknowledged over HTTP, and without it; CPU seconds of the endpoint."""
    settings = settings.model_copy(update={"topic_prefix": "benchweb"})
    create_topics(settings)
    port = free_port()
    client = WebClient(port)
    articles = list(raw_articles(count))
    bodies = [lines(*map(msgspec.to_builtins, articles[first :: 8 * 4])) for first in range(8 * 4)]
    service = Service("web", settings, folder, NEWSWIRE_WEB__PORT=str(port))
    try:
        wait_until(client.ready, "articles can be accepted", 60, [service])
        process = psutil.Process(service.process.pid)
        before, started = process.cpu_times(), time.monotonic()
        with ThreadPoolExecutor(8) as clients:
            answers = list(clients.map(client.send, bodies))
        over_http, after = time.monotonic() - started, process.cpu_times()
    finally:
        service.stop()
    if sum(answer.json["accepted"] for answer in answers) != count:
        raise AssertionError("not every article was accepted over HTTP")
    started = time.monotonic()
    _push(settings, articles)
    return over_http, time.monotonic() - started, after.user + after.system - before.user - before.system


def _wait(settings: Settings, services: Service) -> None:
    def done() -> bool:
        time.sleep(0.2)  # looking costs CPU that the services need
        return (
            unread(settings, topics.WORKER_GROUP, topics.RAW) == 0
            and unread(settings, topics.SINK_GROUP, topics.ARTICLES) == 0
        )

    wait_until(done, "everything is indexed", LIMIT_SECONDS, [services])


def _cpu(supervisor: int) -> dict[str, float]:
    """CPU seconds of each service by its name."""
    spent = {}
    for child in psutil.Process(supervisor).children():
        times = child.cpu_times()
        spent[child.environ()["NEWSWIRE_SERVICE"]] = times.user + times.system
    return spent


def _stage_seconds(ports: Iterable[int]) -> float:
    """CPU seconds that the stages have taken so far, all workers together."""
    found = 0.0
    for port in ports:
        answer = urllib3.request("GET", f"http://127.0.0.1:{port}/metrics", timeout=10)
        for line in answer.data.decode().splitlines():
            if line.startswith("newswire_stage_seconds_total{"):
                found += float(line.rpartition(" ")[2])
    return found


def _chain_cpu() -> float:
    """CPU milliseconds of the pure chain for one article of the same kind, one process per core at the same time."""
    program = "from tests.bench import print_chain_cpu; print_chain_cpu()"
    processes = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(os.cpu_count() or 1)
    ]
    return fmean(float(process.communicate()[0]) for process in processes)


def print_chain_cpu() -> None:
    """Measure the chain, warmed up, and print milliseconds an article."""
    chain = chain_of()
    values = [encode(article) for article in raw_articles(WARM_UP + CHAIN_SAMPLE)]
    now = datetime.now(UTC)
    for value in values[:WARM_UP]:
        chain.process(value, now)
    before = time.process_time()
    for value in values[WARM_UP:]:
        chain.process(value, now)
    print(1000 * (time.process_time() - before) / CHAIN_SAMPLE)  # noqa: T201 it is what the caller reads


def _print(count: int, speeds: dict[str, float], per_article: dict[str, float]) -> None:
    table = Table(title=f"{count:,} articles of about 2 KB, {os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}")
    table.add_column("measure")
    table.add_column("value", justify="right")
    for name, speed in speeds.items():
        table.add_row(name, f"{speed:,.0f} articles/s")
    for name, milliseconds in per_article.items():
        table.add_row(name, f"{milliseconds:.2f} ms/article")
    table.add_row(
        "over HTTP ÷ without", f"{speeds['over HTTP, 8 clients'] / speeds['without HTTP, nobody else at work']:.2f}"
    )
    for chain in ("chain within the workers, CPU", "chain alone, CPU"):
        ratio = per_article["workers together, CPU"] / per_article[chain]
        table.add_row(f"workers ÷ {chain.removesuffix(', CPU')}", f"{ratio:.2f}")
    console.print(table)
    console.print(f"All {count:,} articles are in the index exactly once; there are no dead letters.")


if __name__ == "__main__":
    main()
