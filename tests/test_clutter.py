"""Articles with all the clutter that surrounds stories: what is marked goes, every other line stays as it is.

In `clutter/LANG-SLUG.txt`, a line that goes begins with `- `, and ⟪…⟫ stands around what goes within a line. The texts
are our own.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.chain import begin
from pipeline.records import Article, RawArticle
from pipeline.stages.clean import clean

CLUTTER = sorted((Path(__file__).parent / "clutter").glob("*.txt"))
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("path", CLUTTER, ids=lambda path: path.stem)
def test_the_clutter_goes_and_every_sentence_stays(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    content = "\n".join(line.removeprefix("- ").translate({ord("⟪"): None, ord("⟫"): None}) for line in lines)
    raw = RawArticle(id="0" * 32, content=content, content_type="text/plain", first_seen=NOW, fetched_at=NOW)
    made = clean(begin(raw, NOW), raw)
    assert isinstance(made, Article)
    assert made.body.split("\n") == [re.sub(r"\s*⟪.*?⟫", "", line) for line in lines if not line.startswith("- ")]
    gone = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    gone += re.findall("⟪(.*?)⟫", "\n".join(lines))
    assert sorted(removal.text for removal in made.removed) == sorted(gone)
