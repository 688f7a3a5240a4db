"""The piece of an article that an alert shows: a piece of it indeed, on one line, marked where the rule fired."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alert_records import Snippet, Span
from pipeline.alerts.article_words import Cutter
from pipeline.alerts.parser import parse
from pipeline.alerts.snippet import snippet
from pipeline.alerts.spans import fired_spans
from pipeline.records import Article
from tests.random_rules import RuleWriter, random_articles
from tests.test_rule_matcher import made

FILLER = "Nothing of note was said about the harbour that morning, and nobody asked. "
TEXT = st.text(st.sampled_from("ab .!\n\u2028\x85\t\r。े\u0301字é🎉"), max_size=120)


def shown(query: str, article: Article, characters: int = 120) -> Snippet:
    spans = fired_spans(parse(query).tree, Cutter()(article))[1]
    found = snippet(article, spans, characters)
    assert found is not None
    return found


def marked(found: Snippet) -> list[str]:
    return [found.text[start:end] for start, end in found.marks]


def field_of(article: Article, name: str) -> str:
    return str(getattr(article, name) or "")


def flat(text: str) -> str:
    """Line ends and control characters as the spaces that a snippet has for them."""
    return "".join(" " if ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u2028\u2029" else char for char in text)


@st.composite
def spanned(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(TEXT.filter(lambda text: len(text) > 1))
    starts = draw(st.lists(st.integers(0, len(text) - 1), max_size=8))
    spans = {(start, min(len(text), start + draw(st.integers(1, 60)))) for start in starts}
    return text, [Span(field="body", start=start, end=end) for start, end in sorted(spans)]


@given(spanned(), st.integers(1, 90))
def test_it_is_a_piece_of_the_field_that_is_short_enough_and_its_marks_are_what_fired(
    drawn: tuple[str, list[Span]], characters: int
) -> None:
    text, spans = drawn
    found = snippet(made(text), spans, characters)
    if found is None:
        assert not spans
        assert not text.strip()
        return
    assert len(found.text) <= characters
    assert len(found.text.splitlines()) <= 1
    starts = [start for start in range(len(text)) if flat(text).startswith(found.text, start)]
    wanted = [
        {
            (max(span.start - start, 0), min(span.end - start, len(found.text)))
            for span in spans
            if span.start < start + len(found.text) and span.end > start
        }
        for start in starts
    ]
    assert set(found.marks) in wanted
    assert bool(spans) == bool(found.marks)


def test_the_marks_of_random_rules_are_what_fired_in_random_articles() -> None:
    articles = random_articles(24, 5)
    write = RuleWriter(articles, 5)
    cut = Cutter()
    found = 0
    for number in range(400):
        article = articles[number % len(articles)]
        tree = parse(write()).tree
        spans = fired_spans(tree, cut(article))[1]
        piece = snippet(article, spans, 240)
        if piece is None or not spans:
            continue
        found += 1
        fired = {flat(field_of(article, span.field)[span.start : span.end]) for span in spans}
        assert any(text in fired for text in marked(piece))
        assert piece.text in flat(field_of(article, piece.field))
    assert found > 50


def test_it_shows_the_place_where_most_of_the_rule_stands_together() -> None:
    article = made(f"A ferry came. {FILLER * 4}The strike of the ferry crews goes on. {FILLER * 4}A strike, a strike!")
    found = shown("ferry strike", article)
    assert marked(found) == ["strike", "ferry"]
    assert found.text.startswith("The strike of the ferry crews goes on. Nothing of note")


@pytest.mark.parametrize("query", ["word200", "word199 OR word205", "word*", "word200 OR word201 OR word202"])
@pytest.mark.parametrize("characters", range(110, 125))
def test_it_begins_and_ends_with_words(query: str, characters: int) -> None:
    words = " ".join(f"word{number}" for number in range(400))
    found = shown(query, made(words), characters)
    assert set(found.text.split(" ")) <= set(words.split(" "))
    assert characters - 20 < len(found.text) <= characters


def test_a_sentence_that_fits_is_shown_from_its_beginning() -> None:
    found = shown("pilots", made(f"{FILLER * 3}After the storm the harbour pilots went home. {FILLER * 3}"))
    assert found.text.startswith("After the storm")
    assert found.text.endswith(".")


def test_paragraphs_are_on_one_line() -> None:
    found = shown("gamma", made("Alpha beta.\nGamma delta.\nEpsilon."))
    assert found.text == "Alpha beta. Gamma delta. Epsilon."
    assert marked(found) == ["Gamma"]


@pytest.mark.parametrize(
    ("query", "field"),
    [("tide", "headline"), ("engineers", "description"), ("barrier", "body"), ("tide AND barrier", "body")],
)
def test_the_headline_is_shown_only_where_nothing_else_fired(query: str, field: str) -> None:
    article = made("The barrier holds.", headline="Tide barrier", description="Say engineers of the barrier.")
    assert shown(query, article).field == field


def test_without_a_place_it_is_how_the_article_begins() -> None:
    article = made(f"First sentence of all. {FILLER * 9}", language="en")
    found = shown("language:en", article)
    assert (found.field, found.marks) == ("body", ())
    assert found.text.startswith("First sentence of all. Nothing of note")
    assert snippet(made(" \n"), [], 100) is None


def test_a_phrase_that_is_longer_than_the_snippet_is_marked_as_far_as_it_is_shown() -> None:
    phrase = " ".join(["tide"] * 60)
    found = shown(f'"{phrase}"', made(f"{FILLER}{phrase} {FILLER}"), 50)
    assert found.marks == ((0, len(found.text)),)
    assert len(found.text) > 40


def test_scripts_without_spaces_are_cut_between_characters() -> None:
    body = "यह" + "की" * 200 + " ferry " + "की" * 200
    found = shown("ferry", made(body), 160)
    assert marked(found) == ["ferry"]
    assert found.text[0] == "क"
