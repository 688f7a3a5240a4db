"""Messages and settings to try channels with, hostile ones among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pipeline.alert_records import Alert, AlertArticle, Rule, Snippet, alert_id
from pipeline.deliveries import ChannelContext
from pipeline.delivery_records import Message
from pipeline.records import Source
from tests.raw_site import StubResolver

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
KEY = "6f1d2c3b4a5968778695a4b3c2d1e0ff"
SECRET = "correct horse battery staple"
NAMES = StubResolver(news_example=("127.0.0.1",), private_example=("10.0.0.7",), mail_example=("127.0.0.1",))
CONTEXT = ChannelContext(timeout_seconds=5, allow_hosts=("127.0.0.0/8",), now=lambda: NOW, resolver=NAMES)
OUTSIDE = replace(CONTEXT, allow_hosts=())
"""Loopback is private here."""

HOSTILE = (
    'Sale </b><script>alert(1)</script> & "quotes" <!channel> <!here|x> <@U1> @everyone [win](http://evil.example/) '
    "\r\nBcc: victim@evil.example\r\n\r\nbody \u202egnp.exe \x00\x1b[31m `code` {{ 7*7 }} {% raw %}"
)


def alert(
    headline: str | None = "Tide barrier holds",
    *,
    rule: str = "tides",
    name: str | None = "Tide barrier",
    article: str = "1",
    url: str | None = "https://news.example/2026/03/tide-barrier?a=1&b=2",
    source: str = "The Example",
    snippet: Snippet | None = None,
    language: str = "en",
) -> Alert:
    """Of an article that a rule fired for."""
    return Alert(
        id=alert_id(rule, article),
        rule=Rule(id=rule, query='"tide barrier"', name=name),
        article=AlertArticle(
            id=article,
            url=url,
            headline=headline,
            source=Source(id="news.example", name=source),
            language=language,
            published_at=NOW.replace(minute=10),
            first_seen=NOW,
            fetched_at=NOW,
        ),
        terms=("tide barrier",),
        snippet=snippet or Snippet(field="body", text="Engineers closed the tide barrier.", marks=((21, 33),)),
        matched_at=NOW,
    )


def message(*alerts: Alert, kind: str = "alert", more: int = 0) -> Message:
    """Of these, or of one."""
    return Message(
        id=KEY, kind="digest" if kind == "digest" else "alert", alerts=alerts or (alert(),), more=more, made_at=NOW
    )


def hostile() -> Message:
    """Whatever a publisher may write, wherever one may write it."""
    return message(
        alert(HOSTILE, source=HOSTILE, snippet=Snippet(field="body", text=HOSTILE, marks=((0, 4), (2, 30)))),
        alert(
            "x" * 1_000_000, article="2", url="javascript:alert(1)", snippet=Snippet(field="body", text="& <" * 5000)
        ),
        alert(None, article="3", url='https://news.example/"><script>|x>y(z)', rule="2", name=HOSTILE),
    )
