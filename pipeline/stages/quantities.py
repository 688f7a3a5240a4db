"""quantities: dates, sums of money and percentages of headline and body, as entities with a value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from msgspec import UNSET
from msgspec.structs import replace

from pipeline.ner.document import MAX_CHARACTERS
from pipeline.records import QUANTITY_LABELS, Article, Entity, RawArticle
from pipeline.registry import stage
from pipeline.stages._amounts import amount_at, number_pattern
from pipeline.stages._days import day_moments
from pipeline.stages._moments import moment_at, relative_moments
from pipeline.stages._numbers import LONGEST
from pipeline.stages._spans import together
from pipeline.stages._weekdays import weekday_moments

Span = tuple[int, int, str, str | None]


@stage("quantities", version="2")
def quantities(article: Article, _raw: RawArticle) -> Article:
    """Entities of the labels DATE, MONEY and PERCENT, made anew; those of other labels stay, and take precedence.

    Dates count from the day of `published_at`, else of `first_seen`, in UTC; weekdays and days of the month
    that stand alone only from `published_at`.
    """
    names = [entity for entity in article.entities if entity.label not in QUANTITY_LABELS]
    language = article.language.partition("-")[0].lower()
    day = (article.published_at or article.first_seen).date()
    found = (
        Entity(
            text=text[start:end],
            label=label,
            field=field,
            start=start,
            end=end,
            value=UNSET if value is None else value,
        )
        for field, text in _fields(article)
        for start, end, label, value in _spans(text[:MAX_CHARACTERS], language, day, article.published_at is not None)
    )
    return replace(article, entities=together(names, found))


def _fields(article: Article) -> tuple[tuple[Literal["headline", "body"], str], ...]:
    return ("headline", article.headline or ""), ("body", article.body)


def _spans(text: str, language: str, day: date, published: bool) -> Iterator[Span]:
    """Absolute dates and amounts, then relative dates; they may overlap."""
    position = 0
    for found in number_pattern(language).finditer(text):
        start, end = found.span()
        if start < position or end - start > LONGEST:
            continue
        moment = moment_at(text, start, language, day)
        if moment:
            position = moment.end
            yield moment.start, moment.end, "DATE", moment.value
            continue
        amount = amount_at(text, start, end, language)
        if amount:
            position = amount.end
            yield amount.start, amount.end, amount.label, amount.value
    days = (*day_moments(text, language, day), *weekday_moments(text, language, day)) if published else ()
    for moment in (*days, *relative_moments(text, language, day)):
        yield moment.start, moment.end, "DATE", moment.value
