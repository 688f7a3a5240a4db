"""Numbers as newsrooms write them: 1.500,75 and 1,500.75, 12 500, 1,00,000, ٣٫٥, १२."""

from __future__ import annotations

import re
from decimal import Decimal
from unicodedata import digit

POINT = re.compile(r"\d+(?:[.,٬٫'’]\d+)*")
"""A number where the decimal mark is a point."""
COMMA = re.compile(r"\d{1,3}(?: \d{3})+(?!\d)(?:,\d+)?|" + POINT.pattern)
"""A number where it is a comma: a blank may part thousands."""
LONGEST = 24
"""More characters are no amount that anybody writes out."""

_GROUPS = re.compile(r"\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}")


def number(text: str, decimal: str) -> Decimal | None:
    """The number that this is, where `decimal` is the language's decimal mark; None for what is none, as a version.

    A single mark with three digits after it parts thousands unless it is the decimal mark; with any other count of
    digits it is one, whatever the language.
    """
    if len(text) > LONGEST:
        return None
    plain = text if text.isascii() else "".join(str(digit(mark)) if mark.isdecimal() else mark for mark in text)
    plain = plain.replace(" ", "").replace("٬", "").replace("'", "").replace("’", "")
    if "٫" in plain:
        plain, mark = plain.replace(",", ""), "٫"
    else:
        marks = [mark for mark in plain if mark in ".,"]
        if len(set(marks)) == 2:
            mark = marks[-1]
        elif len(marks) == 1 and (marks[0] == decimal or len(plain) - plain.index(marks[0]) != 4):
            mark = marks[0]
        else:
            mark = ""
    whole, _, fraction = plain.partition(mark) if mark else (plain, "", "")
    if any(each in whole for each in ".,"):
        if not _GROUPS.fullmatch(whole):
            return None
        whole = whole.replace(".", "").replace(",", "")
    if not whole.isdecimal() or (fraction and not fraction.isdecimal()):
        return None
    return Decimal(f"{whole}.{fraction or 0}")


def written(value: Decimal) -> str:
    """Digits with a point at most, without an exponent and without idle zeros."""
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
