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
from pipeline.models.train import Score, evaluate
from pipeline.ner.document import find_names
from pipeline.ner.tagger import model

CORPORA = Path("../shared/ner")
OWN_TEXTS = Path(__file__).with_name("data") / "names.jsonl"
OWN_SENTENCES = Path(__file__).with_name("data") / "marked_names.txt"

# F1 of the shipped model on the dev file, rounded down to one decimal.
FLOORS = {
    "da": 79.6, "de": 68.5, "en": 75.0, "hi": 88.5, "hr": 83.2, "hu": 80.8, "id": 78.8, "ja": 74.3,
    "ko": 71.4, "nb": 87.1, "pt": 80.0, "ro": 71.1, "ru": 82.0, "sr": 91.6, "sv": 81.7, "zh": 66.7,
}  # fmt: skip
OWN_TEXTS_FLOOR = {"people": 1.0, "organisations": 1.0, "places": 0.93}


# F1 of the spans of whole articles, here of one sentence each, in languages without a model or data of their own.
SENTENCE_FLOORS = {"es": 87.2, "fr": 77.7, "it": 82.6, "nl": 71.4, "pl": 63.4, "th": 73.3, "tr": 38.8}


def test_every_shipped_model_has_a_floor():
    assert trained_languages() == {*FLOORS, "th"}


@pytest.mark.parametrize("language", sorted(FLOORS))
def test_model_reaches_its_floor_on_the_dev_file(language):
    path = CORPORA / f"{language}.dev.conll"
    if not path.exists():
        pytest.skip(f"needs {path}, which is not in the repository")
    assert dev_score(language).f1 >= FLOORS[language]


def dev_score(language: str) -> Score:
    """The shipped model on the development file."""
    return evaluate(model(language), language, CORPORA)


@pytest.mark.parametrize("language", sorted(SENTENCE_FLOORS))
def test_sentences_of_our_own_where_there_are_no_data(language):
    score, wrong = own_sentences(language)
    assert score >= SENTENCE_FLOORS[language], wrong


def own_sentences(language: str) -> tuple[float, list[str]]:
    """F1, 0 to 100, of the spans in our own sentences of a language, and the names that are wrong."""
    right = wanted = given = 0
    wrong = []
    for line in OWN_SENTENCES.read_text(encoding="utf-8").splitlines():
        tag, _, marked = line.partition("\t")
        if tag != language:
            continue
        text, expected = unmarked(marked)
        got = {(entity.start, entity.end, entity.label) for entity in find_names("", text, language).entities}
        right += len(expected & got)
        wanted += len(expected)
        given += len(got)
        wrong += [f"{text[start:end]} {label}" for start, end, label in sorted(expected ^ got)]
    return 200 * right / (wanted + given), wrong


def unmarked(marked: str) -> tuple[str, set[tuple[int, int, str]]]:
    """A sentence without its marks, and the spans that they marked."""
    text, spans, begin, label = "", set(), 0, ""
    for character in marked:
        if character in "[{<":
            begin, label = len(text), {"[": "PER", "{": "ORG", "<": "LOC"}[character]
        elif character in "]}>":
            spans.add((begin, len(text), label))
        else:
            text += character
    return text, spans


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
