"""normalise: every field in one spelling: text mended and tidied, URL canonical, publication time in UTC."""

from __future__ import annotations

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from pipeline.identity import MAX_URL_LENGTH, canonical_url, site
from pipeline.records import Article, RawArticle, Source
from pipeline.registry import stage
from pipeline.stages._dates import publication_time
from pipeline.stages._subjects import tidy_keywords, tidy_section
from pipeline.text import normalise_line, normalise_text


@stage("normalise", version="3")
def normalise(article: Article, raw: RawArticle) -> Article:
    """Fields in one spelling. A source that the producer did not name is the site of the URL.

    HTML is left to `clean`, which needs it as it came. What a later stage found stays.
    """
    url = _address(article.url)
    return replace(
        article,
        url=url,
        canonical_url=canonical_url(url) or article.canonical_url,
        source=_source(article.source, url),
        headline=normalise_line(article.headline),
        description=normalise_line(article.description),
        body=normalise_text(article.body),
        by=normalise_line(article.by),
        section=tidy_section(raw.section) or article.section,
        keywords=tidy_keywords(raw.keywords) or article.keywords,
        feeds=_addresses(raw.feeds),
        published_at=publication_time(raw.published_at, raw.first_seen, raw.language) or article.published_at,
    )


def _source(source: Source, url: str | None) -> Source:
    return Source(
        id=normalise_line(source.id) or site(url), name=normalise_line(source.name), feed=_address(source.feed)
    )


def _addresses(urls: tuple[str, ...] | UnsetType) -> tuple[str, ...] | UnsetType:
    return tuple(dict.fromkeys(made for url in urls or () if (made := _address(url)))) or UNSET


def _address(url: str | None) -> str | None:
    """An address as it came, if it can be one: without blanks at its ends, in Unicode, not endless."""
    if not url or len(url) > MAX_URL_LENGTH:
        return None
    return url.encode("utf-8", "ignore").decode().strip() or None
