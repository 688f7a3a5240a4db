"""Files of a public GitHub repository at a commit, each checked against the size and hash that the commit lists."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import quote

import msgspec
import urllib3

from pipeline.errors import NewswireError

MAX_BYTES = 32 * 1024 * 1024
"""Of one file or listing; the largest file here has about 5 MB."""
MAX_SECONDS = 300.0
"""For one file or listing, however slowly it trickles in."""
_PAUSES = urllib3.Timeout(connect=10, read=30)
_RETRIES = urllib3.Retry(2, redirect=0, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504))


class DownloadError(NewswireError):
    """A file could not be had, or is not what the commit holds."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where GitHub answers; tests put a server of their own in its place."""

    api: str = "https://api.github.com"
    raw: str = "https://raw.githubusercontent.com"


GITHUB = Hosts()


class _Entry(msgspec.Struct):
    path: str
    sha: str
    size: int = -1
    """Bytes; a folder has none."""


class _Tree(msgspec.Struct):
    tree: list[_Entry]
    truncated: bool = False


def fetch(repository: str, commit: str, patterns: Sequence[str], hosts: Hosts = GITHUB) -> dict[str, bytes]:
    """The files that match, pattern by pattern (`fnmatch`), in the order of their paths; nothing else is downloaded.

    Raises DownloadError when a pattern matches nothing, and for a file that is missing, cut short, too large, too slow
    or not the one whose Git hash the commit lists.
    """
    pool = urllib3.PoolManager(headers={"User-Agent": "newswire"})
    listing = f"{hosts.api}/repos/{repository}/git/trees/{commit}?recursive=1"
    try:
        tree = msgspec.json.decode(_get(pool, listing, MAX_BYTES), type=_Tree)
    except msgspec.DecodeError as error:
        raise DownloadError(f"{listing}: not a listing of files ({error})") from error
    if tree.truncated:
        raise DownloadError(f"{listing}: GitHub lists only a part of the files; nothing can be checked against it")
    files: dict[str, bytes] = {}
    for pattern in patterns:
        matching = [entry for entry in tree.tree if entry.size >= 0 and fnmatchcase(entry.path, pattern)]
        if not matching:
            raise DownloadError(f"{repository} has no {pattern} at commit {commit}")
        for entry in sorted(matching, key=lambda entry: entry.path):
            files[entry.path] = _checked(pool, f"{hosts.raw}/{repository}/{commit}/{quote(entry.path)}", entry)
    return files


def _checked(pool: urllib3.PoolManager, url: str, entry: _Entry) -> bytes:
    if entry.size > MAX_BYTES:
        raise DownloadError(f"{url}: {entry.size:,} bytes, more than the {MAX_BYTES:,} that are allowed")
    body = _get(pool, url, entry.size)
    # How Git names a file's content: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    if hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest() != entry.sha:
        raise DownloadError(f"{url}: not the content that the commit lists (checksum {entry.sha}); try again")
    return body


def _get(pool: urllib3.PoolManager, url: str, limit: int) -> bytes:
    body = bytearray()
    deadline = time.monotonic() + MAX_SECONDS
    try:
        response = pool.request("GET", url, preload_content=False, timeout=_PAUSES, retries=_RETRIES)
        with response:
            if response.status != 200:
                hint = "; GitHub answers 60 listings an hour, try again later" if response.status in {403, 429} else ""
                raise DownloadError(f"{url}: HTTP {response.status}{hint}")
            for chunk in response.stream():
                body += chunk
                if len(body) > limit:
                    raise DownloadError(f"{url}: larger than {limit:,} bytes")
                if time.monotonic() > deadline:
                    raise DownloadError(f"{url}: not here after {MAX_SECONDS:.0f} seconds")
    except urllib3.exceptions.HTTPError as error:
        raise DownloadError(f"{url}: {error}; is the network there? Try again") from error
    return bytes(body)
