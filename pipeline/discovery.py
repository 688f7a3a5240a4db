"""Which addresses of a web page may be its feeds: what it announces, what it links to, what sites usually have.

Pure; `feed_finder.py` asks which of them are feeds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from pipeline.encoding import UndecodableError, charset, decode_declared
from pipeline.identity import canonical_url
from pipeline.opml import plain_address

Origin = Literal["announced", "linked", "guessed"]

_READ_BYTES = 2_000_000
_MOST = 50
_SYNDICATION = frozenset(
    ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/x.atom+xml")
)
_JSON = frozenset(("application/feed+json",))
_VAGUE = frozenset(
    ("application/xml", "text/xml", "application/json", "text/rss+xml", "text/atom+xml", "application/rss")
)
_FEED_PATH = re.compile(
    r"/(?:[\w-]*(?:rss|atom|feeds?)[\w-]*\.(?:xml|json|rss|rdf|php|aspx?)|feeds?|rss2?|atom|index\.(?:rss|rdf|atom)|"
    r"[\w-]+\.(?:rss|atom|rdf)|(?:rss|atom|feeds?)\.xml)/?$|/(?:rss|feeds?|atom)/[\w/.-]*$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|output)=(?:rss2?|atom|feed)\b", re.IGNORECASE)
_NO_FEED = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js|pdf|zip|mp[34])$", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|komment|coment|reacties|/replies", re.IGNORECASE)
_GUESSES = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.json", "/index.xml", "/feed.xml")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed, absolute. `comments`: of what readers say, not of articles."""

    url: str
    origin: Origin
    title: str | None = None
    comments: bool = False


def candidates(content: bytes, url: str, content_type: str | None = None) -> list[Candidate]:
    """Of the page at `url`, each once, the likeliest first."""
    announced, linked = _read(content, url, content_type)
    guessed = [Candidate(made, "guessed") for made in _guesses(url)]
    found: dict[str, Candidate] = {}
    for candidate in (*_ranked(announced), *_near(_ranked(linked), url), *guessed):
        made = canonical_url(candidate.url)
        if made and made != canonical_url(url):
            found.setdefault(made, candidate)
    return list(found.values())


def _read(content: bytes, url: str, content_type: str | None) -> tuple[list[Candidate], list[Candidate]]:
    try:
        text = decode_declared(content[:_READ_BYTES], charset(content_type))
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
        page = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (UndecodableError, etree.ParserError, etree.XMLSyntaxError):  # no page at all: only guesses are left
        return [], []
    base = next((_join(url, each.get("href")) for each in page.iter("base") if each.get("href")), None) or url
    announced = [made for each in page.iter("link") if (made := _announced(each, base))]
    linked = [made for each in page.iter("a") if (made := _linked(each, base))]
    return announced[:_MOST], linked[:_MOST]


def _announced(link: Any, base: str) -> Candidate | None:
    relations = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").lower().partition(";")[0].strip()
    address = link.get("href")
    if not address or not ({"alternate", "feed"} & set(relations)):
        return None
    url = _join(base, address)
    told = kind in _SYNDICATION or kind in _JSON or "feed" in relations
    if url is None or not (told or (kind in _VAGUE and _looks_like_feed(url))):
        return None
    return _candidate(url, "announced", link.get("title"))


def _linked(anchor: Any, base: str) -> Candidate | None:
    url = _join(base, anchor.get("href"))
    if url is None or not _looks_like_feed(url):
        return None
    said = anchor.get("title") or " ".join("".join(anchor.itertext()).split())[:200]
    return _candidate(url, "linked", said)


def _candidate(url: str, origin: Origin, title: str | None) -> Candidate:
    title = " ".join((title or "").split()) or None
    return Candidate(url, origin, title, bool(_COMMENTS.search(f"{title or ''} {urlsplit(url).path}")))


def _looks_like_feed(url: str) -> bool:
    parts = urlsplit(url)
    if _NO_FEED.search(parts.path):
        return False
    return bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query))


def _ranked(found: list[Candidate]) -> list[Candidate]:
    """In the page's order, but comments last."""
    return sorted(found, key=lambda candidate: candidate.comments)


def _near(linked: list[Candidate], page: str) -> list[Candidate]:
    """Those of the page's own site first; many link to the feeds of others."""
    own = _domain(page)
    return sorted(linked, key=lambda candidate: _domain(candidate.url) != own)


def _domain(url: str) -> str:
    """Good enough for an order: the last two labels of the host."""
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:])


def _guesses(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    folder = parts.path.rstrip("/")
    if folder and "." not in folder.rpartition("/")[2]:  # a section, as of a newspaper
        yield f"{parts.scheme}://{parts.netloc}{folder}/feed"
        yield f"{parts.scheme}://{parts.netloc}{folder}/rss.xml"
    for guess in _GUESSES:
        yield f"{parts.scheme}://{parts.netloc}{guess}"


def _join(base: str, address: str | None) -> str | None:
    """The absolute http(s) address without fragment, or None."""
    if not address or not address.strip():
        return None
    try:
        made = plain_address(urljoin(base, address.strip())).partition("#")[0]
        return made if canonical_url(made) else None
    except ValueError:
        return None
