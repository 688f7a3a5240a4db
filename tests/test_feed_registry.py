"""The feeds on Kafka: read whole, found by what users call them, and changed by `newswire feeds`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from kafka import KafkaConsumer

from pipeline import feed_examples
from pipeline.cli._feed_table import row, summary, table
from pipeline.cli._feed_words import ago, until, urgency
from pipeline.config import Kafka, Settings
from pipeline.delivery import MissingTopicError
from pipeline.feed_records import Feed, FeedState, Health
from pipeline.feed_registry import FeedChoiceError, Registry, read, remove, write
from pipeline.identity import feed_id
from pipeline.polling.partition import host_of, partition_of
from pipeline.producer import Producer
from pipeline.topic_setup import create_topics
from pipeline.topics import FEED_ITEMS, FEED_STATE, FEEDS, FEEDS_GROUP, Topic, group
from tests.command import Ended, newswire
from tests.test_discovery import Site, link, page, rss, serving
from tests.topic_reader import messages

engines = pytest.mark.engines
PARTITIONS = 4
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OPML = b"""<opml version="2.0"><head><title>Mine</title></head><body><outline text="Region">
<outline text="Courier" xmlUrl="https://courier.example/feed"/><outline text="Again" xmlUrl="https://courier.example/feed"/>
<outline text="Tides" xmlUrl="https://tides.example/rss" language="en" x="y"/></outline>
<outline text="Broken" xmlUrl="nowhere"/></body></opml>"""


def quiet(line: str) -> None:
    """A Report."""


def feed(url: str, **more: Any) -> Feed:
    return Feed(id=feed_id(url) or "", url=url, added_at=NOW, **more)


def state(of: Feed, health: Health = "ok", **more: Any) -> FeedState:
    return FeedState(**({"id": of.id, "url": of.url, "health": health} | more))


def registry(*feeds: Feed, **titles: str) -> Registry:
    states = {
        each.id: state(each, title=titles[str(number)]) for number, each in enumerate(feeds) if str(number) in titles
    }
    return Registry({each.id: each for each in feeds}, states, 4)


def test_a_feed_is_found_by_address_id_title_or_a_part_that_no_other_has() -> None:
    one = feed("https://courier.example/feed?a=1&b=2", title="The Courier")
    two = feed("https://tides.example/rss")
    three = feed("https://tides.example/rss/more", title="Tides")
    found = registry(one, two, three, **{"1": "Tides and more"})
    for text in (
        one.url,
        one.id,
        one.id[:6].upper(),
        "the courier",
        "COURIER",
        "https://courier.example/feed?b=2&a=1",
    ):
        assert found.find(text) is one
    assert found.find("tides") is three  # its whole title
    assert found.find("https://tides.example/rss") is two  # its whole address
    assert found.find("and more") is two
    for text, said in (
        ("http", "3 feeds may be meant by 'http'"),
        ("nothing", "there is no feed 'nothing'"),
        ("", "no feed"),
    ):
        with pytest.raises(FeedChoiceError, match=said):
            found.find(text)


def test_a_feed_that_moved_is_known_by_both_addresses() -> None:
    old = feed("https://old.example/feed")
    moved = Registry({old.id: old}, {old.id: state(old, url="https://new.example/feed")}, 4)
    assert moved.find("https://new.example/feed") is moved.find("https://old.example/feed") is old


@pytest.fixture
def deployment(settings: Callable[..., Settings], kafka: str) -> Settings:
    made: Settings = settings(kafka=Kafka(bootstrap_servers=kafka, raw_partitions=1, feed_partitions=PARTITIONS))
    create_topics(made)
    return made


def put(settings: Settings, topic: Topic, key: str, record: msgspec.Struct | None, partition: int) -> None:
    with Producer(settings, quiet) as producer:
        value = None if record is None else msgspec.json.encode(record)
        producer.send(topic.name(settings.topic_prefix), key.encode(), value, partition=partition).result(60)


@engines
def test_what_is_written_is_read_and_lies_in_the_partition_of_its_host(deployment: Settings, kafka: str) -> None:
    empty = read(deployment, quiet)
    assert (empty.feeds, empty.states, empty.partitions) == ({}, {}, PARTITIONS)
    feeds = [feed(f"https://n{number % 10}.example:8443/{number}", title=f"N {number}") for number in range(300)]
    written: list[int] = []
    write(deployment, quiet, empty, feeds, lambda: written.append(1))
    assert len(written) == 300
    for message in messages(kafka, FEEDS.name(deployment.topic_prefix)):
        assert message.partition == partition_of(host_of(msgspec.json.decode(message.value, type=Feed).url), PARTITIONS)
    found = read(deployment, quiet)
    assert found.feeds == {each.id: each for each in feeds}
    put(deployment, FEED_STATE, feeds[0].id, state(feeds[0]), 3)
    put(deployment, FEED_STATE, "0" * 32, state(feeds[1], id="0" * 32), 3)  # of a feed that is gone
    found = read(deployment, quiet)
    assert found.states == {feeds[0].id: state(feeds[0])}
    remove(deployment, quiet, found, [feeds[0].id, feeds[7].id])
    left = read(deployment, quiet)
    assert left.feeds.keys() == {each.id for each in feeds} - {feeds[0].id, feeds[7].id}
    assert left.state_places.keys() == {"0" * 32}


@engines
def test_a_feed_that_moved_between_partitions_counts_once(deployment: Settings) -> None:
    one = feed("https://one.example/feed")
    home = partition_of(host_of(one.url), PARTITIONS)
    away = (home + 1) % PARTITIONS
    put(deployment, FEEDS, one.id, feed(one.url, title="older"), away)
    put(deployment, FEEDS, one.id, feed(one.url, title="newer"), home)
    found = read(deployment, quiet)
    assert found.feeds[one.id].title == "newer"
    assert found.feed_places[one.id] == {home, away}
    put(deployment, FEEDS, one.id, None, away)  # the rest of a move, later than the record that stays
    assert read(deployment, quiet).feeds[one.id].title == "newer"
    put(deployment, FEEDS, one.id, feed(one.url, title="strayed"), away)
    write(deployment, quiet, read(deployment, quiet), [one])
    assert read(deployment, quiet).feed_places == {one.id: {home}}
    put(deployment, FEEDS, one.id, one, away)
    remove(deployment, quiet, read(deployment, quiet), [one.id])
    assert read(deployment, quiet).feeds == {}


@engines
def test_a_record_that_cannot_be_read_is_passed_over(deployment: Settings) -> None:
    good = feed("https://good.example/feed")
    put(deployment, FEEDS, good.id, good, 0)
    with Producer(deployment, quiet) as producer:
        for number, bad in enumerate((b"{", b"[" * 100_000)):
            name = FEEDS.name(deployment.topic_prefix)
            producer.send(name, b"bad %d" % number, bad, partition=0).result(60)
    assert read(deployment, quiet).feeds == {good.id: good}


@engines
def test_without_topics_setup_is_named(settings: Callable[..., Settings]) -> None:
    with pytest.raises(MissingTopicError, match="newswire setup"):
        read(settings(), quiet)
    ended = newswire(settings(), "feeds", "list")
    assert (ended.status, ended.stdout) == (1, b"")
    assert "newswire setup" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@engines
def test_the_life_of_feeds_on_the_command_line(deployment: Settings) -> None:
    def run(*args: str, stdin: bytes = b"") -> list[Any]:
        ended = newswire(deployment, "feeds", *args, "--json", stdin=stdin)
        assert (ended.status, ended.stderr) == (0, ""), ended
        return ended.lines

    ended = newswire(deployment, "feeds", "import", "-", "--json", stdin=OPML)
    assert ended.status == 1
    merged, refused, counts = ended.lines
    assert counts == {"added": 2, "known": 0, "merged": 1, "refused": 1}
    assert (merged["merged"]["line"], refused["refused"]["line"]) == (2, 4)
    assert run("import", "-", stdin=b"https://courier.example/feed\nhttps://new.example/a.rss\n") == [
        {"added": 1, "known": 1, "merged": 0, "refused": 0}
    ]
    (added,) = run("add", "https://quill.example/feed", "--no-check", "--folder", "Asia/ Japan", "--language", "ja")
    assert added["added"]["url"] == "https://quill.example/feed"
    assert list(*run("add", "https://quill.example/feed", "--full-text", "never")) == ["changed"]
    assert list(*run("add", "https://quill.example/feed")) == ["known"]
    assert list(*run("pause", "quill")) == ["paused"]
    (shown,) = run("show", "quill")
    assert (shown["folder"], shown["language"], shown["full_text"], shown["paused"], shown["health"]) == (
        ["Asia", "Japan"],
        "ja",
        "never",
        True,
        "new",
    )
    assert list(*run("resume", "quill")) == ["resumed"]
    failing = read(deployment, quiet).find("Tides")
    told = state(failing, "failing", reason="it says 404", since=NOW, failures=3, seen=b"\xff" * 8, polls=3)
    put(deployment, FEED_STATE, failing.id, told, 0)
    listed = run("list")
    assert [each["title"] for each in listed[:2]] == ["Tides", "Courier"]
    assert len(listed) == 4
    assert "seen" not in listed[0]
    assert [each["reason"] for each in run("list", "--failing")] == ["it says 404"]
    assert [each["title"] for each in run("list", "--folder", "asia")] == ["https://quill.example/feed"]
    table = newswire(deployment, "feeds", "list").stdout.decode().splitlines()
    assert len(table) == 5  # a head, and a line each in a pipe
    assert "it says 404 (since 2026-03-02, 3 polls in a row)" in table[1]
    exported = newswire(deployment, "feeds", "export").stdout
    assert b'x="y"' in exported
    run("remove", "Courier", "Tides", "new.example", "quill")
    assert run("list") == []
    again = newswire(deployment, "feeds", "import", "-", "--json", stdin=exported)
    assert again.lines == [{"added": 4, "known": 0, "merged": 0, "refused": 0}]
    assert newswire(deployment, "feeds", "export").stdout == exported


@engines
def test_a_poll_that_nobody_does_is_told(deployment: Settings) -> None:
    one = feed("https://one.example/feed")
    write(deployment, quiet, read(deployment, quiet), [one])
    ended = newswire(deployment, "feeds", "poll", "one", "--now")
    assert ended.status == 1
    assert "no poller runs" in ended.stderr
    assert read(deployment, quiet).feeds[one.id].poll_at is not None


@engines
def test_a_poll_by_hand_waits_for_the_poller_and_prints_what_came(deployment: Settings, kafka: str) -> None:
    one = feed("https://one.example/feed", title="One")
    write(deployment, quiet, read(deployment, quiet), [one])
    put(deployment, FEED_STATE, one.id, state(one, last_poll=NOW), 0)
    (sighting,) = feed_examples.SIGHTINGS
    poller = KafkaConsumer(
        FEED_ITEMS.name(deployment.topic_prefix),
        group_id=group(deployment.topic_prefix, FEEDS_GROUP),
        bootstrap_servers=kafka,
    )
    try:
        while not poller.assignment():
            poller.poll(100)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(newswire, deployment, "feeds", "poll", "One", "--now")
            while not read(deployment, quiet).feeds[one.id].poll_at and not asked.done():
                poller.poll(100)
            put(deployment, FEED_ITEMS, "a", msgspec.structs.replace(sighting, feed=one.id), 2)
            put(deployment, FEED_ITEMS, "b", sighting, 2)  # of another feed
            put(deployment, FEED_STATE, one.id, state(one, last_poll=NOW + timedelta(minutes=1)), 0)
            ended = asked.result(60)
    finally:
        poller.close()
    assert (ended.status, ended.stderr) == (0, "")
    headline, count = ended.stdout.decode().splitlines()
    assert headline.startswith("Tide barrier holds")
    assert count == "1 new item"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("add", "javascript://x"), "no http(s) address"),
        (("add", "https://a.example/", "--language", "not a tag"), "no language tag"),
        (("add", "https://a.example/", "--full-text", "maybe"), "maybe"),
        (("add",), "Missing argument"),
    ],
)
def test_wrong_use_is_told_before_kafka_is_asked(args: tuple[str, ...], said: str) -> None:
    ended = newswire(Settings(kafka=Kafka(bootstrap_servers="127.0.0.1:1")), "feeds", *args)
    assert ended.status == 2
    assert said in " ".join(ended.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"<opml><body><outline></body></opml>", "standard input: line 1: not well-formed XML"), (b" ", "nothing in it")],
)
def test_a_list_that_cannot_be_read_is_one_line(content: bytes, said: str) -> None:
    ended = newswire(Settings(kafka=Kafka(bootstrap_servers="127.0.0.1:1")), "feeds", "import", "-", stdin=content)
    assert ended.status == 1
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@engines
def test_the_feeds_of_a_site_are_found_and_of_several_one_must_be_named(deployment: Settings) -> None:
    site: Site = {
        "/": page(link("/rss") + link("/sport")),
        "/asia": page(link("/rss")),
        "/rss": rss("News", "a"),
        "/sport": rss("Sport", "b"),
    }

    async def add(*paths: str) -> list[Ended]:
        async with serving(site) as root:
            allowed = {"NEWSWIRE_FEEDS__ALLOW_HOSTS": '["127.0.0.1"]'}
            return [
                await asyncio.to_thread(newswire, deployment, "feeds", "add", f"{root}{path}", "--json", **allowed)
                for path in paths
            ]

    several, one, again, missing = asyncio.run(add("/", "/asia", "/asia", "/gone"))
    assert (several.status, several.stdout) == (1, b"")
    assert "has 2 feeds; pass the address of one: " in several.stderr
    assert "/sport (Sport)" in several.stderr
    assert one.lines[0]["added"]["url"].endswith("/rss")
    assert again.lines[0] == {"known": one.lines[0]["added"]}
    assert missing.status == 1
    assert "status 404" in missing.stderr
    (watched,) = read(deployment, quiet).feeds.values()
    assert watched.site == "https://news.example/"


def test_the_table_fits_every_width_and_is_whole_in_a_pipe() -> None:
    long = "Nachrichten für Köln, 札幌新聞, [bold] und alles, was die Stadt bewegt " * 2
    feeds = [feed(f"https://n{number}.example/feed", title=f"{long}{number}", folder=("A", "B")) for number in range(6)]
    reason = "it answers with status 404: there is nothing at " + "https://n.example/" + "x" * 300
    conditions: tuple[Health, ...] = ("ok", "gone", "new", "failing", "ok")
    states = {
        each.id: state(each, health, reason=reason, since=NOW, failures=2, polls=1, rate=123456, last_item=NOW)
        for each, health in zip(feeds, conditions, strict=False)
    }
    states[feeds[4].id] = state(feeds[4], gap_at=NOW, gaps=1)
    known = Registry({each.id: each for each in feeds}, states, 4)
    feeds.sort(key=lambda each: urgency(each, states.get(each.id), known.title(each), NOW))
    rows = [row(known, each, NOW) for each in feeds]
    assert [each.condition for each in rows] == ["gone", "failing", "gaps", "new", "new", "ok"]
    for width in (40, 60, 80, 120, 200):
        lines = list(table(rows, width))
        assert max(line.cell_len for line in lines) <= width
        assert ("next poll" in lines[0].plain) is (width >= 50)
        assert any("404" in line.plain for line in lines)
    whole = [line.plain for line in table(rows, None)]
    assert len(whole) == 7
    assert all(long.strip() in line for line in whole[1:])
    assert reason in whole[1]
    assert all(
        line.plain.isascii() for line in table([row(known, feed("https://a.example/"), NOW)], 80, ascii_only=True)
    )
    assert summary(rows, 0) == "6 feeds: 1 gone, 1 failing, 1 with gaps, 2 new, 1 ok"
    assert "newswire run feeds" in summary(rows, 4)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "just now"), (59, "just now"), (60, "1 min ago"), (3 * 3600 + 5, "3 h ago"), (86_400 * 3, "3 d ago")],
)
def test_times_are_told_in_words(seconds: float, said: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == said
    assert ago(NOW - timedelta(days=100), NOW) == "2025-11-22"
    assert (until(None, NOW), until(NOW, NOW), until(NOW + timedelta(seconds=720), NOW)) == ("now", "now", "in 12 min")
