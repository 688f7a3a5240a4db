"""What makes two articles the same: the canonical URL, the spellings that lead to one article, the article id."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from pipeline.records import Source

MAX_URL_LENGTH = 8192

# Parameters that say where a reader came from, never what is shown. Only unmistakable names: `id`, `cid`, `ref` and
# `source` choose the article on many sites, and two articles taken for one are worse than one taken for two.
_TRACKER = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|itm|hsa|oly|vero|ns|wt|mkt|at|trk)_.*|_hs(?:enc|mi)|mc_[ce]id|_g[al]|"
    r"(?:fb|g|dc|tw|tt|ms|msc|y|yc|ysc|li_fat_|ir)cl(?:k|ic)?id|(?:gbra|wbra|msclk)id|igshid?|fb_(?:action_ids|source|ref)|"
    r"ref_(?:src|url)|smid|cmpid|ocid|ncid|xtor|spm|s_kwcid|__twitter_impression|amp_(?:js_v|gsa|ct)|usqp|share_(?:from|source|medium)|ftag|"
    r"srsltid|gad_(?:source|campaignid)|_openstat",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}

_VARIANT_HOST = re.compile(r"^(?:(?:www\d?|m|mobile|mobil|amp|wap|touch|print|lite|text)\.)+(?=[^.]+\.)")
_SHARED_SUFFIX = re.compile(r"(?:com?|net|org|gov|gob|govt|edu|ac|or|ne|go|gen|in|web|biz)\.[a-z]{2}")
_SITE_HOST = re.compile(rf"[^.]+\.(?:[a-z][a-z0-9-]+|{_SHARED_SUFFIX.pattern})")
_CACHE = re.compile(r"https?://(?:[\w-]+\.cdn\.ampproject\.org/[a-z]|(?:www\.)?google\.[a-z.]+/amp)/(s/)?(?P<rest>.+)")
_VARIANT_NAMES = set("amp print printable print_view printview printpage printer_friendly printerfriendly".split())  # noqa: SIM905 -- shorter
_YES = {"", "1", "true", "yes", "y", "on"}
_VARIANT_PAIRS = {
    (name, value)
    for name in ("outputtype", "output", "view", "format", "mode", "do", "layout", "type", "tmpl")
    for value in ("amp", "print", "amphtml")
}
_VARIANT_PATH = re.compile(r"(?<=[-\d])(?P<page>[^/]*)(?:/(?:amp|print)/?|\.(?:amp|print)(?P<end>\.s?html?)?)$")
_RECENT = 4096  # the poller asks several times for each item of a feed, and again at each poll
_INDEX_PAGE = re.compile(r"(?<=/)index\.(?:html?|php)$")
# What no two articles of a publisher share by chance, on whichever of its hosts: a slug, a long number, a date.
_TELLING = re.compile(r"\d{5}|[^/?&=]+[-_][^/?&=]+[-_][^/?&=]|(?:%[0-9A-F]{2}){6}|/\d{4}/\d\d?/")


@lru_cache(maxsize=_RECENT)
def canonical_url(url: str | None) -> str | None:
    """One spelling of an http(s) address (RFC 3986 section 6): no tracking parameters, no credentials, sorted query,
    lower-case host in Punycode, no default port, no fragment but one that chooses the article: `#!…`, and `#/…` of a
    front page. Idempotent. It can be asked for like the address itself. None for anything else, so that rubbish is
    never an identity."""
    if not url or len(url) > MAX_URL_LENGTH:
        return None
    try:
        made = _without_tracking(url.strip())
        return made if made is not None and _without_tracking(made) == made else None
    except (ValueError, UnicodeError):
        return None


@lru_cache(maxsize=_RECENT)
def identity_of(url: str | None) -> str | None:
    """What all spellings of an article's address share, to be compared and never asked for; None where there is none.

    Over the canonical URL: AMP caches, AMP and print views, http, `www.`, index pages and the last slash make no
    difference, nor do mobile hosts and the like where the path tells the article; for `/news/12` of a host can be
    another than that of its neighbour. Spelled as most sites are, https://www.
    """
    made = canonical_url(url)
    if made is None:
        return None
    parts = urlsplit(without_variant(uncached(made)))
    host = parts.hostname or ""
    bare = bare_host(host)
    if not _TELLING.search(f"{parts.path}?{parts.query}"):
        bare = bare if bare == host.removeprefix("www.") else host
    netloc = f"www.{bare}" if _SITE_HOST.fullmatch(bare) else f"[{bare}]" if ":" in bare else bare
    port = "" if parts.port is None else f":{parts.port}"
    path = _INDEX_PAGE.sub("", parts.path).rstrip("/") or "/"
    return urlunsplit(("https", netloc + port, path, parts.query, parts.fragment))


def bare_host(host: str) -> str:
    """A host without `www.`, `m.`, `amp.` and the like: the same for all hosts of a site that show the same."""
    made = _VARIANT_HOST.sub("", host)
    return host.removeprefix("www.") if _SHARED_SUFFIX.fullmatch(made) else made


def uncached(url: str) -> str:
    """The address behind one in an AMP cache (https://amp.dev/documentation/guides-and-tutorials/learn/amp-caches-and-cors)."""
    found = _CACHE.fullmatch(url)
    return canonical_url(f"http{'s' if found[1] else ''}://{found['rest']}") or url if found else url


def without_variant(url: str) -> str:
    """The address without what asks for AMP or for print: ?amp=1, ?print=yes, ?outputType=amp, /2024-storm/amp.

    A path is changed only behind a slug or number, so that a section that is called print stays.
    """
    parts = urlsplit(url)
    pairs = _pairs(parts.query)
    kept = [(name, value) for name, value in pairs if not _asks_for_variant(name.lower(), value.lower())]
    path = _VARIANT_PATH.sub(lambda found: found["page"] + (found["end"] or ""), parts.path)
    if kept == pairs and path == parts.path:
        return url
    return canonical_url(urlunsplit((parts.scheme, parts.netloc, path, _query(kept), parts.fragment))) or url


def site(url: str | None) -> str | None:
    """The host of an address without `www.`, the stable name of a source that nobody named."""
    made = canonical_url(url)
    return (urlsplit(made).hostname or "").removeprefix("www.") or None if made else None


def article_id(url: str | None, source_id: str | None, content: str) -> str:
    """32 hex digits: BLAKE2b of what all spellings of its address share; without one, of source id and content."""
    identity = identity_of(url)
    text = f"url\n{identity}" if identity else f"text\n{source_id or ''}\n{content}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def feed_id(url: str) -> str | None:
    """32 hex digits for a feed; None for what is no http(s) address."""
    identity = canonical_url(url)
    return blake2b(f"feed\n{identity}".encode(), digest_size=16).hexdigest() if identity else None


def item_id(feed: str, guid: str) -> str:
    """32 hex digits for an item of a feed that has no address of its own: its guid names it within its feed alone."""
    return blake2b(f"item\n{feed}\n{guid}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def named_source(name: str, url: str | None) -> Source:
    """A source that is known by its name; its id is the article's site or, without one, the name in lower case."""
    name = " ".join(name.split())
    return Source(id=site(url) or name.casefold().replace(" ", "-"), name=name) if name else Source()


def _asks_for_variant(name: str, value: str) -> bool:
    return (name in _VARIANT_NAMES and value in _YES) or (name, value) in _VARIANT_PAIRS


def _pairs(query: str) -> list[tuple[str, str]]:
    # Sites in a legacy encoding escape its bytes (?t=%CF%EE): taken for broken UTF-8, two articles would become one.
    return parse_qsl(query, keep_blank_values=True, max_num_fields=1000, errors="surrogateescape")


def _query(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, errors="surrogateescape")


def _without_tracking(url: str) -> str | None:
    parts = urlsplit(url)
    host, scheme = parts.hostname, parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not host or any(mark.isspace() for mark in parts.netloc):
        return None
    port = "" if parts.port in (None, _DEFAULT_PORTS[scheme]) else f":{parts.port}"
    address = f"[{host}]" if ":" in host else host.rstrip(".")
    if not address.strip("."):
        return None
    pairs = _pairs(parts.query)
    query = _query([(name, value) for name, value in pairs if not _TRACKER.fullmatch(name)])
    path = re.sub("/{2,}", "/", parts.path)
    fragment = parts.fragment if _chooses(parts.fragment, path) else ""
    made = str(canonicalize_url(urlunsplit((scheme, address + port, path, query, fragment)), keep_fragments=True))
    return None if any(mark.isspace() for mark in made) or not urlsplit(made).hostname else made


def _chooses(fragment: str, path: str) -> bool:
    return len(fragment) > 2 and (fragment.startswith("!") or (fragment.startswith("/") and path in ("", "/")))
