"""Articles in any number for load and fault tests: paragraphs of the samples, shuffled and numbered. Deterministic."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from pipeline.identity import article_id
from pipeline.records import RawArticle, Source
from pipeline.samples import sample_articles

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
TARGET_BYTES = 2000


def raw_articles(count: int, *, first: int = 0, site: str = "corpus.example") -> Iterator[RawArticle]:
    """`count` different plain-text articles of about 2 KB, languages in turn, one second apart."""
    samples = [sample for sample in _samples() if "body" in sample]
    for number in range(first, first + count):
        sample = samples[number % len(samples)]
        yield _vary(sample, number, site)


def _vary(sample: dict[str, str], number: int, site: str) -> RawArticle:
    chosen = random.Random(number)
    paragraphs = sample["body"].split("\n")
    body = [f"{paragraphs[0]} ({number})"]
    while sum(len(line.encode()) for line in body) < TARGET_BYTES:
        body.append(chosen.choice(paragraphs[1:]))
    url = f"https://{site}/{number}"
    time = START + timedelta(seconds=number)
    return RawArticle(
        id=article_id(url, None, ""),
        url=url,
        source=Source(id=site, name="Corpus"),
        content_type="text/plain",
        content="\n".join(body),
        headline=f"{sample['headline']} {number}",
        first_seen=time,
        fetched_at=time,
    )


def _samples() -> list[dict[str, str]]:
    return [msgspec.json.decode(line) for line in sample_articles().read_bytes().splitlines()]
