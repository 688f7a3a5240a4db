"""Bulk requests as data: what is sent, and what each item of the answer means. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec

from pipeline.records import Article
from pipeline.search_index import document, document_version


class Verdict(Enum):
    """What became of one document."""

    WRITTEN = "written"
    STALE = "stale"
    """A newer version of it was there."""
    REFUSED = "refused"
    """For good: the document does not suit the mapping."""
    RETRY = "retry"
    """Not now: overload, a blocked or missing index, a fault of the server."""
    DENIED = "denied"
    """We may not write: no fault of the document, and trying again would not help."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on a document, and the server's reason where it is not written."""

    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One document on its way into an index. `place` is its position in the batch."""

    place: int
    id: str
    index: str
    version: int
    document: bytes

    @property
    def lines(self) -> tuple[bytes, bytes]:
        """Its two lines of a bulk request."""
        target = {"_index": self.index, "_id": self.id, "version": self.version, "version_type": "external_gte"}
        return msgspec.json.encode({"index": target}), self.document

    @property
    def bytes(self) -> int:
        """Its size in the request, with some room for the first line."""
        return len(self.document) + 200


# Errors whose status is that of a wrong request although the document is not to blame.
_PASSING_TYPES = frozenset(
    {
        "cluster_block_exception",  # read-only, for instance because the disk is full
        "index_closed_exception",
        "index_create_block_exception",
        "index_not_found_exception",  # automatic creation is off
        "invalid_alias_name_exception",
        "invalid_index_template_exception",
        "resource_already_exists_exception",  # two made the month's index at once
        "validation_exception",  # the cluster has as many shards as it may have
    }
)
_DENIED_TYPES = frozenset({"security_exception", "authentication_exception"})
_LONGEST_REASON = 1000


def action(article: Article, index: str, place: int) -> Action:
    """An article's document, at its version."""
    return Action(place, article.id, index, document_version(article.fetched_at), document(article))


def chunks(actions: Sequence[Action], most_bytes: int) -> Iterator[list[Action]]:
    """The actions in order, in requests of at most so many bytes; a larger action goes alone."""
    chunk: list[Action] = []
    size = 0
    for each in actions:
        if chunk and size + each.bytes > most_bytes:
            yield chunk
            chunk, size = [], 0
        chunk.append(each)
        size += each.bytes
    if chunk:
        yield chunk


def classify(item: Mapping[str, Any]) -> Answer:
    """One element of the `items` of a bulk answer."""
    outcome = next(iter(item.values()))
    status = int(outcome.get("status", 500))
    if 200 <= status < 300:
        return Answer(Verdict.WRITTEN)
    error = outcome.get("error")
    kind = str(error.get("type", "")) if isinstance(error, dict) else ""
    reason = _reason(error) or f"status {status}"
    if status == 409:
        return Answer(Verdict.STALE, reason)
    if kind in _PASSING_TYPES or status in (408, 429) or status >= 500:
        return Answer(Verdict.RETRY, reason)
    if kind in _DENIED_TYPES or status in (401, 403):
        return Answer(Verdict.DENIED, reason)
    return Answer(Verdict.REFUSED, reason)


def _reason(error: Any) -> str:
    """Type and reason of an error and of its causes, on one line."""
    texts: list[str] = []
    while isinstance(error, dict):
        text = ": ".join(str(error[key]) for key in ("type", "reason") if error.get(key))
        if text and text not in texts:
            texts.append(text)
        error = error.get("caused_by")
    joined = "; caused by ".join(texts) or str(error or "")
    return " ".join(joined.split())[:_LONGEST_REASON]
