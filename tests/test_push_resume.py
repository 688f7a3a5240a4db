"""`newswire push --resume`: an interrupted push goes on where it stopped, and loses nothing."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.config import Kafka, Settings
from pipeline.delivery import AbandonedError, NotDeliveredError
from pipeline.inputs import Inputs
from pipeline.push import Push
from pipeline.push_journal import Journal, PushRunningError, Step
from pipeline.registry import plugins
from pipeline.sources import Defaults, Document, Found, Item, Position, Problem, Skipped
from pipeline.topics import RAW
from tests.command import newswire
from tests.services import environment
from tests.topic_reader import messages

engines = pytest.mark.engines

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DEFAULTS = Defaults(now=lambda: NOW)


@pytest.fixture
def deployment(settings: Callable[..., Settings], kafka: str) -> Settings:
    made: Settings = settings(kafka=Kafka(bootstrap_servers=kafka, raw_partitions=2, feed_partitions=1))
    return made


def warc(count: int, *, packed: bool) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    for number in range(count):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        page = f"<p>Page {number} of the archive.".encode()
        record = writer.create_warc_record(
            f"https://n.example/{number}", "response", payload=io.BytesIO(page), http_headers=headers
        )
        writer.write_record(record)
        writer.write_record(writer.create_warc_record("dns:n.example", "resource", payload=io.BytesIO(b"x")))
    return out.getvalue()


LINES = [
    b'\xef\xbb\xbf{"body":"one"}',
    b"",
    b"{broken",
    '{"body":"zwei – €"}'.encode(),
    b'{"body":3}',
    b'{"body":"last"}',
]
LONG = {
    "jsonl": b"\n".join(LINES),
    "json": b'\xef\xbb\xbf[\n {"body":"a ] }"},\n {"body":5},\n\n {"body":"c", "x":[[1]]}, {"body":"d"}\n]\n',
    "warc": warc(4, packed=False),
    "warc.gz": warc(4, packed=True),
    "warc with rubbish": warc(2, packed=False) + b"rubbish\r\n\r\n" + warc(2, packed=False),
}


@pytest.mark.parametrize(("name", "content"), LONG.items(), ids=LONG)
def test_from_every_position_on_there_is_exactly_the_rest(name: str, content: bytes) -> None:
    def items(start: Position) -> list[Item]:
        document = Document("x", io.BytesIO(content), start)
        return list(plugins("sources")[name.partition(".")[0].partition(" ")[0]].function(document, DEFAULTS))

    everything = items(Position(0))
    assert len(everything) >= 4
    for number, item in enumerate(everything, 1):
        assert not isinstance(item, Problem) or item.end
        assert items(item.end) == everything[number:]  # type: ignore[union-attr, arg-type]


class Broker:
    """Answers when and how a test says."""

    def __init__(self) -> None:
        self.sent: list[Future[Any]] = []

    def send(self, topic: str, key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes]]) -> Future[Any]:
        self.sent.append(Future())
        return self.sent[-1]


def journal(folder: Path, told: list[str] | None = None, *, resume: bool = False) -> Journal:
    return Journal(folder / "push", ["topic"], (told if told is not None else []).append, resume=resume)


def begun(path: Path, broker: Broker, kept: Journal) -> tuple[Push, list[Problem]]:
    told: list[Problem] = []
    inputs = Inputs([str(path)], DEFAULTS)
    inputs.positions = kept
    job = Push(broker.send, "t", told.append, kept)
    job.run(inputs)
    return job, told


def contents(items: list[Item]) -> list[str]:
    return [item.raw.content for item in items if isinstance(item, Found)]


def resumed(path: Path, folder: Path) -> list[Item]:
    inputs = Inputs([str(path)], DEFAULTS)
    kept = journal(folder, resume=True)
    inputs.positions = kept
    try:
        return list(inputs)
    finally:
        kept.close(complete=False)


def four(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"body":"{n}"}}\n' for n in range(4)))
    return path


def test_what_is_acknowledged_behind_a_gap_is_sent_again(tmp_path: Path) -> None:
    path, broker, kept = four(tmp_path), Broker(), journal(tmp_path)
    begun(path, broker, kept)
    for number in (3, 1, 0):  # 2 is never answered
        broker.sent[number].set_result(None)
    kept.close(complete=False)
    assert contents(resumed(path, tmp_path)) == ["2", "3"]


def test_a_record_that_was_refused_for_good_is_done_with(tmp_path: Path) -> None:
    path, broker, kept = four(tmp_path), Broker(), journal(tmp_path)
    job, told = begun(path, broker, kept)
    broker.sent[0].set_exception(NotDeliveredError("too large"))
    broker.sent[1].set_result(None)
    kept.close(complete=False)
    assert (job.acknowledged, job.rejected, len(told)) == (1, 1, 1)
    assert contents(resumed(path, tmp_path)) == ["2", "3"]
    again = journal(tmp_path, resume=True)
    assert (again.acknowledged_before, again.rejected_before) == (1, 1)
    again.close(complete=True)


def test_a_record_that_was_given_up_is_sent_again(tmp_path: Path) -> None:
    path, broker, kept = four(tmp_path), Broker(), journal(tmp_path)
    begun(path, broker, kept)
    broker.sent[0].set_result(None)
    for future in broker.sent[1:]:
        future.set_exception(AbandonedError("given up"))
    kept.close(complete=False)
    assert contents(resumed(path, tmp_path)) == ["1", "2", "3"]


def test_files_that_are_done_are_passed_over_and_changed_ones_are_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.txt").write_text(name)
    broker, kept = Broker(), journal(tmp_path)
    begun(folder, broker, kept)
    for future in broker.sent[:2]:
        future.set_result(None)
    kept.close(complete=False)
    assert contents(resumed(folder, tmp_path)) == ["c"]
    (folder / "a.txt").write_text("changed")
    (folder / "aa.txt").write_text("new")
    told: list[str] = []
    inputs = Inputs([str(folder)], DEFAULTS)
    inputs.positions = journal(tmp_path, told, resume=True)
    assert contents(list(inputs)) == ["changed", "new", "c"]
    assert told == [f"{folder / 'a.txt'} has changed since; it is pushed from its beginning"]
    assert inputs.consumed == inputs.total()


def test_a_step_that_was_torn_by_a_kill_does_not_count(tmp_path: Path) -> None:
    path, broker, kept = four(tmp_path), Broker(), journal(tmp_path)
    begun(path, broker, kept)
    broker.sent[0].set_result(None)
    kept.close(complete=False)
    (file,) = (tmp_path / "push").iterdir()
    with file.open("ab") as more:
        more.write(b'{"path":"/x","size":1,"chan')
    assert contents(resumed(path, tmp_path)) == ["1", "2", "3"]


def test_two_pushes_of_the_same_do_not_mix(tmp_path: Path) -> None:
    first = journal(tmp_path)
    with pytest.raises(PushRunningError):
        journal(tmp_path)
    first.close(complete=True)
    journal(tmp_path).close(complete=True)
    assert list((tmp_path / "push").iterdir()) == []


@engines
@pytest.mark.parametrize("kind", ["jsonl", "warc.gz"])
def test_a_push_that_is_killed_goes_on_and_every_record_arrives(
    kind: str, deployment: Settings, kafka: str, tmp_path: Path
) -> None:
    path = tmp_path / f"many.{kind}"
    count = write_many(path, kind)
    kill_in_mid_push(deployment, path)
    at_kill = len(messages(kafka, RAW.name(deployment.topic_prefix)))
    assert 0 < at_kill < count
    ended = newswire(deployment, "push", "--resume", "--json", str(path))
    assert (ended.status, ended.stderr) == (0, "")
    told = ended.lines[-1]
    assert told["acknowledged_before"] + told["acknowledged"] == count
    seen = Counter(message.key for message in messages(kafka, RAW.name(deployment.topic_prefix)))
    assert len(seen) == count
    again = seen.total() - count
    assert again == at_kill - told["acknowledged_before"] < count / 2
    assert not list(deployment.local.push_dir.iterdir())


def write_many(path: Path, kind: str) -> int:
    if kind == "jsonl":
        count = 60_000
        text = "some words of a long text " * 40
        path.write_text("".join(f'{{"body":"{number} {text}"}}\n' for number in range(count)))
        return count
    pages = 300
    one = warc(pages, packed=True)
    copies = 20
    with path.open("wb") as file:
        for copy in range(copies):  # the same pages at other addresses
            file.write(b"".join(map(gzip.compress, _moved(one, copy))))
    return pages * copies


def _moved(archive: bytes, copy: int) -> list[bytes]:
    text = gzip.decompress(archive).replace(b"https://n.example/", b"https://n%02d.exampl/" % copy)
    return [b"WARC/1.0\r\n" + part for part in text.split(b"WARC/1.0\r\n") if part]


def kill_in_mid_push(deployment: Settings, path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "pipeline", "push", str(path)],
        env=environment(deployment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            deadline = time.monotonic() + 60
            while not steps(deployment):
                assert process.poll() is None, "it ended before it could be killed"
                assert time.monotonic() < deadline
                time.sleep(0.001)
        finally:
            process.kill()


def steps(deployment: Settings) -> list[Step]:
    folder = deployment.local.push_dir
    files = list(folder.iterdir()) if folder.is_dir() else []
    lines = [line for file in files for line in file.read_bytes().splitlines(keepends=True)]
    return [msgspec.json.decode(line, type=Step) for line in lines if line.endswith(b"\n")]


@engines
def test_an_interrupted_push_says_how_to_go_on(deployment: Settings, kafka: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"body":"one"}\n')
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)  # never written to: the push waits there
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "pipeline", "push", str(path), str(pipe)],
        env=environment(deployment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            deadline = time.monotonic() + 60
            while not any(step.done for step in steps(deployment)):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
        finally:
            process.kill()
        assert process.stderr
        assert "--resume goes on where this one stopped" in process.stderr.read().decode()
    pipe.unlink()
    pipe.write_text('{"body":"two"}\n')
    ended = newswire(deployment, "push", "--resume", str(path), str(pipe))
    assert ended.status == 0
    assert ended.stdout == b"1 acknowledged, 0 rejected; before the interruption 1 acknowledged, 0 rejected\n"
    assert len(messages(kafka, RAW.name(deployment.topic_prefix))) == 2


@engines
def test_without_resume_it_begins_anew_and_says_so(deployment: Settings, kafka: str, tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    count = write_many(path, "jsonl")
    kill_in_mid_push(deployment, path)
    ended = newswire(deployment, "push", str(path))
    assert (ended.status, ended.stdout) == (0, f"{count:,} acknowledged, 0 rejected\n".encode())
    assert "--resume would go on there" in ended.stderr
    ended = newswire(deployment, "push", "--resume", "--json", str(path))
    assert "nothing to resume" in ended.stderr
    assert json.loads(ended.stdout)["acknowledged"] == count


def test_standard_input_cannot_be_resumed() -> None:
    ended = newswire(Settings(kafka=Kafka(bootstrap_servers="127.0.0.1:1")), "push", "--resume", "-")
    assert ended.status == 2
    assert "standard input" in ended.stderr


def test_records_of_other_kinds_are_skipped_with_their_end() -> None:
    items = list(plugins("sources")["warc"].function(Document("x", io.BytesIO(warc(1, packed=True))), DEFAULTS))
    assert [type(item) for item in items] == [Found, Skipped]
