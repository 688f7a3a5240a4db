"""A rule's text as tokens with their columns."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.errors import NewswireError
from pipeline.text import tidy_line

LONGEST_RULE = 10_000
MOST_SLOP = 99
"""Between the names of a list, and between quotations, lie 100 positions."""


class RuleError(NewswireError, ValueError):
    """The rule cannot be read. `column` counts characters from 1; `reason` says what is wrong and what to write."""

    def __init__(self, column: int, reason: str) -> None:
        super().__init__(f"column {column}: {reason}")
        self.column = column
        self.reason = reason


class Token(NamedTuple):
    """`kind` is ( ) AND OR NOT NEAR FIELD QUOTED WORD RANGE STEM END. `number` is the distance or the slop."""

    kind: str
    column: int
    text: str = ""
    number: int = 0
    mark: bool = False
    """Of NEAR: ordered. Of QUOTED: case counts."""


_QUOTES = '"“”„‟＂'
# Direction marks, the byte order mark, soft hyphens: nobody sees what pasting brought along.
_UNSEEN = "\u00ad\u061c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_DROP_UNSEEN = re.compile(f"[{_UNSEEN}]")
_TOKEN = re.compile(
    rf"""(?P<space>[\s{_UNSEEN}]+)
    |(?P<near>(?P<ordered>O?)NEAR(?:/(?P<distance>\d+))?(?=[\s{_UNSEEN}(){_QUOTES}]|$))
    |(?P<operator>(?:AND|OR|NOT)(?=[\s{_UNSEEN}(){_QUOTES}]|$)|&&|\|\||!)
    |(?P<paren>[()])
    |(?P<stem>~stem(?=[\s{_UNSEEN}()]|$))
    |(?P<range>[\[{{][^\]}}]*[\]}}]?)
    |[{_QUOTES}](?P<quoted>(?:\\.|[^{_QUOTES}\\])*)(?P<closed>[{_QUOTES}]?)(?P<suffix>(?:[!~^*?\w]|(?<=~\d)\.\d)*)
    |(?P<field>[A-Za-z_]+):(?=[^\s:])
    |(?P<word>(?:(?!&&|\|\|)[^\s(){_QUOTES}])+)""",
    re.VERBOSE | re.DOTALL,
)
_NEAR_MISS = re.compile(r"O?NEAR(?:\d+|/.*)")
_SUFFIX = re.compile(r"(!?)(?:~(\d+))?(!?)")
_KINDS = {"&&": "AND", "||": "OR", "!": "NOT"}


def tokens(text: str) -> list[Token]:
    """Raises RuleError."""
    if len(text) > LONGEST_RULE:
        raise RuleError(LONGEST_RULE + 1, f"a rule has at most {LONGEST_RULE:,} characters; make two of it")
    made: list[Token] = []
    for found in _TOKEN.finditer(text):
        kind, column = found.lastgroup, found.start() + 1
        if kind == "space":
            continue
        if found["word"]:
            made.append(_word(found["word"], column))
        elif found["quoted"] is not None:
            made.append(_quoted(found, column))
        elif found["operator"]:
            made.append(Token(_KINDS.get(found["operator"], found["operator"]), column, found["operator"]))
        elif found["paren"]:
            made.append(Token(found["paren"], column, found["paren"]))
        elif found["field"]:
            made.append(Token("FIELD", column, found["field"]))
        elif found["near"]:
            made.append(_near(found, column))
        elif found["stem"]:
            made.append(Token("STEM", column, found["stem"]))
        else:
            made.append(Token("RANGE", column, found["range"]))
    made.append(Token("END", len(text) + 1))
    return made


def _near(found: re.Match[str], column: int) -> Token:
    name = f"{found['ordered']}NEAR"
    if found["distance"] is None:
        raise RuleError(
            column, f'say how near: {name}/5 is at most five words between; the word itself is "{name.lower()}"'
        )
    return Token("NEAR", column, found["near"], _number(found["distance"], column, f"{name}/"), bool(found["ordered"]))


def _quoted(found: re.Match[str], column: int) -> Token:
    if not found["closed"]:
        raise RuleError(column, 'this quotation mark is never closed; write "…" around the phrase')
    text = re.sub(r"\\(.)", r"\1", found["quoted"], flags=re.DOTALL)
    star = re.search(r"\w[*?]|[*?]\w", text)
    if star:
        raise RuleError(
            column + 1 + star.start(), "no wildcards within a phrase; write out its words, joined by OR, or a NEAR/1 b"
        )
    suffix = _SUFFIX.fullmatch(found["suffix"])
    where = found.start("suffix") + 1
    if suffix is None or (suffix[1] and suffix[3]):
        raise RuleError(where, _complaint(found["suffix"]))
    slop = _number(suffix[2], where, "~") if suffix[2] else 0
    return Token("QUOTED", column, _spelt(text), slop, bool(suffix[1] or suffix[3]))


def _complaint(suffix: str) -> str:
    if suffix.startswith("^"):
        return "rules have no boosts; leave the ^ out"
    if suffix.startswith(("*", "?")):
        return "no wildcards behind a phrase; write a prefix as a word of its own: indones*"
    if suffix.startswith("~"):
        return 'write the distance as a whole number, "one phrase"~5, and ~stem behind the whole rule after a space'
    return 'behind a phrase stand ~5 (words may move), ! (case counts) or a space: "a b"~5, "NASA"!'


def _word(text: str, column: int) -> Token:
    if text[0] in "+-" and len(text) > 1 and text[1] not in "+-":
        wanted = f"NOT {text[1:]}" if text[0] == "-" else f"{text[1:]} (all words are wanted anyway)"
        raise RuleError(column, f"no {text[0]} before a word; write {wanted}, or put it in quotation marks")
    if len(text) > 1 and text[0] == text[-1] == "/":
        raise RuleError(column, "no regular expressions; write words joined by OR, or a prefix*")
    if text.endswith("!"):
        raise RuleError(
            column + len(text) - 1, f'write "{text.rstrip("!")}"! if upper and lower case count, or leave the ! out'
        )
    sign = re.search(r"[\^~]", text)
    if sign:
        advice = (
            "rules have no boosts"
            if sign[0] == "^"
            else 'no fuzzy words; ~5 goes behind a "phrase", and ~stem behind the whole rule after a space'
        )
        raise RuleError(column + sign.start(), f"{advice}; leave it out, or put the text in quotation marks")
    if len(text) > 1 and text.endswith(":") and text[:-1].replace("_", "").isalpha():
        raise RuleError(column, f"no space behind {text} please; write {text}word, or leave the colon out")
    if "NEAR" in text and _NEAR_MISS.fullmatch(text):
        raise RuleError(column, f'write NEAR/5 with a number and spaces around; the word itself is "{text.lower()}"')
    return Token("WORD", column, _spelt(text))


def _spelt(text: str) -> str:
    """As articles are spelt (NFC, nothing unseen), so that it can be found in them."""
    return text if text.isascii() else tidy_line(_DROP_UNSEEN.sub("", text))


def _number(digits: str, column: int, what: str) -> int:
    if len(digits) > 2:
        raise RuleError(column, f"{what}{digits} is too far; at most {what}{MOST_SLOP}")
    return int(digits)
