"""How much of a page's story comes out, and of what surrounds it: F1 over shingles of four words, as counted in
https://github.com/scrapinghub/article-extraction-benchmark. Writing without blanks is counted by character.

The pages are those of the golden pairs, and those that pages.py builds as content systems do.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from statistics import fmean

import pytest

from pipeline.chain import chain_of
from pipeline.outcomes import Kept
from pipeline.registry import plugins
from pipeline.sources import Defaults, Document, Found
from tests.pages import pages
from tests.test_golden import GOLDEN, outcome_of

GOLDEN_PAGES = {path.stem: path for path in sorted(GOLDEN.glob("*.html"))}
BUILT_PAGES = {page.name: page for page in pages()}
PAGES = [*GOLDEN_PAGES, *BUILT_PAGES]
FLOOR = 0.998
"""Of the mean; goes up only."""
WORST = 0.95
"""Of each page."""
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[\w\u0900-\u097f]+")


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return Counter(tuple(words[place : place + 4]) for place in range(max(1, len(words) - 3)))


@cache
def f1(name: str) -> float:
    made, story = map(shingles, (body(name), story_of(name)))
    return 2 * (made & story).total() / (made.total() + story.total())


def body(name: str) -> str:
    """What the chain makes of the page; nothing if it drops it."""
    if name in GOLDEN_PAGES:
        return str(outcome_of(GOLDEN_PAGES[name])["body"])
    content = io.BytesIO(BUILT_PAGES[name].html)
    (item,) = plugins("sources")["html"].function(Document(name, content), Defaults(now=lambda: NOW))
    assert isinstance(item, Found)
    outcome = chain_of(("normalise", "clean")).run(item.raw, NOW).outcome
    return outcome.article.body if isinstance(outcome, Kept) else ""


def story_of(name: str) -> str:
    if name in BUILT_PAGES:
        return BUILT_PAGES[name].story
    return GOLDEN_PAGES[name].with_suffix(".story.txt").read_text(encoding="utf-8")


def test_there_are_pages_of_many_kinds() -> None:
    assert len(PAGES) >= 60
    assert len({name.partition("-")[0] for name in BUILT_PAGES}) >= 36
    assert len({name.partition("-")[0] for name in GOLDEN_PAGES}) >= 16


@pytest.mark.parametrize("name", PAGES)
def test_the_story_of_a_page_comes_out(name: str) -> None:
    assert f1(name) >= WORST


def test_the_stories_of_all_pages_come_out() -> None:
    assert fmean(map(f1, PAGES)) >= FLOOR


@pytest.mark.parametrize(
    "name", ["bitrix-ru", "old_table_breaks-th", "portal_breaks-ko", "plain_divs-vi", "hydrated-de"]
)
def test_paragraphs_stay_apart_however_they_are_written(name: str) -> None:
    assert body(name).endswith(story_of(name))
