"""The feeds behind an address that a user gives: of a feed, or of a page of a site that has feeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pipeline.answers import Answer, Failure
from pipeline.discovery import Candidate, candidates
from pipeline.errors import NewswireError
from pipeline.feeds import MAX_FEED_BYTES, NotAFeedError, ParsedFeed, parse_feed
from pipeline.identity import canonical_url
from pipeline.opml import plain_address

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.5"
_ASKED = {"announced": 12, "linked": 8, "guessed": 9}
"""How many candidates of a kind are asked for, one after the other."""
_OK = 200


class FeedSearchError(NewswireError):
    """There is no feed behind the address; the message says what is there instead."""


class Get(Protocol):
    """HTTP, as `fetch.client.Fetcher` does it."""

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = ...,
        max_bytes: int,
    ) -> Answer | Failure:
        """The answer, whatever its status, or why there is none."""


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was fetched and read."""

    url: str
    title: str | None
    site: str | None
    language: str | None
    kind: str
    items: int


async def find_feeds(address: str, get: Get) -> list[FoundFeed]:
    """The feed at this address, or the feeds that the page there has, the likeliest first. At least one.

    What a site announces is believed before what it links to, and that before the usual addresses. Raises
    FeedSearchError.
    """
    answer, asked = await _first_answer(address, get)
    parsed, wrong = _parse(answer)
    if parsed:
        return [_found(_address(answer, asked), parsed)]
    known: dict[frozenset[str], FoundFeed] = {}
    page = candidates(answer.body, answer.url, answer.headers.get("content-type"))
    for origin, most in _ASKED.items():
        for candidate in [each for each in page if each.origin == origin][:most]:
            if candidate.comments and known:
                continue
            await _try(candidate, get, known)
            if known and origin == "guessed":
                break
        if known:
            return _different(list(known.values()))
    raise FeedSearchError(
        f"{answer.url} is {wrong}, announces no feed, and none is at the usual addresses; pass the feed's own address"
    )


async def _first_answer(address: str, get: Get) -> tuple[Answer, str]:
    """The answer, and the address that was asked for it: an address without a scheme may be of either."""
    url = plain_address(address)
    url = url if "://" in url else f"https://{url}"
    outcome = await get.get(url, accept=ACCEPT, max_bytes=MAX_FEED_BYTES)
    if isinstance(outcome, Failure) and outcome.kind in ("connect", "tls") and "://" not in address:
        url = "http" + url.removeprefix("https")
        outcome = await get.get(url, accept=ACCEPT, max_bytes=MAX_FEED_BYTES)
    if isinstance(outcome, Failure):
        raise FeedSearchError(f"{url}: {outcome.message}")
    if outcome.status != _OK:
        raise FeedSearchError(f"{url} answers with status {outcome.status}{_meaning(outcome.status)}")
    return outcome, url


async def _try(candidate: Candidate, get: Get, known: dict[frozenset[str], FoundFeed]) -> None:
    """Note it if it is a feed with other items than those that are known."""
    outcome = await get.get(candidate.url, accept=ACCEPT, max_bytes=MAX_FEED_BYTES)
    if isinstance(outcome, Failure) or outcome.status != _OK:
        return
    parsed, _ = _parse(outcome)
    if parsed is None or (candidate.origin == "guessed" and not parsed.items):
        return
    # The same articles as RSS and as Atom are one choice.
    items = frozenset(item.url or item.id or item.headline or "" for item in parsed.items)
    found = _found(_address(outcome, candidate.url), parsed)
    known.setdefault(items or frozenset((found.url,)), found)


def _parse(answer: Answer) -> tuple[ParsedFeed | None, str]:
    """The feed, or what is there instead."""
    try:
        parsed = parse_feed(answer.body, answer.headers.get("content-type"), answer.url)
    except NotAFeedError as error:
        return None, f"not a feed ({error})"
    return parsed, ""


def _found(url: str, parsed: ParsedFeed) -> FoundFeed:
    return FoundFeed(url, parsed.title, parsed.site, parsed.language, parsed.kind, len(parsed.items))


def _address(answer: Answer, asked: str) -> str:
    """To be polled from now on: only permanent redirects change it."""
    return answer.moved_to or asked


def _different(found: list[FoundFeed]) -> list[FoundFeed]:
    return list({canonical_url(feed.url): feed for feed in reversed(found)}.values())[::-1]


def _meaning(status: int) -> str:
    if status in (401, 403):
        return ": it does not let us in"
    if status in (404, 410):
        return ": there is nothing there; look at the address"
    return ": try again later" if status in (429, 503) else ""
