"""Which partition a host's records lie in."""

from __future__ import annotations

from urllib.parse import urlsplit
from zlib import crc32

from pipeline.identity import bare_host, canonical_url, uncached


def host_of(url: str | None) -> str:
    """The site that is asked for an address: its host without `www.`, `m.` and the like, so that all spellings of an
    article's address come to one process, and its port if it names one. Empty when it is no http(s) address."""
    made = canonical_url(url)
    if made is None:
        return ""
    parts = urlsplit(uncached(made))
    return bare_host(parts.hostname or "") + ("" if parts.port is None else f":{parts.port}")


def partition_of(key: str, partitions: int) -> int:
    """Of a host, or of the id of an article that has no address."""
    return crc32(key.encode("utf-8", "surrogatepass")) % partitions
