"""Every example of docs/rules.md does what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from pipeline.alerts.article_words import Cutter
from pipeline.alerts.evaluate import holds
from pipeline.alerts.lexer import RuleError
from pipeline.alerts.matcher import Matcher
from pipeline.alerts.parser import parse
from pipeline.alerts.terms import FIELDS
from pipeline.records import Article, decode_article

PAGE = (Path(__file__).parent.parent / "docs" / "rules.md").read_text("utf-8")
EXAMPLES = re.findall(r"^(fires|does not fire|refused at (\d+)) {2,}(.+)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def article() -> Article:
    [text] = re.findall(r"^```json\n(\{\n.*?^\})", PAGE, re.MULTILINE | re.DOTALL)
    times = dict.fromkeys(("first_seen", "fetched_at", "processed_at"), "2026-03-02T08:00:00Z")
    return decode_article(msgspec.json.encode({"id": "sample", **times, **msgspec.json.decode(text)}))


@pytest.mark.parametrize(("outcome", "column", "query"), EXAMPLES, ids=[query for _, _, query in EXAMPLES])
def test_an_example_does_what_the_page_says(outcome: str, column: str, query: str, article: Article) -> None:
    matcher = Matcher()
    if column:
        with pytest.raises(RuleError) as refused:
            matcher.add("it", query)
        assert refused.value.column == int(column)
        return
    matcher.add("it", query)
    assert bool(matcher.match(article)[0]) is (outcome == "fires")
    assert holds(parse(query).tree, Cutter()(article)) is (outcome == "fires")


def test_each_kind_of_example_is_there_and_every_field_is_described() -> None:
    assert {outcome.split(" at")[0] for outcome, _, _ in EXAMPLES} == {"fires", "does not fire", "refused"}
    assert [name for name in FIELDS if f"`{name}:`" not in PAGE] == []
    assert [name for name in FIELDS if not any(f"{name}:" in query for _, _, query in EXAMPLES)] == []
