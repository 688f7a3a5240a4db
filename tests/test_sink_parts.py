"""The pure parts of the sink: bulk requests and their answers, what is remembered, how long is waited."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from kafka import OffsetAndMetadata, TopicPartition

from pipeline.consumer import Stopped, offsets_after
from pipeline.search_engine import SearchEngineAwayError
from pipeline.sinks._bulk import Action, Verdict, action, chunks, classify
from pipeline.sinks._patience import Patience, pause_seconds
from pipeline.sinks._placement import RecentPlaces
from tests.test_search_index import article


def item(status: int, kind: str = "", reason: str = "", cause: dict[str, Any] | None = None) -> dict[str, Any]:
    error = {"type": kind, "reason": reason, "caused_by": cause} if kind else None
    return {"index": {"status": status, "error": error} if error else {"status": status}}


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (item(200), Verdict.WRITTEN),
        (item(201), Verdict.WRITTEN),
        (item(409, "version_conflict_engine_exception"), Verdict.STALE),
        (item(400, "document_parsing_exception"), Verdict.REFUSED),
        (item(400, "mapper_parsing_exception"), Verdict.REFUSED),
        (item(400, "illegal_argument_exception", "immense term"), Verdict.REFUSED),
        (item(429, "es_rejected_execution_exception"), Verdict.RETRY),
        (item(429, "circuit_breaking_exception"), Verdict.RETRY),
        (item(429, "cluster_block_exception", "disk usage exceeded flood-stage watermark"), Verdict.RETRY),
        (item(403, "cluster_block_exception", "index read-only / allow delete (api)"), Verdict.RETRY),
        (item(400, "index_closed_exception"), Verdict.RETRY),
        (item(400, "validation_exception", "maximum shards open"), Verdict.RETRY),
        (item(404, "index_not_found_exception"), Verdict.RETRY),
        (item(503, "unavailable_shards_exception"), Verdict.RETRY),
        (item(500, "null_pointer_exception"), Verdict.RETRY),
        (item(403, "security_exception"), Verdict.DENIED),
        ({"index": {}}, Verdict.RETRY),
    ],
)
def test_each_answer_has_its_verdict(given: dict[str, Any], verdict: Verdict) -> None:
    assert classify(given).verdict is verdict


def test_the_reason_of_a_refusal_names_the_cause_on_one_line() -> None:
    cause = {"type": "input_coercion_exception", "reason": "Numeric value\nout of range"}
    made = classify(item(400, "document_parsing_exception", "failed to parse field [people.count]", cause)).reason
    assert made == (
        "document_parsing_exception: failed to parse field [people.count]; "
        "caused by input_coercion_exception: Numeric value out of range"
    )


def test_an_action_names_index_id_and_the_time_of_fetching_as_version() -> None:
    fetched = datetime(2026, 11, 30, 23, 30, 0, 123456, tzinfo=UTC)
    head, body = action(article(fetched_at=fetched), "news-articles-2026.11", 0).lines
    assert json.loads(head) == {
        "index": {
            "_index": "news-articles-2026.11",
            "_id": "0" * 32,
            "version": 1796081400123,
            "version_type": "external_gte",
        }
    }
    assert json.loads(body)["id"] == "0" * 32


def test_a_time_before_1970_is_no_negative_version() -> None:
    assert action(article(fetched_at=datetime(1900, 1, 1, tzinfo=UTC)), "i", 0).version == 0


def test_requests_keep_the_order_and_the_limit_and_a_larger_document_goes_alone() -> None:
    actions = [Action(place, str(place), "i", 1, b"x" * size) for place, size in enumerate([300, 300, 5000, 300, 300])]
    made = list(chunks(actions, 1100))
    assert [[each.place for each in chunk] for chunk in made] == [[0, 1], [2], [3, 4]]
    assert list(chunks([], 1000)) == []


def test_places_are_forgotten_by_number_and_by_age() -> None:
    now = [0.0]
    places = RecentPlaces(most=2, seconds=10, clock=lambda: now[0])
    places.remember("a", "one")
    now[0] = 5
    places.remember("b", "two")
    assert places.find("a") == "one"
    places.remember("c", "three")
    assert (places.find("a"), places.find("b"), len(places)) == (None, "two", 2)
    now[0] = 15.1
    assert places.find("b") is None
    places.remember("d", "four")
    assert len(places) == 1


def test_pauses_double_up_to_the_longest_and_differ() -> None:
    assert [pause_seconds(tries, 30, 0) for tries in (1, 2, 3, 8, 9, 1000)] == [0.25, 0.5, 1, 30, 30, 30]
    assert pause_seconds(9, 30, 1) == 15


def test_a_fault_that_lasts_is_told_once_a_step_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    left = [6]

    def request() -> str:
        left[0] -= 1
        if left[0]:
            raise SearchEngineAwayError("it is away")
        return "done"

    with caplog.at_level("INFO", logger="newswire.sink"):
        assert Patience("sink", 0.4, threading.Event()).insist(request) == "done"
    said = [record.levelname for record in caplog.records if record.name == "newswire.sink"]
    assert said == ["WARNING", "WARNING", "INFO"]


def test_waiting_ends_with_stop() -> None:
    stop = threading.Event()

    def request() -> None:
        stop.set()
        raise SearchEngineAwayError("it is away")

    with pytest.raises(Stopped):
        Patience("sink", 600, stop).insist(request)


class Record:
    def __init__(self, partition: int, offset: int) -> None:
        self.topic, self.partition, self.offset = "t", partition, offset


def test_what_is_committed_is_the_offset_behind_the_last_record_of_each_partition() -> None:
    records: list[Any] = [Record(0, 7), Record(1, 3), Record(0, 9)]
    assert offsets_after(records) == {
        TopicPartition("t", 0): OffsetAndMetadata(10, "", -1),
        TopicPartition("t", 1): OffsetAndMetadata(4, "", -1),
    }
