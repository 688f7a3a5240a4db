"""The chain: a raw article through the stages, in order. Pure but for the stop-watch that is handed in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import thread_time
from types import MappingProxyType
from typing import Any

import msgspec

from pipeline.errors import defect
from pipeline.outcomes import Kept, Outcome, Rejected
from pipeline.records import Article, InvalidRecordError, RawArticle, decode_raw_article
from pipeline.registry import Plugin, plugin

DEFAULT_STAGES = ("normalise", "clean", "language", "entities", "quantities", "quotes", "fingerprint")
_NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one record, and the CPU seconds that each stage took."""

    outcome: Outcome
    seconds: tuple[tuple[str, float], ...]


class Chain:
    """The stages, composed. `stopwatch` gives seconds, by default of this thread's CPU."""

    def __init__(self, stages: Sequence[Plugin], stopwatch: Callable[[], float] = thread_time) -> None:
        self.stages = tuple(stages)
        self._stopwatch = stopwatch

    def process(self, value: bytes, now: datetime) -> Result:
        """`run` on the bytes of a RawArticle; bytes that are none are rejected."""
        try:
            raw = decode_raw_article(value)
        except InvalidRecordError as error:
            return Result(Rejected(str(error), "decode"), ())
        return self.run(raw, now)

    def run(self, raw: RawArticle, now: datetime) -> Result:
        """Kept, dropped or rejected. `now` becomes `processed_at`. A stage that raises rejects the record."""
        article = begin(raw, now)
        seconds = []
        for member in self.stages:
            before = self._stopwatch()
            try:
                made = member.function(article, raw)
            except Exception as error:  # noqa: BLE001 one article must not stop the stream; its bytes and this reason are kept
                made = Rejected(defect(error))
            seconds.append((member.name, self._stopwatch() - before))
            if not isinstance(made, Article):
                return Result(type(made)(made.reason, member.name), tuple(seconds))
            article = msgspec.structs.replace(made, stages={**made.stages, member.name: member.version})
        return Result(Kept(article), tuple(seconds))


def begin(raw: RawArticle, now: datetime) -> Article:
    """The article before any stage: what the producer said. HTML is not text yet, so its body is still empty."""
    return Article(
        id=raw.id,
        url=raw.url,
        source=raw.source,
        headline=raw.headline,
        description=raw.description,
        body=raw.content if raw.content_type == "text/plain" else "",
        by=raw.by,
        first_seen=raw.first_seen,
        fetched_at=raw.fetched_at,
        processed_at=now,
    )


def chain_of(names: Sequence[str] = DEFAULT_STAGES, options: Mapping[str, Mapping[str, Any]] = _NO_OPTIONS) -> Chain:
    """The chain of these stages, with the options of those that have some, by stage. Raises NewswireError."""
    return Chain([_configured(plugin("stages", name), options.get(name, _NO_OPTIONS)) for name in names])


def _configured(member: Plugin, options: Mapping[str, Any]) -> Plugin:
    if member.configure is None:
        return member
    return dataclasses.replace(member, function=member.configure(**options))
