"""Where a rule fired is told to the character, and the words are cut there as they were when they were matched."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.alert_records import Span
from pipeline.alerts.article_words import Cutter
from pipeline.alerts.evaluate import fired
from pipeline.alerts.parser import parse
from pipeline.alerts.spans import fired_spans
from pipeline.alerts.words import Words, lower, word_spans
from pipeline.records import Article, Quote
from tests.random_rules import RuleWriter, golden_articles, random_articles
from tests.test_rule_matcher import made
from tests.test_rule_words import ODD

LONG = st.tuples(st.sampled_from(["_", "a", "\U00010400", "é", "\u200d", "7,", "👩‍"]), st.integers(1, 1100)).map(
    lambda drawn: drawn[0] * drawn[1]
)


@settings(deadline=None)  # runs of signs take their time
@given(st.lists(st.one_of(st.text(ODD, max_size=12), st.text(max_size=8), LONG), max_size=6).map("".join))
def test_words_are_cut_where_their_spans_are(text: str) -> None:
    spans = word_spans(text)
    assert [text[start:end] for start, end in spans] == Words(cased=True)(text)
    assert [lower(text[start:end]) for start, end in spans] == Words()(text)


@pytest.mark.parametrize("article", golden_articles(), ids=lambda article: f"{article.language} {article.headline}")
def test_the_words_of_articles_are_cut_where_their_spans_are(article: Article) -> None:
    assert [lower(article.body[start:end]) for start, end in word_spans(article.body)] == Words()(article.body)


BODY = "White ferries wait.\n\nThe ferry strikes: a port strike, so no ferry.\nA third “ferry strike”, he said."


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("ferry", ["headline ferry", "body ferry", "body ferry", "body ferry"]),
        ("lede:ferry", ["body ferry", "body ferry"]),
        ("body:ferr*", ["body ferries", "body ferry", "body ferry", "body ferry"]),
        ('"ferry strike" AND strike', ["body strike", "body ferry strike", "body strike"]),
        ('body:"strike ferry"~4', ["body strike", "body ferry", "body ferry", "body strike"]),
        ("body:(ferry ONEAR/0 strikes)", ["body ferry", "body strikes"]),
        ('body:("port strike" NEAR/2 ferry)', ["body ferry", "body port strike", "body ferry"]),
        ('body:"White"! OR (headline:the AND nothing)', ["headline The", "body White"]),
        ('body:"ferry ferry"~9', ["body ferry", "body ferry", "body ferry"]),
        ("quote:ferry", ["body ferry"]),
        ("description:queue AND NOT body:train", ["description Queue"]),
        ("language:en by:sousa", []),
    ],
)
def test_what_fired_is_where_it_stands(query: str, texts: list[str]) -> None:
    start = BODY.index("“ferry strike") + 1
    given_article = made(
        BODY,
        headline="The ferry",
        description="Queue",
        by="Ana Sousa",
        quotes=(Quote(text="Nothing of this", start=0, end=5), Quote(text="ferry strike", start=start, end=start + 12)),
        language="en",
    )
    _, spans = fired_spans(parse(query).tree, Cutter()(given_article))
    assert [f"{span.field} {getattr(given_article, span.field)[span.start : span.end]}" for span in spans] == texts


def test_the_first_spans_are_told_up_to_the_limit() -> None:
    words = Cutter()(made("ferry " * 150, headline="A ferry"))
    _, spans = fired_spans(parse("ferry").tree, words)
    assert len(spans) == 100
    assert spans[:2] == [Span(field="headline", start=2, end=7), Span(field="body", start=0, end=5)]
    assert fired_spans(parse("ferry").tree, words, limit=1) == (["ferry"], spans[:1])


def test_spans_of_random_rules_hold_the_words_that_fired() -> None:
    articles = random_articles(20, 8)
    write = RuleWriter(articles, 8)
    cut, told = Words(), 0
    for tree in (parse(write()).tree for _ in range(300)):
        for article in articles[::7]:
            words = Cutter()(article)
            terms, spans = fired_spans(tree, words)
            assert terms == fired(tree, words)
            texts = [" ".join(cut(getattr(article, span.field)[span.start : span.end])) for span in spans]
            known = {lower(term) for term in terms}
            assert all(text in known or any(text in term.split(" ") for term in known) for text in texts)
            told += len(spans)
    assert told > 500
