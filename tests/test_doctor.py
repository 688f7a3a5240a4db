"""`newswire doctor` and `newswire status` about feeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline import consumer_lag
from pipeline.config import Kafka, Settings
from pipeline.doctor import Finding, examine
from pipeline.feed_records import Feed, FeedState
from pipeline.feed_registry import read, write
from pipeline.identity import feed_id
from pipeline.polling.partition import host_of, partition_of
from pipeline.producer import Producer
from pipeline.topic_setup import create_topics
from pipeline.topics import FEED_STATE
from tests.command import newswire
from tests.services import running, wait_until

NOW = datetime.now(UTC)
PARTITIONS = 2


def quiet(line: str) -> None:
    """A Report."""


def feed(url: str, **more: bool) -> Feed:
    return Feed(id=feed_id(url) or "", url=url, added_at=NOW, **more)


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.check: finding for finding in examine(settings)}


@pytest.mark.engines
def test_doctor_and_status_tell_how_feeds_do_and_who_polls_them(
    settings: Callable[..., Settings], tmp_path: Path
) -> None:
    made = settings()
    create_topics(made, quiet)
    assert not findings(made).keys() & {"watched feeds", "feed topics", "contact", "websub"}, "there are none"

    ill, paused = feed("http://ill.invalid/feed"), feed("http://idle.invalid/feed", paused=True)
    write(made, quiet, read(made, quiet), [ill, paused])
    with Producer(made, quiet) as producer:
        later = FeedState(
            id=ill.id, url=ill.url, health="failing", reason="gone away", next_poll=datetime(2099, 1, 1, tzinfo=UTC)
        )
        place = partition_of(host_of(ill.url), PARTITIONS)
        name = FEED_STATE.name(made.topic_prefix)
        producer.send(name, ill.id.encode(), msgspec.json.encode(later), partition=place).result()
    told = findings(made)
    assert told["watched feeds"].verdict == "problem"
    assert told["watched feeds"].detail == "1 failing, 1 paused; nobody polls them"
    assert "newswire run feeds" in (told["watched feeds"].remedy or "")
    assert told["contact"].verdict == "warning"
    counts = [line["feeds"] for line in newswire(made, "status", "--json").lines if "feeds" in line]
    assert counts == [{"new": 0, "ok": 0, "failing": 1, "gone": 0, "paused": 1}]

    with running("feeds", made, tmp_path) as poller:
        wait_until(lambda: "2 feeds are watched here" in poller.output, "the poller has its feeds", 60, [poller])
        told = findings(made.model_copy(update={"feeds": made.feeds.model_copy(update={"contact": "me@example.org"})}))
    assert told["watched feeds"].verdict == "warning"
    assert "--failing" in (told["watched feeds"].remedy or "")
    assert told["feeds"].detail.startswith("1 running")
    assert "contact" not in told


@pytest.mark.engines
def test_doctor_tells_when_topics_of_feeds_have_not_as_many_partitions_and_its_remedy_helps(
    settings: Callable[..., Settings],
) -> None:
    made = settings()
    create_topics(made, quiet)
    with consumer_lag.administer(made.kafka) as admin:
        admin.create_partitions({FEED_STATE.name(made.topic_prefix): PARTITIONS + 1})
    wait_until(lambda: "feed topics" in findings(made), "the further partition is there")
    told = findings(made)["feed topics"]
    assert told.verdict == "problem"
    assert "set kafka.feed_partitions to 3, newswire setup" in (told.remedy or "")
    kafka = Kafka(bootstrap_servers=made.kafka.bootstrap_servers, feed_partitions=PARTITIONS + 1)
    create_topics(settings(kafka=kafka), quiet)
    wait_until(lambda: "feed topics" not in findings(made), "all have as many")


@pytest.mark.engines
def test_doctor_names_websub_settings_of_which_one_is_missing(settings: Callable[..., Settings]) -> None:
    ended = newswire(settings(), "doctor", NEWSWIRE_FEEDS__WEBSUB_URL="https://news.example")
    assert ended.status != 0
    assert "websub_url and websub_secret belong together: set both or none" in ended.stderr
