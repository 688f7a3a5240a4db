"""A message as templates see it: plain texts that are short, on one line, and links that are http or https.

What is here is not escaped; that is the templates' part, for whatever they make.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from pipeline.alert_records import Alert, Snippet
from pipeline.deliveries import ChannelContext
from pipeline.deliveries._words import clean, one_line, safe_url
from pipeline.delivery_records import Message

_HEADLINE = 250
_NAME = 100
_SNIPPET = 1000
_LISTED = 10


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet; `marked`: what fired."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article, for whatever rules of the message it fired."""

    headline: str
    url: str | None
    link: str | None
    """To the article in Kibana."""
    source: str
    language: str
    published: str | None
    """Date and time in UTC, as in 2026-03-02 06:10."""
    snippet: tuple[Piece, ...]
    rules: tuple[str, ...]
    """Their names."""
    terms: tuple[str, ...]
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Articles of one rule in a digest; of all rules in an alert."""

    name: str
    articles: tuple[ArticleView, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The variables of templates."""

    id: str
    kind: str
    made: str
    rules: tuple[str, ...]
    """Names of all rules, in the order in which they fired."""
    groups: tuple[Group, ...]
    count: int
    """Alerts, those that are not shown included."""
    more: int
    """Alerts that are not shown."""
    link: str | None
    """Of Kibana."""
    product: str


def view_of(message: Message, context: ChannelContext) -> View:
    """Raises nothing, whatever articles hold."""
    message = context.bounded(message)
    return View(
        id=message.id,
        kind=message.kind,
        made=f"{message.made_at:%Y-%m-%d %H:%M}",
        rules=_names(message.alerts),
        groups=tuple(_groups(message, context)),
        count=len(message.alerts) + message.more,
        more=message.more,
        link=safe_url(context.link),
        product=context.product.replace("/", " "),
    )


def _groups(message: Message, context: ChannelContext) -> Iterator[Group]:
    """By rule in a digest. An alert tells of each article once, with all its rules."""
    if message.kind == "alert":
        yield Group(", ".join(_names(message.alerts)), tuple(_articles(message.alerts, context)))
        return
    by_rule: dict[str, list[Alert]] = {}
    for alert in message.alerts:
        by_rule.setdefault(alert.rule.id, []).append(alert)
    for alerts in by_rule.values():
        yield Group(_name(alerts[-1]), tuple(_articles(alerts, context)))


def _articles(alerts: Iterable[Alert], context: ChannelContext) -> Iterator[ArticleView]:
    by_article: dict[str, list[Alert]] = {}
    for alert in alerts:
        by_article.setdefault(alert.article.id, []).append(alert)
    for same in by_article.values():
        article = same[-1].article  # the newest version
        url = safe_url(article.url)
        source = article.source.name or article.source.id or ""
        yield ArticleView(
            headline=one_line(article.headline or "", _HEADLINE) or one_line(url or article.id, _HEADLINE),
            url=url,
            link=_in_kibana(article.id, context),
            source=one_line(source, _NAME),
            language=one_line(article.language, 35),
            published=f"{article.published_at:%Y-%m-%d %H:%M}" if article.published_at else None,
            snippet=tuple(_pieces(next((each.snippet for each in same if each.snippet), None))),
            rules=_names(same),
            terms=_listed(term for each in same for term in each.terms),
            entities=_listed(name for each in same for name in each.entities),
        )


def _in_kibana(article: str, context: ChannelContext) -> str | None:
    """In Discover, whose state is Rison; an id within quotation marks, in KQL."""
    base = safe_url(context.link)
    if base is None:
        return None
    escaped = article.replace("\\", "\\\\").replace('"', '\\"')
    query = f'_id:"{escaped}"'.replace("!", "!!").replace("'", "!'")
    state = f"(index:{context.index_prefix}-articles,query:(language:kuery,query:'{quote(query, safe='!')}'))"
    time = "(time:(from:now-10y,to:now))"
    return f"{base.rstrip('/')}/app/discover#/?_g={time}&_a={state}".replace("'", "%27")


def _pieces(snippet: Snippet | None) -> Iterator[Piece]:
    """The text with its marks, cut where they begin and end, then cleaned: cleaning moves offsets."""
    if snippet is None:
        return
    text = snippet.text[:_SNIPPET]
    at = 0
    for start, end in sorted(snippet.marks):
        start, end = max(start, at), min(end, len(text))  # noqa: PLW2901 -- overlapping marks are one
        if start < end:
            yield from _piece(text[at:start], False)
            yield from _piece(text[start:end], True)
            at = end
    yield from _piece(text[at:] + ("…" if len(snippet.text) > _SNIPPET else ""), False)


def _piece(text: str, marked: bool) -> Iterator[Piece]:
    cleaned = clean(text)
    if cleaned:
        yield Piece(cleaned, marked)


def _names(alerts: Iterable[Alert]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_name(alert) for alert in alerts))


def _name(alert: Alert) -> str:
    return one_line(alert.rule.name or "", _NAME) or one_line(alert.rule.id, _NAME)


def _listed(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one_line(text, _NAME) for text in texts))[:_LISTED]
