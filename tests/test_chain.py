"""The chain: order, outcomes, versions and timing."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from pipeline.chain import Chain, begin, chain_of
from pipeline.outcomes import Dropped, Kept, Rejected
from pipeline.records import Article, RawArticle, encode
from pipeline.registry import Plugin, UnknownPluginError

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def raw(**fields: object) -> RawArticle:
    given = {"id": "0" * 32, "content_type": "text/plain", "content": "text", "first_seen": NOW, "fetched_at": NOW}
    return msgspec.convert({**given, **fields}, RawArticle)


def append(word: str):
    def stage(article: Article, _: RawArticle) -> Article:
        return msgspec.structs.replace(article, body=article.body + word)

    return stage


def test_stages_run_in_order_and_leave_their_versions() -> None:
    chain = Chain([Plugin("a", "1", append(" a")), Plugin("b", "7", append(" b"))])
    result = chain.run(raw(), NOW)
    assert isinstance(result.outcome, Kept)
    assert result.outcome.article.body == "text a b"
    assert result.outcome.article.stages == {"a": "1", "b": "7"}
    assert result.outcome.article.processed_at == NOW


def test_a_drop_ends_the_chain_and_names_its_stage() -> None:
    chain = Chain([Plugin("a", "1", lambda *_: Dropped("empty")), Plugin("b", "1", append(" b"))])
    result = chain.run(raw(), NOW)
    assert result.outcome == Dropped("empty", "a")
    assert [name for name, _ in result.seconds] == ["a"]


def test_a_stage_that_raises_rejects_the_record_and_says_where() -> None:
    def broken(article: Article, _: RawArticle) -> Article:
        raise KeyError(article.id)

    outcome = Chain([Plugin("odd", "1", broken)]).run(raw(), NOW).outcome
    assert isinstance(outcome, Rejected)
    assert outcome.stage == "odd"
    assert outcome.reason.startswith("KeyError: ")
    assert "broken" in outcome.reason


def test_every_stage_is_timed() -> None:
    ticks = iter(range(100))
    chain = Chain([Plugin("a", "1", append("")), Plugin("b", "1", append(""))], stopwatch=lambda: float(next(ticks)))
    assert chain.run(raw(), NOW).seconds == (("a", 1.0), ("b", 1.0))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "not JSON"),
        (b'{"content": "x"', "not JSON"),
        (b"[]", "not the expected record"),
        (b'{"id": 1}', "$.id"),
        (encode(raw()).replace(b"text", b"te\xff\xfe", 1), "not UTF-8"),
        (encode(raw()).replace(b'"content":"text"', b'"content":"\\ud800"'), "not JSON"),
    ],
)
def test_bytes_that_are_no_raw_article_are_rejected_with_the_reason(value: bytes, reason: str) -> None:
    outcome = Chain([]).process(value, NOW).outcome
    assert isinstance(outcome, Rejected)
    assert outcome.stage == "decode"
    assert reason in outcome.reason


def test_html_is_no_body_until_a_stage_extracts_it() -> None:
    assert begin(raw(content_type="text/html", content="<p>x"), NOW).body == ""
    assert begin(raw(), NOW).body == "text"


def test_an_unknown_stage_is_told_with_those_that_exist() -> None:
    with pytest.raises(UnknownPluginError, match=r"no stage is called 'claen'; there are: .*clean"):
        chain_of(["claen"])
