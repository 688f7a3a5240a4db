"""Which partition a host's records lie in."""

from __future__ import annotations

from urllib.parse import urlsplit
from zlib import crc32

from pipeline.identity import canonical_url


def host_of(url: str | None) -> str:
    """The host that is asked for an address, with its port if it names one; empty when it is no http(s) address."""
    made = canonical_url(url)
    return urlsplit(made).netloc if made else ""


def partition_of(key: str, partitions: int) -> int:
    """Of a host, or of the id of an article that has no address."""
    return crc32(key.encode("utf-8", "surrogatepass")) % partitions
