"""Related headlines within a paragraph: in brackets, or after its last sentence up to its end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.stages._phrases import Rule

_LONGEST = 220
_CLOSING = {"(": ")", "[": "]", "（": "）", "【": "】", "〔": "〕"}
_COLON = re.compile(r"\s*[:：]\s*")
_BEFORE = re.compile(r"[.!?…。！？।؟۔][\s”\"»)\]]*\s$")
_STOP = re.compile(r"[.。।۔](?:$|[\s”\"»)\]])|[!?！？؟]\s")
_QUOTING = (("“", "”"), ("«", "»"), ("「", "」"), ("『", "』"))


@dataclass(frozen=True, slots=True)
class Inline:
    """A related headline at `start` to `end` of its line."""

    start: int
    end: int
    headline: str
    rule: Rule


def find_inline(text: str, rules: Iterable[Rule]) -> Inline | None:
    """The first one that a phrase of several words and a colon open: `(Baca juga: Judul Lain)`, or a title without a
    full stop behind the last sentence. "gifts (read: bribes)" is story, and so is whatever was said.
    """
    for rule in rules:
        for match in rule.pattern.finditer(text):
            colon = _COLON.match(text, match.end())
            found = colon and (
                _in_brackets(text, match.start(), colon.end(), rule) or _at_end(text, match.start(), colon.end(), rule)
            )
            if found and not _within_quotation(text, found.start):
                return found
    return None


def opens_inline(rule: Rule) -> bool:
    """Whether its phrase is long enough to be meant within a paragraph."""
    long = rule.several_words or (not rule.spaced and min(map(len, rule.triggers)) >= 3)
    return rule.kind == "related" and rule.opens and long


def _in_brackets(text: str, start: int, begin: int, rule: Rule) -> Inline | None:
    closing = _CLOSING.get(text[start - 1 : start])
    end = text.find(closing, begin) if closing else -1
    headline = text[begin : max(end, begin)].strip()
    if not 8 <= len(headline) <= _LONGEST or headline[0].islower():
        return None
    return Inline(start - 1, end + 1, headline, rule)


def _at_end(text: str, start: int, begin: int, rule: Rule) -> Inline | None:
    headline = text[begin:].strip()
    if (
        not _BEFORE.search(text[max(0, start - 10) : start])
        or text[start].islower()
        or not 8 <= len(headline) <= _LONGEST
    ):
        return None
    return None if headline[0].islower() or _STOP.search(headline) else Inline(start, len(text), headline, rule)


def _within_quotation(text: str, place: int) -> bool:
    before = text[:place]
    return before.count('"') % 2 == 1 or any(before.count(left) > before.count(right) for left, right in _QUOTING)
