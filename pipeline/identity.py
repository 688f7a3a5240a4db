"""What makes two articles the same: the canonical URL and the article id."""

from __future__ import annotations

from hashlib import blake2b
from urllib.parse import urlsplit

from courlan import normalize_url
from w3lib.url import canonicalize_url

MAX_URL_LENGTH = 8192


def canonical_url(url: str | None) -> str | None:
    """One spelling of an http(s) address (RFC 3986 section 6): no fragment, no tracking parameters, sorted query,
    lower-case host in Punycode, no default port. None for anything else, so that rubbish is never an identity."""
    if not url or len(url) > MAX_URL_LENGTH:
        return None
    try:
        made = str(canonicalize_url(normalize_url(url.strip()), keep_fragments=False))
        parts = urlsplit(made)
        host = parts.hostname
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() for c in made):
        return None
    return made


def site(url: str | None) -> str | None:
    """The host of an address without `www.`, the stable name of a source that nobody named."""
    made = canonical_url(url)
    return (urlsplit(made).hostname or "").removeprefix("www.") or None if made else None


def article_id(url: str | None, source_id: str | None, content: str) -> str:
    """32 hex digits: BLAKE2b of the canonical URL; without one, of source id and content."""
    identity = canonical_url(url)
    text = f"url\n{identity}" if identity else f"text\n{source_id or ''}\n{content}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
