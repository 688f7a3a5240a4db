"""Simplified or traditional: the old national character sets say which characters only one of them has."""

from __future__ import annotations

from functools import cache

_FIRST, _LAST = 0x4E00, 0x9FFF  # CJK unified ideographs


def script(text: str) -> str | None:
    """`Hans` or `Hant`, whichever more characters of the text speak for; None when none or as many do."""
    simplified, traditional = _characters()
    balance = sum((character in simplified) - (character in traditional) for character in text)
    return "Hans" if balance > 0 else "Hant" if balance < 0 else None


@cache
def _characters() -> tuple[frozenset[str], frozenset[str]]:
    """Characters of GB 2312 that Big5 lacks, and the other way round."""
    every = [chr(code) for code in range(_FIRST, _LAST + 1)]
    mainland, taiwan = (frozenset(filter(lambda each: _has(each, charset), every)) for charset in ("gb2312", "big5"))
    return mainland - taiwan, taiwan - mainland


def _has(character: str, charset: str) -> bool:
    return bool(character.encode(charset, "ignore"))
