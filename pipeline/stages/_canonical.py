"""One address for a story: AMP pages, mobile hosts and print views have that of the article itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipeline.identity import bare_host, uncached, without_variant


def canonical_of_page(ours: str | None, theirs: str | None) -> str | None:
    """The canonical address of a page that lies at `ours` and calls itself `theirs`, both canonical spellings.

    A page is believed only about its own site, and not when it calls the front page its address, a common mistake of
    content systems that would make one article of all. What it leaves unsaid is seen from marks of AMP and print.
    """
    if ours is None:
        return theirs
    original = uncached(ours)
    if theirs and same_site(original, theirs) and not (_is_front(theirs) and not _is_front(original)):
        return without_variant(theirs)
    return without_variant(original)


def same_site(one: str, other: str) -> bool:
    """Both hosts are one site, `www.`, `m.`, `amp.` and the like aside."""
    return bare_host(urlsplit(one).hostname or "") == bare_host(urlsplit(other).hostname or "")


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query
