"""Golden pairs: `golden/LANG-SLUG.{txt,html,json}` through the chain gives `LANG-SLUG.expected.json`.
`LANG-SLUG.story.txt` is a page's story as a reader would copy it, for test_extraction.py.

The texts are our own. To accept what the chain makes now, read the difference, then: NEWSWIRE_TEST_GOLDEN=update pytest
tests/test_golden.py. The `entities` stage is left out, so that a better model does not rewrite these
files: `entities` holds the quantities alone, and speakers are known by their capitals.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.chain import DEFAULT_STAGES, Chain
from pipeline.identity import article_id
from pipeline.languages import languages
from pipeline.outcomes import Kept
from pipeline.records import RawArticle, Source, encode
from pipeline.registry import plugins

GOLDEN = Path(__file__).parent / "golden"
INPUTS = sorted(path for path in GOLDEN.iterdir() if not path.name.endswith((".expected.json", ".story.txt")))
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
NOT_COMPARED = {"first_seen", "fetched_at", "processed_at", "stages", "people", "organisations", "places"}
UPDATE = os.environ.get("NEWSWIRE_TEST_GOLDEN") == "update"
_RULED = """
ar bg bn cs da de el en es fa fi fr he hi hr hu id it ja ko ms nb nl pl pt ro ru sk sr sv sw ta th tr uk ur vi zh
"""
RULED = set(_RULED.split())


def raw_of(path: Path) -> RawArticle:
    text = path.read_text(encoding="utf-8")
    fields: dict[str, Any] = json.loads(text) if path.suffix == ".json" else {}
    content = fields.pop("body", None) or fields.pop("html", None) or text
    html = path.suffix == ".html" or "html" in fields
    source = Source(name=fields.pop("source", None))
    return RawArticle(
        id=article_id(fields.get("url"), None, content),
        content=content,
        content_type="text/html" if html else "text/plain",
        source=source,
        first_seen=NOW,
        fetched_at=NOW,
        **fields,
    )


def outcome_of(path: Path) -> dict[str, Any]:
    stages = [plugins("stages")[name] for name in DEFAULT_STAGES if name != "entities" and name in plugins("stages")]
    outcome = Chain(stages).run(raw_of(path), NOW).outcome
    assert isinstance(outcome, Kept), outcome
    return {name: value for name, value in json.loads(encode(outcome.article)).items() if name not in NOT_COMPARED}


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_chain_makes_what_was_agreed(path: Path) -> None:
    expected = path.with_name(f"{path.stem}.expected.json")
    made = outcome_of(path)
    if UPDATE:
        expected.write_text(json.dumps(made, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert made == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_language_is_the_one_in_the_file_name(path: Path) -> None:
    made = outcome_of(path)
    found = made["language"].partition("-")[0]  # Chinese comes with its script
    assert (found, made["language_confidence"] >= 0.9) == (path.stem.partition("-")[0], True)


def test_every_language_with_rules_has_a_golden_text() -> None:
    covered = {path.stem.partition("-")[0] for path in INPUTS}
    assert covered >= {tag for tag, language in languages().items() if language.related}
    assert covered >= RULED
