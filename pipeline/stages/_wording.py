"""Phrases of the language files that stand in the middle of running text, compiled; `#` in a phrase is a number."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PIECE = re.compile(r"\(([^()]*)\)|(#)|([^()#]+)")
WORD_START = r"(?<!\w)"
_WORD_END = r"(?![\w\u064b-\u065f\u0900-\u0963\u0971-\u0dff])"
"""Vowel signs go on with a word, although `\\w` knows only letters."""
_UNBOUNDED = frozenset(("ja", "ko", "th", "zh"))
"""Languages that write on after a word: without blanks, or with particles."""


def alternatives(phrases: Iterable[str], language: str, *, endings: bool = False) -> str:
    """The source of a pattern for any of these phrases, the longest first, each a word or words of its own.

    With `endings`, a phrase may go on as the longer word that case and other endings make of it.
    """
    phrases = [phrase for phrase in phrases if phrase]
    sources = sorted({_source(phrase) for phrase in phrases}, key=len, reverse=True)
    found = f"(?:{'|'.join(sources)})"
    if language in _UNBOUNDED:
        return f"{beginning(phrases)}{found}"
    return f"{beginning(phrases)}{WORD_START}{found}" + ("" if endings else _WORD_END)


def beginning(phrases: Iterable[str]) -> str:
    """The source of a look at the next character: whether any of these phrases can begin there. It spares a pattern
    to try each of them at each place of a text, most of its time."""
    firsts = set()
    for phrase in phrases:
        group, number, literal = _PIECE.findall(phrase)[0]
        if number:
            firsts.add(r"\d")
            continue
        options = group.split("|") if group else [literal]
        if not all(options):  # one that may be left out
            return ""
        firsts.update(r"\s" if option[0].isspace() else re.escape(option[0]) for option in options)
    return f"(?=[{''.join(sorted(firsts))}])" if firsts else ""


def triggers(phrase: str) -> tuple[str, ...]:
    """Texts in lower case, one of which stands wherever the phrase matches."""
    groups = [
        tuple(option.strip().lower() for option in (group or literal).split("|"))
        for group, number, literal in _PIECE.findall(phrase)
        if not number and (group or literal).strip()
    ]
    return max(groups, key=lambda options: min(len(option) for option in options))


def lowered(text: str) -> str:
    """`text` in lower case, character by character: offsets stay those of the text."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(lower if len(lower := mark.lower()) == 1 else mark for mark in text)


def _source(phrase: str) -> str:
    source: list[str] = []
    for group, number, literal in _PIECE.findall(phrase):
        if number:
            source.append(r"(?P<number>\d{1,3})" if "(?P<number>" not in "".join(source) else r"\d{1,3}")
        elif literal:
            source.append(_literal(literal))
        else:
            source.append("(?:" + "|".join(_literal(option) for option in group.split("|")) + ")")
    return "".join(source)


def _literal(text: str) -> str:
    return r"\s+".join(re.escape(part) for part in re.split(r"\s+", text))
