"""How rules are read: precedence, what is refused, and what the author is told. docs/rules.md has more examples."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alerts.lexer import LONGEST_RULE, RuleError
from pipeline.alerts.parser import parse
from pipeline.alerts.tree import And, Near, Not, Or, Phrase, Prefix, Published, Value
from tests.random_rules import RuleWriter, random_articles


def word(text: str, zone: str = "text") -> Phrase:
    return Phrase((text,), zone)


A, B, C = map(word, "abc")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("a b", And((A, B))),
        ("a&&b || c".replace("b || c", "(b||c)"), And((A, Or((B, C))))),
        ("(a AND b) OR c", Or((And((A, B)), C))),
        ("a AND (b AND c)", And((A, B, C))),
        ("a !b", And((A, Not(B)))),
        ("a NOT b NEAR/3 c", And((A, Not(Near((B,), (C,), 3, ordered=False, zone="text"))))),
        ("a ONEAR/0 (b OR c)", Near((A,), (B, C), 0, ordered=True, zone="text")),
        ('"b c"~7', Phrase(("b", "c"), "text", 7)),
        ('"B c"!~7', Phrase(("B", "c"), "text", 7, cased=True)),
        ("“b c”", Phrase(("b", "c"), "text")),
        (r'"b \"c\""', Phrase(("b", "c"), "text")),
        ("lede:(a NEAR/1 b)", Near((word("a", "lede"),), (word("b", "lede"),), 1, ordered=False, zone="lede")),
        ("HARB*", Prefix("harb", "text")),
        ("language:ZH-hans", Value("language", "zh-Hans")),
        ("country:(id OR MY)", Or((Value("country", "ID"), Value("country", "MY")))),
        ("published_at:[* TO 1970-01-01]", Published(None, 86_399_999, "[* TO 1970-01-01]")),
        ("published_at:{1970-01-01T00:00Z TO *}", Published(1, None, "{1970-01-01T00:00Z TO *}")),
        ("published_at:{1970-01-01 TO 1970-01-02T00:00:00+01:00}", None),
        ("AND*", Prefix("and", "text")),
        ("NOTHING ORANGE", And((word("nothing"), word("orange")))),
        ("NEARBY a", And((word("nearby"), A))),
        ("cafe\u0301", word("café")),
        ("cafe\u0301*", Prefix("café", "text")),
        ('"CAFE\u0301 b"!', Phrase(("CAFÉ", "b"), "text", cased=True)),
        ("source:cafe\u0301", Or((Value("source_id", "café"), word("café", "source")))),
        ("\u200fa\u200f \u200fAND\u200f \u200e(b OR\u200e c\u200e)", And((A, Or((B, C))))),
        ("\ufeffa", A),
        ("fer\u00adry\u200f", word("ferry")),
    ],
)
def test_a_rule_is_read_by_precedence(text: str, tree: object) -> None:
    if tree is None:
        with pytest.raises(RuleError, match="is not before"):
            parse(text)
    else:
        assert parse(text).tree == tree


@pytest.mark.parametrize(
    ("text", "column", "advice"),
    [
        ("", 1, "write words"),
        ("   ", 1, "write words"),
        ("a AND", 6, "is missing here"),
        ("OR a", 1, 'the word itself is "OR"'),
        ("a ()", 4, "before this )"),
        ("a)", 2, "take it out"),
        ('a "b', 3, "never closed"),
        ("a NEAR b", 3, "NEAR/5"),
        ("a NEAR/x b", 3, 'the word itself is "near/x"'),
        ("a NEAR/5b", 3, "spaces around"),
        ("a ONEAR5 b", 3, "with a number"),
        ("a \u200fAND", 7, "is missing here"),
        ('"a b"~1.5', 6, "a whole number"),
        ("\0 a", 1, "no letter or digit"),
        ("a NEAR/100 b", 3, "at most NEAR/99"),
        ('"a b"~100', 6, "at most ~99"),
        ("headline:a NEAR/3 b", 12, "headline:(a NEAR/3 b)"),
        ('"a b" NEAR/3 ("a b" OR c)', 7, "both sides"),
        ('"a b"~2 NEAR/3 c', 9, "between words and phrases"),
        ("NASA!", 5, '"NASA"!'),
        ("headlin:a", 1, "did you mean headline:"),
        ("http://x.example", 1, "quotation marks"),
        ("ferry~stem", 6, "~stem behind the whole rule"),
        ("~stem", 1, "is missing here"),
        ("ferry ~stem OR train", 13, "holds for the whole rule"),
        ("(ferry ~stem) OR train", 8, "holds for the whole rule"),
        ('"port strike" NEAR/3 ("port strikes" OR x) ~stem', 1, "the same stems"),
        (" OR ".join(f'("a b" NEAR/{i} "c d")' for i in range(50)), 1, "too many words for one search query"),
        (" OR ".join(f"ferry{i}" for i in range(20)) + " ~stem", 1, "name the languages"),
        ("a^2", 2, "no boosts"),
        ("headline: a", 1, "headline:word"),
        ("/ab+/", 1, "regular expressions"),
        ("[a TO b]", 1, "published_at"),
        ("published_at:[2026-02-30 TO *]", 14, "is no time"),
        ("published_at:[2026-02-02 TO 2026-02-01]", 14, "is not before"),
        ("language:indonesian_x", 10, "language:id"),
        ("--", 1, "no letter or digit"),
        ("U.S.*", 1, "the beginning of one word"),
        ("東京都*", 1, "the beginning of one word"),
        ("(" * 13 + "a" + ")" * 13, 13, "within each other"),
        (" ".join("abcdefghij"[i % 10] + str(i) for i in range(251)), 1, "251 words"),
        ("a" * (LONGEST_RULE + 1), LONGEST_RULE + 1, "10,000 characters"),
        ("a OR (b AND NOT c) OR (NOT d)", 24, "wanted AND NOT unwanted"),
        ("a NOT (NOT b)", 8, "wanted AND NOT unwanted"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_column_and_what_to_write(text: str, column: int, advice: str) -> None:
    with pytest.raises(RuleError, match=re.escape(advice)) as refused:
        parse(text)
    assert refused.value.column == column
    assert str(refused.value).startswith(f"column {column}: ")


@pytest.mark.parametrize(
    ("text", "column", "warning"),
    [
        ("a and b", 3, "write AND"),
        ("a And b", 3, "write AND"),
        ("a near/5 b", 3, "write NEAR/5"),
        ("a W/3 b", 3, "write NEAR/3"),
        ("headline：東京", 9, "write :"),
        ("（東京", 1, "write ("),
        ("台風 ！地震", 4, "write !"),
        ("language:pt-BR ferry", 10, "write language:pt"),
        ("ferry NOT language:(en OR no)", 27, "write language:nb"),
        ("language:IND ferry", 10, "write language:id"),
        ("language:zh-TW ferry", 10, "write language:zh-Hant"),
        ("ferry country:UK", 15, "write country:GB"),
        ("ferry country:yu", 15, "write country:RS OR country:ME"),
        ("ferry country:XX", 15, "look its two letters up"),
        ("'ferry strike'", 1, "double quotation marks"),
        ("a «ferry strike»", 3, "double quotation marks"),
        ("language:id", 1, "every article"),
        ("a ขอบคุณ", 3, "without spaces"),
        ("2026 ~stem", 1, "changes nothing"),
        ("language:th AND ferry ~stem", 1, "changes nothing"),
        ("ferry lede:ferry ~stem", 12, "as written"),
    ],
)
def test_what_is_read_otherwise_than_it_may_be_meant_is_told(text: str, column: int, warning: str) -> None:
    [(where, advice)] = parse(text).warnings
    assert where == column
    assert warning in advice


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("language:en AND strikes ~stem", {"en"}),
        ("(language:en OR language:pt-BR OR language:zh) strikes ~stem", {"en", "pt"}),
        ("забастовки ~stem", {"ru"}),
        ("language:(en OR fr) AND (2026 NEAR/5 strikes) ~stem", {"en", "fr"}),
        ('language:en AND "Strikes"! ~stem', set()),
        ("language:en AND strikes", set()),
        ("language:en AND people:strikes ~stem", set()),
    ],
)
def test_words_are_looked_for_by_stems_in_the_languages_of_their_letters_and_of_the_rule(
    text: str, languages: set[str]
) -> None:
    assert {tag for leaf in _leaves(parse(text).tree) for tag in getattr(leaf, "stems", ())} == languages


@pytest.mark.parametrize(
    "text",
    [
        'ferry AND (strike OR "pay talks") AND NOT language:id',
        "'ferry' don't «ferry»",
        "ferry country:(gb OR XK) language:(zh OR zh-Hans OR tl OR haw)",
        "「東京」 ヤフー！",
        '"a and b"',
    ],
)
def test_nothing_is_told_of_a_plain_rule(text: str) -> None:
    assert parse(text).warnings == ()


def column_of_error(text: str) -> int:
    """1 for a rule."""
    try:
        parse(text)
    except RuleError as error:
        return error.column
    return 1


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_is_refused_within_itself(text: str) -> None:
    assert 1 <= column_of_error(text) <= len(text) + 1


PIECES = [*'()!"~*:a[]{} ', "AND", "OR", "NOT", "NEAR/2", "headline:", "b"]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join))
def test_any_mixture_of_the_grammars_pieces_is_a_rule_or_is_refused(text: str) -> None:
    assert 1 <= column_of_error(text) <= len(text) + 1


def test_the_leaves_of_a_rule_are_written_as_rules() -> None:
    write = RuleWriter(random_articles(20, 3), 3)
    for tree in (parse(write()).tree for _ in range(200)):
        for leaf in _leaves(tree):
            if not isinstance(leaf, Value | Published) and leaf.zone != "source":
                if not getattr(leaf, "stems", ()):
                    assert parse(str(leaf)).tree == leaf
                else:  # alone it would be looked for in more languages than its rule has
                    assert str(parse(f"language:{leaf.stems[0]} {leaf}").tree.children[1]) == str(leaf)


def _leaves(tree: Any) -> list[Any]:
    if isinstance(tree, And | Or):
        return [leaf for child in tree.children for leaf in _leaves(child)]
    return _leaves(tree.child) if isinstance(tree, Not) else [tree]
