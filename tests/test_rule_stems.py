"""Rules that end in ~stem: stems are those of Lucene, and those of the language that an article is written in."""

from __future__ import annotations

import random

import pytest

from pipeline import search_index
from pipeline.alerts.article_words import Cutter
from pipeline.alerts.evaluate import fired
from pipeline.alerts.explain import explain
from pipeline.alerts.matcher import Matcher
from pipeline.alerts.parser import parse
from pipeline.alerts.spans import fired_spans
from pipeline.alerts.stems import ALGORITHMS, MARK, stem_languages, stems_in, stems_of
from pipeline.alerts.words import Words
from tests.random_rules import GOLDEN, golden_articles
from tests.test_rule_engine import index
from tests.test_rule_matcher import fires, made

CHANGED = {
    "de": "bauer abenteuer quelle zuerst aktuellen fußball ökosystem systeme michael haeuser treue bauaufsicht eueren",
    "en": "added adding addedly's egging erred erring offing ebbs ebbing evening university skis dying psychologist's",
    "it": "divano divani divanò cantando",
    "nl": "ève uže a’s o’en maar",
    "ro": "bucurești bucureşti același românești ţara țara informații puteți",
    "sv": "seriöst mellanöstern otröstlig religiösts östers nervöst löst tröst generösten",
}
"""Words of which snowball 2.2 has other stems than Lucene 10, and their like."""


@pytest.mark.parametrize(
    ("language", "words", "stems"),
    [
        ("en", "strikes strike's erred university", "strike strike err univers"),
        ("de", "Fährstreiks abenteuer zuerst ökosystem", "fahrstreik abenteu zurst okosystem"),
        ("id", "pelabuhan menghubungkan", "labuh hubung"),
        ("ru", "забастовки ferries", "забастовк ferries"),
        ("ar", "٢٠٢٦", "2026"),
    ],
)
def test_stems_are_those_that_were_read_off_the_engine(language: str, words: str, stems: str) -> None:
    assert " ".join(stems_of(tuple(Words()(words)), language)).replace(MARK, "") == stems


@pytest.mark.engines
@pytest.mark.parametrize("language", ALGORITHMS)
def test_the_engine_makes_the_same_stems(language: str, opensearch: str, prefix: str) -> None:
    texts = [article.body for article in golden_articles([language])]
    texts += [path.read_text("utf-8", "replace") for path in sorted(GOLDEN.glob(f"{language}-*.html"))]
    known = list(dict.fromkeys(Words()(" ".join([*texts, CHANGED.get(language, "")]))))
    others = [word for article in golden_articles()[::3] for word in set(Words()(article.body))]
    chosen = random.Random(language)
    mixed = [
        f"{one[: chosen.randint(1, 6)]}{chosen.choice(('', chr(39)))}{two[-chosen.randint(1, 6) :]}"
        for one, two in (chosen.choices(known or others, k=2) for _ in range(2000))
    ]
    words = [word for word in dict.fromkeys([*known, *chosen.sample(others, 1000), *mixed]) if Words()(word) == [word]]
    with index(opensearch, prefix) as client:
        found = client.indices.analyze(index=prefix, analyzer=f"stems_{language}", text=" ".join(words[:9000]))
    engine = [token["token"] for token in found["tokens"]]
    stems = [stems_in(language)[word].removeprefix(MARK) for word in words[:9000]]
    assert [each for each in zip(words, stems, engine, strict=False) if each[1] != each[2]] == []
    assert len(engine) == len(stems)


def test_other_forms_fire_in_the_language_of_the_article_only() -> None:
    text = "Two ferries wait: the port's striking crews added demands."
    for query in (
        "ferry",
        '"port strikes"',
        "crew NEAR/2 adding",
        '"add crews"~3',
        "headline:ferry OR body:(crew add)",
    ):
        assert fires(f"{query} ~stem", made(text, language="en"))
        assert fires(f"{query} ~stem", made(text, language="en-GB"))
        assert not fires(query, made(text, language="en"))
        assert not fires(f"{query} ~stem", made(text, language="und"))
        assert not fires(f"language:de AND ({query}) ~stem", made(text, language="en"))
    assert fires("ferries ~stem", made(text, language="th"))
    assert not fires('"Ferry"! OR ferry* ~stem', made(text, language="en"))


def test_rules_with_and_without_stems_and_articles_in_any_language_come_in_any_order() -> None:
    matcher = Matcher()
    english, russian = made("ferries", language="en"), made("забастовки ferries", language="ru")
    matcher.add("plain", "ferry")
    assert matcher.match(english)[0] == []
    matcher.add("stem", "ferry ~stem")
    matcher.add("russian", "забастовка ~stem")
    assert matcher.match(english)[0] == ["stem"]
    assert matcher.match(russian)[0] == ["russian"]
    matcher.remove("stem")
    assert matcher.match(english)[0] == []


def test_what_fired_by_a_stem_is_told_as_it_stands_in_the_article() -> None:
    article = made("The ferries left. Port strikes hit a ferry.", language="en")
    tree = parse('ferry AND "port strike" AND (port NEAR/2 hitting) ~stem').tree
    terms, spans = fired_spans(tree, Cutter()(article))
    assert terms == fired(tree, Cutter()(article)) == ["ferries", "ferry", "port strikes", "port", "hit"]
    texts = [article.body[span.start : span.end] for span in spans]
    assert texts == ["ferries", "Port", "Port strikes", "hit", "ferry"]


def test_an_explanation_shows_the_stems() -> None:
    tree = parse('"port strikes" AND people:strikes AND 2026 ~stem').tree
    told = list(explain(tree, Cutter()(made("A port striking in 2026.", language="en"))))
    assert [(each.text, each.holds, each.stems) for each in told[1:]] == [
        ('"port strikes" ~stem', True, ("port strike",)),
        ("people:strikes", False, ()),
        ("2026", True, ()),
    ]


def test_a_word_whose_stem_is_empty_is_looked_for_as_written() -> None:
    assert "el" not in stem_languages(("όταν",))
    assert fires("όταν ~stem", made("όταν", language="el"))
    assert not fires("όταν ~stem", made("είτε", language="el"))


def test_every_language_of_stems_has_an_analyzer_in_the_index() -> None:
    made_by_us = search_index.analysis()["analysis"]["analyzer"]
    assert {name for name in made_by_us if name.startswith("stems_")} == {f"stems_{tag}" for tag in ALGORITHMS}
