"""Languages so close that letter statistics of 140 languages fail: their own words and endings tell them apart."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from pipeline.models import CLOSE_LANGUAGES
from pipeline.models.pieces import pieces

_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {"Latn": re.compile("[A-Za-zÀ-ɏ]"), "Cyrl": re.compile("[Ѐ-ӿ]")}
_LONGEST_WORD = 40
_TEMPERATURE = 2.5
"""Pieces of a word repeat each other, so that their sum is surer than it should be. Chosen for true confidence."""
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Trust:
    """What the opinions weigh against the words of the group; chosen on the development files."""

    first: float
    """py3langid's log probabilities."""
    second: float
    """pycld2's word."""
    words: float
    hint: float = 1.5
    prior: Mapping[str, float] = field(default_factory=dict)


_TRUST = {
    # py3langid knows Serbian in Cyrillic only. Bosnian is what Croatian sounds and Serbian words make together: it
    # takes more of a text to see that than to tell the two from each other.
    "hr": Trust(first=0, second=0.5, words=1, prior={"bs": -8, "sr": 0.4}),
    "da": Trust(first=0.5, second=2, words=1, prior={"da": 1}),
    "id": Trust(first=0.25, second=1, words=1, prior={"id": 0.5}),
    "mk": Trust(first=1, second=1, words=1),
    "nl": Trust(first=1, second=1, words=1),
    # Few newspapers are Galician, and py3langid sees it in much of Brazil.
    "pt": Trust(first=1, second=1, words=1, prior={"gl": -4}),
}
"""By the first member of the group."""


@dataclass(slots=True)
class Group:
    """Close languages and the weights of their evidence, tenths of a natural logarithm."""

    tags: tuple[str, ...]
    weights: dict[str, tuple[int, ...]]
    cut: bool = False
    """There is evidence in pieces of words."""
    _known: dict[str, tuple[int, ...] | None] = field(default_factory=dict)

    def evidence(self, text: str) -> list[float]:
        """The sum of what the words say for each member, natural logarithms."""
        total = [0] * len(self.tags)
        for word, count in Counter(_WORD.findall(text.lower())).items():
            if word in self._known:
                weights = self._known[word]
            else:
                weights = self._of_word(word[:_LONGEST_WORD])
                if len(self._known) < _REMEMBERED:
                    self._known[word] = weights
            if weights:
                total = [sum_ + count * weight for sum_, weight in zip(total, weights, strict=True)]
        return [sum_ / 10 for sum_ in total]

    def _of_word(self, word: str) -> tuple[int, ...] | None:
        if not self.cut:
            return self.weights.get(f"^{word}$")
        found = list(filter(None, map(self.weights.get, pieces(word))))
        return tuple(map(sum, zip(*found, strict=True))) if found else None


def group_of(tag: str, text: str) -> Group | None:
    """The group that a language belongs to, in the script that most of the text is written in."""
    for script, letters in _SCRIPTS.items():
        group = _groups().get((script, tag))
        if group and 2 * len(letters.findall(text)) > sum(map(str.isalpha, text)):
            return group
    return None


def decide(
    group: Group, text: str, first: Mapping[str, float], second: str | None, hinted: str | None
) -> dict[str, float]:
    """The probability of each member, given that the text is in one of them.

    `first` is py3langid's distribution, `second` pycld2's tag.
    """
    trust = _TRUST[group.tags[0]]
    softened = math.sqrt(len(text.encode("utf-8", "replace")))  # py3langid divides by it
    scores = [
        trust.first * softened * math.log(max(first.get(tag, 0.0), 1e-12))
        + trust.second * (tag == second)
        + trust.hint * (tag == hinted)
        + trust.words * evidence
        + trust.prior.get(tag, 0.0)
        for tag, evidence in zip(group.tags, group.evidence(text), strict=True)
    ]
    cooled = [(score - max(scores)) / _TEMPERATURE for score in scores]
    total = sum(map(math.exp, cooled))
    return {tag: math.exp(score) / total for tag, score in zip(group.tags, cooled, strict=True)}


@cache
def _groups() -> dict[tuple[str, str], Group]:
    """By script and each member's tag."""
    made: dict[tuple[str, str], Group] = {}
    for line in CLOSE_LANGUAGES.read_text(encoding="utf-8").splitlines():
        piece, *rest = line.split(" ")
        if piece == "#":
            script, *tags = rest
            group = Group(tuple(tags), {})
            made |= {(script, tag): group for tag in tags}
        else:
            group.weights[piece] = tuple(map(int, rest))
            group.cut |= piece[0] != "^" or piece[-1] != "$"
    return made
