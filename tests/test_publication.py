"""What the worker publishes for each outcome, and when its circuit opens."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline import topics
from pipeline.alert_examples import ALERTS
from pipeline.alert_records import Alert, Span
from pipeline.breaker import CircuitBreaker
from pipeline.outcomes import Dropped, Kept, Rejected
from pipeline.publication import Input, announce, publish, shorter
from pipeline.records import Article, dead_letter_from_headers, decode_article

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SOURCE = Input("news.raw", 3, 42, b"the key", b"\xff the input, byte for byte \x00")
ARTICLE = Article(id="0" * 32, body="text", first_seen=NOW, fetched_at=NOW, processed_at=NOW)


def test_a_kept_article_goes_to_the_articles_under_its_id() -> None:
    made = publish(Kept(ARTICLE), SOURCE, NOW)
    assert made is not None
    assert (made.topic, made.key, made.headers) == (topics.ARTICLES, ARTICLE.id.encode(), ())
    assert decode_article(made.value) == ARTICLE


def test_a_dropped_record_is_not_published() -> None:
    assert publish(Dropped("empty", "clean"), SOURCE, NOW) is None


def test_a_rejected_record_is_buried_byte_for_byte_with_its_origin() -> None:
    made = publish(Rejected("not UTF-8", "decode"), SOURCE, NOW)
    assert made is not None
    assert (made.topic, made.key, made.value) == (topics.DEAD_LETTERS, SOURCE.key, SOURCE.value)
    letter = dead_letter_from_headers(list(made.headers))
    assert (letter.stage, letter.reason, letter.topic, letter.partition, letter.offset, letter.time) == (
        "decode",
        "not UTF-8",
        "news.raw",
        3,
        42,
        NOW,
    )


def test_a_dead_letter_inherits_how_often_its_record_was_replayed() -> None:
    again = Input("news.raw", 3, 42, b"key", b"value", (("replays", b"2"), ("other", b"x")))
    made = publish(Rejected("not UTF-8", "decode"), again, NOW)
    assert made is not None
    assert ("replays", b"2") in made.headers
    assert "other" not in dict(made.headers)


def test_a_reason_of_any_length_fits_into_the_headers() -> None:
    made = publish(Rejected("x" * 1_000_000, "odd"), SOURCE, NOW)
    assert made is not None
    assert sum(len(value) for _, value in made.headers) < 3000


def test_an_article_that_outgrew_its_topic_is_buried_instead() -> None:
    large = msgspec.structs.replace(ARTICLE, body="x" * (topics.MAX_ARTICLE_BYTES + 1))
    made = publish(Kept(large), SOURCE, NOW)
    assert made is not None
    assert made.topic is topics.DEAD_LETTERS
    assert isinstance(made.outcome, Rejected)
    assert made.outcome.stage == "publish"
    assert made.value == SOURCE.value


def test_an_article_that_no_json_can_hold_is_buried_instead() -> None:
    made = publish(Kept(msgspec.structs.replace(ARTICLE, body="\ud800")), SOURCE, NOW)
    assert made is not None
    assert made.topic is topics.DEAD_LETTERS


def test_whatever_fits_a_topic_fits_the_dead_letters() -> None:
    assert all(topic.max_message_bytes <= topics.DEAD_LETTERS.max_message_bytes for topic in topics.TOPICS)


def test_an_alert_goes_to_the_alerts_under_the_group_of_its_rule() -> None:
    made = announce(ALERTS[0])
    assert (made.topic, made.key, made.headers) == (topics.ALERTS, b"owner harbour desk", ())
    assert msgspec.json.decode(made.value, type=Alert) == ALERTS[0]


def test_an_alert_that_outgrows_its_topic_shows_less_and_says_as_much_about_rule_and_article() -> None:
    rule = msgspec.structs.replace(ALERTS[0].rule, note="n" * 1_000_000)
    article = msgspec.structs.replace(ALERTS[0].article, headline="h" * 4_000_000, url="u" * 4_000_000)
    large = msgspec.structs.replace(
        ALERTS[0],
        rule=rule,
        article=article,
        terms=("t" * 1_000_000,) * 100,
        spans=(Span(field="body", start=1, end=2),) * 100,
        entities=("e" * 10_000,) * 100,
    )
    made = announce(large)
    assert len(made.value) < topics.ALERTS.max_message_bytes
    found = msgspec.json.decode(made.value, type=Alert)
    assert (found.id, found.article.id, found.together, found.late) == (large.id, article.id, 2, "backfill")
    assert found.rule == msgspec.structs.replace(rule, note=None)
    assert shorter(made) is None


def test_only_as_much_is_left_out_of_an_alert_as_has_to_be() -> None:
    large = msgspec.structs.replace(ALERTS[0], terms=("t" * 100_000,) * 100)
    found = msgspec.json.decode(announce(large).value, type=Alert)
    assert (found.spans, found.snippet, found.entities) == (large.spans, large.snippet, large.entities)
    assert len(found.terms) == 20


def test_the_circuit_opens_at_the_ratio_and_not_before() -> None:
    breaker = CircuitBreaker(ratio=0.5, records=10)
    assert not breaker.opens([True] * 4)
    assert breaker.opens([True])


def test_the_circuit_forgets_what_left_the_window() -> None:
    breaker = CircuitBreaker(ratio=0.5, records=10)
    assert not breaker.opens([True] * 4 + [False] * 10)
    assert not breaker.opens([True] * 4)


@given(st.lists(st.booleans(), max_size=200))
def test_a_ratio_of_one_never_opens(outcomes: list[bool]) -> None:
    assert not CircuitBreaker(ratio=1, records=10).opens(outcomes)
