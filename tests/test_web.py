"""`newswire run web`: real requests, real Kafka, real faults. What is answered 202 is on the raw topic."""

from __future__ import annotations

import gzip
import json
import random
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

from pipeline.config import Settings
from pipeline.identity import article_id
from pipeline.records import decode_raw_article
from pipeline.topic_setup import create_topics
from pipeline.topics import RAW
from tests import oracle
from tests.command import newswire
from tests.ports import free_port
from tests.services import Service, running, wait_until
from tests.tunnel import Tunnel, behind
from tests.web_client import JSON, LINES, WebClient, lines

pytestmark = pytest.mark.engines

TOKEN = "a-token-for-the-tests-0123"
MIB = 1024 * 1024


class Deployment(WebClient):
    """A running endpoint, its log, and its topic."""

    def __init__(self, settings: Settings, service: Service, port: int, token: str | None) -> None:
        super().__init__(port, token)
        self.settings = settings
        self.service = service

    def await_ready(self) -> None:
        wait_until(self.ready, "articles can be accepted", 60, [self.service])

    def sent(self) -> list[tuple[bytes | None, bytes, list[tuple[str, bytes]]]]:
        """What lies on the raw topic."""
        return oracle.messages(self.settings, RAW)

    def ids(self) -> Counter[str]:
        """How often each id lies there."""
        return Counter(key.decode() for key, _, _ in self.sent() if key)


@contextmanager
def serving(
    settings: Settings, folder: Path, token: str | None = None, kind: type[Service] = Service, **more: str
) -> Iterator[Deployment]:
    """An endpoint that is ready."""
    port = free_port()
    variables = {f"NEWSWIRE_WEB__{name.upper()}": value for name, value in more.items()}
    if token:
        variables["NEWSWIRE_WEB__TOKENS"] = token
    service = kind("web", settings, folder, NEWSWIRE_WEB__PORT=str(port), **variables)
    try:
        deployment = Deployment(settings, service, port, token)
        deployment.await_ready()
        yield deployment
    finally:
        if service.process.poll() is None:
            service.stop()


def fresh(kafka: str) -> Settings:
    prefix = f"web{uuid4().hex[:8]}"
    made = Settings(
        topic_prefix=prefix,
        index_prefix=prefix,
        kafka={"bootstrap_servers": kafka, "raw_partitions": 3, "feed_partitions": 1},
        elasticsearch={"url": "http://127.0.0.1:9"},  # nothing of it is needed
    )
    create_topics(made)
    return made


@pytest.fixture
def deployment(kafka: str) -> Settings:
    """Topics of this test's own."""
    return fresh(kafka)


@pytest.fixture(scope="module")
def web(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """An endpoint with a token and the limits as they are."""
    with serving(fresh(kafka), tmp_path_factory.mktemp("web"), TOKEN) as made:
        yield made


@pytest.fixture(scope="module")
def narrow(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """An endpoint without a token and with narrow limits."""
    limits = {
        "body_bytes": "2000000",
        "content_bytes": "5000000",
        "lines": "100",
        "requests": "2",
        "buffer_bytes": "1000000",
        "idle_seconds": "1.5",
        "request_seconds": "4",
    }
    with serving(fresh(kafka), tmp_path_factory.mktemp("narrow"), **limits) as made:
        yield made


def story(number: object, **more: Any) -> dict[str, Any]:
    return {"id": f"{number}", "body": f"Story {number}."} | more


# --- what is accepted ---


def test_one_record_arrives_as_push_would_send_it(web: Deployment) -> None:
    record = {
        "url": "https://n.example/héllo?utm_source=x",
        "headline": "Ein “Titel”",
        "html": "<p>नमस्ते</p>",
        "published_at": "2026-03-02T07:15:00+08:00",
        "source": "The Example",
        "language": "hi",
        "by": "Io Brand",
    }
    answer = web.send(json.dumps(record, indent=2).encode(), JSON)
    made = article_id(record["url"], None, "")
    assert (answer.status, answer.json) == (202, {"accepted": 1, "ids": [made]})
    ((key, value, headers),) = [message for message in web.sent() if message[0] == made.encode()]
    raw = decode_raw_article(value)
    assert key == raw.id.encode()
    assert headers == []
    assert (raw.url, raw.content, raw.content_type) == (record["url"], "<p>नमस्ते</p>", "text/html")
    assert (raw.headline, raw.by, raw.language) == ("Ein “Titel”", "Io Brand", "hi")
    assert (raw.published_at, raw.source.name, raw.source.id) == (record["published_at"], "The Example", "n.example")


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("chunked", [False, True])
def test_lines_arrive_all_and_in_order(web: Deployment, compressed: bool, chunked: bool) -> None:
    records = [story(f"{uuid4()}", headline="ü" * n) for n in range(300)]
    content = b"\xef\xbb\xbf" + lines(*records).replace(b"\n", b"\r\n\n")
    body = gzip.compress(content) if compressed else content
    headers = {"Content-Encoding": "gzip"} if compressed else {}
    parts = [body[start : start + 997] for start in range(0, len(body), 997)]
    answer = web.send(iter(parts) if chunked else body, **headers)
    assert answer.status == 202
    assert answer.json == {"accepted": 300, "ids": [record["id"] for record in records]}
    found = {key: value for key, value, _ in web.sent()}
    for record in records:
        raw = decode_raw_article(found[record["id"].encode()])
        assert (raw.content, raw.headline, raw.content_type) == (record["body"], record["headline"], "text/plain")


def test_the_bytes_are_those_of_newswire_push(web: Deployment, deployment: Settings) -> None:
    moment = {"first_seen": "2026-03-02T06:30:00Z", "fetched_at": "2026-03-02T06:30:00Z"}
    records = [story(f"p{n}", source="Ex", url=f"https://n.example/{n}", **moment) for n in range(20)]
    records += [{"html": "<p>x", "description": "d", **moment}, {"content": "c", "content_type": "text/html", **moment}]
    answer = web.send(lines(*records))
    assert answer.status == 202
    assert newswire(deployment, "push", "-", "--format", "jsonl", stdin=lines(*records)).status == 0
    pushed = {key: value for key, value, _ in oracle.messages(deployment, RAW)}
    assert {key: value for key, value, _ in web.sent() if key in pushed} == pushed
    assert {key.decode() for key in pushed if key} == set(answer.json["ids"])


def test_wrong_lines_are_told_and_the_good_ones_are_accepted(web: Deployment) -> None:
    good = [f"{uuid4()}" for _ in range(3)]
    body = lines(story(good[0])) + b'{"broken\n\n' + lines({"id": "no-text"}, story(good[1]), {"body": 7})
    body += b'{"body": "' + b"x" * (9 * MIB) + b'"}\n\xff\n[1]\n' + json.dumps(story(good[2])).encode()
    answer = web.send(body)
    assert answer.status == 422
    assert (answer.json["accepted"], answer.json["ids"]) == (3, good)
    errors = {error["line"]: error for error in answer.json["errors"]}
    assert list(errors) == [2, 4, 6, 7, 8, 9]
    assert errors[2]["reason"].startswith("not JSON")
    assert (errors[4]["reason"], errors[4]["id"]) == ("field body (or html) is missing", "no-text")
    assert errors[6]["reason"] == "field body: expected str | null, got int"
    assert "bytes are too many" in errors[7]["reason"]
    assert errors[8]["reason"].startswith("not UTF-8") or errors[8]["reason"].startswith("not JSON")
    assert "unread_from" not in answer.json
    assert set(good) <= set(web.ids())


def test_a_single_wrong_record_is_told(web: Deployment) -> None:
    answer = web.send(b'{"id": "x1", "body": ""}', JSON)
    assert answer.status == 422
    assert answer.json["errors"] == [{"line": 1, "reason": "there is no text in it", "id": "x1"}]
    several = web.send(lines(story("x2"), story("x3")), JSON)
    assert (several.status, several.json["accepted"]) == (422, 0)
    assert "x2" not in web.ids()


@pytest.mark.parametrize("body", [b"", b"\n \n\n"])
@pytest.mark.parametrize("kind", [JSON, LINES])
def test_nothing_is_not_accepted(web: Deployment, body: bytes, kind: str) -> None:
    assert web.send(body, kind).status == 422


def test_a_hundred_clients_at_once_lose_nothing(deployment: Settings, tmp_path: Path) -> None:
    with serving(deployment, tmp_path, requests="8") as web:

        def send_all(client: int) -> int:
            """Patiently, as the answers ask; how often it was asked to come again."""
            body, refused = lines(*(story(f"{client}-{n}") for n in range(25))), 0
            while True:
                answer = web.send(body, compressed=client % 2 == 0)
                if answer.status == 202:
                    assert answer.json["ids"] == [f"{client}-{n}" for n in range(25)]
                    return refused
                assert answer.status == 429
                assert int(answer.headers["retry-after"]) >= 1
                refused += 1

        with ThreadPoolExecutor(100) as clients:
            list(clients.map(send_all, range(100)))
        assert web.ids() == Counter(f"{client}-{n}" for client in range(100) for n in range(25))


def test_memory_stays_flat_for_a_long_body_and_for_a_bomb(deployment: Settings, tmp_path: Path) -> None:
    with serving(deployment, tmp_path) as web:
        assert web.send(lines(story("first"))).status == 202
        process = psutil.Process(web.service.process.pid)
        before = peak = process.memory_info().rss
        over = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not over.wait(0.01):
                peak = max(peak, process.memory_info().rss)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            text = random.Random(0).randbytes(1000).hex()
            long = web.send(lines(*(story(n + m, body=text) for m in range(50))) for n in range(0, 47_000, 50))
            bomb = web.send(gzip.compress(bytes(500 * MIB), 9), **{"Content-Encoding": "gzip"})
            empty = web.send(gzip.compress(b"\n" * 100 * MIB, 9), **{"Content-Encoding": "gzip"})
        finally:
            over.set()
            watcher.join()
        assert (long.status, long.json["accepted"]) == (202, 47_000)  # 100 MB
        assert (bomb.status, bomb.json["limit"], bomb.json["unread_from"]) == (413, 400_000_000, 1)
        assert (empty.status, empty.json["limit"], empty.json["unread_from"]) == (413, 50_000, 50_001)
        assert peak - before < 100 * MIB, f"{(peak - before) / MIB:.0f} MiB"


# --- what is not ---


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/", 404, None),
        ("POST", "/v1/articles/", 404, None),
        ("GET", "/v1/articles", 405, "POST"),
        ("DELETE", "/v1/articles", 405, "POST"),
        ("POST", "/readyz", 405, "GET, HEAD"),
    ],
)
def test_there_is_no_other_surface(web: Deployment, method: str, path: str, status: int, allow: str | None) -> None:
    answer = web.ask(method, path)
    assert answer.status == status
    assert answer.headers.get("allow") == allow


def test_health_and_readiness_need_no_token(web: Deployment) -> None:
    nobody = WebClient(web.port)
    assert nobody.ask("GET", "/healthz").json == {"status": "ok"}
    assert nobody.ask("GET", "/readyz").json == {"status": "ok"}
    assert nobody.ask("HEAD", "/healthz").status == 200


def test_nobody_sends_without_the_token(web: Deployment) -> None:
    for token in (None, "another-token-0123456789"):
        answer = WebClient(web.port, token).send(lines(story("intruder")))
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "intruder" not in web.ids()


def test_without_a_token_only_requests_to_this_machine_are_taken(narrow: Deployment) -> None:
    assert narrow.send(lines(story("mine"))).status == 202
    assert narrow.send(lines(story("rebound")), Host="news.example").status == 403
    assert "rebound" not in narrow.ids()


def test_other_formats_are_refused(web: Deployment) -> None:
    assert web.send(b"x", "text/plain").status == 415
    assert web.send(b"x", **{"Content-Encoding": "br"}).headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(lines(story("cut")), mtime=0)[:-4]])
def test_malformed_gzip_is_told(web: Deployment, content: bytes) -> None:
    answer = web.send(content, **{"Content-Encoding": "gzip"})
    assert answer.status == 400
    assert "not gzip" in answer.json["detail"]


def test_lines_before_malformed_gzip_are_accepted_and_told(web: Deployment) -> None:
    name = f"{uuid4()}"
    content = gzip.compress(lines(story(name))) + b"rubbish"
    answer = web.send(content, **{"Content-Encoding": "gzip"})
    assert (answer.status, answer.json["ids"], answer.json["unread_from"]) == (400, [name], 2)
    assert name in web.ids()


def exchange(port: int, request: bytes) -> bytes:
    """The answer to these bytes, up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        found = b""
        with suppress(ConnectionResetError):
            while part := connection.recv(65536):
                found += part
        return found


HEAD = b"POST /v1/articles HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100) + b"\r\n\r\n",
        HEAD + b"Content-Length: many\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nnot a size\r\n",
        HEAD + b"X: " + b"x" * 100_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_problem_as_well(narrow: Deployment, request_: bytes) -> None:
    head, _, body = exchange(narrow.port, request_).partition(b"\r\n\r\n")
    assert b" 400 Bad Request\r\n" in head, head
    assert b"application/problem+json" in head
    problem = json.loads(body)
    assert problem["status"] == 400
    assert len(problem["detail"]) < 200, "it repeats what was sent"
    assert narrow.ready()


def test_an_expectation_that_nobody_knows_is_refused(narrow: Deployment) -> None:
    assert narrow.send(lines(story("x")), Expect="miracles").status == 417


def test_a_client_that_asks_first_is_refused_before_it_sends(web: Deployment) -> None:
    head = HEAD + b"Expect: 100-continue\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n"
    assert exchange(web.port, head).startswith(b"HTTP/1.1 401 ")


def test_limits_are_told(narrow: Deployment) -> None:
    large = lines(story("large", body="x" * 2_000_000))
    whole = narrow.send(large)
    assert (whole.status, whole.json["limit"]) == (413, 2_000_000)
    assert "accepted" not in whole.json, "it was refused by its Content-Length"
    chunked = narrow.send(lines(story(f"chunked-{n}", body="x" * 30_000)) for n in range(1, 99))
    assert (chunked.status, chunked.json["limit"]) == (413, 2_000_000)
    assert chunked.json["ids"] == [f"chunked-{n}" for n in range(1, chunked.json["unread_from"])]
    assert 40 < chunked.json["unread_from"] < 70
    inflated = narrow.send(lines(story("small")) + (b" " * 60_000 + b"\n") * 90, compressed=True)
    assert (inflated.status, inflated.json["limit"], inflated.json["ids"]) == (413, 5_000_000, ["small"])
    long = narrow.send(lines(story("short")) + b"x" * 1_500_000)
    assert (long.status, long.json["limit"], long.json["ids"]) == (413, 1_000_000, ["short"])
    many = narrow.send(lines(*(story(f"many-{n}") for n in range(150))))
    assert (many.status, many.json["accepted"], many.json["unread_from"]) == (413, 100, 101)
    found = narrow.ids()
    assert {"chunked-40", "small", "many-99"} <= set(found)
    assert not {"large", "chunked-70", "many-100"} & set(found)


def test_wrong_framing_in_mid_body_is_told_with_what_was_accepted(web: Deployment) -> None:
    request = web.begin()
    request.part(lines(story("framed")))
    wait_until(lambda: "framed" in web.ids(), "the first line is on the topic", 10)
    request.raw(b"no size\r\n")
    answer = request.answer()
    assert (answer.status, answer.json["ids"], answer.json["unread_from"]) == (400, ["framed"], 2)
    assert "framing" in answer.json["detail"]
    assert "Traceback" not in web.service.output


def test_too_many_requests_are_asked_to_come_again(narrow: Deployment) -> None:
    held = [narrow.begin() for _ in range(2)]
    third = narrow.send(lines(story("third")))
    assert (third.status, third.json["limit"]) == (429, 2)
    for number, request in enumerate(held):
        request.part(lines(story(f"held-{number}")))
        assert request.end().status == 202
    assert narrow.send(lines(story("third"))).status == 202


def test_too_many_bytes_in_lines_under_way_are_asked_to_come_again(narrow: Deployment) -> None:
    holder = narrow.begin()
    holder.part(b'{"id": "held", "body": "' + b"x" * 600_000)
    # The first part may be on its way still; then the second request has room, and is sent again.
    wait_until(lambda: narrow.send(iter([lines(story("b")), b"x" * 600_000])).status == 429, "there is no room", 5)
    holder.part(b'"}\n')
    assert holder.end().status == 202
    assert narrow.send(lines(story("b", body="x" * 600_000))).status == 202


def test_a_slow_client_is_told_what_was_accepted(narrow: Deployment) -> None:
    request = narrow.begin()
    request.part(lines(story("slow-1")) + b'{"id": "slow-2", "bo')
    answer = request.answer()
    assert (answer.status, answer.json["ids"], answer.json["unread_from"]) == (408, ["slow-1"], 2)
    assert answer.headers["connection"] == "close"


def test_a_client_that_never_ends_is_cut_off(narrow: Deployment) -> None:
    request = narrow.begin()
    over = threading.Event()

    def trickle() -> None:
        with suppress(OSError):
            while not over.wait(0.1):
                request.part(b" ")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        assert request.answer().status == 408
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("beginning", [b"", HEAD])
def test_a_slow_head_ends_the_connection(narrow: Deployment, beginning: bytes) -> None:
    assert exchange(narrow.port, beginning) == b""


def test_a_client_that_leaves_leaves_nothing_behind(narrow: Deployment) -> None:
    for _ in range(5):
        request = narrow.begin()
        request.part(lines(story("left")) + b'{"id": "half", "body": "ha')
        request.abandon()
        wait_until(lambda: narrow.send(lines(story("next"))).status == 202, "there is room again", 10)
    assert "half" not in narrow.ids()


# --- start, secrets, stop ---


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"NEWSWIRE_WEB__HOST": "0.0.0.0"}, "web.tokens is empty"),  # noqa: S104 -- it is refused
        ({"NEWSWIRE_WEB__TOKENS": "hush"}, "a token needs 16 characters"),
        ({"NEWSWIRE_WEB__PORT": "0"}, "web.port is 0"),
        ({"NEWSWIRE_KAFKA__SSL_CAFILE": "/no/such.pem"}, "ssl_cafile names /no/such.pem"),
    ],
)
def test_a_start_that_would_be_unsafe_or_useless_is_refused(
    deployment: Settings, variables: dict[str, str], said: str
) -> None:
    ended = newswire(deployment, "run", "web", **({"NEWSWIRE_WEB__PORT": str(free_port())} | variables))
    assert ended.status == 1
    assert said in ended.stderr
    assert "hush" not in ended.stderr


def test_a_port_in_use_is_told(deployment: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = newswire(deployment, "run", "web", NEWSWIRE_WEB__PORT=str(port))
    assert ended.status == 1
    assert f"cannot listen on 127.0.0.1:{port}" in ended.stderr


def test_tokens_from_a_secret_file_rotate_and_are_in_no_log(deployment: Settings, tmp_path: Path) -> None:
    old, new = "old-secret-0123456789", "new-secret-0123456789"
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    port = str(free_port())
    variables = {
        "NEWSWIRE_SECRETS_DIR": str(secrets),
        "NEWSWIRE_WEB__PORT": port,
        "NEWSWIRE_WEB__HOST": "0.0.0.0",  # noqa: S104 -- for the length of a test, with tokens
        "NEWSWIRE_LOG__LEVEL": "DEBUG",
    }
    output = ""
    for given, statuses in ((f"{old}\n{new}\n", (202, 202)), (new, (401, 202))):
        (secrets / "web__tokens").write_text(given)
        with running("web", deployment, tmp_path, **variables) as service:
            clients = [WebClient(int(port), token) for token in (old, new)]
            wait_until(clients[0].ready, "it is ready", 60, [service])
            assert tuple(client.send(lines(story("x"))).status for client in clients) == statuses
            assert clients[0].ask("GET", f"/v1/articles?token={new}").status == 405
            assert clients[0].ask("GET", f"/{new}").status == 404
        output += service.output
    assert "POST /v1/articles 202" in output
    assert "speaks TLS" in output
    assert old not in output
    assert new not in output


def test_a_stop_lets_requests_end_and_refuses_new_ones(deployment: Settings, tmp_path: Path) -> None:
    with serving(deployment, tmp_path) as web:
        ending, endless = web.begin(), web.begin()
        endless.part(lines(story("endless-1")) + b'{"id": "endless-2"')
        web.service.process.send_signal(signal.SIGTERM)
        wait_until(lambda: "web stops, 2 requests" in web.service.output, "it stops", 15, [])
        with pytest.raises(ConnectionError):
            web.send(lines(story("late")))
        ending.part(lines(story("ending")))
        assert ending.end().json == {"accepted": 1, "ids": ["ending"]}
        answer = endless.answer()
        assert (answer.status, answer.json["ids"], answer.json["unread_from"]) == (503, ["endless-1"], 2)
        assert web.service.process.wait(10) == 0
    assert web.ids() == Counter(["ending", "endless-1"])


def test_a_kill_loses_nothing_that_was_answered(deployment: Settings, tmp_path: Path) -> None:
    accepted: set[str] = set()
    sent: list[list[str]] = []

    def keep_sending(web: Deployment, client: int, enough: threading.Event) -> None:
        with suppress(OSError):
            for batch in range(10_000):
                names = [f"{uuid4()}" for _ in range(20)]
                sent.append(names)
                answer = web.send(lines(*map(story, names)))
                assert answer.status == 202
                accepted.update(answer.json["ids"])
                if batch >= 5:
                    enough.set()

    for _ in range(2):
        with serving(deployment, tmp_path) as web:
            enough = [threading.Event() for _ in range(8)]
            threads = [threading.Thread(target=keep_sending, args=(web, client, enough[client])) for client in range(8)]
            for thread in threads:
                thread.start()
            assert all(each.wait(60) for each in enough)
            web.service.kill()
            for thread in threads:
                thread.join()
    unanswered = [names for names in sent if not accepted.issuperset(names)]
    assert unanswered, "the kill came too late to prove anything"
    assert accepted <= set(web.ids())
    with serving(deployment, tmp_path) as web:
        for names in unanswered:
            assert web.send(lines(*map(story, names))).status == 202
    assert set(web.ids()) == {name for names in sent for name in names}


# --- Kafka away ---


def test_kafka_away_is_503_and_nothing_is_claimed(deployment: Settings, tmp_path: Path) -> None:
    with Tunnel() as tunnel, serving(deployment, tmp_path, kind=behind(tunnel), acknowledge_seconds="1") as web:
        request = web.begin()
        request.part(lines(story("before")))
        wait_until(lambda: "before" in web.ids(), "the first line is on the topic", 30, [web.service])
        tunnel.cut()
        request.part(lines(story("during-1")) + b"broken\n" + lines(story("during-2")))
        answer = request.end()
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.json["ids"] == ["before"]
        assert answer.json["unacknowledged"] == [2, 4]
        assert [error["line"] for error in answer.json["errors"]] == [3]
        assert "unread_from" not in answer.json
        # While nothing moves, nothing more is taken, and the probe says so.
        wait_until(lambda: web.ask("GET", "/readyz").status == 503, "it is not ready", 10, [web.service])
        at_once = web.send(lines(story("refused")))
        assert (at_once.status, "accepted" in at_once.json) == (503, False)
        assert web.ask("GET", "/healthz").status == 200
        tunnel.mend()
        web.await_ready()
        assert web.send(lines(story("during-1"), story("during-2"), story("after"))).status == 202
        assert web.service.stop() < 15
    found = web.ids()
    assert set(found) == {"before", "during-1", "during-2", "after"}
    assert found["before"] == found["after"] == 1


def test_a_client_that_sends_again_what_it_is_told_to_loses_nothing(deployment: Settings, tmp_path: Path) -> None:
    answers: Counter[int] = Counter()
    broken: Counter[str] = Counter()
    over = threading.Event()

    def deliver(web: Deployment, client: int) -> None:
        left = [lines(story(f"{client}-{n}")) if n % 10 else f"broken {client}-{n}\n".encode() for n in range(400)]
        while left:
            answer = web.send(b"".join(left))
            answers[answer.status] += 1
            if answer.status == 202:
                return
            broken.update(left[error["line"] - 1].decode().strip() for error in answer.json.get("errors", ()))
            again = [left[number - 1] for number in answer.json.get("unacknowledged", ())]
            rest = answer.json.get("unread_from", len(left) + 1) if "accepted" in answer.json else 1
            left = again + left[rest - 1 :]
            if answer.status == 503:
                over.wait(0.1)

    with (
        Tunnel() as tunnel,
        serving(deployment, tmp_path, kind=behind(tunnel), acknowledge_seconds="0.5") as web,
        ThreadPoolExecutor(8) as clients,
    ):
        for outage in range(3):
            told = answers[503]
            delivered = [clients.submit(deliver, web, 8 * outage + client) for client in range(8)]
            tunnel.cut()
            wait_until(lambda: answers[503] > told, "clients are told to come again", 30, [web.service])  # noqa: B023
            tunnel.mend()
            for each in delivered:
                each.result(60)
    found = web.ids()
    assert set(found) == {f"{client}-{n}" for client in range(24) for n in range(400) if n % 10}
    assert set(broken) == {f"broken {client}-{n}" for client in range(24) for n in range(0, 400, 10)}


def test_a_stop_while_kafka_is_away_is_in_time_and_claims_nothing(deployment: Settings, tmp_path: Path) -> None:
    with Tunnel() as tunnel, serving(deployment, tmp_path, kind=behind(tunnel)) as web:
        assert web.send(lines(story("before"))).status == 202
        tunnel.cut()
        request = web.begin()
        request.part(lines(*(story(n) for n in range(10))))
        web.service.process.send_signal(signal.SIGTERM)
        answer = request.end()
        assert (answer.status, answer.json["accepted"]) == (503, 0)
        assert answer.json["unacknowledged"] == list(range(1, 11))
        assert web.service.process.wait(15) == 0
    assert set(web.ids()) == {"before"}


def test_it_waits_for_kafka_and_says_so(deployment: Settings, tmp_path: Path) -> None:
    nowhere = deployment.model_copy(
        update={"kafka": deployment.kafka.model_copy(update={"bootstrap_servers": "127.0.0.1:9"})}
    )
    port = free_port()
    with running("web", nowhere, tmp_path, NEWSWIRE_WEB__PORT=str(port)) as service:
        client = WebClient(port)
        wait_until(lambda: "web listens" in service.output, "it listens", 30, [service])
        assert client.ask("GET", "/healthz").status == 200
        assert client.ask("GET", "/readyz").status == 503
        answer = client.send(lines(story("early")))
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert service.stop() < 15
    assert service.process.returncode == 0


def test_run_all_serves_it_and_doctor_and_metrics_know_it(
    settings: Callable[..., Settings], opensearch: str, tmp_path: Path
) -> None:
    made = settings()
    port, metrics = free_port(), free_port(following=4)
    variables = {
        "NEWSWIRE_WEB__PORT": str(port),
        "NEWSWIRE_WORKER__PROCESSES": "1",
        "NEWSWIRE_METRICS__PORT": str(metrics),
    }

    def finding() -> dict[str, Any]:
        ended = newswire(made, "doctor", "--json", **variables)
        return next(line for line in ended.lines if line["check"] == "web")

    assert finding()["verdict"] == "warning"
    with running("all", made, tmp_path, **variables) as services:
        client = WebClient(port)
        wait_until(client.ready, "it is ready", 60, [services])
        assert (
            client.send(lines({"id": "tide", "body": "The tide barrier at Port Ellery held on Sunday."})).status == 202
        )
        assert finding()["verdict"] == "ok"
        lately = lambda: newswire(made, "search", "barrier", "--json").lines  # noqa: E731
        wait_until(lambda: [article["id"] for article in lately()] == ["tide"], "it is found", 90, [services])
        page = exchange(metrics + 2, b"GET /metrics HTTP/1.0\r\n\r\n").decode()
        assert 'newswire_web_requests_total{status="202"} 1.0' in page
        assert 'newswire_web_records_total{outcome="accepted"} 1.0' in page
        assert services.stop() < 15
