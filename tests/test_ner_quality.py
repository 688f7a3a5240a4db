"""Floors of entity recognition. They only go up.

Exact-span micro F1 of the shipped models on the dev files of `../shared/ner`, and F1 of the names of whole articles on
texts of our own.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from pipeline.models import trained_languages
from pipeline.models.train import evaluate
from pipeline.ner.document import find_names

CORPORA = Path("../shared/ner")
OWN_TEXTS = Path(__file__).with_name("data") / "names.jsonl"

# F1 of the shipped model on the dev file, rounded down to one decimal.
FLOORS = {
    "da": 79.7, "de": 52.8, "en": 74.3, "hi": 85.3, "hr": 82.6, "hu": 79.3, "id": 78.2, "ja": 70.8,
    "ko": 66.7, "nb": 85.3, "pt": 79.5, "ro": 69.2, "ru": 81.9, "sr": 91.3, "sv": 72.6, "zh": 60.7,
}  # fmt: skip
OWN_TEXTS_FLOOR = {"people": 1.0, "organisations": 1.0, "places": 0.93}


def test_every_shipped_model_has_a_floor():
    assert trained_languages() == set(FLOORS)


@pytest.mark.parametrize("language", sorted(FLOORS))
def test_model_reaches_its_floor_on_the_dev_file(language):
    path = CORPORA / f"{language}.dev.conll"
    if not path.exists():
        pytest.skip(f"needs {path}, which is not in the repository")
    assert evaluate(language, path).f1 >= FLOORS[language]


def own_texts(kind: str) -> tuple[float, dict[str, int]]:
    """F1 of the people, organisations or places of our own texts, and the names that are wrong."""
    right = wanted = given = 0
    wrong: Counter[str] = Counter()
    for line in OWN_TEXTS.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        expected = set(case[kind])
        got = {mention.name for mention in getattr(find_names(case["headline"], case["body"], case["language"]), kind)}
        right += len(expected & got)
        wanted += len(expected)
        given += len(got)
        wrong.update(f"{case['language']}: {name}" for name in expected ^ got)
    return 2 * right / (wanted + given), dict(wrong)


@pytest.mark.parametrize("kind", sorted(OWN_TEXTS_FLOOR))
def test_articles_of_our_own_in_many_languages(kind):
    score, wrong = own_texts(kind)
    assert score >= OWN_TEXTS_FLOOR[kind], wrong
