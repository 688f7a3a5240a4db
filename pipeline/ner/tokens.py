"""Text cut into sentences and tokens, each token with its place in the text.

Two ways: words, for scripts that write spaces between them, and characters, for Chinese, Japanese, Korean and Thai.
Models are trained on tokens cut by these very functions, so that training and tagging see the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MAX_SENTENCE_TOKENS = 200
"""Longer ones are cut: no sentence is as long, and what is (a list, a table) is not worth more memory. Of characters,
twice as many, for the sake of a space: Thai has no other end of a sentence."""

CHARACTER_LANGUAGES = frozenset({"ja", "ko", "th", "zh"})

UNCASED = CHARACTER_LANGUAGES | {"ar", "bn", "fa", "he", "hi", "mr", "ne", "ta", "te", "ur"}
"""Languages whose script has no capitals, so that a country's name is no surname in disguise."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens of one sentence; `starts[i]` is the code-point offset of `tokens[i]` in the text."""

    tokens: list[str]
    starts: list[int]

    def end(self, index: int) -> int:
        """Offset just after token `index`."""
        return self.starts[index] + len(self.tokens[index])


def _marks() -> str:
    """Combining marks of the scripts that need them inside words (Indic vowels, Hebrew points); `re` has no class."""
    ranges: list[list[int]] = []
    for code in range(0x300, 0x1D00):
        if unicodedata.category(chr(code)) in ("Mn", "Mc"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges) + "\u200c\u200d"


_LETTERS = f"[\\w{_marks()}]+"
_ELISION = r"(?:[dD]ell|[aA]ll|[nN]ell|[dD]all|[sS]ull|[cC]oll|[uU]n|[qQ]u|[cdjlmnstCDJLMNST])['’](?=\w)"
_WORD = re.compile(
    rf"""
      \w++(?=\s)                                            # most words: the quick way to what comes below
    | \b{_ELISION}                                          # l'Italie: the article is a token of its own
    | \d+(?:[.,:]\d+)+                                      # 28.7.2022, 1,000
    | \b(?:[^\W\d_]\.){{2,}}                                # U.S.
    | \b[^\W\d_a-z]\.(?=\s?[^\W\d_a-z])                     # J. Smith
    | \bO['’]{_LETTERS}                                     # O'Brien
    | {_LETTERS}(?:[-&]{_LETTERS}|(?<=[A-Z0-9])\.[A-Z0-9]+|\.[a-z0-9]+\b)*  # Al-Qaeda, AT&T, detik.com
    | ['’](?:{_LETTERS})                                    # 's, and Turkish endings
    | \.\.+
    | [^\w\s\x00-\x1f\x7f-\x9f\ud800-\udfff]                # any other sign, alone
    """,
    re.VERBOSE,
)
_CHARACTER = re.compile(r"[^\n\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE = re.compile(r"[^\n]+")
_LOUD_WORDS = 5
_ENDS = frozenset({".", "!", "?", "…", "..", "...", "।", "۔", "؟", "。", "！", "？"})
_CLOSING = frozenset("\"'”’»«“)]」』）】")
_CHARACTERS_END = re.compile(
    rf"[。！？](?=[^{re.escape(''.join(sorted(_CLOSING)))}])"
    rf"|[{re.escape(''.join(sorted(end for end in _ENDS if len(end) == 1)))}](?=\s)"
)
"""A full stop of full width, or another one before a blank."""


def sentences(text: str, language: str) -> Iterator[Sentence]:
    """The sentences of a text, in order; a line break always ends one."""
    cut = _character_sentences if language in CHARACTER_LANGUAGES else _word_sentences
    for line in _LINE.finditer(text):
        yield from cut(line.group(), line.start())


def words(text: str) -> list[str]:
    """The tokens of a text without their places."""
    return [found.group() for found in _WORD.finditer(text)]


def is_loud(tokens: list[str]) -> bool:
    """Whether a Headline Writes Every Word So, or IN CAPITALS: its capitals then say nothing of names."""
    capitalised = [token for token in tokens if token[0].isupper()]
    if not capitalised:
        return False
    letters = [token for token in tokens if token[0].isalpha()]
    capitals = sum(token[0].isalpha() for token in capitalised)
    listing = 4 * tokens.count(",") >= len(letters)
    return len(letters) >= _LOUD_WORDS and capitals >= 0.7 * len(letters) and not listing and tokens[-1] != "."


def _word_sentences(line: str, offset: int) -> Iterator[Sentence]:
    found = list(_WORD.finditer(line))
    tokens = [match[0] for match in found]
    starts = [offset + match.start() for match in found]
    first = 0
    for at in [*_after_stops(tokens, starts), len(tokens)]:
        while at - first > MAX_SENTENCE_TOKENS:
            last = first + MAX_SENTENCE_TOKENS
            yield Sentence(tokens[first:last], starts[first:last])
            first = last
        full = at - first == MAX_SENTENCE_TOKENS or at == len(tokens)
        if first < at and (full or _begins_sentence(tokens[at], tokens[max(first, at - 2) : at])):
            yield Sentence(tokens[first:at], starts[first:at])
            first = at


def _after_stops(tokens: list[str], starts: list[int]) -> Iterator[int]:
    """The indexes of the tokens that follow a full stop and the brackets and quotation marks that close with it."""
    for at in [i for i, token in enumerate(tokens, 1) if token in _ENDS]:
        following = at
        while (
            following < len(tokens)
            and tokens[following] in _CLOSING
            and starts[following] == starts[following - 1] + len(tokens[following - 1])
        ):
            following += 1
        if following < len(tokens):
            yield following


def _begins_sentence(token: str, before: list[str]) -> bool:
    """Whether a token after a full stop starts a sentence: not in lower case, nor after "Dr." or "St."."""
    if token[0].islower():
        return False
    if before[-1] == "." and len(before) > 1:
        word = before[-2]
        return not (len(word) <= 3 and word[0].isupper() and word.lower() != word and not word.isupper())
    return True


def _character_sentences(line: str, offset: int) -> Iterator[Sentence]:
    tokens: list[str] = _CHARACTER.findall(line)
    starts = list(range(offset, offset + len(line)))
    if len(tokens) < len(line):
        starts = [offset + found.start() for found in _CHARACTER.finditer(line)]
    begin = 0
    for end in [*(found.end() for found in _CHARACTERS_END.finditer("".join(tokens))), len(tokens)]:
        while begin < end:
            last = min(end, begin + 2 * MAX_SENTENCE_TOKENS)
            blanks = (at for at in range(begin + MAX_SENTENCE_TOKENS, last) if tokens[at].isspace())
            last = next(blanks, last)
            yield Sentence(tokens[begin:last], starts[begin:last])
            begin = last
