"""Questions to indices whose shards may still be starting, and whether all shards have answered.

The shards of a month that was made just now, and all shards after a start of the engine, take a moment. Until then a
search of nothing else fails with 503, and a wider one leaves them out with no other word than their number.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from pipeline.search_engine import SearchEngineAwayError, failure

START_SECONDS = 10.0
"""How long shards are waited for."""
_PAUSE_SECONDS = 0.1
_UNAVAILABLE = 503

T = TypeVar("T")


class ShardsAwayError(SearchEngineAwayError):
    """Some shards cannot answer for now, although the engine does."""


def ask(client: Elasticsearch, question: Callable[[], T]) -> T:
    """What the question returns, asked again for START_SECONDS at most while shards are not up: while it raises
    ShardsAwayError, or ApiError of status 503.

    Raises SearchEngineAwayError and SearchEngineRefusedError.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return question()
        except ShardsAwayError:
            if time.monotonic() > deadline:
                raise
        except (ApiError, TransportError) as error:
            unavailable = isinstance(error, ApiError) and error.status_code == _UNAVAILABLE
            if not unavailable or time.monotonic() > deadline:
                raise failure(error, client) from error
        time.sleep(_PAUSE_SECONDS)


def ask_together(client: Elasticsearch, index: str, bodies: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """The answers of all shards to several searches, or of the engine that a search cannot be answered (`error`).

    Raises as `ask`.
    """
    head = {
        "index": index,
        "ignore_unavailable": True,
        "allow_no_indices": True,
        "allow_partial_search_results": False,
    }
    lines = [line for body in bodies for line in (head, body)]

    def question() -> list[Mapping[str, Any]]:
        answers: list[Mapping[str, Any]] = client.msearch(searches=lines).body["responses"]
        if any(answer.get("status") == _UNAVAILABLE for answer in answers):
            raise ShardsAwayError(f"some shards of {index} cannot answer for now; newswire status shows which months")
        return answers

    return ask(client, question)


def missing(answer: Mapping[str, Any]) -> str | None:
    """What an answer lacks: the reason that the first shard gives, or how many were left out. None: nothing."""
    shards = answer.get("_shards", {})
    for failed in shards.get("failures", ()):
        if said := failed.get("reason", {}).get("reason"):
            return str(said)
    left_out = shards.get("total", 0) - shards.get("successful", 0)
    return f"{left_out} of {shards['total']} shards are not up" if left_out else None
