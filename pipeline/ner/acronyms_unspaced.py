"""Short forms in brackets where words are not parted: "世界保健機関（WHO）", "한국은행(BOK)"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.ner.acronyms import Introduction
from pipeline.ner.organisation_words import NO_NAMES, UNSPACED_ENDS, UNSPACED_STARTS
from pipeline.ner.spans import Name, Text

_LONGEST_SHORT = 10
_SHORTEST_NAME, _LONGEST_NAME = 4, 24
_LONGEST_THAI = 60
_ACRONYM = re.compile(r"[A-Z][A-Za-z0-9&-]*[A-Z][A-Za-z0-9]*")
_OWN = re.compile(r"[^\W\d_A-Za-z\u3041-\u309f][^\W\d_A-Za-z\u3041-\u309f]{1,5}|(?:[\u0e01-\u0e4e]{1,5}\.)+")
"""A short form in the script of the text, without kana of grammar: 日銀, 证监会, 한은, ธปท."""
# How far back a name may reach: Chinese up to a word of grammar, Japanese up to hiragana, Korean up to a blank.
_WITHIN = {
    "zh": re.compile(r"[\u3400-\u9fff]{4,24}$"),
    "ja": re.compile(r"[\u3400-\u9fff々\u30a1-\u30ffー]{4,24}$"),
    "ko": re.compile(r"[\uac00-\ud7a3]{4,24}$"),
    "th": re.compile(r"[\u0e01-\u0e4e]{4,60}$"),
}
_CHINESE_GRAMMAR = re.compile("[的在与與据據由向对對从從是被让讓为為了及或并並]")


def introductions_unspaced(index: int, text: Text, names: Sequence[Name], language: str) -> Iterator[Introduction]:
    """The short forms that a text introduces; `names` are the names already seen in it."""
    by_end = {name.last: name for name in names}
    tokens = text.tokens
    for i, token in enumerate(tokens):
        if token not in ("(", "（") or i == 0:
            continue
        close = next((j for j in range(i + 1, min(i + _LONGEST_SHORT + 2, len(tokens))) if tokens[j] in (")", "）")), 0)
        short = "".join(tokens[i + 1 : close])
        if not close or not _may_shorten(short, text):
            continue
        end = i - 1 if tokens[i - 1].isspace() else i
        name = by_end.get(end)
        if name and name.label != "PER" and end - name.first > len(short) // 2 + 1:
            yield Introduction(index, name.first, end, i + 1, close, name.label == "ORG")
            continue
        first = _organisation_before(tokens, end, language)
        if first is not None:
            yield Introduction(index, first, end, i + 1, close, True)


def _may_shorten(short: str, text: Text) -> bool:
    if _ACRONYM.fullmatch(short):
        return short not in NO_NAMES
    return bool(_OWN.fullmatch(short)) and text.text.find(short, text.text.find(short) + 1) >= 0


def _organisation_before(tokens: Sequence[str], end: int, language: str) -> int | None:
    """Index of the first character of an organisation's name that ends before `end`."""
    reach = max(0, end - (_LONGEST_THAI if language in UNSPACED_STARTS else _LONGEST_NAME))
    run = _WITHIN[language].search("".join(tokens[reach:end]))
    if not run:
        return None
    name = run.group()
    if language in UNSPACED_STARTS:
        begins = [at for at in (name.find(head) for head in UNSPACED_STARTS[language]) if at >= 0]
        return end - len(name) + min(begins) if begins else None
    if not name.endswith(UNSPACED_ENDS[language]):
        return None
    if language == "zh":
        name = _CHINESE_GRAMMAR.split(name)[-1]
    return end - len(name) if len(name) >= _SHORTEST_NAME else None
