"""What makes two articles the same: the canonical URL and the article id."""

from __future__ import annotations

import re
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

MAX_URL_LENGTH = 8192

# Parameters that say where a reader came from, never what is shown. Only unmistakable names: `id`, `cid`, `ref` and
# `source` choose the article on many sites, and two articles taken for one are worse than one taken for two.
_TRACKER = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|itm|hsa|oly|vero|ns|wt|mkt|at|trk)_.*|_hs(?:enc|mi)|mc_[ce]id|_g[al]|"
    r"(?:fb|g|dc|tw|tt|ms|msc|y|yc|ysc|li_fat_|ir)cl(?:k|ic)?id|(?:gbra|wbra|msclk)id|igshid?|fb_(?:action_ids|source|ref)|"
    r"ref_(?:src|url)|smid|cmpid|ocid|ncid|xtor|spm|s_kwcid|__twitter_impression|share_(?:from|source|medium)|ftag",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str | None) -> str | None:
    """One spelling of an http(s) address (RFC 3986 section 6): no fragment, no tracking parameters, no credentials,
    sorted query, lower-case host in Punycode, no default port. Idempotent. None for anything else, so that rubbish
    is never an identity."""
    if not url or len(url) > MAX_URL_LENGTH:
        return None
    try:
        made = _without_tracking(url.strip())
        return made if made is not None and _without_tracking(made) == made else None
    except (ValueError, UnicodeError):
        return None


def site(url: str | None) -> str | None:
    """The host of an address without `www.`, the stable name of a source that nobody named."""
    made = canonical_url(url)
    return (urlsplit(made).hostname or "").removeprefix("www.") or None if made else None


def article_id(url: str | None, source_id: str | None, content: str) -> str:
    """32 hex digits: BLAKE2b of the canonical URL; without one, of source id and content."""
    identity = canonical_url(url)
    text = f"url\n{identity}" if identity else f"text\n{source_id or ''}\n{content}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def feed_id(url: str) -> str | None:
    """32 hex digits for a feed; None for what is no http(s) address."""
    identity = canonical_url(url)
    return blake2b(f"feed\n{identity}".encode(), digest_size=16).hexdigest() if identity else None


def item_id(feed: str, guid: str) -> str:
    """32 hex digits for an item of a feed that has no address of its own: its guid names it within its feed alone."""
    return blake2b(f"item\n{feed}\n{guid}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _without_tracking(url: str) -> str | None:
    parts = urlsplit(url)
    host, scheme = parts.hostname, parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not host or any(mark.isspace() for mark in parts.netloc):
        return None
    port = "" if parts.port in (None, _DEFAULT_PORTS[scheme]) else f":{parts.port}"
    address = f"[{host}]" if ":" in host else host.rstrip(".")
    if not address.strip("."):
        return None
    pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=1000)
    query = urlencode([(name, value) for name, value in pairs if not _TRACKER.fullmatch(name)])
    path = re.sub("/{2,}", "/", parts.path)
    made = str(canonicalize_url(urlunsplit((scheme, address + port, path, query, "")), keep_fragments=False))
    return None if any(mark.isspace() for mark in made) or not urlsplit(made).hostname else made
