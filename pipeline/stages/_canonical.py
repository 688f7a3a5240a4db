"""One address for a story: AMP pages, mobile hosts and print views have that of the article itself."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pipeline.identity import canonical_url

_VARIANT_HOST = re.compile(r"^(?:(?:www\d?|m|mobile|mobil|amp|wap|touch|print|lite|text)\.)+(?=[^.]+\.)")
_CACHE = re.compile(r"https?://(?:[\w-]+\.cdn\.ampproject\.org/[a-z]|(?:www\.)?google\.[a-z.]+/amp)/(s/)?(?P<rest>.+)")
_VARIANT_NAMES = set("amp print printable print_view printview printpage printer_friendly printerfriendly".split())  # noqa: SIM905 -- shorter
_YES = {"", "1", "true", "yes", "y", "on"}
_VARIANT_PAIRS = {
    (name, value)
    for name in ("outputtype", "output", "view", "format", "mode", "do", "layout", "type", "tmpl")
    for value in ("amp", "print", "amphtml")
}
_VARIANT_PATH = re.compile(r"(?<=[-\d])(?P<page>[^/]*)(?:/(?:amp|print)/?|\.(?:amp|print)(?P<end>\.s?html?)?)$")


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
    return _site(one) == _site(other)


def uncached(url: str) -> str:
    """The address behind one in an AMP cache (https://amp.dev/documentation/guides-and-tutorials/learn/amp-caches-and-cors)."""
    found = _CACHE.fullmatch(url)
    return canonical_url(f"http{'s' if found[1] else ''}://{found['rest']}") or url if found else url


def without_variant(url: str) -> str:
    """The address without what asks for AMP or for print: ?amp=1, ?print=yes, ?outputType=amp, /2024-storm/amp.

    A path is changed only behind a slug or number, so that a section that is called print stays.
    """
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=1000)
    kept = [(name, value) for name, value in pairs if not _asks_for_variant(name.lower(), value.lower())]
    path = _VARIANT_PATH.sub(lambda found: found["page"] + (found["end"] or ""), parts.path)
    if kept == pairs and path == parts.path:
        return url
    return canonical_url(urlunsplit((parts.scheme, parts.netloc, path, urlencode(kept), ""))) or url


def _asks_for_variant(name: str, value: str) -> bool:
    return (name in _VARIANT_NAMES and value in _YES) or (name, value) in _VARIANT_PAIRS


def _site(url: str) -> str:
    return _VARIANT_HOST.sub("", urlsplit(url).hostname or "")


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query
