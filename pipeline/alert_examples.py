"""Records of alerts as they may be: for the schemas, and to try channels with."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.alert_records import (
    Alert,
    AlertArticle,
    Delivery,
    QuietHours,
    Rule,
    Snippet,
    Span,
    alert_id,
)
from pipeline.delivery_records import Dispatch, Message
from pipeline.identity import article_id
from pipeline.records import Source

_SEEN = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
_URL = "https://news.example/2026/03/tide-barrier"
_ARTICLE = article_id(_URL, None, "")

RULES = (
    Rule(
        id="tides",
        query='"tide barrier" AND (closed OR closure*) NOT sport',
        name="Tide barrier",
        owner="harbour desk",
        channels=("desk", "duty"),
        delivery=Delivery(
            every="day",
            at="07:30",
            timezone="Europe/Lisbon",
            throttle_seconds=3600,
            throttle_by="entity",
            quiet=QuietHours(since="22:00", until="06:00"),
        ),
        snoozed_until=datetime(2026, 3, 9, tzinfo=UTC),
        created_at=_SEEN,
        changed_at=_SEEN,
    ),
    Rule(id="1", query="ferry"),
)
ALERTS = (
    Alert(
        id=alert_id("tides", _ARTICLE),
        rule=RULES[0],
        article=AlertArticle(
            id=_ARTICLE,
            url=_URL,
            headline="Tide barrier holds",
            source=Source(id="news.example", name="The Example"),
            language="en",
            published_at=datetime(2026, 3, 2, 6, 10, tzinfo=UTC),
            first_seen=_SEEN,
            fetched_at=_SEEN,
        ),
        terms=("tide barrier", "closed"),
        spans=(Span(field="headline", start=0, end=12), Span(field="body", start=18, end=24)),
        snippet=Snippet(field="body", text="Harbour engineers closed the tide barrier", marks=((18, 24), (29, 41))),
        entities=("Coastal Survey",),
        together=2,
        matched_at=_SEEN,
        late="backfill",
    ),
)
DISPATCHES = (
    Dispatch(
        alert=ALERTS[0].id,
        channel="desk",
        rule="tides",
        article=_ARTICLE,
        group=RULES[0].group,
        state="sending",
        due=_SEEN,
        message="6f1d2c3b4a5968778695a4b3c2d1e0ff",
        tries=1,
        reason="503: try later",
        changed_at=_SEEN,
        content=ALERTS[0],
    ),
)
MESSAGES = (
    Message(id=DISPATCHES[0].message or "", kind="alert", alerts=ALERTS, made_at=_SEEN),
    Message(id="0f1e2d3c4b5a69788796a5b4c3d2e1f0", kind="digest", alerts=ALERTS, more=12, made_at=_SEEN),
)


def sample_message(now: datetime, key: str) -> Message:
    """An alert to try a channel or a template with; `key` is its idempotency key."""
    return Message(id=key, kind="alert", alerts=ALERTS, made_at=now)
