"""The page of an article, as a record, and what identifies its text."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from http import HTTPStatus
from urllib.parse import urlsplit

from msgspec.structs import replace

from pipeline.answers import Answer
from pipeline.chain import Chain, chain_of
from pipeline.encoding import UndecodableError, charset, decode_page
from pipeline.feed_articles import unframed
from pipeline.feed_records import Page
from pipeline.feeds import plain
from pipeline.identity import canonical_url, identity_of
from pipeline.outcomes import Kept
from pipeline.polling.complete import is_teaser
from pipeline.records import InvalidRecordError, RawArticle, encode
from pipeline.stages.fingerprint import content_hash
from pipeline.topics import MAX_RAW_BYTES

_HTML = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\b", re.IGNORECASE)
_MARKUP = re.compile(rb"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_ENTRANCE = re.compile(
    r"(?:^|/)(?:log-?in|sign-?in|signup|subscribe|consent|register|captcha|error|404)(?:[/.]|$)", re.I
)
_LONGEST_DESCRIPTION = 1000
_BEGINNING = 4096


def hints_of(article: RawArticle) -> RawArticle:
    """What a feed says of an article besides its text. A summary that is no mere teaser becomes the description."""
    summary = plain(unframed(article)) or ""
    if not summary or summary == article.headline or is_teaser(summary, article.headline):
        summary = ""
    short = summary if len(summary) <= _LONGEST_DESCRIPTION else None
    return replace(article, content="", description=article.description or short or None)


def page_article(page: Page, answer: Answer, now: datetime) -> RawArticle | None:
    """The article with the text of its page and what a feed said beside it; None when the answer is no such page.

    Its address is where the page was found: the item's in another spelling, or another article where the item's is a
    counter or a shortener. Redirects to a front page, to a section above or to a login lead to no article.
    """
    told = page.hints
    if told is None or answer.status != HTTPStatus.OK or not _is_html(answer) or not _leads_to_article(told, answer):
        return None
    try:
        content = decode_page(answer.body, charset(answer.headers.get("content-type")))
        made = replace(
            told,
            url=canonical_url(answer.url),
            content_type="text/html",
            content=content,
            feeds=page.feeds,
            fetched_at=now,
        )
        return made if content.strip() and len(encode(made)) <= MAX_RAW_BYTES else None
    except (UndecodableError, InvalidRecordError):
        return None


def text_hash(article: RawArticle) -> str | None:
    """Of headline and body as cleaning leaves them, so that advertisements, counters and the rest of a page do not
    count. None where there is no story: a paywall, an error page, a wall of cookies, whatever says less than the feed
    does. Takes as long as the stage."""
    outcome = _cleaning().run(article, article.fetched_at).outcome
    if not isinstance(outcome, Kept) or _letters(outcome.article.body) <= _letters(article.description):
        return None
    return content_hash(outcome.article.headline, outcome.article.body)


def _letters(text: str | None) -> int:
    return sum(map(str.isalnum, text or ""))


@cache
def _cleaning() -> Chain:
    return chain_of(("normalise", "clean"))


def _is_html(answer: Answer) -> bool:
    told = answer.headers.get("content-type")
    return bool(_HTML.match(told) if told else _MARKUP.search(answer.body[:_BEGINNING]))


def _leads_to_article(told: RawArticle, answer: Answer) -> bool:
    asked, found = identity_of(told.url), identity_of(answer.url)
    if asked is None or found is None or asked == found:
        return found is not None
    there, here = urlsplit(found), urlsplit(asked)
    above = there.netloc == here.netloc and not there.query and f"{here.path}/".startswith(f"{there.path}/")
    return not (above or (there.path == "/" and not there.query) or _ENTRANCE.search(there.path))
