"""Words of a rule that look like a part of the language, and are none: what their authors are told."""

from __future__ import annotations

import re
import unicodedata

_OPERATORS = ("AND", "OR", "NOT", "NEAR", "ONEAR")
_LONGEST = max(map(len, _OPERATORS))
_DISTANCE = re.compile(r"(?:o?near|w|n|pre|within)/\d+", re.IGNORECASE)
_FULL_WIDTH = re.compile(r"^[（！［｛～]|[）＊：＆｜］｝～]")
"""A ！ ends many a name in Japanese; before a word it is meant as NOT."""
_QUOTES = {"'": "'", "‘": "’", "‚": "‘’", "«": "»", "»": "«", "‹": "›", "›": "‹", "「": "」", "『": "』", "《": "》"}


def lookalike(text: str) -> tuple[int, str] | None:
    """Where it is in a word that stands without quotation marks, from 0, and what to write."""
    if text.isalnum() and len(text) > _LONGEST:
        return None
    if text.upper() in _OPERATORS:
        how = "in lower case" if text.islower() else "not in capital letters"
        return 0, f"{text!r} {how} is a word like any other; write {text.upper()}"
    if _DISTANCE.fullmatch(text):
        return 0, f"{text!r} is a word like any other; write NEAR/{text.partition('/')[2]}"
    if sign := _FULL_WIDTH.search(text):
        return (
            sign.start(),
            f"{sign[0]} of full width means nothing here; write {unicodedata.normalize('NFKC', sign[0])}",
        )
    if text[:1] in _QUOTES and not any(closing in text[1:] for closing in _QUOTES[text[0]]):
        return 0, f'{text[0]} begins no phrase; write it between double quotation marks, "…"'
    return None
