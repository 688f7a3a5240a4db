"""What is asked of the search engine, how its answer is read, and how that is shown. Pure."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
import typer
from rich.console import Console

from pipeline.alerts.lexer import RuleError
from pipeline.cli import search as command
from pipeline.search import Fragment, Hit, Query, Results, fragment, request, results

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def marked(text: str) -> str:
    """`a [b] c` as an engine answers it."""
    return text.replace("[", "\ue0f0").replace("]", "\ue0f1")


@pytest.mark.parametrize(
    ("answer", "text", "words"),
    [
        ("[Hubungan] dibuka", "Hubungan dibuka", ["Hubungan"]),
        ("a [b] c [d]", "a b c d", ["b", "d"]),
        ("[北][京]新闻", "北京新闻", ["北", "京"]),
        ("nothing", "nothing", []),
        ("", "", []),
        ("a] b [c", "a b c", []),
    ],
)
def test_marks_are_offsets_into_the_clean_text(answer: str, text: str, words: list[str]) -> None:
    made = fragment("body", marked(answer))
    assert made.text == text
    assert [text[start:end] for start, end in made.marks] == words


def test_the_copy_in_the_articles_language_is_shown_when_it_has_as_many_marks() -> None:
    highlight = {
        "body": [marked("[diplomatik] dan menghubungkan")],
        "text.id.body": [marked("[diplomatik] dan [menghubungkan]")],
    }
    [piece] = results(answer(highlight)).hits[0].fragments_of("body")
    assert len(piece.marks) == 2


def test_a_field_without_marks_in_its_copy_is_shown_from_the_neutral_text() -> None:
    highlight = {"body": [marked("[diplomatik]")], "text.id.headline": [marked("[Menlu]")]}
    assert [piece.field for piece in results(answer(highlight)).hits[0].fragments] == ["headline", "body"]


def test_months_without_an_answer_are_told() -> None:
    given = answer({})
    given["_shards"] = {"failures": [{"reason": {"reason": "disk is gone"}}]}
    assert results(given).incomplete == "disk is gone"


@pytest.mark.parametrize(
    ("product", "name"), [("elasticsearch", "max_analyzed_offset"), ("opensearch", "max_analyzer_offset")]
)
def test_each_engine_is_told_in_its_words_to_mark_only_the_beginning_of_a_long_body(product: Any, name: str) -> None:
    assert request(Query(text="x"), product)["highlight"][name] == 1_000_000


def test_a_blank_query_finds_everything() -> None:
    [found] = request(Query(text="  "), "opensearch")["query"]["bool"]["must"]
    assert found["query_string"]["query"] == "*"


def test_a_rule_is_asked_for_as_an_exact_query_and_its_words_are_marked_in_the_text() -> None:
    made = request(Query(text='headline:"NASA"! NOT moon', rule=True), "opensearch")
    [found] = made["query"]["bool"]["must"]
    assert found["bool"]["must"] == [{"term": {"headline.cased": {"value": "NASA"}}}]
    [unwanted] = found["bool"]["must_not"]
    assert {"term": {"body.words": {"value": "moon"}}} in unwanted["bool"]["should"]
    assert made["highlight"]["require_field_match"] is False


def test_a_rule_that_cannot_be_read_names_the_column() -> None:
    with pytest.raises(RuleError, match=r"^column 3: "):
        request(Query(text="a OR b c", rule=True), "opensearch")


def test_time_and_language_are_filters() -> None:
    filters = request(Query(text="x", language="zh", since=NOW, until=NOW), "opensearch")["query"]["bool"]["filter"]
    assert {"prefix": {"language": "zh-"}} in filters[0]["bool"]["should"]
    assert filters[1] == {"range": {"@timestamp": {"gte": NOW.isoformat(), "lt": NOW.isoformat()}}}


def test_long_fields_are_fetched_only_when_wanted() -> None:
    assert "body" in request(Query(text="x"), "opensearch")["source_excludes"]
    assert request(Query(text="x", whole=True), "opensearch")["source_excludes"] == ["text", "lede"]


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("2026-11-01", False, "2026-11-01T00:00:00+00:00"),
        ("2026-11-01", True, "2026-11-02T00:00:00+00:00"),
        ("2026-11-01T18:00", True, "2026-11-01T18:00:00+00:00"),
        ("2026-11-01T18:00+07:00", False, "2026-11-01T11:00:00+00:00"),
        ("30m", False, "2026-11-30T11:30:00+00:00"),
        ("2w", True, "2026-11-16T12:00:00+00:00"),
    ],
)
def test_times_are_days_moments_or_so_long_ago(text: str, end: bool, expected: str) -> None:
    found = command.moment(text, NOW, "--since", end=end)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize("text", ["tomorrow", "", "d", "-3d", "99999999w", "٣d", "2026-13-01"])
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no time"):
        command.moment(text, NOW, "--since")


def test_no_article_can_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    evil = "[red]x[/red] \x1b]0;owned\x07\x1b[2J\u202egnp.exe \x9b31m"
    hit = Hit(
        id="1",
        index="i",
        score=1.0,
        article={"headline": evil, "source": {"name": evil}, "url": evil, "@timestamp": evil, "language": evil},
        fragments=(Fragment(field="body", text=evil, marks=((0, 3),)),),
    )
    shown = io.StringIO()
    monkeypatch.setattr(command, "stdout", Console(file=shown, width=400, force_terminal=False))
    monkeypatch.setattr(command, "stderr", Console(file=io.StringIO()))
    command.show(Results(total=1, at_least=False, hits=(hit,)))
    assert "[red]x[/red]" in shown.getvalue()
    assert not {char for char in shown.getvalue() if not char.isprintable()} - {"\n"}


def answer(highlight: dict[str, list[str]]) -> dict[str, Any]:
    hit = {"_id": "1", "_index": "i", "_score": 1.0, "_source": {}, "highlight": highlight}
    return {"hits": {"total": {"value": 1, "relation": "eq"}, "hits": [hit]}}
