"""The whole chain on generated input: it ends, soon, the same way each time, with offsets that match the text.

CI runs a few hundred inputs. NEWSWIRE_TEST_FUZZ=10000 pytest -s tests/test_fuzz.py runs as many as it says, and prints
the slowest.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.chain import chain_of
from pipeline.outcomes import Dropped, Kept
from pipeline.records import RawArticle, encode
from pipeline.sources import Defaults, Found, Problem
from pipeline.sources._json_record import read_record
from tests.nasty import PAGES, PARAGRAPH, TEXTS

EXAMPLES = int(os.environ.get("NEWSWIRE_TEST_FUZZ", "300"))
BOUND = 30.0
"""Seconds of CPU for one input, on any machine: what is quadratic takes far longer on a megabyte."""
LARGE = 1_000_000
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
CHAIN = chain_of()

PIECES = [
    "“", "”", '"', "'", "«", "„", "「", "」", "(", ")", "[", "—", "- ", "…", ".", ", ", ": ", "1", "12,5 % ",
    "$1 ", "Rp 5 juta ", "5 Maret 2026 ", "Monday ", "A", "Ada Holm ",
    "Shanghai Cooperation Organisation (SCO) ", "(ABC) ", "kata ", "中", "记者张三报道，", "の", "カ", "가나다 ",
    "ประเทศ", "قال ", "ने कहा ", "Сказал Иван ", "é", "e\u0301", "\u0301", "Ã©", "â€œ", "&amp;", "&", "<b>",
    "</b>", "<", "\u202e", "\u2066", "\u200f", "\u200b", "\u00ad", "\ufeff", "\x00", "\x1b[31m", "\x85",
    "\ud800", "\udfff", "😀", "👩‍👧", "🏳️", "\n", "\r\n", "\u2028", "\t", " ", "\u3000", "a@b.example ",
    "http://a.b/ ", "Baca Juga: ", "Source: ", "By John ", "JAKARTA (ANTARA) - ", "© 2024 ", "said Helen. ",
    '," kata ', "\U0010ffff", PARAGRAPH,
]  # fmt: skip
TAGS = [
    "div", "p", "span", "b", "a href=/x", "ul", "li", "table", "tr", "td", "blockquote", "article",
    "section", "h1", "h2", "br", "form", "figure", "script", "style", "nav", "main", "font", "center",
    "pre", "dl", "dd", "svg", "noscript", "template", "div class=comments",
    "div itemscope itemtype=https://schema.org/NewsArticle", "span itemprop=author", "time", "input",
]  # fmt: skip

any_text = st.text(st.characters(), max_size=80)
mixed = st.lists(st.one_of(st.sampled_from(PIECES), any_text), max_size=40).map("".join)
repeated = st.builds(
    lambda unit, size: (unit * (size // len(unit) + 1))[:size],
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join),
    st.sampled_from([100, 1000, 10_000]),
)
texts = st.one_of(mixed, repeated, st.sampled_from(sorted(text for text in TEXTS.values() if len(text) < 50_000)))


def page(tags: list[str], inner: str, times: int, closed: bool, head: str) -> str:
    opened = "".join(f"<{tag}>{inner if place % 3 else ''}" for place, tag in enumerate(tags * times))
    ends = "".join(f"</{tag.split()[0]}>" for tag in tags * times) if closed else ""
    return f"<html><head>{head}</head><body>{opened}{PARAGRAPH * 3}{ends}</body></html>"


heads = st.sampled_from(["", '<script type="application/ld+json">', "<meta name=keywords content=a,b>"]).flatmap(
    lambda head: mixed.map(lambda text: head + text)
)
html = st.builds(
    page,
    st.lists(st.sampled_from(TAGS), min_size=1, max_size=4),
    st.one_of(st.sampled_from(["", "a", PARAGRAPH]), mixed),
    st.sampled_from([1, 3, 30, 300]),
    st.booleans(),
    heads,
)
inputs = st.one_of(
    texts.map(lambda text: (text, "text/plain")),
    st.one_of(html, texts, st.sampled_from([*PAGES.values()])).map(lambda text: (text, "text/html")),
)

spent: list[tuple[float, str]] = []


@pytest.fixture(scope="module", autouse=True)
def _print_the_slowest() -> Iterator[None]:
    yield
    slowest = ", ".join(f"{seconds:.2f} s {start!r}" for seconds, start in sorted(spent, reverse=True)[:3])
    print(f"\n{len(spent)} inputs in {sum(seconds for seconds, _ in spent):.0f} s of CPU; slowest: {slowest}")  # noqa: T201 -- asked for


def check(content: str, kind: str, **fields: object) -> None:
    made = RawArticle(id="a", content=content, content_type=kind, first_seen=NOW, fetched_at=NOW, **fields)  # type: ignore[arg-type] -- fields of RawArticle
    started = process_time()
    outcome = CHAIN.run(made, NOW).outcome
    seconds = process_time() - started
    spent.append((seconds, f"{kind[5:]} {content[:40]}"))
    assert seconds < BOUND
    assert isinstance(outcome, Kept | Dropped), outcome
    if isinstance(outcome, Dropped):
        return
    article = outcome.article
    text = {"body": article.body, "headline": article.headline or ""}
    for entity in article.entities:
        assert text[entity.field][entity.start : entity.end] == entity.text
    for quote in article.quotes:
        assert article.body[quote.start : quote.end] == quote.text
    encode(article)


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(inputs, st.none() | texts, st.sampled_from([None, "id", "en", "xx"]))
def test_any_input_is_kept_or_dropped_in_bounded_time(
    given_input: tuple[str, str], headline: str | None, hint: str | None
) -> None:
    check(*given_input, headline=headline, language=hint)


@settings(deadline=None, max_examples=max(20, EXAMPLES // 10), suppress_health_check=list(HealthCheck))
@given(st.one_of(html, mixed))
def test_the_same_input_gives_the_same_output(content: str) -> None:
    for kind in ("text/plain", "text/html"):
        raw = RawArticle(id="a", content=content, content_type=kind, first_seen=NOW, fetched_at=NOW)  # type: ignore[arg-type] -- one of both
        assert CHAIN.run(raw, NOW).outcome == CHAIN.run(raw, NOW).outcome


@settings(deadline=None, max_examples=max(50, EXAMPLES // 10))
@given(st.one_of(st.binary(max_size=200), st.builds(lambda text: json.dumps({"body": text}).encode(), mixed)))
def test_any_line_is_a_record_or_a_problem(line: bytes) -> None:
    assert isinstance(read_record(line, "x", 1, Defaults(now=lambda: NOW)), Found | Problem)


MEGABYTES = max(12, EXAMPLES // 50)


@pytest.mark.parametrize("seed", range(MEGABYTES))
def test_a_megabyte_on_one_line_is_bounded(seed: int) -> None:
    chosen = random.Random(seed)
    unit = "".join(chosen.choices(PIECES, k=chosen.randint(1, 3))).replace("\n", " ").replace("\r", " ")
    check((unit * (LARGE // len(unit) + 1))[:LARGE], "text/plain")


@pytest.mark.parametrize("seed", range(MEGABYTES))
def test_broken_nesting_ten_thousand_deep_is_bounded(seed: int) -> None:
    chosen = random.Random(seed)
    tags = chosen.choices(TAGS, k=chosen.randint(1, 3))
    inner = chosen.choice(["", "a", PARAGRAPH[:40]])
    check(page(tags, inner, 10_000 // len(tags), chosen.random() < 0.5, ""), "text/html")
