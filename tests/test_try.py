"""`newswire try`: the chain on files and streams, without Kafka or Elasticsearch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from pipeline import registry
from pipeline.cli import build
from pipeline.config import Settings
from pipeline.outcomes import Dropped, Rejected
from pipeline.records import Article, RawArticle, decode_article, encode
from tests.command import newswire
from tests.services import environment
from tests.test_golden import INPUTS, RULED, raw_of

NOWHERE = Settings()


@pytest.fixture
def deciding_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain of one stage that keeps, drops, rejects or fails by the text."""
    registry.plugins("stages")

    def decide(article: Article, raw: RawArticle) -> Article | Dropped | Rejected:
        if raw.content == "drop":
            return Dropped("nobody wants it")
        if raw.content == "reject":
            return Rejected("it cannot be")
        if raw.content == "fail":
            raise ValueError("boom")
        return article

    monkeypatch.setitem(registry._members["stages"], "decide", registry.Plugin("decide", "1", decide))
    monkeypatch.setenv("NEWSWIRE_STAGES", '["decide"]')


def run(*args: str, stdin: str = "") -> tuple[int, list[dict[str, object]]]:
    result = CliRunner().invoke(build(), ["try", "--json", *args], input=stdin)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("deciding_stage")
def test_one_object_per_input_in_input_order_with_its_own_id() -> None:
    lines = [
        '{"id": "a1", "body": "keep", "headline": "H"}',
        '{"id": "a2", "body": "drop"}',
        "{broken",
        '{"id": "a3", "body": "reject"}',
        '{"id": "a4", "body": "fail"}',
        '{"id": "a5", "body": "keep"}',
    ]
    status, (kept, dropped, broken, rejected, failed, last) = run("-", stdin="\n".join(lines))
    assert status == 1  # a line could not be read
    assert decode_article(json.dumps(kept).encode()).headline == "H"
    assert (kept["id"], last["id"]) == ("a1", "a5")
    assert dropped == {"id": "a2", "outcome": "dropped", "stage": "decide", "reason": "nobody wants it"}
    assert rejected == {"id": "a3", "outcome": "rejected", "stage": "decide", "reason": "it cannot be"}
    assert str(failed["reason"]).startswith("ValueError: boom")
    assert (broken["id"], broken["outcome"], broken["file"], broken["line"]) == (None, "rejected", "standard input", 3)


@pytest.mark.usefixtures("deciding_stage")
def test_dropped_and_rejected_are_results_not_failures() -> None:
    assert run("-", stdin='{"body": "drop"}\n{"body": "reject"}\n')[0] == 0


@pytest.mark.usefixtures("deciding_stage")
def test_people_get_a_panel_that_cannot_steer_their_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        json.dumps({"body": "[bold]Some\x1b]0;evil\x07 text", "headline": "H [red]"}) + '\n{"body":"drop"}\n'
    )
    result = CliRunner().invoke(build(), ["try", str(path)])
    assert result.exit_code == 0
    assert "\x1b]" not in result.stdout
    assert "[bold]Some" in result.stdout
    assert "H [red]" in result.stdout
    assert "dropped by decide" in result.stdout


def test_it_needs_no_engine_and_tells_what_is_not_there(tmp_path: Path) -> None:
    ended = newswire(NOWHERE, "try", "--json", str(tmp_path / "none.txt"))
    assert ended.status == 1
    assert ended.lines[0]["reason"] == "no such file"
    assert newswire(NOWHERE, "try").status == 2


def test_the_whole_chain_runs_and_names_its_stages(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "The council of Port Ellery closed the old harbour bridge on Sunday, and engineers said that it would be open "
        "again by the end of the summer.\n\nTraffic will be led over the ring road until then."
    )
    ended = newswire(NOWHERE, "try", "--json", str(path))
    assert (ended.status, ended.stderr) == (0, "")
    article = decode_article(ended.stdout)
    assert article.language == "en"
    assert list(article.stages) == ["normalise", "clean", "language", "entities", "quantities", "quotes", "fingerprint"]
    assert article.content_hash


def test_results_of_a_stream_come_line_by_line() -> None:
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "pipeline", "try", "--json", "-"],
        env=environment(NOWHERE, NEWSWIRE_STAGES='["normalise"]'),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            for number in range(3):
                process.stdin.write(b'{"id": "n%d", "body": "some text"}\n' % number)
                process.stdin.flush()
                assert json.loads(process.stdout.readline())["id"] == f"n{number}"
            process.stdin.close()
            assert process.wait(60) == 0
        finally:
            process.kill()


def test_a_record_without_text_is_told_by_its_own_id() -> None:
    status, (told,) = run("-", stdin='{"id": "a1", "body": " "}')
    assert status == 1
    assert (told["id"], told["outcome"], told["line"]) == ("a1", "rejected", 1)


GOLDEN_LINES = {path.stem.partition("-")[0]: path for path in INPUTS}
"""One input for each language."""
COMPARED = (
    "headline", "body", "language", "by", "located", "info_sources", "published_at", "canonical_url", "section",
    "keywords", "related", "removed",
)  # fmt: skip


def test_json_lines_in_every_language_with_rules_give_the_right_fields_each_time() -> None:
    assert set(GOLDEN_LINES) >= RULED
    lines = [encode(msgspec.structs.replace(raw_of(path), id=language)) for language, path in GOLDEN_LINES.items()]
    stdin = b"\n".join(lines).decode()
    status, made = run("-", stdin=stdin)
    again = run("-", stdin=stdin)[1]
    assert status == 0
    assert [article["id"] for article in made] == list(GOLDEN_LINES)
    named = 0
    for (language, path), found, second in zip(GOLDEN_LINES.items(), made, again, strict=True):
        expected = json.loads(path.with_name(f"{path.stem}.expected.json").read_text(encoding="utf-8"))
        assert {name: found[name] for name in COMPARED} == {name: expected[name] for name in COMPARED}, language
        assert {**found, "processed_at": None} == {**second, "processed_at": None}
        article = decode_article(json.dumps(found).encode())
        named += bool(article.people or article.organisations or article.places)
        for entity in article.entities:
            text = article.body if entity.field == "body" else article.headline or ""
            assert text[entity.start : entity.end] == entity.text, language
        for quote in article.quotes:
            assert article.body[quote.start : quote.end] == quote.text, language
    assert named >= 12  # without a model, a language has country names alone


def test_repeated_lines_go_only_where_learning_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_STAGES", '["normalise", "clean"]')
    monkeypatch.setenv("NEWSWIRE_CLEANING__REPEATED_STORIES", "3")
    bodies = [f"The ferry made its voyage number {i} in the storm.\nOnly the captain saw light {i}." for i in range(12)]
    lines = [json.dumps({"source": "gazette.example", "body": f"{body}\nIrakurri gehiago"}) for body in bodies]
    _, alone = run("-", stdin="\n".join(lines))
    _, learned = run("--learn", "-", stdin="\n".join(lines))
    assert all(str(article["body"]).endswith("Irakurri gehiago") for article in alone)
    assert [article["body"] for article in learned[-4:]] == bodies[-4:]
