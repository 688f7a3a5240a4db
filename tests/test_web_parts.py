"""The parts of the endpoint that need no socket: lines, gzip, tokens, formats, and the description of all."""

from __future__ import annotations

import gzip
import io
import zlib
from http import HTTPStatus

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from pipeline.config import ConfigError, Settings, Web
from pipeline.sources._json_record import JsonRecord
from pipeline.supervisor import services
from pipeline.web import openapi
from pipeline.web.admission import Format, Tokens, admit, format_of, is_loopback, tokens
from pipeline.web.body import PIECE_BYTES, Inflater, Line, Lines, MalformedError
from pipeline.web.problems import TITLES, ProblemError

OLD, NEW = "old-token-0123456789", "new-token-0123456789"


def cut(content: bytes, sizes: list[int]) -> list[bytes]:
    """The content in parts of these sizes, and the rest."""
    stream = io.BytesIO(content)
    return [*(stream.read(size) for size in sizes), stream.read()]


# --- lines ---


@given(st.binary(max_size=200).map(lambda b: b.replace(b"\x00", b"\n")), st.lists(st.integers(0, 20), max_size=30))
def test_lines_are_the_same_however_the_body_arrives(content: bytes, sizes: list[int]) -> None:
    splitter = Lines(1000)
    found = [line for part in cut(content, sizes) for line in splitter.feed(part)] + list(splitter.finish())
    expected = content.split(b"\n")
    if not expected[-1]:
        del expected[-1]
    expected[:1] = [line.removeprefix(b"\xef\xbb\xbf") for line in expected[:1]]
    assert [line.content for line in found] == expected
    assert [line.number for line in found] == list(range(1, len(expected) + 1))


def test_of_a_too_long_line_the_size_is_told_and_nothing_is_kept() -> None:
    splitter = Lines(10)
    assert list(splitter.feed(b"short\n" + b"x" * 8)) == [Line(1, b"short", 5)]
    assert splitter.held == 8
    assert list(splitter.feed(b"x" * 1000)) == []
    assert splitter.held == 0
    assert list(splitter.feed(b"x\nnext\n")) == [Line(2, b"", 1009), Line(3, b"next", 4)]


# --- gzip ---


@given(st.binary(max_size=2000), st.binary(max_size=2000), st.lists(st.integers(0, 50), max_size=30))
def test_gzip_is_inflated_however_it_arrives(one: bytes, two: bytes, sizes: list[int]) -> None:
    inflater = Inflater()
    parts = cut(gzip.compress(one) + gzip.compress(two), sizes)
    assert b"".join(piece for part in parts for piece in inflater.feed(part)) == one + two
    inflater.finish()


def test_a_bomb_comes_out_in_small_pieces() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 60_000
    sizes = [len(piece) for piece in Inflater().feed(bomb)]
    assert max(sizes) == PIECE_BYTES
    assert sum(sizes) == 50_000_000


@pytest.mark.parametrize(
    "content",
    [
        b"no gzip at all",
        zlib.compress(b"zlib"),
        gzip.compress(b"x" * 100, mtime=0)[:-1],
        gzip.compress(b"x", mtime=0) + b"rubbish",
        b"",
    ],
)
def test_what_is_no_gzip_is_told(content: bytes) -> None:
    def inflate() -> None:
        inflater = Inflater()
        list(inflater.feed(content))
        inflater.finish()

    with pytest.raises(MalformedError, match="not gzip"):
        inflate()


# --- tokens and formats ---


def test_every_token_of_a_rotation_is_accepted_and_no_other() -> None:
    both = Tokens(SecretStr(f"{OLD}\n{NEW}\n"))
    assert both.accept(OLD)
    assert both.accept(NEW)
    assert not both.accept("")
    assert not both.accept(f"{OLD}\n{NEW}")
    assert not Tokens(SecretStr(NEW)).accept(OLD)
    assert not Tokens(None).accept("")


@pytest.mark.parametrize("wrong", ["short", f"{OLD} short", "with-a-comma,0123456789", "ünïcode-0123456789abc"])
def test_a_token_that_will_not_do_is_told_without_showing_it(wrong: str) -> None:
    with pytest.raises(ConfigError) as error:
        Tokens(SecretStr(wrong))
    assert not any(part in str(error.value) for part in wrong.split())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LOCALHOST."])
def test_a_service_for_this_machine_needs_no_token(host: str) -> None:
    assert is_loopback(host)
    assert not tokens(Web(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.1", "example.org"])  # noqa: S104 -- not bound
def test_a_service_for_others_needs_a_token(host: str) -> None:
    with pytest.raises(ConfigError, match=r"web\.tokens is empty"):
        tokens(Web(host=host))
    assert tokens(Web(host=host, tokens=NEW))


@pytest.mark.parametrize("host", ["news.example", "127.0.0.1.news.example:8080", "", "localhost:8080@news.example"])
def test_without_tokens_another_sites_page_gets_nowhere(host: str) -> None:
    with pytest.raises(ProblemError) as problem:
        admit({"Host": host}, Tokens(None))
    assert problem.value.status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:8080"])
def test_without_tokens_this_machine_may_send(host: str) -> None:
    admit({"Host": host}, Tokens(None))


@pytest.mark.parametrize(
    ("given", "challenge"),
    [
        (None, 'Bearer realm="newswire"'),
        ("Basic dXNlcjpwYXNz", 'Bearer realm="newswire"'),
        ("Bearer", 'Bearer realm="newswire", error="invalid_token"'),
        ("Bearer wrong-token-0123456789", 'Bearer realm="newswire", error="invalid_token"'),
        ("Bearer \udcff", 'Bearer realm="newswire", error="invalid_token"'),
    ],
)
def test_a_missing_token_and_a_wrong_one_are_challenged(given: str | None, challenge: str) -> None:
    headers = {"Host": "127.0.0.1"} | ({"Authorization": given} if given else {})
    with pytest.raises(ProblemError) as problem:
        admit(headers, Tokens(SecretStr(NEW)))
    assert problem.value.status == HTTPStatus.UNAUTHORIZED
    assert problem.value.headers["WWW-Authenticate"] == challenge
    admit({"Authorization": f"bearer {NEW}"}, Tokens(SecretStr(NEW)))


@pytest.mark.parametrize(
    ("kind", "encoding", "form"),
    [
        ("application/json", "", Format(lines=False, gzip=False)),
        ("Application/JSON; charset=UTF-8", "identity", Format(lines=False, gzip=False)),
        ("application/x-ndjson", "gzip", Format(lines=True, gzip=True)),
        ('application/jsonl;charset="utf-8"', "GZIP", Format(lines=True, gzip=True)),
    ],
)
def test_formats(kind: str, encoding: str, form: Format) -> None:
    assert format_of({"Content-Type": kind, "Content-Encoding": encoding}) == form


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json", "Content-Encoding": "br"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip, gzip"},
    ],
)
def test_other_formats_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ProblemError) as problem:
        format_of(headers)
    assert problem.value.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


# --- the description, the supervisor ---


def test_the_description_is_what_the_code_makes() -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.content(), "run `make docs`"


def test_the_description_tells_every_status_and_every_field() -> None:
    document = openapi.document()
    answers = document["paths"][openapi.ARTICLES_PATH]["post"]["responses"]
    assert set(answers) == {"202", *(str(status.value) for status in TITLES)} - {"404", "405"}
    fields = document["components"]["schemas"]["JsonRecord"]["properties"]
    assert set(fields) == {field.name for field in msgspec.structs.fields(JsonRecord)}


def test_run_all_has_the_endpoint_where_it_has_a_port() -> None:
    assert "web" not in [service.name for service in services(Settings(), cores=2)]
    on = services(Settings(web={"port": 8080}), cores=2)
    assert [service.name for service in on] == ["sink", "worker-1", "worker-2", "web", "feeds"]
    assert on[3].arguments == ("run", "web", "--metrics-offset", "3")
