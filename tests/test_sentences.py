"""Text cut into sentences and words."""

from __future__ import annotations

import pytest

from pipeline.ner.lookup import Lookup
from pipeline.ner.tokens import MAX_SENTENCE_TOKENS, sentences


def cut(text: str) -> list[str]:
    """The sentences of a text, as it writes them."""
    return [text[sentence.starts[0] : sentence.end(len(sentence.tokens) - 1)] for sentence in sentences(text, "en")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It rained. Nobody came.", ["It rained.", "Nobody came."]),
        ("“It rained.” Nobody came.", ["“It rained.”", "Nobody came."]),
        ("“It rained. ” Nobody came.", ["“It rained.", "” Nobody came."]),
        ("(It rained!)) Nobody came", ["(It rained!))", "Nobody came"]),
        ("Dr. Abe spoke. he left.", ["Dr. Abe spoke. he left."]),
        ("Really?! Yes.\nNo stop", ["Really?", "!", "Yes.", "No stop"]),
        ("It rained.", ["It rained."]),
        (" \n ", []),
    ],
)
def test_a_sentence_ends_with_its_full_stop_and_the_signs_that_close_with_it(text: str, parts: list[str]) -> None:
    assert cut(text) == parts


@pytest.mark.parametrize("size", range(MAX_SENTENCE_TOKENS - 2, MAX_SENTENCE_TOKENS + 3))
@pytest.mark.parametrize("rest", [1, 2 * MAX_SENTENCE_TOKENS, 2 * MAX_SENTENCE_TOKENS + 1])
def test_a_long_sentence_is_cut_anew_from_each_beginning(size: int, rest: int) -> None:
    text = f"{'a ' * (size - 1)}. {'B ' * rest}"

    lengths = [len(sentence.tokens) for sentence in sentences(text, "en")]

    assert sum(lengths) == size + rest
    whole = [MAX_SENTENCE_TOKENS] * (size // MAX_SENTENCE_TOKENS) + [size % MAX_SENTENCE_TOKENS]
    after = [MAX_SENTENCE_TOKENS] * (rest // MAX_SENTENCE_TOKENS) + [rest % MAX_SENTENCE_TOKENS]
    assert lengths == [length for length in (*whole, *after) if length]


def test_a_name_at_the_end_of_a_text_is_not_taken_for_a_longer_one() -> None:
    known = Lookup([(("New", "York"), 1), (("New", "York", "City", "Hall"), 2)])

    assert list(known.find(["near", "New", "York"])) == [(1, 3, 1)]


def test_the_longest_known_name_at_a_place_is_found_and_none_inside_it() -> None:
    known = Lookup([(("New",), 1), (("New", "York"), 2), (("New", "York", "City", "Hall"), 3), (("York",), 4)])

    assert list(known.find(["New", "York", "City", "and", "New", "York", "City", "Hall", "near", "York", "New"])) == [
        (0, 2, 2),
        (4, 8, 3),
        (9, 10, 4),
        (10, 11, 1),
    ]
    assert (known.get(["New", "York"]), known.get(["New", "York", "City"]), known.get([])) == (2, None, None)
