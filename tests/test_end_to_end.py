"""The whole pipeline as a user runs it: `newswire run all`, `push`, `search`, `status`, on real engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pipeline.config import Settings
from pipeline.engines import Endpoints
from pipeline.samples import sample_articles
from tests.command import Ended, newswire
from tests.services import Service, running, wait_until

pytestmark = pytest.mark.engines

REAL_SAMPLE = Path(__file__).parents[2] / "shared" / "samples" / "kompas-tashkent.txt"


class Deployment:
    """A running Newswire and its command line."""

    def __init__(self, settings: Settings, services: Service) -> None:
        self.settings = settings
        self.services = services

    def newswire(self, *arguments: str) -> Ended:
        """A command that succeeds."""
        ended = newswire(self.settings, *arguments)
        assert ended.status == 0, ended.stderr
        return ended

    def lines(self, *arguments: str) -> list[Any]:
        """What a command prints with `--json`."""
        return self.newswire(*arguments, "--json").lines

    def found(self, query: str) -> list[Any]:
        """Articles that a search finds."""
        return self.lines("search", query)


@pytest.fixture(scope="module")
def deployment(engines: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    prefix = f"e2e{uuid4().hex[:8]}"
    settings = Settings(
        topic_prefix=prefix,
        index_prefix=prefix,
        kafka={"bootstrap_servers": engines.kafka},
        elasticsearch={"url": engines.elasticsearch},
    )
    with running("all", settings, tmp_path_factory.mktemp("services")) as services:
        made = Deployment(settings, services)
        made.newswire("setup")
        yield made


@pytest.fixture(scope="module")
def samples(deployment: Deployment) -> list[Any]:
    """The demo's articles, pushed and indexed."""
    deployment.newswire("push", str(sample_articles()))
    expected = len(sample_articles().read_text().splitlines())
    wait_until(
        lambda: len(deployment.lines("search", "*", "--size", "50")) >= expected,
        "the samples can be found",
        90,
        [deployment.services],
    )
    return deployment.lines("search", "*", "--size", "50")


def test_the_samples_come_out_in_their_languages(samples: list[Any]) -> None:
    assert {article["language"] for article in samples} == {"id", "en", "es", "fr", "ru", "ar", "ja", "hi"}


def test_no_sample_keeps_its_clutter(samples: list[Any]) -> None:
    for article in samples:
        assert article["removed"], article["headline"]
        for removal in article["removed"]:
            if removal["kind"] in ("related", "promotion"):
                assert removal["text"] not in article["body"]


def test_status_shows_that_nothing_waits(deployment: Deployment, samples: list[Any]) -> None:
    wait_until(
        lambda: all(line["group"]["lag"] == 0 for line in deployment.lines("status") if "group" in line),
        "nothing waits",
        20,
    )
    groups = {line["group"]["service"]: line["group"] for line in deployment.lines("status") if "group" in line}
    assert groups["worker"]["members"] >= 1
    assert groups["sink"]["members"] == 1
    indexed = sum(line["index"]["documents"] for line in deployment.lines("status") if "index" in line)
    assert indexed >= len(samples)


def test_doctor_has_nothing_to_mend(deployment: Deployment, samples: list[Any]) -> None:
    findings = deployment.lines("doctor")
    assert {finding["check"] for finding in findings} >= {
        "python",
        "stages",
        "kafka",
        "topics",
        "search engine",
        "sink",
    }
    assert [finding for finding in findings if finding["verdict"] == "problem"] == []


def test_pushing_again_makes_no_second_document(deployment: Deployment, samples: list[Any]) -> None:
    before = {article["id"]: article["fetched_at"] for article in samples}
    deployment.newswire("push", str(sample_articles()))

    def renewed() -> bool:
        now = {article["id"]: article["fetched_at"] for article in deployment.lines("search", "*", "--size", "50")}
        return set(now) >= set(before) and all(now[key] > before[key] for key in before)

    wait_until(renewed, "the new versions can be found", 30, [deployment.services])
    again = deployment.lines("search", "*", "--size", "50")
    assert len([article for article in again if article["id"] in before]) == len(before)


@pytest.mark.skipif(not REAL_SAMPLE.exists(), reason="the real sample lies beside the repository, not in it")
def test_the_real_sample_can_be_found_by_its_stem(deployment: Deployment) -> None:
    deployment.newswire("push", str(REAL_SAMPLE))

    def is_it(article: dict[str, Any]) -> bool:
        return article["located"] == "TASHKENT"

    wait_until(
        lambda: any(map(is_it, deployment.found("hubungan diplomatik"))),
        "it is found",
        60,
        [deployment.services],
    )
    assert any(map(is_it, deployment.found("menghubungkan")))
    assert not any(map(is_it, deployment.found("lavrov AND NOT taliban")))
    (article,) = filter(is_it, deployment.found("lavrov"))
    assert article["language"] == "id"
    assert article["language_confidence"] >= 0.9
    assert article["source"]["name"] == "KOMPAS.TV"
    assert len(article["related"]) == 2
    assert "Associated Press" in article["info_sources"]
    assert article["published_at"] is None
    assert {"Sergey Lavrov", "Shavkat Mirziyoyev"} <= {person["name"] for person in article["people"]}
