"""Acronyms where a text introduces them: "Shanghai Cooperation Organisation (SCO)", "SCO (Shanghai Cooperation …)"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.ner.lexicon import CONNECTORS
from pipeline.ner.spans import Name, Text

_MAX_EXPANSION = 14
_MAX_ACRONYM = 10


@dataclass(frozen=True, slots=True)
class Introduction:
    """Tokens `first` to `last` of a text are the expansion of the token at `acronym`; `initials` when its letters are
    theirs one by one."""

    text: int
    first: int
    last: int
    acronym: int
    initials: bool


def introductions(index: int, text: Text, names: Sequence[Name]) -> Iterator[Introduction]:
    """The acronyms that a text introduces; `names` are the names already seen in it."""
    by_end = {name.last: name for name in names}
    by_first = {name.first: name for name in names}
    tokens = text.tokens
    for i, token in enumerate(tokens):
        if token not in ("(", "（") or i == 0:
            continue
        if i + 2 < len(tokens) and tokens[i + 2] in (")", "）") and _like_acronym(tokens[i + 1]):
            first = _expansion_before(tokens, i, tokens[i + 1])
            initials = first is not None
            if not initials and i in by_end and _abbreviates(tokens[i + 1], by_end[i], text):
                first = by_end[i].first
            if first is not None:
                yield Introduction(index, first, i, i + 1, initials)
        elif _like_acronym(tokens[i - 1]):
            close = next((j for j in range(i + 1, min(i + _MAX_EXPANSION, len(tokens))) if tokens[j] in (")", "）")), 0)
            if not close:
                continue
            name = by_first.get(i + 1)
            matches = _expansion_before(tokens, close, tokens[i - 1]) == i + 1
            if matches or (name and name.last == close and _abbreviates(tokens[i - 1], name, text)):
                yield Introduction(index, i + 1, close, i - 1, matches)


def _like_acronym(token: str) -> bool:
    letters = token.replace("-", "").replace(".", "").replace("&", "")
    return 2 <= len(letters) <= _MAX_ACRONYM and letters.isalnum() and letters[0].isupper()


def _expansion_before(tokens: Sequence[str], end: int, acronym: str) -> int | None:
    """Index of the first of the capitalised words before `end` whose initials are the acronym's capitals. Small words
    between them may have a letter or none."""
    letters = [letter for letter in acronym if letter.isupper() or letter.isdigit()]  # of AfDB, A, D and B
    if len(letters) < 2:
        return None
    for at in range(end - 1, max(-1, end - _MAX_EXPANSION), -1):
        token = tokens[at]
        initials = [part[0] for part in token.split("-") if part]
        if token[0].isupper():
            initials = [initial.upper() for initial in initials]
            if letters[-len(initials) :] != initials:
                return None
            del letters[-len(initials) :]
            if not letters:
                return at if end - at > 1 or "-" in token else None
        elif token.lower() not in CONNECTORS:
            return None
        elif len(letters) > 1 and tokens[at - 1][0].upper() != letters[-1] == initials[0].upper():
            letters.pop()  # the F of "Fund for Nature (FFN)" is the small word's
    return None


def _abbreviates(acronym: str, name: Name, text: Text) -> bool:
    """Whether the letters of a short form come in order in the name, the first one at a word's start."""
    words = [token.lower() for token in text.tokens[name.first : name.last]]
    letters = "".join(letter for letter in acronym.lower() if letter.isalnum())
    if name.last - name.first < 2 or not any(word.startswith(letters[0]) for word in words):
        return False
    if name.label == "PER":
        return any(word.startswith(letters[:3]) for word in words) and not acronym.isupper()
    rest = iter("".join(words))
    return all(letter in rest for letter in letters)
