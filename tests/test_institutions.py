"""Institutions named by what they are and whose."""

from __future__ import annotations

import pytest

from pipeline.ner.document import find_names
from pipeline.ner.institutions import institutions, with_institutions
from pipeline.ner.spans import Name, Text


def found(language: str, body: str, *seen: tuple[str, str]) -> list[str]:
    text = Text.of("body", body, language)
    names = [name for part, label in seen for name in _names(text, part, label)]
    return [text.slice(each.first, each.last) for each in institutions(0, text, language, names)]


def _names(text: Text, part: str, label: str) -> list[Name]:
    words = part.split()
    return [
        Name(0, at, at + len(words), label)
        for at in range(len(text.tokens))
        if text.tokens[at : at + len(words)] == words
    ]


CASES = [
    ("en", "Rates at the Bank of England rose.", [("England", "LOC")], ["Bank of England"]),
    ("en", "The National Bank of Ukraine spoke.", [("Ukraine", "LOC")], ["National Bank of Ukraine"]),
    ("en", "A study by the University of the West Indies says so.", [], ["University of the West Indies"]),
    ("en", "the Department of Health and Human Services said", [], ["Department of Health and Human Services"]),
    ("es", "El Banco de México subió la tasa.", [("México", "LOC")], ["Banco de México"]),
    ("fr", "Selon la Banque de France, rien.", [("France", "LOC")], ["Banque de France"]),
    ("it", "La Banca d'Italia dice di no.", [("Italia", "LOC")], ["Banca d'Italia"]),
    ("pt", "A Universidade de Lisboa abriu.", [("Lisboa", "LOC")], ["Universidade de Lisboa"]),
    ("en", "a bank of England's north", [("England", "LOC")], []),
    ("en", "Court of the first instance", [], []),
    ("en", "THE BANK OF ENGLAND ROSE", [("ENGLAND", "LOC")], []),
    ("en", "He left the Bank. Of England he knew little.", [("England", "LOC")], []),
    ("sw", "Bank of England", [("England", "LOC")], []),
]


@pytest.mark.parametrize(("language", "body", "seen", "names"), CASES, ids=[case[1] for case in CASES])
def test_an_institution_is_found_whole(language, body, seen, names):
    assert found(language, body, *seen) == names


def test_its_parts_are_no_names_of_their_own_and_a_longer_name_stays() -> None:
    text = Text.of("body", "Andrew Bailey of the Bank of England met the Royal Bank of Scotland Group.", "en")
    scotland = _names(text, "Royal Bank of Scotland Group", "ORG")
    seen = [*_names(text, "Andrew Bailey", "PER"), *_names(text, "England", "LOC"), *scotland]
    names = [(text.slice(name.first, name.last), name.label) for name in with_institutions(0, text, "en", seen)]
    assert names == [("Andrew Bailey", "PER"), ("Royal Bank of Scotland Group", "ORG"), ("Bank of England", "ORG")]


def test_an_article_names_them() -> None:
    names = find_names("", "The Bank of England kept its rate, Governor Andrew Bailey said in London.", "en")
    assert [mention.name for mention in names.organisations] == ["Bank of England"]
    assert "England" not in [mention.name for mention in names.places]
