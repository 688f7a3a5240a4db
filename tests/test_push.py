"""`newswire push`: every record is counted, and what was refused is told with its place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Kafka, Settings
from pipeline.identity import article_id
from pipeline.inputs import Inputs
from pipeline.push import Push
from pipeline.records import decode_raw_article
from pipeline.sources import Defaults, Problem
from pipeline.topics import RAW
from tests.command import newswire
from tests.services import environment
from tests.topic_reader import messages

engines = pytest.mark.engines

DEFAULTS = Defaults(now=lambda: datetime.now(UTC))


@pytest.fixture
def deployment(settings: Callable[..., Settings], kafka: str) -> Settings:
    made: Settings = settings(kafka=Kafka(bootstrap_servers=kafka, raw_partitions=2, feed_partitions=1))
    return made


def topic(deployment: Settings) -> str:
    return RAW.name(deployment.topic_prefix)


@engines
def test_all_inputs_are_sent_and_the_rejected_are_told_by_file_and_line(
    deployment: Settings, kafka: str, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("A text.")
    (tmp_path / "b.html").write_text("<p>A page.")
    (tmp_path / "c.jsonl").write_text('{"body":"one","id":"c1"}\n{broken\n{"body":"two"}\n{"body":7}\n')
    (tmp_path / "d.png").write_bytes(b"\x89PNG")
    ended = newswire(deployment, "push", str(tmp_path), str(tmp_path / "none.txt"))
    assert ended.status == 1
    assert ended.stdout.decode() == "4 acknowledged, 3 rejected, 1 files or records of other kinds skipped\n"
    assert [line.partition(": ")[0] for line in ended.stderr.splitlines()] == [
        f"rejected {tmp_path / 'c.jsonl'}, line 2",
        f"rejected {tmp_path / 'c.jsonl'}, line 4",
        f"rejected {tmp_path / 'none.txt'}",
    ]
    sent = {message.key.decode(): decode_raw_article(message.value) for message in messages(kafka, topic(deployment))}
    assert all(key == raw.id for key, raw in sent.items())
    assert set(sent) == {"c1", *(article_id(None, None, text) for text in ("A text.", "<p>A page.", "two"))}


@engines
def test_json_output_has_each_rejection_and_the_counts(deployment: Settings) -> None:
    ended = newswire(deployment, "push", "--json", "-", stdin=b'{"body":"x"}\n{"body":1}\n')
    assert ended.status == 1
    assert ended.lines == [
        {"rejected": {"file": "standard input", "line": 2, "reason": "field body: expected str | null, got int"}},
        {"acknowledged": 1, "rejected": 1, "skipped": 0},
    ]
    assert ended.stderr == ""


@engines
def test_many_rejections_are_counted_and_not_all_shown(deployment: Settings) -> None:
    ended = newswire(deployment, "push", "-", "--format", "jsonl", stdin=b"nope\n" * 1000 + b'{"body":"x"}\n')
    assert ended.stdout == b"1 acknowledged, 1,000 rejected\n"
    assert len(ended.stderr.splitlines()) == 21
    assert ended.stderr.splitlines()[-1] == "… and 980 more rejected"


@engines
def test_options_fill_what_the_input_does_not_say(deployment: Settings, kafka: str) -> None:
    options = ("--source", "The Example", "--language", "en", "--url", "https://n.example/1?utm_source=x")
    ended = newswire(deployment, "push", "-", "--format", "html", *options, stdin=b"<p>x")
    assert (ended.status, ended.stderr) == (0, "")
    (message,) = messages(kafka, topic(deployment))
    raw = decode_raw_article(message.value)
    assert (raw.source.id, raw.source.name, raw.language) == ("n.example", "The Example", "en")
    assert raw.id == article_id("https://n.example/1", None, "")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "Missing argument"),
        (("x", "--format", "pdf"), "html, json, jsonl, text"),
        (("a", "b", "--url", "https://x.example/"), "one file"),
        (("/", "--url", "https://x.example/"), "one file"),
    ],
)
def test_wrong_use_exits_with_2(args: tuple[str, ...], said: str) -> None:
    nowhere = Settings(kafka=Kafka(bootstrap_servers="127.0.0.1:1"))
    ended = newswire(nowhere, "push", *args)
    assert ended.status == 2
    assert said in ended.stderr


@engines
def test_nothing_to_push_is_a_failure(deployment: Settings, tmp_path: Path) -> None:
    assert newswire(deployment, "push", str(tmp_path)).status == 1


@engines
def test_it_needs_kafka_alone(deployment: Settings) -> None:
    ended = newswire(deployment, "push", "-", stdin=b"text", NEWSWIRE_ELASTICSEARCH__URL="")
    assert (ended.status, ended.stdout) == (0, b"1 acknowledged, 0 rejected\n")


@engines
def test_the_same_file_again_gets_the_same_ids(deployment: Settings, kafka: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Once and again.")
    for _ in range(2):
        assert newswire(deployment, "push", str(path)).status == 0
    assert len({message.key for message in messages(kafka, topic(deployment))}) == 1


@engines
def test_an_interrupt_ends_it_with_its_counts(deployment: Settings, kafka: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "pipeline", "push", "-"],
        env=environment(deployment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(b'{"body":"one"}\n{"body":"two"}\n')
            process.stdin.flush()
            _until_sent(kafka, topic(deployment), 2)
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
        finally:
            process.kill()
        assert process.stdout.read() == b"2 acknowledged, 0 rejected\n"


@engines
def test_memory_stays_flat_for_a_long_stream(deployment: Settings) -> None:
    # Not ru_maxrss: a child process inherits its parent's.
    script = (
        "import psutil, sys, threading\n"
        "from pipeline.cli import main\n"
        "peak, over, this = 0, threading.Event(), psutil.Process()\n"
        "def watch():\n"
        "    global peak\n"
        "    while not over.wait(0.02): peak = max(peak, this.memory_info().rss)\n"
        "thread = threading.Thread(target=watch)\n"
        "thread.start()\n"
        "try: main()\n"
        "finally:\n"
        "    over.set()\n"
        "    thread.join()\n"
        "    sys.stderr.write(str(peak))"
    )
    produce = (
        "import sys\n"
        "for n in range(20_000): sys.stdout.write('{\"body\":\"%d %s\"}\\n' % (n, 'some words of a long text ' * 600))"
    )
    with subprocess.Popen([sys.executable, "-c", produce], stdout=subprocess.PIPE) as stream:
        done = subprocess.run(
            [sys.executable, "-P", "-c", script, "push", "-"],
            env=environment(deployment),
            stdin=stream.stdout,
            capture_output=True,
            timeout=300,
            check=False,
        )
    assert done.stdout == b"20,000 acknowledged, 0 rejected\n"
    assert int(done.stderr) < 200_000_000  # 312 MB went through; 90 to 120 are usual, 163 were seen on a busy machine


def test_kafka_that_is_down_is_waited_for_and_named() -> None:
    nowhere = Settings(kafka=Kafka(bootstrap_servers="127.0.0.1:1"))
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "pipeline", "push", "-"],
        env=environment(nowhere),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr
        try:
            line = process.stderr.readline().decode()
            assert line.startswith("Kafka at 127.0.0.1:1 does not answer; waiting for it")
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
        finally:
            process.kill()


def test_a_failed_delivery_is_a_rejection_with_its_place() -> None:
    def send(topic: str, key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes]]) -> Future[Any]:
        future: Future[Any] = Future()
        if b"bad" in value:
            future.set_exception(ValueError("refused by Kafka"))
        else:
            future.set_result(None)
        return future

    told: list[Problem] = []
    job = Push(send, "t", told.append)
    read_end, write_end = os.pipe()
    with open(write_end, "wb") as pipe:  # noqa: PTH123 -- no path
        pipe.write(b"".join(json.dumps({"body": text}).encode() + b"\n" for text in ("good", "bad", "good 2")))
    with open(read_end, "rb") as stream:  # noqa: PTH123 -- no path
        job.run(Inputs(["-"], DEFAULTS, None, stream))
    assert (job.acknowledged, job.rejected) == (2, 1)
    assert told == [Problem("standard input", 2, "refused by Kafka")]


def _until_sent(kafka: str, name: str, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(messages(kafka, name)) < count:
        assert time.monotonic() < deadline, f"fewer than {count} records on {name}"
        time.sleep(0.1)


def test_a_missing_file_is_told_at_once_even_when_kafka_is_down() -> None:
    nowhere = Settings(kafka=Kafka(bootstrap_servers="127.0.0.1:9"))
    ended = newswire(nowhere, "push", "no-such-file.txt", seconds=20)
    assert ended.status == 1
    assert ended.stderr == "rejected no-such-file.txt: no such file\n"
    assert ended.stdout == b"0 acknowledged, 1 rejected\n"
