"""The records of alerts: rules that users keep, and what fired.

What became of each alert at each channel is in delivery_records.py.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from pipeline.records import ArticleId, Source, Time, decode_record

RULE_VERSION = 1
ALERT_VERSION = 1

RuleId = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,512}$(?!\n)", description="the user's own")]
Every = Literal["article", "hour", "day", "week"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$(?!\n)", description="hours and minutes, 24 h")]
Late = Literal["backfill", "replay"]
"""Why an article is no news: it was published long before it came in, or it came in long ago."""


class QuietHours(Struct, frozen=True, kw_only=True):
    """A part of each day, perhaps over midnight, in which nothing is sent; what fires then is sent at its end."""

    since: TimeOfDay
    until: TimeOfDay


class Delivery(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When the alerts of a rule are sent. Times of day are local to `timezone`."""

    every: Annotated[Every, Meta(description="article: at once; else a digest")] = "article"
    at: Annotated[TimeOfDay, Meta(description="of daily and weekly digests")] = "08:00"
    weekday: Annotated[Weekday, Meta(description="of weekly digests")] = "monday"
    timezone: Annotated[str, Meta(description="IANA name, as in Europe/Lisbon")] = "UTC"
    throttle_seconds: Annotated[
        int, Meta(ge=0, description="at most one message in so long; what fires meanwhile is sent together at its end")
    ] = 0
    throttle_by: Annotated[
        Literal["rule", "entity"], Meta(description="for the rule as a whole, or for each entity that it fires for")
    ] = "rule"
    quiet: QuietHours | None = None


class Rule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An alert rule: topic `news.rules`, key = id; a tombstone removes it. A line of a rules file."""

    id: RuleId
    query: Annotated[str, Meta(description="docs/rules.md has the language")]
    name: str | None = None
    owner: Annotated[
        str | None,
        Meta(description="whom it is for: rules of one owner that fire for one article come in one message"),
    ] = None
    channels: Annotated[
        tuple[str, ...], Meta(description="names of channels, as the settings have them; none: alerts are only kept")
    ] = ()
    delivery: Delivery = Delivery()
    replays: Annotated[bool, Meta(description="also send alerts for backfilled and replayed articles")] = False
    paused: Annotated[bool, Meta(description="not matched")] = False
    snoozed_until: Annotated[Time | None, Meta(description="matched and kept, but not sent until then")] = None
    note: str | None = None
    created_at: Time | None = None
    changed_at: Time | None = None

    @property
    def group(self) -> str:
        """Alerts of one group lie in one partition and may share a message: the owner, else the rule itself."""
        return f"owner {self.owner}" if self.owner else f"rule {self.id}"


class Span(Struct, frozen=True, kw_only=True):
    """Words of the article that a rule fired for; code-point offsets into `field`, end exclusive."""

    field: Literal["headline", "description", "body"]
    start: Annotated[int, Meta(ge=0)]
    end: Annotated[int, Meta(ge=1)]


class Snippet(Struct, frozen=True, kw_only=True):
    """A piece of one field around what fired. `marks` are code-point offsets into `text`, end exclusive."""

    field: Literal["headline", "description", "body"]
    text: str
    marks: tuple[tuple[int, int], ...] = ()


class AlertArticle(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an alert tells of its article."""

    id: ArticleId
    url: str | None = None
    headline: str | None = None
    source: Source = Source()
    language: str = "und"
    published_at: Time | None = None
    first_seen: Time
    fetched_at: Time


class Alert(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rule that fired for an article: topic `news.alerts`, key = the rule's group.

    A newer version of the article, or a replay, makes the same alert again, with the same id.
    """

    id: Annotated[str, Meta(description="32 hex digits of rule id and article id")]
    rule: Annotated[Rule, Meta(description="as it was when it fired")]
    article: AlertArticle
    terms: Annotated[tuple[str, ...], Meta(description="words and phrases of the rule that the article has")] = ()
    spans: Annotated[tuple[Span, ...], Meta(description="where, the first hundred")] = ()
    snippet: Snippet | None = None
    entities: Annotated[
        tuple[str, ...], Meta(description="people, organisations and places among what fired, most mentioned first")
    ] = ()
    together: Annotated[
        int, Meta(ge=1, description="how many rules of the group fired for this version of the article")
    ] = 1
    matched_at: Time
    late: Late | UnsetType = UNSET


def alert_id(rule: str, article: str) -> str:
    """One alert for a rule and an article, however often it fires."""
    # An id has no control characters, so that no two pairs look the same.
    return blake2b(f"{rule}\0{article}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


_alert = msgspec.json.Decoder(Alert)


def decode_alert(value: bytes) -> Alert:
    """Raises InvalidRecordError."""
    return decode_record(_alert, value)
