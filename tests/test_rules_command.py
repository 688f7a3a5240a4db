"""`newswire rules match` and `rules test`, as a user runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import Local, Settings
from pipeline.config_sections import Elasticsearch
from pipeline.records import encode
from tests.command import newswire
from tests.random_rules import golden_articles

RULES = """{"id": "harbour", "query": "pelabuhan AND \\"kapal berukuran\\"", "name": "Ports"}
{"id": "prefix", "query": "language:id kapal* OR"}

{"id": "beginning", "query": "lede:(dermaga NEAR/3 baru) nelayan*", "owner": "desk"}
{"id": "never", "query": "zeppelin"}
"""
STORY = (Path(__file__).parent / "golden" / "id-pelabuhan.txt").read_bytes()
HARBOUR = {"rule": "harbour", "terms": ["pelabuhan", "kapal berukuran"]}
BEGINNING = {"rule": "beginning", "terms": ["dermaga", "baru", "nelayan"]}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(local=Local(data_dir=tmp_path / "local"))


@pytest.fixture
def rules(tmp_path: Path) -> str:
    path = tmp_path / "rules.jsonl"
    path.write_text(RULES, "utf-8")
    return str(path)


def test_rules_fire_for_what_try_reads_and_a_broken_one_is_told(settings: Settings, rules: str) -> None:
    ended = newswire(settings, "rules", "match", "--rules", rules, "--articles", "-", "--json", stdin=STORY)
    assert [{name: value for name, value in line.items() if name != "article"} for line in ended.lines] == [
        BEGINNING,
        HARBOUR,
    ]
    assert ended.status == 1
    assert f"{rules}, line 2, column 22 of the query: the rule ends too early" in ended.stderr


def test_articles_that_were_made_before_are_read_as_they_are(settings: Settings, rules: str, tmp_path: Path) -> None:
    made = next(article for article in golden_articles(["id"]) if "dermaga" in article.body)
    path = tmp_path / "articles.jsonl"
    path.write_bytes(encode(made) + b"\n\n" + b'{"id": "x", "processed_at": 3}\n')
    for given, name in ((str(path), str(path)), ("-", "standard input")):
        ended = newswire(
            settings, "rules", "match", "--rules", rules, "--articles", given, "--json", stdin=path.read_bytes()
        )
        assert ended.lines == [{**each, "article": made.id} for each in (BEGINNING, HARBOUR)]
        assert f"{name}, line 3: not the expected record" in ended.stderr


def test_people_read_names_and_terms(settings: Settings, rules: str) -> None:
    ended = newswire(settings, "rules", "match", "--rules", rules, "--articles", "-", stdin=STORY)
    assert "harbour (Ports)" in ended.stdout.decode()


def test_a_rule_is_explained_clause_by_clause(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes(STORY)
    query = "kapal* AND (zeppelin OR nelayan) AND NOT lede:nelayan and"
    ended = newswire(settings, "rules", "test", query, "--article", str(path), "--json")
    [told] = ended.lines
    assert ended.status == 0
    assert told["fires"] is False
    assert [(clause["text"], clause["holds"]) for clause in told["clauses"]] == [
        ("AND", False), ("kapal*", True), ("OR", True), ("zeppelin", False), ("nelayan", True),
        ("NOT", False), ("lede:nelayan", True), ("and", False),
    ]  # fmt: skip
    assert "column 55: 'and' in lower case" in ended.stderr
    shown = newswire(settings, "rules", "test", query, "--article", str(path)).stdout.decode()
    assert "does not fire for" in shown
    assert "✓ kapal* body" in shown


def test_a_rule_that_cannot_be_read_ends_the_test(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes(STORY)
    ended = newswire(settings, "rules", "test", "a OR b c", "--article", str(path))
    assert (ended.status, ended.stdout) == (1, b"")
    assert "error: column 3: AND and OR side by side" in ended.stderr


def test_files_that_are_not_there_are_told(settings: Settings, rules: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.jsonl")
    ended = newswire(settings, "rules", "match", "--rules", missing, "--articles", "-")
    assert ended.status == 1
    assert f"{missing}: cannot be read" in ended.stderr
    ended = newswire(settings, "rules", "match", "--rules", rules, "--articles", missing, "--json")
    assert (ended.status, ended.lines) == (1, [])
    assert "no such file" in ended.stderr


def test_files_may_come_from_windows_and_hold_lines_that_are_no_rules_or_articles(
    settings: Settings, tmp_path: Path
) -> None:
    made = next(article for article in golden_articles(["id"]) if "dermaga" in article.body)
    deep = b"[" * 100_000 + b"]" * 100_000
    rules, articles = tmp_path / "rules.jsonl", tmp_path / "articles.jsonl"
    rules.write_bytes(
        b'\xef\xbb\xbf{"id": "a", "query": "dermaga"}\r\n\r\n{"id": "b", "query": "x", "y": ' + deep + b"}\r\n"
        b'{"id": "a", "query": "nelayan"}\r\n{"id": "c", "query": "nelayan"}'
    )
    records = [b" ", encode(made), b'{"id": "x", "y": ' + deep + b"}", b"{" + encode(made), encode(made)]
    articles.write_bytes(b"\xef\xbb\xbf\r\n" + b"\r\n".join(records))
    fired = [
        {"rule": "a", "article": made.id, "terms": ["dermaga"]},
        {"rule": "c", "article": made.id, "terms": ["nelayan"]},
    ]
    for given, name, stdin in (
        (("--rules", str(rules), "--articles", str(articles)), str(articles), b""),
        (("--rules", str(rules), "--articles", "-"), "standard input", articles.read_bytes()),
        (("--rules", "-", "--articles", str(articles)), str(articles), rules.read_bytes()),
    ):
        ended = newswire(settings, "rules", "match", *given, "--json", stdin=stdin)
        assert (ended.lines, ended.status) == (fired * 2, 1)
        told = [line.split(": ", 1) for line in ended.stderr.splitlines()]
        source = "standard input" if given[1] == "-" else str(rules)
        assert [place for place, _ in told] == [
            f"{source}, line 3", f"{source}, line 4", f"{name}, line 4", f"{name}, line 5",
        ]  # fmt: skip
        assert [reason.split(":")[0].split(" a")[0] for _, reason in told] == [
            "not JSON that can be read", "the id 'a' is that of line 1", "not JSON that can be read",
            "not JSON",
        ]  # fmt: skip


def test_rules_and_articles_do_not_share_standard_input(settings: Settings, rules: str) -> None:
    ended = newswire(settings, "rules", "match", "--rules", "-", "--articles", "-", stdin=Path(rules).read_bytes())
    assert (ended.status, ended.stdout) == (1, b"")
    assert "cannot both come from standard input" in ended.stderr


def test_a_search_by_rule_tells_what_the_rule_may_not_mean(settings: Settings) -> None:
    nobody = Settings(local=settings.local, elasticsearch=Elasticsearch(url="http://127.0.0.1:9"))
    ended = newswire(nobody, "search", "--rule", "ferry and strike")
    assert (ended.status, ended.stdout) == (1, b"")
    assert ended.stderr.startswith("warning: column 7: 'and' in lower case is a word like any other")
