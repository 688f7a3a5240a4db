"""`newswire dead-letters`: listed, shown safely, and replayed byte for byte."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.config import Kafka, Settings
from pipeline.dead_letters import Buried, DeadLetterError, Place, Selection
from pipeline.producer import Producer
from pipeline.records import DeadLetter, dead_letter_headers
from pipeline.topic_setup import create_topics
from pipeline.topics import ARTICLES, DEAD_LETTERS, RAW
from tests.command import newswire
from tests.topic_reader import messages

engines = pytest.mark.engines
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NASTY = b'\xff\x00\x1b[31m{"not": json\n'


@pytest.fixture
def deployment(settings: Callable[..., Settings], kafka: str) -> Settings:
    """Five messages: two of the raw topic, one of the articles, one of strangers, one that is no dead letter."""
    made: Settings = settings(kafka=Kafka(bootstrap_servers=kafka, raw_partitions=2, feed_partitions=1))
    create_topics(made)
    raw, articles = RAW.name(made.topic_prefix), ARTICLES.name(made.topic_prefix)
    letters = [
        (b"k0", NASTY, letter("decode", "not UTF-8 \x1b]0;evil\x07", raw, NOW - timedelta(days=2))),
        (None, b'{"body": "x"}', letter("clean", "ValueError: no [bold] text", raw, datetime.now(UTC))),
        (b"k2", b'{"id": "k2"}', letter("index", "mapper_parsing_exception " * 50, articles, datetime.now(UTC))),
        (b"k3", b"{}", letter("decode", "of others", "elsewhere.raw", datetime.now(UTC))),
    ]
    with Producer(made) as sender:
        for key, value, told in letters:
            sender.send(DEAD_LETTERS.name(made.topic_prefix), key, value, dead_letter_headers(told)).result(60)
        sender.send(DEAD_LETTERS.name(made.topic_prefix), b"k4", b"odd").result(60)
    return made


def letter(stage: str, reason: str, topic: str, time: datetime) -> DeadLetter:
    return DeadLetter(stage=stage, reason=reason, topic=topic, partition=1, offset=7, time=time)


@engines
def test_list_shows_all_and_filters(deployment: Settings) -> None:
    def listed(*options: str) -> list[str]:
        ended = newswire(deployment, "dead-letters", "list", "--json", *options)
        assert (ended.status, ended.stderr) == (0, "")
        return [line["id"] for line in ended.lines]

    assert listed() == ["0:0", "0:1", "0:2", "0:3", "0:4"]
    assert listed("--stage", "decode") == ["0:0", "0:3"]
    assert listed("--stage", "decode", "--since", "1d") == ["0:3"]
    assert listed("--since", "2026-03-01") != []
    assert listed("--reason", "VALUEERROR") == ["0:1"]
    table = newswire(deployment, "dead-letters", "list").stdout.decode()
    assert "\x1b" not in table
    assert "ValueError: no [bold] text" in table
    assert len(table.splitlines()) < 12  # a long reason is cut


@engines
def test_list_json_tells_all_but_the_value(deployment: Settings) -> None:
    first, second, *_, last = newswire(deployment, "dead-letters", "list", "--json").lines
    assert {key: first[key] for key in ("stage", "partition", "offset", "key", "replays", "bytes")} == {
        "stage": "decode",
        "partition": 1,
        "offset": 7,
        "key": "k0",
        "replays": 0,
        "bytes": len(NASTY),
    }
    assert second["key"] is None
    assert (last["stage"], last["topic"], last["key"]) == (None, None, "k4")


@engines
def test_show_is_safe_on_a_terminal_and_raw_is_exact(deployment: Settings) -> None:
    shown = newswire(deployment, "dead-letters", "show", "0:0").stdout
    assert b"\x1b" not in shown
    assert b"\x00" not in shown
    assert rb"\xff\x00\x1b[31m" in shown
    assert b"stage: decode" in shown
    assert newswire(deployment, "dead-letters", "show", "0:0", "--raw").stdout == NASTY
    (told,) = newswire(deployment, "dead-letters", "show", "0:0", "--json").lines
    assert base64.b64decode(told["value_base64"]) == NASTY
    (told,) = newswire(deployment, "dead-letters", "show", "0:1", "--json").lines
    assert told["value"] == '{"body": "x"}'


@engines
def test_what_is_not_there_is_told(deployment: Settings) -> None:
    for place, said in (("0:99", "there is no dead letter 0:99"), ("9:0", "there is no"), ("x", "partition:offset")):
        ended = newswire(deployment, "dead-letters", "show", place)
        assert ended.status == 1
        assert said in ended.stderr
        assert len(ended.stderr.splitlines()) == 1


@engines
def test_replay_sends_the_same_bytes_to_where_they_came_from(deployment: Settings, kafka: str) -> None:
    ended = newswire(deployment, "dead-letters", "replay", "0:0", "0:1", "0:2")
    assert (ended.status, ended.stdout) == (0, b"3 replayed, 0 not\n")
    raw = messages(kafka, RAW.name(deployment.topic_prefix))
    assert {(message.key, message.value) for message in raw} == {(b"k0", NASTY), (None, b'{"body": "x"}')}
    assert all(list(message.headers) == [("replays", b"1")] for message in raw)
    (article,) = messages(kafka, ARTICLES.name(deployment.topic_prefix))
    assert (article.key, article.value) == (b"k2", b'{"id": "k2"}')


@engines
def test_replay_of_all_leaves_out_what_belongs_elsewhere(deployment: Settings, kafka: str) -> None:
    ended = newswire(deployment, "dead-letters", "replay", "--all", "--json")
    assert ended.status == 1
    strange, headless, counts = ended.lines
    assert counts == {"replayed": 3, "failed": 2}
    assert (strange["id"], headless["id"]) == ("0:3", "0:4")
    assert "elsewhere.raw" in strange["error"]
    assert len(messages(kafka, RAW.name(deployment.topic_prefix))) == 2


@engines
def test_replay_by_stage(deployment: Settings, kafka: str) -> None:
    assert newswire(deployment, "dead-letters", "replay", "--stage", "index").stdout == b"1 replayed, 0 not\n"
    assert messages(kafka, RAW.name(deployment.topic_prefix)) == []


@pytest.mark.parametrize("args", [(), ("0:1", "--all"), ("0:1", "--stage", "x"), ("--since", "soon")])
def test_replay_wants_a_selection(args: tuple[str, ...]) -> None:
    nowhere = Settings(kafka=Kafka(bootstrap_servers="127.0.0.1:1"))
    assert newswire(nowhere, "dead-letters", "replay", *args).status == 2


@engines
def test_without_the_topic_setup_is_named(settings: Callable[..., Settings]) -> None:
    ended = newswire(settings(), "dead-letters", "list")
    assert ended.status == 1
    assert "newswire setup" in ended.stderr


def test_places_are_written_and_read() -> None:
    assert str(Place.parse("3:14")) == "3:14"
    for wrong in ("3", "3:", ":3", "a:b", "-1:2", "1:2:3", "²:1"):
        with pytest.raises(DeadLetterError):
            Place.parse(wrong)


def test_replays_are_counted_on() -> None:
    def buried(said: bytes) -> Buried:
        return Buried(Place(0, 0), None, b"", (("replays", said),), None)

    assert [buried(said).replays for said in (b"2", b"", b"x")] == [2, 0, 0]


def test_a_message_without_a_letter_is_only_in_the_whole() -> None:
    odd = Buried(Place(0, 0), None, b"", (), None)
    assert odd in Selection()
    assert odd not in Selection(stage="decode")
