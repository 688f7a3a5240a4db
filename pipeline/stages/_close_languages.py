"""Languages so close that letter statistics of 140 languages fail: their own words and endings tell them apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, repeat

from pipeline.models import CLOSE_LANGUAGES
from pipeline.models.pieces import joints, pieces

_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {"Latn": re.compile("[A-Za-zÀ-ɏ]+"), "Cyrl": re.compile("[Ѐ-ӿ]+")}
_LONGEST_WORD = 40
_TEMPERATURE = 2.5
"""Pieces of a word repeat each other, so that their sum is surer than it should be. Chosen for true confidence."""
_REMEMBERED = 20_000
_DIGIT = 24
"""Bits of a sum of weights: those of a text of 2,000 characters need 20."""
_HALF = 1 << _DIGIT - 1
_PLACES = range(0, 8 * _DIGIT, _DIGIT)


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
    "hr": Trust(first=0, second=0.5, words=0.35, prior={"bs": -3.5, "sr": 0.2}),
    "da": Trust(first=0.5, second=2, words=0.5, prior={"da": 1, "nn": -1}),
    "id": Trust(first=0.25, second=0.5, words=1, prior={"id": 0.25}),
    "mk": Trust(first=1, second=1, words=1),
    "nl": Trust(first=1, second=1, words=1),
    # Few newspapers are Galician, and py3langid sees it in much of Brazil.
    "pt": Trust(first=1, second=1, words=1, prior={"gl": -4}),
}
"""By the first member of the group."""


@dataclass(slots=True)
class Group:
    """Close languages and the weights of their evidence, tenths of a natural logarithm.

    The weights of a piece for all members are one number (`_packed`): to add those up is to add numbers.
    """

    tags: tuple[str, ...]
    weights: dict[str, int]
    longest: int = 0
    """Of the pieces of words that there is evidence in."""
    joined: bool = False
    """There is evidence in how words follow each other."""
    _known: dict[str, int] = field(default_factory=dict)

    def evidence(self, text: str) -> list[float]:
        """The sum of what the words say for each member, natural logarithms."""
        words = _WORD.findall(text.lower())
        total = 0
        for word in words:
            weights = self._known.get(word)
            if weights is None:
                weights = self._added(pieces(word[:_LONGEST_WORD], self.longest))
                if len(self._known) < _REMEMBERED:
                    self._known[word] = weights
            total += weights
        if self.joined:
            total += self._added(chain.from_iterable(map(joints, words, words[1:])))
        return [weight / 10 for weight in _unpacked(total, len(self.tags))]

    def _added(self, found: Iterable[str]) -> int:
        return sum(map(self.weights.get, found, repeat(0)))


@cache
def kin(tag: str) -> frozenset[str]:
    """The languages that this one is told apart from by its own words, itself among them."""
    return frozenset({tag}.union(*(group.tags for group in _groups().values() if tag in group.tags)))


def group_of(tag: str, text: str) -> Group | None:
    """The group that a language belongs to, in the script that most of the text is written in."""
    for script, letters in _SCRIPTS.items():
        group = _groups().get((script, tag))
        if group and 2 * sum(map(len, letters.findall(text))) > sum(map(str.isalpha, text)):
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
            group.weights[piece] = _packed(map(int, rest))
            if "_" in piece:
                group.joined = True
            elif piece[0] != "^" or piece[-1] != "$":
                group.longest = max(group.longest, len(piece))
    return made


def _packed(weights: Iterable[int]) -> int:
    """Small numbers, which may be negative, as the digits of one."""
    return sum(weight << place for weight, place in zip(weights, _PLACES, strict=False))


def _unpacked(total: int, count: int) -> list[int]:
    weights = []
    for _ in range(count):
        weight = (total + _HALF) % (2 * _HALF) - _HALF
        weights.append(weight)
        total = (total - weight) // (2 * _HALF)
    return weights
