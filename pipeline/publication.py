"""What the worker publishes for a record that it has processed. Pure: messages in, messages out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from pipeline import topics
from pipeline.alert_records import Alert
from pipeline.identity import MAX_URL_LENGTH
from pipeline.outcomes import Dropped, Kept, Outcome, Rejected
from pipeline.records import REPLAYS_HEADER, DeadLetter, InvalidRecordError, Source, dead_letter_headers, encode

_MOST_ALERT_BYTES = topics.ALERTS.max_message_bytes - 64 * 1024
_FEW = 20
_SHORT = 300
"""Characters."""


@dataclass(frozen=True, slots=True)
class Input:
    """A message as it came from its topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be produced. Headers only on dead letters."""

    topic: topics.Topic
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Publication(Message):
    """The outcome of a record, and the message that stands for it."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Announcement(Message):
    """An alert, and its message."""

    alert: Alert


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


def announce(alert: Alert) -> Announcement:
    """The alert's message, shortened where it would outgrow its topic."""
    made = _announcement(alert)
    while len(made.value) > _MOST_ALERT_BYTES and (smaller := shorter(made)):
        made = smaller
    return made


def shorter(announcement: Announcement) -> Announcement | None:
    """The same alert with less to show; None where only the rule and the article's name are left."""
    alert = announcement.alert
    some = replace(
        alert,
        terms=tuple(term[:_SHORT] for term in alert.terms[:_FEW]),
        spans=alert.spans[:_FEW],
        entities=tuple(name[:_SHORT] for name in alert.entities[:_FEW]),
    )
    article = replace(alert.article, headline=(alert.article.headline or "")[:_SHORT] or None, source=Source())
    if len(article.url or "") > MAX_URL_LENGTH:
        article = replace(article, url=None)
    rule = replace(alert.rule, note=None)
    bare = replace(some, terms=(), spans=(), entities=(), snippet=None, article=article, rule=rule)
    made = (_announcement(each) for each in (some, bare) if each != alert)
    return next((each for each in made if len(each.value) < len(announcement.value)), None)


def _announcement(alert: Alert) -> Announcement:
    return Announcement(topics.ALERTS, alert.rule.group.encode(), encode(alert), (), alert)
