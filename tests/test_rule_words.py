"""Words are cut as Lucene's StandardTokenizer cuts them; every expectation was read off the engine."""

from __future__ import annotations

import random

import pytest
from elasticsearch import Elasticsearch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.alerts.words import Words, lower, word_spans
from pipeline.config import Elasticsearch as EngineSettings
from pipeline.search_engine import connect
from tests.random_rules import golden_articles, random_articles

ODD = (
    "aÅäßZé019٣,.:;'’\"_-–/@&#*+()!?  \n\u00a0\u202f\u200b\u200d\ufe0f\u0301"
    "ひカタ漢字한국กาอังકાद्रאב׳״Ωиї🇫🇷👩🏽❤✈1\u20e3"
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The wi-fi of AT&T", ["the", "wi", "fi", "of", "at", "t"]),
        ("U.S. can't 3.5 1,000 a.b,c", ["u.s", "can't", "3.5", "1,000", "a.b", "c"]),
        ("o’clock foo_bar k:a 1:2", ["o’clock", "foo_bar", "k:a", "1", "2"]),
        ("東京タワーへ", ["東", "京", "タワー", "へ"]),
        ("서울에서", ["서울에서"]),
        ("ขอบคุณ มาก", ["ขอบคุณ", "มาก"]),
        ("İstanbul ΣΑΣ", ["istanbul", "σασ"]),
        ("👩‍🚀🇫🇷🇩🇪 ❤️", ["👩‍🚀", "🇫🇷", "🇩🇪", "❤️"]),
        ('צה"ל', ['צה"ל']),
        ("a" * 300, ["a" * 255, "a" * 45]),
        ("\U00010400" * 200, ["\U00010428" * 127, "\U00010428" * 73]),
        ("…!? \t", []),
    ],
)
def test_words_are_those_of_lucene(text: str, words: list[str]) -> None:
    assert Words()(text) == words


plain = st.text(st.sampled_from([*map(chr, range(128)), *"‘’“”„«»–—…\xa0", *"ab1.,:;'’_é"]), max_size=60)


@settings(max_examples=2000)
@given(plain, st.booleans())
def test_plain_lines_are_cut_as_the_whole_pattern_cuts_them(text: str, cased: bool) -> None:
    whole = [text[start:end] for start, end in word_spans(text)]
    assert Words(cased)(text) == (whole if cased else [lower(word) for word in whole])
    assert Words(cased)(f"{text}\n{text}") == 2 * Words(cased)(text)


def test_case_is_kept_where_it_counts() -> None:
    assert Words(cased=True)("NASA und Nasa") == ["NASA", "und", "Nasa"]


def test_the_same_text_is_cut_alike_however_often_and_after_much_else() -> None:
    cut = Words()
    first = cut("Fähre, Straße")
    cut(" ".join(map(str, range(150_000))))
    cut("")
    assert cut("Fähre, Straße") == first == ["fähre", "straße"]


def test_a_word_reaches_no_further_than_its_longest_through_a_run_of_signs() -> None:
    # Minutes, if each sign were tried with all that follow it.
    assert Words()("_" * 300_000 + "ab") == ["_" * 254 + "a", "b"]
    assert Words()("ab" + "_" * 300_000) == ["ab" + "_" * 253]
    assert Words()("\u200d" * 300_000) == []


@pytest.mark.engines
def test_the_engine_cuts_articles_and_odd_strings_alike(opensearch: str) -> None:
    chosen = random.Random(6)
    odd = ["".join(chosen.choices(ODD, k=chosen.randint(1, 12))) for _ in range(3000)]
    texts = [article.body for article in golden_articles() + random_articles(20, 6)]
    with connect(EngineSettings(url=opensearch)) as client:
        for text in texts:
            assert Words()(text) == _engine_words(client, text)
        wrong = [text for text in odd if Words()(text) != _engine_words(client, text)]
    assert len(wrong) <= len(odd) // 1000, wrong


def _engine_words(client: Elasticsearch, text: str) -> list[str]:
    return [each["token"] for each in client.indices.analyze(analyzer="standard", text=text)["tokens"]]


def test_lower_case_goes_by_code_points() -> None:
    assert lower("ΑΣ İI") == "ας i̇i".replace("ς", "σ").replace("i̇", "i")
