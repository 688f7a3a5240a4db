"""The news sitemap from which a gap is filled: which to read, and which of its articles the feed probably carried."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pipeline.feeds import FeedItem, ParsedFeed, Sitemap
from pipeline.identity import canonical_url
from pipeline.polling.dates import published

_LINE = re.compile(r"^[ \t\ufeff]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_MAX_LISTED = 1000
_NEWS = re.compile(r"news(?!letter)|nachrichten|noticias|actualites|48h", re.IGNORECASE)
_RECENT = re.compile(r"latest|recent|today|daily|current|post", re.IGNORECASE)
_OTHER = re.compile(
    r"image|video|author|tag|categor|section|topic|page-|product|archive|static|taxonom|user|newsletter|misc",
    re.IGNORECASE,
)
_MARGIN = timedelta(minutes=15)
"""Articles are often dated some minutes before they are in the feed."""


def listed(robots: str) -> tuple[Sitemap, ...]:
    """The sitemaps that a robots.txt names (sitemaps.org, "Specifying the Sitemap location")."""
    addresses = (line[1] for line in _LINE.finditer(robots))
    return tuple(Sitemap(url) for url in dict.fromkeys(addresses) if canonical_url(url))[:_MAX_LISTED]


def choose(sitemaps: Iterable[Sitemap]) -> str | None:
    """The address of the one to read next, of those in a robots.txt or an index: that with the news by its name, else
    with what is recent, else any, of several the one that changed last. What is read may be an index again. None when
    none of them promises articles."""
    ranked = [(rank, _changed(one), -at, one.url) for at, one in enumerate(sitemaps) if (rank := _rank(one.url)) > 0]
    return max(ranked)[3] if ranked else None


def has_news(parsed: ParsedFeed) -> bool:
    """Whether it is a sitemap of articles: at least one entry has the headline of Google's news extension."""
    return parsed.kind == "sitemap" and any(item.headline for item in parsed.items)


def missed(
    sitemap: Sequence[FeedItem], carried: Sequence[FeedItem], since: datetime, until: datetime
) -> tuple[FeedItem, ...]:
    """The articles of a news sitemap that fall into the gap, the oldest first: published from the last good poll
    (`since`) to this one, not in the feed (`carried`), and where all of the feed's articles lie in one section of the
    site, in that section as well. Articles without a time or a headline are left out."""
    known = {canonical_url(item.url) for item in carried}
    section = _section(carried)
    found = [
        (time, item.number, item)
        for item in sitemap
        if item.headline
        and (time := published(item)) is not None
        and since - _MARGIN <= time <= until + _MARGIN
        and _path(item.url)[: len(section)] == section
        and canonical_url(item.url) not in known
    ]
    return tuple(item for _, _, item in sorted(found, key=lambda one: one[:2]))


def _rank(url: str) -> int:
    """3 for news, 2 for what is recent, 1 for what may be anything, 0 for what is something else."""
    folder, _, name = (canonical_url(url) or "").partition("://")[2].partition("/")[2].rpartition("/")
    if _OTHER.search(name):
        return 0
    if _NEWS.search(name) or _NEWS.search(folder):
        return 3
    return 2 if _RECENT.search(name) else 1


def _changed(sitemap: Sitemap) -> float:
    time = published(FeedItem(number=0, updated_at=sitemap.updated_at))
    return time.timestamp() if time else 0.0


def _section(items: Sequence[FeedItem]) -> tuple[str, ...]:
    """The folders of the site that all of the items lie in."""
    paths = [_path(item.url)[:-1] for item in items if item.url]
    if len(paths) < 3:
        return ()
    shared = []
    for folders in zip(*paths, strict=False):
        if len(set(folders)) > 1 or folders[0].isdigit():
            break
        shared.append(folders[0])
    return tuple(shared)


def _path(url: str | None) -> tuple[str, ...]:
    try:
        return tuple(part for part in urlsplit(url or "").path.lower().split("/") if part)
    except ValueError:
        return ()
