"""What is wrong with a feed, in words that a user can act on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus

from pipeline.answers import Answer
from pipeline.feed_articles import shared_addresses
from pipeline.feed_records import FeedState
from pipeline.feeds import NotAFeedError, ParsedFeed
from pipeline.identity import identity_of
from pipeline.polling.dates import published
from pipeline.polling.seen import Comparison
from pipeline.polling.sightings import Refusal

_AHEAD = timedelta(days=1)
"""Clocks and time zones that are wrong explain that much."""
_MOST = 1000
"""Characters of what is odd about a feed."""
_REFUSALS = {
    401: "The site asks for a password here (401): ask it for an address that you may read, or remove the feed",
    402: "The site wants to be paid for this feed (402): ask it for an address that you may read, or remove the feed",
    403: "The site refuses us (403): open the address in a browser; if it opens there, ask the site to let our user "
    "agent in (`feeds.contact` tells it who you are)",
    404: "There is nothing at this address (404): the feed has moved or ended; look for the new address on the site",
    405: "The site does not let this address be read (405): it is probably not the feed's; look for it on the site",
    406: "The site has no form of the feed that we can read (406): look for another address of the feed on the site",
    407: "A proxy asks for a name and password (407): see to the network settings of this machine",
    421: "The server does not know this site (421): look for the feed's address on the site",
    429: "The site wants fewer requests from us (429): it is asked less often until it answers again",
    451: "The site may not show this feed here for legal reasons (451): look for another source",
    503: "The site is not available for now (503): it is asked again later",
}


def gone(state: FeedState) -> str:
    """For 410."""
    return (
        f"The site says that this feed has ended for good (410), and it is not polled any more: {_look(state)}, "
        "remove it, or have it asked once more by `newswire feeds resume`"
    )


def refused(answer: Answer, wait: float | None, longest_wait: float) -> str:
    """For an answer that is no success. `wait` is the Retry-After, `longest_wait` how much of it we keep, both in s."""
    status = answer.status
    words = _REFUSALS.get(status)
    if words is None and 500 <= status < 600:
        words = f"The site has a fault of its own ({_status(status)}): it is asked again later"
    elif words is None and status >= 400:
        words = f"The site does not accept our request ({_status(status)}): open the address in a browser and see"
    elif words is None and status >= 300:
        words = f"The site sends us on without saying where to ({_status(status)}): look for the feed's address on it"
    elif words is None:
        words = f"The site answers without a feed ({_status(status)}): open the address in a browser and see"
    if not wait:
        return words
    kept = f", of which we wait {_duration(longest_wait)}" if wait > longest_wait else ""
    return f"{words}; it asks us to wait {_duration(wait)}{kept}"


def unasked_304() -> str:
    """For a 304 although nothing was sent to compare with."""
    return (
        "The site says that nothing has changed (304) although we have nothing to compare with: its cache is set up "
        "wrongly; tell the site if it stays so"
    )


def not_a_feed(answer: Answer, error: NotAFeedError, state: FeedState) -> str:
    """For a body that is something else."""
    if not answer.body.strip():
        return "The site answers with nothing at all: it is asked again later; open the address in a browser and see"
    if _is_page(answer.body):
        return (
            "There is a web page instead of the feed: open the address in a browser, for it may ask for a login; "
            f"or else the feed has moved: {_look(state)}"
        )
    return f"What the site sends is not a feed: {error}; open the address in a browser, or {_look(state)}"


def index_of_sitemaps(parsed: ParsedFeed) -> str:
    """For an index where a sitemap is needed."""
    some = ", ".join(sitemap.url for sitemap in parsed.sitemaps[:3])
    return "This is an index of sitemaps, without items of its own: add the sitemap with the news instead" + (
        f", perhaps one of {some}"[:500] if some else ""
    )


def remarks(parsed: ParsedFeed, comparison: Comparison, now: datetime) -> str | None:
    """What is odd about a feed that can be read all the same; None when nothing is."""
    said = []
    items = len(parsed.items)
    if parsed.flaw:
        said.append(f"Items may be missing: {parsed.flaw}")
    if parsed.unusable:
        first = parsed.unusable[0]
        said.append(f"{_items(len(parsed.unusable))} cannot be used: {first.reason}")
    if not items:
        said.append("There are no items in it at present")
    if comparison.changed_ids >= 2 and 2 * comparison.changed_ids >= items:
        said.append("Its items get new ids all the time: they are told apart by address and words")
    elif comparison.shared_ids:
        said.append(f"{_items(comparison.shared_ids)} share an id: they are told apart by address and words")
    elif comparison.nameless:
        said.append(f"{_items(comparison.nameless)} with neither id nor address: they are told apart by their words")
    said += _links(parsed)
    if comparison.restless:
        said.append("Most of its items are changed at every poll: only new items are taken")
    ahead = sum(time is not None and time > now + _AHEAD for time in map(published, parsed.items))
    if ahead:
        said.append(f"{_items(ahead)} dated in the future: the time of coming counts")
    return "; ".join(said)[:_MOST] or None


def with_refusals(reason: str | None, refusals: Sequence[Refusal]) -> str | None:
    """What is odd about a feed, and which of its items could not be taken."""
    if not refusals:
        return reason
    first = refusals[0]
    words = f"{_items(len(refusals))} could not be taken, the first {first.item[:200]}: {first.reason[:300]}"
    return f"{words}; {reason}"[:_MOST] if reason else words


def _links(parsed: ParsedFeed) -> list[str]:
    """What is odd about the addresses of the items, when that is so of half of them or more."""
    items = len(parsed.items)
    missing = sum(item.url is None for item in parsed.items)
    shared = shared_addresses(parsed)
    elsewhere = sum(item.url is not None and identity_of(item.url) in shared for item in parsed.items)
    said = []
    if missing and 2 * missing >= items:
        said.append(
            f"{_items(missing)} without a link that can be opened: only what the feed says of them comes; "
            "tell the site to link to its articles"
        )
    if elsewhere and 2 * elsewhere >= items:
        said.append(
            f"{_items(elsewhere)} linking to the home page or to the same page as others: their pages are not fetched"
        )
    return said


def _items(count: int) -> str:
    return f"{count:,} item{'s' if count != 1 else ''}"


def _look(state: FeedState) -> str:
    return f"look for the new address on {state.site}" if state.site else "look for the new address on the site"


def _is_page(body: bytes) -> bool:
    start = body[:2048].lower()
    return b"<html" in start or b"<!doctype html" in start


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _duration(seconds: float) -> str:
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= 0.99 * size:
            count = round(seconds / size)
            return f"{count:,} {unit}{'s' if count != 1 else ''}"
    return f"{seconds:.0f} seconds"
