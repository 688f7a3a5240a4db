"""Articles in several languages: pycld2 cuts the text where the language changes, and both models judge each part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from pipeline.records import LanguageShare
from pipeline.stages._language_models import count_letters

_LEAST_SHARE = 0.15
"""Of the letters of the text: below it, a language is that of a quotation, a title or a name."""
_LEAST_LETTERS = 100
"""About two sentences."""
_PASSAGE = 40
"""Letters of a piece below which pycld2's cut is chance."""
_SURE = 0.6
_NAMES = 0.5
"""Words with a capital among all, from which a passage is a list of names or titles."""
_ALIKE = (
    frozenset({"hr", "sr", "bs"}),
    frozenset({"da", "nb", "nn"}),
    frozenset({"id", "ms"}),
    frozenset({"pt", "gl"}),
)
"""No passage is so clearly in the one that the rest must be in the other."""

Passages = Sequence[tuple[str, str]]
"""A text in its order, each piece with the tag of its language, empty where that is open."""


def shares(passages: Passages, identify: Callable[[str], tuple[str, float]]) -> tuple[LanguageShare, ...]:
    """The languages of a text that is in several, largest first; empty for a text in one.

    `identify` gives a passage's tag and confidence.
    """
    letters: defaultdict[str, int] = defaultdict(int)
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for tag, text in passages:
        count = count_letters(text)
        letters[tag if count >= _PASSAGE else ""] += count
        texts[tag].append(text)
    total = sum(letters.values())
    large = [tag for tag, count in letters.items() if tag and count >= max(_LEAST_LETTERS, _LEAST_SHARE * total)]
    if len(large) < 2:
        return ()
    found: defaultdict[str, int] = defaultdict(int)
    for tag in large:
        text = "\n".join(texts[tag])
        language, confidence = identify(text)
        if confidence >= _SURE and not _names(text):
            found[language] += letters[tag]
    for alike in _ALIKE:
        if several := sorted(alike & set(found), key=lambda tag: -found[tag]):
            found[several[0]] = sum(found.pop(tag) for tag in several)
    if len(found) < 2:
        return ()
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(LanguageShare(language=tag, share=round(count / total, 4)) for tag, count in ordered)


def _names(text: str) -> bool:
    words = [word for word in text.split() if word[0].isalpha()]
    return sum(word[0].isupper() for word in words) > _NAMES * len(words)
