"""What the worker publishes for a record that it has processed. Pure: messages in, messages out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline import topics
from pipeline.outcomes import Dropped, Kept, Outcome, Rejected
from pipeline.records import REPLAYS_HEADER, DeadLetter, InvalidRecordError, dead_letter_headers, encode


@dataclass(frozen=True, slots=True)
class Input:
    """A message as it came from its topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """A message to be produced, and the outcome that it stands for. Headers only on dead letters."""

    topic: topics.Topic
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    outcome: Outcome


def publish(outcome: Outcome, source: Input, now: datetime) -> Publication | None:
    """The article of a kept record, the dead letter of a rejected one, nothing for a dropped one."""
    if isinstance(outcome, Dropped):
        return None
    if isinstance(outcome, Kept):
        try:
            value = encode(outcome.article)
        except InvalidRecordError as error:
            return bury(Rejected(str(error), "publish"), source, now)
        if len(value) > topics.MAX_ARTICLE_BYTES:
            reason = f"the article has {len(value):,} bytes, more than {topics.MAX_ARTICLE_BYTES:,}"
            return bury(Rejected(reason, "publish"), source, now)
        return Publication(topics.ARTICLES, outcome.article.id.encode(), value, (), outcome)
    return bury(outcome, source, now)


def bury(rejected: Rejected, source: Input, now: datetime) -> Publication:
    """The dead letter: the input byte for byte, the reason in the headers."""
    letter = DeadLetter(
        stage=rejected.stage,
        reason=rejected.reason[: topics.MAX_REASON_LENGTH],
        topic=source.topic,
        partition=source.partition,
        offset=source.offset,
        time=now,
    )
    inherited = (header for header in source.headers if header[0] == REPLAYS_HEADER)
    headers = (*dead_letter_headers(letter), *inherited)
    return Publication(topics.DEAD_LETTERS, source.key, source.value, headers, rejected)
