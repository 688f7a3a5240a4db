"""Tokens that the model nearly took for names, judged over the whole article.

A model reads one sentence at a time and is unsure of a new name in most of them; the mean over all sentences knows
better. The thresholds are chosen on the dev files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

from pipeline.ner.spans import Name, Text

ENOUGH = 0.5
"""What the mean over all places of a name must reach, or of a name that stands once."""
REPEATED_MEAN, REPEATED_ANY = 0.2, 0.6
"""For a name that stands several times: a lower mean will do when it is as likely as this that one of them is right."""


class Doubtful(NamedTuple):
    """A span that may be a name."""

    name: Name
    probability: float


def joined(doubts: Sequence[Doubtful]) -> Iterator[Doubtful]:
    """Neighbours of one label as one, with the least of their probabilities."""
    held: Doubtful | None = None
    for doubt in doubts:
        if held and _adjacent(held.name, doubt.name):
            name = Name(held.name.text, held.name.first, doubt.name.last, held.name.label)
            held = Doubtful(name, min(held.probability, doubt.probability))
            continue
        if held:
            yield held
        held = doubt
    if held:
        yield held


def _adjacent(one: Name, other: Name) -> bool:
    return (one.text, one.last, one.label) == (other.text, other.first, other.label)


def accepted(doubts: Sequence[Doubtful], texts: Sequence[Text]) -> Iterator[Name]:
    """Those that are names after all, each form with the label that has most probability over the article."""
    forms: dict[tuple[str, ...], list[Doubtful]] = {}
    for doubt in doubts:
        tokens = texts[doubt.name.text].tokens[doubt.name.first : doubt.name.last]
        forms.setdefault(tuple(tokens), []).append(doubt)
    for same in forms.values():
        total = sum(doubt.probability for doubt in same)
        mean = total / len(same)
        none_right = prod(1 - doubt.probability for doubt in same)
        repeated = len(same) > 1 and mean >= REPEATED_MEAN and 1 - none_right >= REPEATED_ANY
        if mean >= ENOUGH or repeated:
            weights: dict[str, float] = {}
            for doubt in same:
                weights[doubt.name.label] = weights.get(doubt.name.label, 0.0) + doubt.probability
            label = max(weights, key=lambda kind: weights[kind])
            yield from (doubt.name._replace(label=label) for doubt in same)
