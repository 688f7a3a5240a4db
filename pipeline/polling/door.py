"""The door: what becomes of an article that feeds carry. One Page for each, kept by the process that asks its host.

An item with the whole text is published at once. One with a summary waits for its page (`pending`), and is published
without it where the page may not or cannot be had. Further feeds join the article; what is published is only ever
replaced by what is newer and not poorer: summary, then the feed's whole text, then the page's.

Everything is at least once: the same sighting or fetch again publishes nothing, or the same record under the same id.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from http import HTTPStatus
from typing import Literal

from msgspec.structs import replace

from pipeline.answers import Answer, Outcome
from pipeline.feed_articles import unframed
from pipeline.feed_records import Page, Sighting
from pipeline.identity import article_id, uncached
from pipeline.polling.cache_headers import retry_after
from pipeline.polling.page_text import hints_of, page_article
from pipeline.records import RawArticle

_TRANSIENT = frozenset(("dns", "connect", "timeout", "protocol"))
_TRANSIENT_STATUS = frozenset(
    (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.NOT_MODIFIED)
)
_GONE = frozenset((HTTPStatus.NOT_FOUND, HTTPStatus.GONE))
_RANK = {"summary": 1, "item": 2, "page": 3}
_NEXT_VERSION = timedelta(milliseconds=1)
_TAG = re.compile(r"<[^<>]*>")
_SOON = timedelta(minutes=1)  # a fetch that is due by now has just been done
_LONGEST_RETRY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRules:
    """Limits. `retry_seconds` are the pauses between tries of a page for which an article waits, `patience_seconds`
    the longest that it waits in all; `refetch_hours` count from the first fetch."""

    refetch_hours: tuple[float, ...] = (1, 6, 24)
    remember_days: float = 3
    retry_seconds: tuple[float, ...] = (15, 60, 180)
    patience_seconds: float = 600
    max_feeds: int = 100


@dataclass(frozen=True, slots=True)
class Admission:
    """What follows. Order of doing: publish, wait for the acknowledgement, write `page` with partition and offset of
    what was published. At most one of `publish` and `republish_with` is set."""

    page: Page | None
    """The new state, often the old one; None: a tombstone."""
    publish: RawArticle | None = None
    republish_with: tuple[str, ...] | None = None
    """The record that lies in news.raw at the page's partition and offset, again, with these feeds and with the page's
    `version` as its `fetched_at`."""
    fetch_at: datetime | None = None
    """When to fetch `page.url`, conditionally by `page.etag` and `page.last_modified`."""


def admit(page: Page | None, sighting: Sighting, now: datetime, rules: DoorRules) -> Admission:
    """What follows from an item that a feed carried."""
    known = page or Page(
        id=sighting.article.id,
        url=uncached(sighting.article.url) if sighting.article.url else None,
        first_seen=sighting.article.first_seen,
        seen_at=now,
    )
    told = told_hash(sighting)
    is_new = sighting.address not in known.feeds
    if (len(known.feeds) >= rules.max_feeds) if is_new else (told == known.told[known.feeds.index(sighting.address)]):
        return _settled(known)
    joined = _joined(known, sighting.address, told, now)
    if known.text is None:
        return _await_page(joined, sighting, now)
    fetches_again = known.text == "page" and not is_new and sighting.full_text != "never"
    wanted = _with_fetch(joined, sighting, now) if fetches_again or _wants_page(sighting, joined) else joined
    richer = _RANK[_kind(sighting)] - _RANK[known.text]
    if richer > 0 or (richer == 0 and not is_new):
        return _published(wanted, sighting, now)
    return _joins(wanted, now) if is_new else _settled(wanted)


def after_fetch(  # noqa: PLR0917 -- what came, and under which rules
    page: Page, outcome: Outcome, text_hash: str | None, now: datetime, rules: DoorRules, jitter: float
) -> Admission:
    """What follows from a fetch of the page. `text_hash` is that of `page_article(page, outcome, now)`, None where that
    is None; `jitter` is 0 to 1."""
    if page.next_fetch is None:  # asked for before something else came
        return _settled(page)
    if isinstance(outcome, Answer) and outcome.status == HTTPStatus.NOT_MODIFIED and page.text == "page":
        return _settled(_fetched(page, outcome, page.text_hash, now, rules))
    article = page_article(page, outcome, now) if isinstance(outcome, Answer) and text_hash else None
    if isinstance(outcome, Answer) and article is not None:
        made = _fetched(page, outcome, text_hash, now, rules)
        if page.text == "page" and page.text_hash == text_hash:
            return _settled(made)
        return _publish(replace(made, text="page"), article, now)
    return _failed(page, outcome, now, rules, jitter)


def due(page: Page, rules: DoorRules) -> datetime:
    """When something is to be done about a page next: fetch it, or else forget it."""
    return page.next_fetch or page.seen_at + timedelta(days=rules.remember_days)


def is_over(page: Page, now: datetime, rules: DoorRules) -> bool:
    """Whether the page is to be forgotten, by a tombstone: nothing waits, and it is long since a feed told anything."""
    return page.next_fetch is None and page.pending is None and due(page, rules) <= now


def told_hash(sighting: Sighting) -> str:
    """Of what a feed tells of an article: not its time and its markup, which some feeds renew with every poll."""
    article = sighting.article
    told = (article.headline, article.description, article.by, article.section, *article.keywords)
    text = "\n".join(" ".join((part or "").split()) for part in (*told, _TAG.sub(" ", unframed(article))))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _await_page(page: Page, sighting: Sighting, now: datetime) -> Admission:
    """Of an article that was not published yet."""
    waiting = page.pending
    if waiting is None:
        if _wants_page(sighting, page):
            return _settled(replace(_with_fetch(page, sighting, now), pending=sighting))
        return _published(page, sighting, now)
    if sighting.complete and sighting.full_text != "always":
        return _published(page, sighting, now)
    is_newer = sighting.feed == waiting.feed and sighting.complete == waiting.complete
    chosen = sighting if is_newer or sighting.complete > waiting.complete else waiting
    if "always" in (sighting.full_text, waiting.full_text):
        chosen = replace(chosen, full_text="always")
    return _settled(replace(page, pending=chosen, hints=hints_of(chosen.article)))


def _joined(page: Page, address: str, told: str, now: datetime) -> Page:
    hashes = {**dict(zip(page.feeds, page.told, strict=True)), address: told}
    return replace(page, feeds=tuple(hashes), told=tuple(hashes.values()), seen_at=max(now, page.seen_at))


def _kind(sighting: Sighting) -> Literal["summary", "item"]:
    return "item" if sighting.complete else "summary"


def _has_page(sighting: Sighting, page: Page) -> bool:
    """Whether its address is its own, and not one that it shares with other items of its feed."""
    return page.url is not None and page.id == article_id(sighting.article.url, None, "")


def _wants_page(sighting: Sighting, page: Page) -> bool:
    """Of an article whose page was not tried yet."""
    if page.fetches or page.failures or page.next_fetch or not _has_page(sighting, page):
        return False
    is_poor = not sighting.complete and page.text in (None, "summary")
    return sighting.full_text == "always" or (sighting.full_text == "auto" and is_poor)


def _with_fetch(page: Page, sighting: Sighting, now: datetime) -> Page:
    if not _has_page(sighting, page):
        return page
    # Without validators: what the feed changed may be the headline alone, and "not modified" would hide it.
    return replace(page, next_fetch=now, failures=0, etag=None, last_modified=None, hints=hints_of(sighting.article))


def _published(page: Page, sighting: Sighting, now: datetime) -> Admission:
    is_asked = "always" in (sighting.full_text, page.pending.full_text if page.pending else None)
    at = page.next_fetch if is_asked or not sighting.complete else None
    made = replace(page, text=_kind(sighting), next_fetch=at, pending=None)
    return _publish(made, sighting.article, now)


def _publish(page: Page, article: RawArticle, now: datetime) -> Admission:
    made = _settled(_versioned(page, now))
    known = made.page or page
    raw = replace(
        article,
        id=known.id,
        source=replace(article.source, feed=known.feeds[0]),
        feeds=known.feeds,
        first_seen=known.first_seen,
        fetched_at=known.version or now,
    )
    return Admission(known, publish=raw, fetch_at=made.fetch_at)


def _joins(page: Page, now: datetime) -> Admission:
    made = _versioned(page, now)
    return Admission(made, republish_with=made.feeds, fetch_at=made.next_fetch)


def _versioned(page: Page, now: datetime) -> Page:
    return replace(page, version=now if page.version is None else max(now, page.version + _NEXT_VERSION))


def _settled(page: Page) -> Admission:
    if page.next_fetch is None:
        page = replace(page, hints=None, etag=None, last_modified=None)
    return Admission(page, fetch_at=page.next_fetch)


def _fetched(page: Page, answer: Answer, text_hash: str | None, now: datetime, rules: DoorRules) -> Page:
    made = replace(
        page,
        text_hash=text_hash,
        first_fetch=page.first_fetch or now,
        fetches=page.fetches + 1,
        failures=0,
        pending=None,
        etag=answer.headers.get("etag", page.etag if answer.status == HTTPStatus.NOT_MODIFIED else None),
        last_modified=answer.headers.get(
            "last-modified", page.last_modified if answer.status == HTTPStatus.NOT_MODIFIED else None
        ),
    )
    return replace(made, next_fetch=_next_refetch(made, now, rules))


def _next_refetch(page: Page, now: datetime, rules: DoorRules) -> datetime | None:
    begun = page.first_fetch or page.first_seen
    times = (begun + timedelta(hours=hours) for hours in sorted(rules.refetch_hours))
    return next((time for time in times if time > now + _SOON), None)


def _failed(page: Page, outcome: Outcome, now: datetime, rules: DoorRules, jitter: float) -> Admission:
    failures = page.failures + 1
    waiting = page.pending
    later: datetime | None = None
    if _is_transient(outcome):
        at = _next_try(page, outcome, now, rules, jitter)
        if at is not None:
            return _settled(replace(page, failures=failures, next_fetch=at))
        later = _next_refetch(page, now, rules)
    elif page.text == "page" and not _is_gone(outcome):
        later = _next_refetch(page, now, rules)
    done = replace(page, failures=failures, next_fetch=later)
    if waiting is None:
        return _settled(done)
    return _publish(replace(done, text=_kind(waiting), pending=None), waiting.article, now)


def _next_try(page: Page, outcome: Outcome, now: datetime, rules: DoorRules, jitter: float) -> datetime | None:
    if page.failures >= len(rules.retry_seconds):
        return None
    pause = rules.retry_seconds[page.failures] * (0.75 + 0.5 * jitter)
    if isinstance(outcome, Answer):
        pause = max(pause, min(retry_after(outcome.headers, now) or 0, _LONGEST_RETRY))
    at = now + timedelta(seconds=pause)
    begun = page.first_seen if page.pending else page.next_fetch or now
    return at if at <= begun + timedelta(seconds=rules.patience_seconds) else None


def _is_transient(outcome: Outcome) -> bool:
    if isinstance(outcome, Answer):
        return outcome.status in _TRANSIENT_STATUS or outcome.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return outcome.kind in _TRANSIENT


def _is_gone(outcome: Outcome) -> bool:
    return isinstance(outcome, Answer) and outcome.status in _GONE
