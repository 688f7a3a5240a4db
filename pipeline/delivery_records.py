"""What becomes of alerts at channels: the outbox as a record, and the message that a channel is given."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from pipeline.alert_records import Alert, RuleId
from pipeline.records import ArticleId, Time

DISPATCH_VERSION = 1
MESSAGE_VERSION = 1

State = Literal["waiting", "sending", "sent", "failed", "withheld"]


class Dispatch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An alert on its way to a channel: topic `news.deliveries`, key = `alert id` + space + `channel`.

    Written by whoever owns the partition of the alert. A tombstone forgets it after a time.
    """

    alert: str
    channel: str
    rule: RuleId
    article: ArticleId
    group: Annotated[str, Meta(description="of the rule; may share messages")]
    state: Annotated[
        State,
        Meta(
            description="waiting for its time; sending: part of a message, which may have been received; sent; "
            "failed for good; withheld: not to be sent"
        ),
    ]
    due: Annotated[Time | None, Meta(description="waiting: when it is to be sent; sending: the next try")] = None
    bundle: Annotated[
        str, Meta(description="those of one group and channel with the same one share a message once they are due")
    ] = ""
    limit: Annotated[str, Meta(description="what a throttled message counts for: rule or entity")] = ""
    message: Annotated[
        str | None,
        Meta(description="idempotency key of the message, fixed and durable before the first try; 32 hex digits"),
    ] = None
    tries: Annotated[int, Meta(ge=0)] = 0
    tried_since: Annotated[Time | None, Meta(description="when its message was tried first")] = None
    reason: Annotated[str | None, Meta(description="the server's words for the last try; or why it is withheld")] = None
    changed_at: Time
    content: Annotated[Alert | None, Meta(description="kept until it is sent")] = None

    @property
    def key(self) -> str:
        """Of its record."""
        return dispatch_key(self.alert, self.channel)


def dispatch_key(alert: str, channel: str) -> str:
    """What is sent once: an alert, which is a rule and an article, to a channel."""
    return f"{alert} {channel}"


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a channel sends at once: alerts of one group, at least one, oldest first. Webhooks get it as it is."""

    id: Annotated[str, Meta(description="idempotency key: two tries of one message have the same")]
    kind: Literal["alert", "digest"]
    alerts: Annotated[tuple[Alert, ...], Meta(min_length=1)]
    more: Annotated[int, Meta(ge=0, description="further alerts, which are only counted")] = 0
    made_at: Time


class Sent(Struct, frozen=True):
    """The server has taken it. `detail` is its word for it, such as a message id."""

    detail: str | None = None


class Retry(Struct, frozen=True):
    """It may work later: `after_seconds`, if the server says so."""

    reason: str
    after_seconds: float | None = None


class Failed(Struct, frozen=True):
    """It will not work: the server's words."""

    reason: str


Answer = Sent | Retry | Failed
