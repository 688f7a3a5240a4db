"""content_hash: which texts count as one."""

from __future__ import annotations

import pytest

from pipeline.stages.fingerprint import content_hash


def test_hash_of_a_text_never_changes():
    """Hashes are stored with articles and compared over the years."""
    assert content_hash("River rises", "The river rose.\nNobody was hurt.") == "3d6c794ee8c279df5f4f1d11313162c0"


@pytest.mark.parametrize(
    "body",
    [
        "The  river rose.\n\nNobody was hurt.",
        " The river rose.\r\nNobody was hurt. ",
        "The river\u00ad rose.\nNobody was hurt.",
        "The river rose.\u2029Nobody was hurt.",
    ],
)
def test_spacing_and_invisible_signs_do_not_matter(body):
    assert content_hash("River rises", body) == content_hash("River rises", "The river rose.\nNobody was hurt.")


def test_composed_and_decomposed_letters_are_one():
    assert content_hash(None, "Zu\u0308rich") == content_hash(None, "Z\u00fcrich")


def test_every_word_matters():
    hashes = {
        content_hash("A", "one two"),
        content_hash("A", "one three"),
        content_hash("B", "one two"),
        content_hash(None, "one two"),
        content_hash("A one", "two"),
        content_hash("A", "one\ntwo"),
    }
    assert len(hashes) == 6


def test_no_headline_and_an_empty_one_are_the_same():
    assert content_hash(None, "one") == content_hash("", "one") == content_hash("  ", "one")


def test_text_that_is_no_unicode_has_a_hash_too():
    assert len(content_hash("\ud800", "\udfff")) == 32
