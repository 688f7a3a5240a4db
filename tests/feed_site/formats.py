"""Feeds and pages as text. The words are our own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from random import Random
from typing import Any
from zlib import crc32

from tests.feed_site.plan import Item, Plan, PlannedFeed

_WHO = [
    "The harbour board",
    "The town council",
    "A farmers' union",
    "The railway",
    "The school board",
    "A court",
    "The water works",
    "The fire brigade",
    "The museum",
    "A research group",
    "The hospital",
    "The port police",
]
_DOES = ["plans", "postpones", "opens", "reviews", "reports", "halts", "extends", "defends", "begins", "completes"]
_WHAT = [
    "the repair of the northern quay",
    "a new bus line",
    "the survey of old wells",
    "its yearly accounts",
    "evening classes",
    "a trial of electric ferries",
    "the sale of unused land",
    "the count of storm damage",
    "an inquiry into late trains",
    "work on the flood gates",
    "a winter timetable",
    "the care of street trees",
]
_WHERE = [
    "Aldermoor",
    "Brackwater",
    "Corvan",
    "Dunhaven",
    "Eastmere",
    "Fennick",
    "Garrow",
    "Hollin",
    "Ivelsea",
    "Jarnholm",
]
_WHY = (
    "Officials said that the decision follows months of talks with residents.",
    "The costs are put at {n} million crowns, half of which the province pays.",
    "Work is expected to last {n} weeks if the weather holds.",
    "Critics had asked for more time, and for a second opinion on the figures.",
    "About {n} households are concerned, most of them near the river.",
    "A spokeswoman called it the largest undertaking of its kind in {n} years.",
    "Neighbouring towns have asked to see the results before the end of the year.",
    "The next public meeting takes place in {n} days.",
)
_RANDOM = Random("words")
_PARAGRAPHS = [" ".join(_RANDOM.choice(_WHY).format(n=_RANDOM.randint(2, 90)) for _ in range(3)) for _ in range(1021)]
"""Made once: the site has better things to do than to compose."""


def headline(item: Item) -> str:
    """The same for an item for ever."""
    number = _number(item)
    choices = []
    for words in (_WHO, _DOES, _WHAT, _WHERE):
        number, place = divmod(number, len(words))
        choices.append(words[place])
    who, does, what, where = choices
    return f"{who} {does} {what} in {where}"


def paragraphs(item: Item) -> list[str]:
    """The article's text, of 700 to 1,700 characters; no two articles have the same."""
    number = _number(item)
    first = f"{headline(item)}, according to file {item.feed}/{item.number} of the registry of {_WHERE[number % 10]}."
    return [first, *(_PARAGRAPHS[(number >> 4 * place) % len(_PARAGRAPHS)] for place in range(4 + number % 4))]


def _number(item: Item) -> int:
    """One that is as good as random."""
    return crc32(b"%d-%d" % (item.feed, item.number)) * 0x9E3779B1


def page(plan: Plan, item: Item, seconds: float, start: float) -> str:
    """The article's page, with the correction that it has got by now."""
    text = paragraphs(item)
    if plan.revision(item, seconds):
        text.append("Correction: an earlier version of this article named a wrong date for the meeting.")
    body = "\n".join(f"<p>{escape(each)}</p>" for each in text)
    title = escape(headline(item))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="{_moment(start + item.at).isoformat()}"></head><body>'
        f'<nav><a href="/">Home</a> <a href="/about">About us</a></nav><main><article><h1>{title}</h1>\n{body}\n'
        "</article></main><footer>All rights reserved.</footer></body></html>"
    )


def feed_text(feed: PlannedFeed, items: list[tuple[Item, str]], address: str, start: float) -> tuple[str, str]:
    """The feed with these items and their addresses, the newest first, and its content type."""
    return _WRITERS[feed.format](feed, items, address, start)


def news_sitemap(items: list[tuple[Item, str]], start: float) -> str:
    """Of a host's articles."""
    entries = "".join(
        f"<url><loc>{escape(url)}</loc><news:news><news:publication><news:name>Courier</news:name>"
        f"<news:language>en</news:language></news:publication><news:title>{escape(headline(item))}</news:title>"
        f"<news:publication_date>{_moment(start + item.at).isoformat()}</news:publication_date></news:news></url>"
        for item, url in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{entries}</urlset>'
    )


def _moment(unix: float) -> datetime:
    return datetime.fromtimestamp(unix, UTC).replace(microsecond=0)


def _html(item: Item) -> str:
    return "".join(f"<p>{escape(each)}</p>" for each in paragraphs(item))


def _summary(item: Item) -> str:
    return paragraphs(item)[0]


def _rss(feed: PlannedFeed, items: list[tuple[Item, str]], address: str, start: float) -> tuple[str, str]:
    ttl = f"<ttl>{feed.ttl_minutes}</ttl>" if feed.ttl_minutes else ""
    entries = "\n".join(
        f'<item><title>{escape(headline(item))}</title><link>{escape(url)}</link><guid isPermaLink="true">{escape(url)}'
        f"</guid><pubDate>{format_datetime(_moment(start + item.at))}</pubDate><description>{escape(_summary(item))}"
        f"</description>{_encoded(feed, item)}</item>"
        for item, url in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Courier {feed.number}</title><link>{_site(address)}</link><description>News</description>"
        f"<language>en</language>{ttl}\n{entries}\n</channel></rss>",
        "application/rss+xml; charset=utf-8",
    )


def _rdf(feed: PlannedFeed, items: list[tuple[Item, str]], address: str, start: float) -> tuple[str, str]:
    entries = "\n".join(
        f'<item rdf:about="{escape(url)}"><title>{escape(headline(item))}</title><link>{escape(url)}</link>'
        f"<dc:date>{_moment(start + item.at).isoformat()}</dc:date><description>{escape(_summary(item))}</description>"
        f"{_encoded(feed, item)}</item>"
        for item, url in items
    )
    order = "".join(f'<rdf:li rdf:resource="{escape(url)}"/>' for _, url in items)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel rdf:about="{address}">'
        f"<title>Courier {feed.number}</title><link>{_site(address)}</link><description>News</description>"
        f"<items><rdf:Seq>{order}</rdf:Seq></items></channel>\n{entries}\n</rdf:RDF>",
        "application/rdf+xml",
    )


def _encoded(feed: PlannedFeed, item: Item) -> str:
    return f"<content:encoded>{escape(_html(item))}</content:encoded>" if feed.complete else ""


def _atom(feed: PlannedFeed, items: list[tuple[Item, str]], address: str, start: float) -> tuple[str, str]:
    entries = "\n".join(
        f'<entry><title>{escape(headline(item))}</title><link href="{escape(url)}"/><id>{escape(url)}</id>'
        f"<published>{_moment(start + item.at).isoformat()}</published>"
        f"<updated>{_moment(start + item.at).isoformat()}</updated><summary>{escape(_summary(item))}</summary>"
        + (f'<content type="html">{escape(_html(item))}</content>' if feed.complete else "")
        + "</entry>"
        for item, url in items
    )
    updated = _moment(start + (items[0][0].at if items else 0)).isoformat()
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f'<title>Courier {feed.number}</title><id>{address}</id><link rel="self" href="{address}"/>'
        f'<link href="{_site(address)}"/><updated>{updated}</updated>\n{entries}\n</feed>',
        "application/atom+xml",
    )


def _json(feed: PlannedFeed, items: list[tuple[Item, str]], address: str, start: float) -> tuple[str, str]:
    entries: list[dict[str, Any]] = []
    for item, url in items:
        entry = {"id": url, "url": url, "title": headline(item), "summary": _summary(item)}
        entry["date_published"] = _moment(start + item.at).isoformat()
        if feed.complete:
            entry["content_html"] = _html(item)
        entries.append(entry)
    made = {"version": "https://jsonfeed.org/version/1.1", "title": f"Courier {feed.number}", "language": "en"}
    made |= {"home_page_url": _site(address), "feed_url": address}
    return json.dumps({**made, "items": entries}), "application/feed+json"


def _site(address: str) -> str:
    return address.partition("/feeds/")[0] + "/"


_WRITERS = {"rss": _rss, "rdf": _rdf, "atom": _atom, "json": _json}
