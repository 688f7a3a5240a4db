"""The matcher fires what the plainest reading of the rules fires, whatever is added and removed on the way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.alert_records import Rule
from pipeline.alerts.article_words import Cutter
from pipeline.alerts.evaluate import fired
from pipeline.alerts.explain import explain
from pipeline.alerts.lexer import RuleError
from pipeline.alerts.matcher import Matcher
from pipeline.alerts.parser import parse
from pipeline.alerts.rule_file import BrokenRule, read_rules
from pipeline.alerts.tree import And, Node, Not, Or
from pipeline.records import Article, Mention, Quote, Removal
from tests.naive_rules import naive_match
from tests.random_rules import RuleWriter, random_articles
from tests.test_search_index import article

RULES, ARTICLES = 750, 24


def made(body: str, **changes: Any) -> Article:
    return article(**{"headline": None, "description": None, "body": body, **changes})


def fires(query: str, given_article: Article) -> bool:
    matcher = Matcher()
    matcher.add("it", query)
    return bool(matcher.match(given_article)[0])


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return random_articles(ARTICLES, 11)


@pytest.fixture(scope="module")
def rules(articles: list[Article]) -> dict[str, str]:
    write = RuleWriter(articles, 11)
    return {f"r{number}": write() for number in range(RULES)}


def naive(rules: dict[str, str], given_article: Article) -> list[str]:
    return sorted(rule for rule, query in rules.items() if naive_match(parse(query).tree, given_article))


def filled(rules: dict[str, str]) -> Matcher:
    matcher = Matcher()
    for rule, query in rules.items():
        matcher.add(rule, query)
    return matcher


def test_random_rules_fire_for_random_articles_as_read_naively(rules: dict[str, str], articles: list[Article]) -> None:
    matcher = filled(rules)
    expected = [naive(rules, each) for each in articles]
    assert sum(map(len, expected)) > RULES
    assert [matcher.match(each)[0] for each in articles] == expected
    matcher.refile(RULES)
    assert [matcher.match(each)[0] for each in articles] == expected


@pytest.fixture(params=["with room", "without"])
def room(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without, rules are sorted, words are forgotten and put out of their slots all the time."""
    if request.param == "without":
        monkeypatch.setattr("pipeline.alerts.filing._MOST_LATE", 8)
        monkeypatch.setattr("pipeline.alerts.numbers._MOST_WORDS", 40)
        monkeypatch.setattr("pipeline.alerts.numbers._SLOTS", 16)


@pytest.mark.usefixtures("room")
def test_rules_come_and_go_with_the_next_article(rules: dict[str, str], articles: list[Article]) -> None:
    matcher, in_force = Matcher(), {}
    steps = list(rules.items())
    for number, each in enumerate(articles):
        for rule, query in steps[number * 30 : number * 30 + 30]:
            in_force[rule] = query
            matcher.add(rule, query)
        for rule in list(in_force)[:: 7 + number % 3]:
            del in_force[rule]
            assert matcher.remove(rule)
            assert not matcher.remove(rule)
        matcher.refile(20)
        assert len(matcher) == len(in_force)
        assert matcher.match(each)[0] == naive(in_force, each)
    for rule in in_force:
        matcher.remove(rule)
    assert matcher.match(articles[0])[0] == []


def test_what_no_rule_names_any_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.alerts.numbers._MOST_WORDS", 100)
    monkeypatch.setattr("pipeline.alerts.filing._MOST_LATE", 100)
    matcher, sizes = filled({"stays": 'ferry AND "night boat" NOT trai*'}), []
    for number in range(3000):
        matcher.add(f"r{number}", f'word{number} AND "one{number} two{number}" AND headline:pre{number}*')
        matcher.remove(f"r{number - 10}")
        text = f"A ferry, a night boat: word{number} one{number} two{number}"
        assert matcher.match(made(text, headline=f"Pre{number}fix"))[0] == [f"r{number}", "stays"]
        sizes.append(len(matcher._numbers))
    assert matcher.match(made("A ferry, a night boat, a train"))[0] == []
    assert sizes[-1] == sizes[1000] < 1500


def test_a_rule_that_is_added_again_is_replaced_and_a_broken_one_changes_nothing() -> None:
    matcher = Matcher()
    matcher.add("it", "ferry")
    with pytest.raises(RuleError):
        matcher.add("it", "ferry OR")
    assert matcher.match(made("The ferry."))[0] == ["it"]
    matcher.add("it", "train")
    assert matcher.match(made("The ferry."))[0] == []
    assert "it" in matcher


WORDS = st.sampled_from(["a", "b", "c", "d"])
BODIES = st.lists(WORDS, max_size=12).map(" ".join)
LEAVES = st.one_of(
    WORDS,
    st.lists(WORDS, min_size=1, max_size=4).map(lambda words: f'"{" ".join(words)}"'),
    st.tuples(st.permutations(["a", "b", "c", "d"]), st.integers(2, 4), st.integers(1, 6)).map(
        lambda made: f'"{" ".join(made[0][: made[1]])}"~{made[2]}'
    ),
    st.tuples(st.permutations(['"a b"', "c", "a", '"d"', "b"]), st.sampled_from(["", "O"]), st.integers(0, 3)).map(
        lambda made: f"({made[0][0]} {made[1]}NEAR/{made[2]} ({made[0][1]} OR {made[0][2]}))"
    ),
    st.tuples(st.sampled_from(["headline", "body", "lede", "people"]), WORDS).map(":".join),
)
GROUPS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' AND '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]} AND NOT {parts[1]})"),
    ),
    max_leaves=7,
)


@given(st.lists(GROUPS, min_size=1, max_size=6), BODIES, BODIES, BODIES)
def test_small_words_in_all_arrangements_fire_as_read_naively(
    queries: list[str], headline: str, first: str, second: str
) -> None:
    given_article = made(
        f"{first}\n\n{second}\n{first}", headline=headline, people=(Mention(name=second or "x", count=1),)
    )
    rules = {str(number): query for number, query in enumerate(queries)}
    assert filled(rules).match(given_article)[0] == naive(rules, given_article)


def test_removed_text_never_fires() -> None:
    removed = (Removal(kind="related", text="Read also: ferry strike", rule="en.related.read_also"),)
    given_article = made("The harbour is open.", removed=removed, related=("Ferry strike",), keywords=("ferry",))
    assert not fires("ferry", given_article)


def test_no_phrase_spans_two_names_two_quotations_or_two_fields() -> None:
    given_article = made(
        "Quiet.",
        headline="harbour pilots",
        description="strike today",
        people=(Mention(name="Ana Costa", count=1), Mention(name="Rui Melo", count=1)),
        quotes=(Quote(text="we won", start=0, end=6), Quote(text="they lost", start=7, end=16)),
    )
    assert fires('people:"ana costa" AND quote:"they lost" AND "strike today"', given_article)
    for query in ('people:"costa rui"~99', "quote:(won NEAR/99 they)", '"pilots strike"', "pilots NEAR/99 strike"):
        assert not fires(query, given_article)


def test_repeated_words_need_as_many_places() -> None:
    assert not fires('"new new york"~3', made("New York, York"))
    assert fires('"new new york"~3', made("new york new"))
    assert not fires("new NEAR/5 new", made("a new york"))
    assert fires("new NEAR/5 new", made("a new york in new england"))


def test_a_long_article_of_few_words_is_matched_like_a_short_one() -> None:
    given_article = made("a b c " * 40_000 + "d")
    for query in ("a NEAR/2 d", '"a b c d"', '"c a b c d"~3', "(a OR b) ONEAR/1 d"):
        assert fires(query, given_article)
    for query in ("d ONEAR/9 a", '"a c b d"', "a NEAR/1 d"):
        assert not fires(query, given_article)


def test_an_article_in_part_of_a_language_and_without_a_time() -> None:
    chinese = made("火災", language="zh-Hant", published_at=None)
    assert fires("language:zh AND 火", chinese)
    assert fires("language:zh-hant AND 火災", chinese)
    assert not fires("language:zh-Hans AND 火", chinese)
    assert not fires("火 AND published_at:[* TO *]", chinese)


def test_what_fired_is_told_as_it_stands_in_the_article() -> None:
    given_article = made("Ferries and ferry boats leave. The white ferry too.", language="en")
    tree = parse('ferr* AND ("white ferry" OR train) AND (boats NEAR/2 leave) AND language:en NOT bus').tree
    assert fired(tree, Cutter()(given_article)) == ["ferries", "ferry", "white ferry", "boats", "leave", "language:en"]


def test_an_explanation_answers_every_clause() -> None:
    given_article = made("The white ferry leaves.", headline="Ferry")
    tree = parse('"white ferry" AND (train OR ferry) AND NOT bus').tree
    told = [(each.depth, each.text, each.holds, each.found_in) for each in explain(tree, Cutter()(given_article))]
    assert told == [
        (0, "AND", True, ()),
        (1, '"white ferry"', True, ("body",)),
        (1, "OR", True, ()),
        (2, "train", False, ()),
        (2, "ferry", True, ("headline", "body")),
        (1, "NOT", True, ()),
        (2, "bus", False, ()),
    ]


def test_the_lede_is_the_first_two_paragraphs() -> None:
    given_article = made("one\n\ntwo\nthree")
    assert [fires(f"lede:{word}", given_article) for word in ("one", "two", "three")] == [True, True, False]


def test_a_file_of_rules_is_read_line_by_line() -> None:
    lines = [
        b'{"id": "a", "query": "x", "priority": 3, "channels": ["mail"]}\n',
        b"\n",
        b'{"id": "a", "query": "y"}\n',
        b'{"id": 3, "query": "y"}\n',
        b"{",
        b'{"id": "b", "query": "\xff"}',
    ]
    found = list(read_rules(lines))
    assert [number for number, _ in found] == [1, 3, 4, 5, 6]
    assert found[0][1] == Rule(id="a", query="x", channels=("mail",))
    reasons = [each.reason for _, each in found if isinstance(each, BrokenRule)]
    assert [reason.split(":")[0] for reason in reasons] == [
        "the id 'a' is that of line 1 already; give it another", "not a rule", "not JSON", "not UTF-8",
    ]  # fmt: skip


def test_an_article_without_any_text_fires_what_needs_none() -> None:
    empty = replace(made(""), language="id")
    assert fires("language:id", empty)
    assert not fires("language:id AND NOT language:id", empty)
    assert not fires("x", empty)


def depth(tree: Node) -> int:
    if isinstance(tree, And | Or):
        return 1 + max(map(depth, tree.children))
    return 1 + depth(tree.child) if isinstance(tree, Not) else 0


def test_the_deepest_rule_stays_within_what_engines_nest() -> None:
    query = "z"
    for number in range(12):
        query = f"(a{number} {('OR', 'AND')[number % 2]} {query})"
    assert depth(parse(query).tree) <= 14
