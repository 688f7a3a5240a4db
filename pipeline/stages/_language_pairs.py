"""Languages so close that letter statistics fail: words that the one uses and the other does not."""

from __future__ import annotations

import re
from functools import cache

from pipeline.languages import languages
from pipeline.stages._language_models import Verdict

# Without a file of its own, and taken by the models for either of the two: their words decide.
_BETWEEN = {"bs": {"hr", "sr"}}
_WORD = re.compile(r"[^\W\d_]+")


def decide_pair(text: str, first: str, second: str | None, hinted: str | None) -> Verdict | None:
    """The verdict of the words when both models point into one close pair, None for all other texts.

    Texts in another script than the words, such as Serbian in Cyrillic, are left to the models.
    """
    for pair in _pairs():
        members = {first} if second is None else {first, second}
        between = {tag for tag in members if _BETWEEN.get(tag) == set(pair)}
        if members - between and members - between <= set(pair):
            return _decide(text, pair, (first, second), hinted)
    return None


def _decide(
    text: str, pair: dict[str, frozenset[str]], models: tuple[str, str | None], hinted: str | None
) -> Verdict | None:
    found = _WORD.findall(text.lower())
    counts = {tag: sum(word in words for word in found) for tag, words in pair.items()}
    (best, most), (_, least) = sorted(counts.items(), key=lambda item: (-item[1], item[0] != models[0]))
    if not any(word.isascii() for word in found):
        return None
    if most == least:
        tag = hinted if hinted is not None and hinted in pair else models[0]
        return Verdict(tag, 0.8 if models[0] == models[1] else 0.5)
    share = (most + 0.5) / (most + least + 1)  # Laplace: one word proves little
    return Verdict(best, min(0.999, 1 - (1 - share) * (0.8, 0.4, 0.2)[models.count(best)]))


@cache
def _pairs() -> tuple[dict[str, frozenset[str]], ...]:
    known = languages()
    return tuple(
        {tag: frozenset(words.split()), other: frozenset(known[other].unlike.get(tag, "").split())}
        for tag, language in known.items()
        for other, words in language.unlike.items()
        if tag < other
    )
