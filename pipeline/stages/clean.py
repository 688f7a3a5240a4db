"""clean: the story alone. HTML becomes text; what surrounds a story leaves it and is recorded.

A line goes when its wording (language files), its shape and its position agree; then the dateline is taken from the
first line. Everything taken out is in `removed` with its rule, so that cleaning can be audited.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from pipeline.identity import canonical_url, site
from pipeline.outcomes import Dropped
from pipeline.records import Article, RawArticle, Removal, Source
from pipeline.registry import stage
from pipeline.stages._canonical import canonical_of_page
from pipeline.stages._dateline import Dateline, dateline
from pipeline.stages._dates import publication_time
from pipeline.stages._lines import sweep
from pipeline.text import normalise_line, normalise_text

_LONGEST_DATELINE = 80


@stage("clean", version="4")
def clean(article: Article, raw: RawArticle) -> Article | Dropped:
    """The story alone, and what its surroundings say: related headlines, credits, byline, place, source.

    What the producer said of a field wins over the page, the page over the dateline. Dropped: "empty", "paywall",
    "cookie_wall", "error_page".
    """
    if raw.content_type == "text/html" and not article.body:
        read = _from_page(article, raw)
        if isinstance(read, Dropped):
            return read
        article = read
    article = _without_boilerplate(article)
    without_dateline = _without_dateline(article)
    if without_dateline is not article:  # what stood behind the dateline is a line of its own now
        article = _without_boilerplate(without_dateline)
    if not article.body and (raw.content_type == "text/html" or not (article.headline or article.description)):
        return Dropped("empty")
    return replace(article, source=_completed(article.source))


def _from_page(article: Article, raw: RawArticle) -> Article | Dropped:
    from pipeline.stages._page import read_page  # noqa: PLC0415 -- trafilatura is slow to import; plain text needs none

    page = read_page(raw.content, article.url)
    if page.no_story:
        return Dropped(page.no_story)
    address = canonical_of_page(article.canonical_url or canonical_url(article.url), canonical_url(page.url))
    source = article.source
    return replace(
        article,
        url=article.url or address,
        canonical_url=address,
        source=Source(id=source.id or site(address), name=source.name or normalise_line(page.site), feed=source.feed),
        headline=article.headline or normalise_line(page.headline),
        description=article.description or normalise_line(page.description),
        by=article.by or normalise_line(page.by),
        published_at=article.published_at or publication_time(page.published_at, raw.first_seen, page.language),
        section=article.section or page.section,
        keywords=article.keywords or page.keywords,
        body=normalise_text(page.text),
    )


def _without_boilerplate(article: Article) -> Article:
    swept = sweep(article.body)
    return replace(
        article,
        body="\n".join(swept.lines),
        by=article.by or swept.by,
        related=_merged(article.related, swept.related),
        info_sources=_merged(article.info_sources, swept.sources),
        removed=(*article.removed, *swept.removed),
    )


def _without_dateline(article: Article) -> Article:
    if any(removal.kind == "dateline" for removal in article.removed):
        return article
    first, newline, rest = article.body.partition("\n")
    found = dateline(first) or _alone(first, rest)
    if found is None:
        return article
    source = article.source
    name = found.publisher or (None if source.id else found.wire)
    if name and not source.name:
        source = Source(id=source.id, name=name, feed=source.feed)
    return replace(
        article,
        body=(first[found.end :].lstrip() + newline + rest).lstrip("\n"),
        located=article.located or _without_publisher(found.place, source.name),
        by=article.by or found.by,
        source=source,
        info_sources=_merged(article.info_sources, [found.wire] if found.wire else []),
        removed=(*article.removed, Removal(kind="dateline", text=first[: found.end].strip(), rule="any.dateline")),
    )


def _alone(first: str, rest: str) -> Dateline | None:
    """A dateline that is a line of its own: it takes the name of an agency or of a publisher."""
    found = dateline(first + " " + rest.partition("\n")[0]) if rest and len(first) <= _LONGEST_DATELINE else None
    named = found is not None and (found.wire or found.publisher) is not None
    return found if named and found is not None and len(first) <= found.end <= len(first) + 1 else None


def _without_publisher(place: str | None, name: str | None) -> str | None:
    """MAMUJU, WARTA BAHARI is Mamuju where Warta Bahari published it."""
    if not place or not name or not place.casefold().endswith(name.casefold()):
        return place
    return place[: -len(name)].rstrip(" ,/") or place


def _completed(source: Source) -> Source:
    """Name and id stand in for each other."""
    made_id = source.id or (_slug(source.name) if source.name else None) or None
    return Source(id=made_id, name=source.name or source.id, feed=source.feed)


def _slug(name: str) -> str:
    return re.sub(r"[^\w.]+", "-", name.lower()).strip("-")


def _merged(known: tuple[str, ...], found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *(text for text in found if text))))
