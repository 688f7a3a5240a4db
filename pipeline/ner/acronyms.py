"""Acronyms where a text introduces them: "Shanghai Cooperation Organisation (SCO)", "SCO (Shanghai Cooperation …)"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.ner.lexicon import CONNECTORS
from pipeline.ner.organisation_words import HEAD_FIRST, HEADS, NO_NAMES, is_organisation_word
from pipeline.ner.spans import Name, Text

_MAX_EXPANSION = 14
_MAX_ACRONYM = 10
_MAX_HEAD = 6
"""Words before the bracket among which the first word of an organisation is looked for, in scripts without capitals."""
_ARTICLES = frozenset("the a an der die das den det el la le les il lo o os as az".split())  # noqa: SIM905 -- as above


@dataclass(frozen=True, slots=True)
class Introduction:
    """Tokens `first` to `last` of a text are the expansion of those from `acronym` to `acronym_end`; `initials` when
    its letters are theirs one by one, or an organisation's word is among them."""

    text: int
    first: int
    last: int
    acronym: int
    acronym_end: int
    initials: bool


def introductions(index: int, text: Text, names: Sequence[Name], language: str) -> Iterator[Introduction]:
    """The acronyms that a text introduces; `names` are the names already seen in it."""
    by_end = {name.last: name for name in names}
    by_first = {name.first: name for name in names}
    tokens = text.tokens
    counted: Counter[str] = Counter()
    for i, token in enumerate(tokens):
        if token not in ("(", "（") or i == 0:
            continue
        if not counted:
            counted.update(tokens)
        if i + 2 < len(tokens) and tokens[i + 2] in (")", "）") and _may_shorten(tokens[i + 1], counted):
            found = _expansion(i, text, by_end.get(i), language)
            if found:
                yield Introduction(index, found[0], i, i + 1, i + 2, found[1])
        elif _like_acronym(tokens[i - 1]):
            close = next((j for j in range(i + 1, min(i + _MAX_EXPANSION, len(tokens))) if tokens[j] in (")", "）")), 0)
            if not close:
                continue
            name = by_first.get(i + 1)
            matches = _spelled_out(text, close, tokens[i - 1]) == i + 1
            if matches or (name and name.last == close and _abbreviates(tokens[i - 1], name, text)):
                yield Introduction(index, i + 1, close, i - 1, i, matches)


def _may_shorten(token: str, counted: Counter[str]) -> bool:
    """Like an acronym, or a word in a script without capitals, which then stands in the article again."""
    uncased = token.upper() == token.lower() and len(token) > 1 and token[0].isalpha()
    return _like_acronym(token) or (uncased and counted[token] > 1)


def _expansion(end: int, text: Text, name: Name | None, language: str) -> tuple[int, bool] | None:
    """Index of the first word of what is shortened after it, and whether its words tell that it is."""
    acronym = text.tokens[end + 1]
    first = _spelled_out(text, end, acronym)
    if first is not None:
        return first, True
    is_organisation = name is not None and name.label == "ORG"
    if name and (_abbreviates(acronym, name, text) or (is_organisation and not _is_cased(text.tokens[end - 1]))):
        return name.first, False
    if acronym.isupper() and acronym not in NO_NAMES:
        first = _organisation_before(text, end, language)
        if first is not None:
            return (name.first if name and is_organisation else first), True
        first = _two_words_before(text, end)
        if first is not None and _abbreviates(acronym, Name(0, first, end, "ORG"), text):
            return first, True
    return None


def _two_words_before(text: Text, end: int) -> int | None:
    """Index of the first of two capitalised words before `end` that no third one joins: "Sveriges Television (SVT)"."""
    first = end - 2
    capitals = [at >= 0 and text.tokens[at][0].isupper() for at in range(first - 1, end)]
    alone = first in text.openers or not capitals[0]
    long_enough = len(text.tokens[end + 1]) > 2
    return first if alone and capitals[1:] == [True, True] and first + 1 not in text.openers and long_enough else None


def _is_cased(token: str) -> bool:
    return token.upper() != token.lower()


def _like_acronym(token: str) -> bool:
    letters = token.replace("-", "").replace(".", "").replace("&", "")
    return 2 <= len(letters) <= _MAX_ACRONYM and letters.isalnum() and letters[0].isupper()


def _spelled_out(text: Text, end: int, acronym: str) -> int | None:
    """Index of the first of the words before `end` whose initials are the acronym's capitals. Small words between them
    may have a letter or none. Where only the first word is in capitals, the acronym must have three letters, and stand
    elsewhere too if that word begins a sentence."""
    letters = [letter for letter in acronym if letter.isupper() or letter.isdigit()]  # of AfDB, A, D and B
    if len(letters) < 2 or acronym in NO_NAMES:
        return None
    first = _match(text.tokens, end - 1, max(-1, end - _MAX_EXPANSION), letters, set())
    if first is None or (end - first == 1 and "-" not in text.tokens[first]):
        return None
    in_capitals = all(token[0].isupper() or token.lower() in CONNECTORS for token in text.tokens[first:end])
    if not in_capitals and (len(letters) < 3 or (first in text.openers and not _recurs(acronym, text))):
        return None
    return first


def _recurs(acronym: str, text: Text) -> bool:
    """Whether it stands in the text again, with or without a case ending."""
    once = text.text.find(acronym)
    return text.text.find(acronym, once + 1) >= 0


def _match(tokens: Sequence[str], at: int, before: int, letters: list[str], failed: set[tuple[int, int]]) -> int | None:
    """Index of the capitalised word whose initial is the first letter, the words up to `at` having the others.

    `failed` are the indexes and numbers of letters that are known to lead nowhere.
    """
    if at <= before or (at, len(letters)) in failed:
        return None
    failed.add((at, len(letters)))
    token = tokens[at]
    initials = [part[0].upper() for part in token.split("-") if part]
    if initials and letters[-len(initials) :] == initials:
        rest = letters[: -len(initials)]
        found = _match(tokens, at - 1, before, rest, failed) if rest else (at if token[0].isupper() else None)
        if found is not None:
            return found
    is_passed = token in CONNECTORS or token[0] in "'’"  # здоров'я is two tokens
    return _match(tokens, at - 1, before, letters, failed) if is_passed else None


def _organisation_before(text: Text, end: int, language: str) -> int | None:
    """Index of the first word of an organisation's name that ends before `end`, known by a word such as "Bank"."""
    tokens = text.tokens
    heads = HEADS.get(language)
    if heads:
        first = end
        while first > max(0, end - _MAX_HEAD) and tokens[first - 1].isalpha():
            first -= 1
        return next((at for at in range(first, end - 1) if tokens[at] in heads), None)
    first = end
    while first > max(0, end - _MAX_EXPANSION) and (tokens[first - 1][0].isupper() or tokens[first - 1] in CONNECTORS):
        first -= 1
        if first in text.openers:
            break
    while first < end and (tokens[first][0].islower() or tokens[first].lower() in _ARTICLES):
        first += 1
    told = [at for at in range(first, end) if is_organisation_word(tokens[at])]
    if not told or (end - first == 1 and len(tokens[first]) < _MAX_ACRONYM):
        return None
    return told[0] if language in HEAD_FIRST else first


def _abbreviates(acronym: str, name: Name, text: Text) -> bool:
    """Whether the letters of a short form come in order in the name, the first one at a word's start."""
    words = [token.lower() for token in text.tokens[name.first : name.last]]
    letters = "".join(letter for letter in acronym.lower() if letter.isalnum())
    if name.last - name.first < 2 or not letters or not any(word.startswith(letters[0]) for word in words):
        return False
    if name.label == "PER":
        return any(word.startswith(letters[:3]) for word in words) and not acronym.isupper()
    rest = iter("".join(words))
    return all(letter in rest for letter in letters)
