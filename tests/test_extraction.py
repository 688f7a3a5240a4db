"""How much of a page's story comes out, and of what surrounds it: F1 over the words of our own pages.

Counted as in https://github.com/scrapinghub/article-extraction-benchmark, over bags of words, not shingles. Writing
without blanks is counted by character.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.test_golden import GOLDEN, outcome_of

PAGES = sorted(GOLDEN.glob("*.html"))
FLOOR = 0.99
"""Of the mean; goes up only."""
WORST = 0.95
"""Of each page."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[\w\u0900-\u097f]+")


def words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def f1(page: Path) -> float:
    made, story = words(outcome_of(page)["body"]), words(page.with_suffix(".story.txt").read_text(encoding="utf-8"))
    return 2 * (made & story).total() / (made.total() + story.total())


def test_there_are_pages_of_many_kinds() -> None:
    assert len(PAGES) >= 16
    assert len({page.name.partition("-")[0] for page in PAGES}) >= 16


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_story_of_a_page_comes_out(page: Path) -> None:
    assert f1(page) >= WORST


def test_the_stories_of_all_pages_come_out() -> None:
    scores = [f1(page) for page in PAGES]
    assert sum(scores) / len(scores) >= FLOOR
