"""What is learned of sources: lines that they repeat, and when they drift."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import source_memory
from pipeline.chain import Chain, begin, chain_of
from pipeline.drift import FIRST_STORIES, Drift, Meter
from pipeline.observe import describe_drift
from pipeline.outcomes import Dropped, Kept
from pipeline.records import Article, RawArticle, Source
from pipeline.repetition import MAX_LINES, MAX_STORIES, WINDOW, Repetitions
from pipeline.source_memory import SourceMemory

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
STORIES = 8
FOOTER = "Jarraitu gaitzazu sare sozialetan eta irakurri gehiago gure atarian"
NOTICE = "Hedabide honek irakurleen laguntza jasotzen du."
WORDS = ["harbour", "ferry", "council", "bridge", "teacher", "river", "orchard", "bakery", "winter", "storm", "ticket"]
numbers = count()


def sentence(seed: int) -> str:
    """A sentence that no other seed makes."""
    return f"The {' '.join(random.Random(seed).choices(WORDS, k=14))} came to number {seed} in the end."


def story(sentences: int = 6) -> list[str]:
    """Sentences that no other story has."""
    return [sentence(next(numbers)) for _ in range(sentences)]


def raw(
    lines: Sequence[str], source: str = "gazette.example", article_id: str | None = None, **fields: str
) -> RawArticle:
    return RawArticle(
        id=article_id or f"{next(numbers):032x}",
        source=Source(id=source),
        content="\n".join(lines),
        content_type="text/plain",
        first_seen=NOW,
        fetched_at=NOW,
        **fields,  # type: ignore[arg-type] -- fields of RawArticle
    )


def learning(stories: int = STORIES) -> tuple[Chain, SourceMemory]:
    memory = SourceMemory(stories, 0.2)
    return Chain(list(memory.around(chain_of(["normalise", "clean"]).stages))), memory


def bodies(inputs: Iterable[RawArticle], chain: Chain | None = None) -> list[list[str]]:
    return [article.body.split("\n") for article in articles(inputs, chain)]


def articles(inputs: Iterable[RawArticle], chain: Chain | None = None) -> list[Article]:
    chain = chain or learning()[0]
    outcomes = [chain.run(each, NOW).outcome for each in inputs]
    assert all(isinstance(outcome, Kept) for outcome in outcomes)
    return [outcome.article for outcome in outcomes if isinstance(outcome, Kept)]


# What goes


def test_a_line_that_a_source_repeats_goes_and_is_recorded() -> None:
    stories = [story() for _ in range(30)]
    made = articles(raw([*lines, FOOTER]) for lines in stories)
    assert [article.body.split("\n") for article in made[2 * STORIES :]] == stories[2 * STORIES :]
    assert {(removal.kind, removal.text, removal.rule) for removal in made[-1].removed} == {
        ("repeated", FOOTER, "learned.repeated")
    }
    assert made[-1].stages["repeated"] == "1"


def test_a_repeated_line_goes_from_the_head_too_and_what_stands_around_it_does_not_matter() -> None:
    stories = [story() for _ in range(30)]
    made = bodies(raw(["Entzun albistea", *lines, f"Idazlea {i}", FOOTER]) for i, lines in enumerate(stories))
    assert made[-1] == [*stories[-1], "Idazlea 29"]


def test_a_notice_that_is_a_sentence_goes_when_most_stories_have_it() -> None:
    stories = [story() for _ in range(40)]
    made = bodies(raw([*lines, NOTICE, FOOTER]) for lines in stories)
    assert made[-1] == stories[-1]


def test_a_marker_that_stands_several_times_in_the_text_goes_from_the_middle() -> None:
    stories = [story(20) for _ in range(30)]
    made = bodies(raw([*lines[:8], "Publizitatea", *lines[8:10], "Publizitatea", *lines[10:]]) for lines in stories)
    assert made[-1] == stories[-1]


# What stays


def test_no_line_goes_before_it_stood_in_as_many_stories_as_were_asked_for() -> None:
    for stories in (3, STORIES, MAX_STORIES):
        chain, _ = learning(stories)
        made = bodies((raw([*story(), FOOTER]) for _ in range(40)), chain)
        kept = [FOOTER in lines for lines in made]
        assert kept.index(False) >= stories - 1
        assert kept.index(False) <= 2 * stories


@pytest.mark.parametrize("line", ["Police are investigating.", "The investigation continues.", "警方正在调查此事。"])
def test_a_sentence_that_ends_many_stories_stays(line: str) -> None:
    made = bodies(raw([*story(), line] if i % 3 == 0 else story()) for i in range(200))
    assert all(lines[-1] == line for lines in made[::3])


def test_a_repeated_sentence_within_the_story_stays_however_often_it_comes_back() -> None:
    made = bodies(raw([*story(3), "The minister did not comment.", *story(3)]) for _ in range(60))
    assert all("The minister did not comment." in lines for lines in made)


def test_a_heading_within_the_story_stays() -> None:
    made = bodies(raw([*story(3), "Why it matters", *story(3)]) for _ in range(60))
    assert all("Why it matters" in lines for lines in made)


def test_what_somebody_said_stays() -> None:
    made = bodies(raw([*story(), "“No comment”"]) for _ in range(60))
    assert all(lines[-1] == "“No comment”" for lines in made)


def test_what_one_source_repeats_stays_in_another() -> None:
    chain, _ = learning()
    bodies((raw([*story(), FOOTER]) for _ in range(40)), chain)
    assert bodies([raw([*story(), FOOTER], source="herald.example")], chain)[0][-1] == FOOTER


def test_an_article_of_nothing_but_repeated_lines_is_left_alone() -> None:
    chain, _ = learning()
    bodies((raw([*story(), "Irakurri gehiago", FOOTER]) for _ in range(40)), chain)
    assert bodies([raw(["Irakurri gehiago", FOOTER])], chain) == [["Irakurri gehiago", FOOTER]]


def test_without_a_source_nothing_is_learned() -> None:
    chain, memory = learning()
    made = bodies((raw([*story(), FOOTER], source="") for _ in range(40)), chain)
    assert all(lines[-1] == FOOTER for lines in made)
    assert len(memory) == 0


# One story counts once


def test_updates_of_one_article_teach_nothing() -> None:
    lines = story()
    made = bodies(raw([*lines, *story(i % 3), FOOTER], article_id="1" * 32) for i in range(60))
    assert all(body[:6] == lines and body[-1] == FOOTER for body in made)


def test_copies_of_one_story_under_many_ids_teach_nothing() -> None:
    lines = [*story(), "Irakurri gehiago"]
    assert all(body == lines for body in bodies(raw(lines) for _ in range(60)))


def test_a_ticker_that_grows_under_new_addresses_teaches_nothing() -> None:
    for ticker in range(10):
        entries = [line for i in range(40) for line in (f"{i:02}:05", sentence(-40 * ticker - i))]
        made = bodies(raw(entries[-2 * (i + 10) :]) for i in range(30))
        assert [len(lines) for lines in made] == [2 * (i + 10) for i in range(30)]


def test_a_column_under_one_headline_teaches_nothing() -> None:
    made = bodies(raw([*story(), "Libra", "Scorpio"], headline="Horoscope") for _ in range(60))
    assert all(lines[-2:] == ["Libra", "Scorpio"] for lines in made)


def test_a_record_that_is_delivered_again_does_not_count_again_and_comes_out_the_same() -> None:
    chain, memory = learning()
    inputs = [raw([*story(), FOOTER]) for _ in range(STORIES - 1)]
    first = bodies(inputs, chain)
    size = len(memory)
    assert [bodies(inputs, chain) for _ in range(5)] == [first] * 5
    assert len(memory) == size


# Laws

lines_of_text = st.lists(
    st.sampled_from(
        ["a", "Ad", "Ad", FOOTER, NOTICE, "Story one.", "Story two.", "“Said.”", "www.example.org", "x" * 90]
    ),
    max_size=12,
)
streams = st.lists(st.tuples(st.integers(0, 30), lines_of_text), max_size=80)


@settings(deadline=None, max_examples=200)
@given(streams, st.integers(3, MAX_STORIES))
def test_no_line_goes_that_fewer_stories_had_and_none_but_lines_of_the_text(
    stream: list[tuple[int, list[str]]], stories: int
) -> None:
    repetitions = Repetitions()
    seen: dict[str, set[int]] = {}
    for number, lines in stream:
        repetitions.count(str(number), None, lines)
        for line in lines:
            seen.setdefault(line, set()).add(number)
        gone = repetitions.repeated(lines, stories)
        assert all(len(seen[lines[place]]) >= stories for place in gone)
        assert not lines or len(gone) < len(lines)


def test_an_article_that_comes_back_for_ever_never_counts_as_many() -> None:
    repetitions = Repetitions()
    for _ in range(40):
        repetitions.count("again", None, [FOOTER])
        for _ in range(WINDOW + 1):
            repetitions.count(str(next(numbers)), None, story(2))
    repetitions.count("again", None, [FOOTER])
    assert repetitions.repeated([*story(2), FOOTER], 2) == set()


@settings(deadline=None, max_examples=60)
@given(streams)
def test_a_second_application_changes_nothing(stream: list[tuple[int, list[str]]]) -> None:
    memory = SourceMemory(3, 0.2)
    stages = list(memory.around(chain_of(["clean"]).stages))
    for number, lines in stream:
        source = raw(lines, article_id=str(number))
        article = begin(source, NOW)
        for stage in stages:
            made = stage.function(article, source)
            if isinstance(made, Dropped):
                break
            assert stage.function(article, source) == made
            assert stage.function(made, source) == made
            article = made


def test_memory_is_bounded_whatever_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    repetitions = Repetitions()
    for _ in range(1000):
        repetitions.count(str(next(numbers)), f"Headline {next(numbers)}", story(16))
    assert len(repetitions) == 5 * WINDOW + MAX_LINES

    monkeypatch.setattr(source_memory, "MAX_HASHES", 500)
    monkeypatch.setattr(source_memory, "MAX_SOURCES", 20)
    chain, memory = learning()
    for i in range(300):
        chain.run(raw(story(), source=f"source{i % 40}.example"), NOW)
        assert len(memory) <= 500
    assert 0 < len(memory._sources) <= 20
    assert len(memory) == sum(len(source.repetitions) for source in memory._sources.values())


# Drift


def drifts(shares: Iterable[float]) -> list[tuple[int, str]]:
    meter = Meter()
    told = [(i, meter.observe("gazette.example", share, 0.2)) for i, share in enumerate(shares)]
    return [(i, drift.kind) for i, drift in told if drift]


def test_a_jump_of_the_share_is_told_once_and_so_is_its_end() -> None:
    told = drifts([0.05] * 100 + [1.0] * 30 + [0.05] * 100)
    assert [kind for _, kind in told] == ["more", "back"]
    assert 104 <= told[0][0] <= 110
    assert told[1][0] >= 130


def test_a_fall_is_told_and_so_is_a_source_whose_rules_stop_matching() -> None:
    assert drifts([0.4] * 100 + [0.0] * 30)[0][1] == "less"
    assert drifts([0.04] * 100 + [0.0] * 30)[0][1] == "untouched"


def test_what_lasts_becomes_usual() -> None:
    assert [kind for _, kind in drifts([0.05] * 100 + [0.5] * 1000)] == ["more", "back"]


@pytest.mark.parametrize(
    "share",
    [
        lambda i: (0.0, 0.02, 0.1)[i % 3],
        lambda i: 1.0 if i % 25 == 24 else 0.05,
        lambda i: 0.6 if random.Random(i).random() < 0.3 else 0.05,
        lambda i: random.Random(i).random(),
    ],
    ids=["steady", "now and then a wall", "two kinds of pages", "anything"],
)
def test_what_was_always_so_is_no_drift(share: Callable[[int], float]) -> None:
    assert drifts(map(share, range(1000))) == []


def test_nothing_is_said_of_a_source_that_is_hardly_known() -> None:
    assert drifts([0.0] * 10 + [1.0] * (FIRST_STORIES - 11)) == []


def test_walls_and_empty_pages_count_as_text_removed_and_the_log_says_where_to_look() -> None:
    chain, memory = learning()
    for _ in range(60):
        chain.run(raw(story()), NOW)
    assert (memory.changes(), memory.drifting) == ([], 0)
    for _ in range(20):
        chain.run(raw([]), NOW)
    (change,) = memory.changes()
    assert (change.source, change.kind, memory.drifting) == ("gazette.example", "more", 1)
    assert "gazette.example" in describe_drift(change)
    assert "`newswire try`" in describe_drift(change)
    for _ in range(60):
        chain.run(raw(story()), NOW)
    assert [change.kind for change in memory.changes()] == ["back"]
    assert memory.drifting == 0


def test_what_is_learned_is_no_drift() -> None:
    chain, memory = learning()
    long_footer = " · ".join([FOOTER] * 5)
    made = bodies((raw([*story(2), long_footer]) for _ in range(100)), chain)
    assert len(made[-1]) == 2
    assert memory.changes() == []


def test_a_name_with_control_characters_stays_one_line_in_the_log() -> None:
    assert "\n" not in describe_drift(Drift("a\nb\x1b[31m", "more", 0.1, 0.9))
    assert "\x1b" not in describe_drift(Drift("a\nb\x1b[31m", "more", 0.1, 0.9))
