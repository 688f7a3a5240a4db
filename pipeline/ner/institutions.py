"""Institutions that are named by what they are and whose: Bank of England, Universidad de Chile, Ministry of Finance.

Models cut such names at the small word between. In the training data of English and Portuguese they are organisations
but for one or two in a hundred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.ner.spans import Name, Text


class _Wording(NamedTuple):
    """Words in lower case; in a text, the head has a capital."""

    heads: frozenset[str]
    """What an institution is."""
    links: frozenset[str]
    articles: frozenset[str]
    conjunctions: frozenset[str]


def _wording(heads: str, links: str, conjunctions: str, articles: str = "") -> _Wording:
    return _Wording(*(frozenset(words.split()) for words in (heads, links, articles, conjunctions)))


_WORDING = {
    "en": _wording(
        """bank university ministry department institute college academy church court parliament senate council
        commission museum association federation bureau office""",
        "of for",
        "and",
        "the",
    ),
    "es": _wording(
        """banco universidad ministerio instituto academia iglesia tribunal parlamento senado consejo comisión
        asociación federación secretaría fiscalía""",
        "de del para",
        "y e",
        "la las los el",
    ),
    "fr": _wording(
        "banque université ministère institut académie église tribunal parlement sénat conseil association fédération",
        "de du des d' d’",
        "et",
        "la l' l’",
    ),
    "it": _wording(
        "banca università ministero istituto accademia tribunale senato consiglio associazione federazione",
        "di del della dello dell' dell’ d' d’",
        "e",
    ),
    "pt": _wording(
        "banco universidade ministério instituto academia tribunal parlamento senado conselho comissão associação "
        "federação",
        "de do da dos das",
        "e",
    ),
}
_MOST_BEFORE, _MOST_AFTER = 3, 5
"""Words with a capital that may stand before the head (European Central Bank of …) and behind the small word."""


def institutions(index: int, text: Text, language: str, seen: Sequence[Name]) -> Iterator[Name]:
    """Institutions in the text with this index, in which a model has `seen` these names."""
    wording = _WORDING.get(language)
    if wording is None:
        return
    ends = {name.first: name.last for name in seen}
    tokens = text.tokens
    for at, token in enumerate(tokens):
        if token[0].isupper() and not token.isupper() and token.lower() in wording.heads:
            last = _end(text, at, wording, ends)
            if last:
                yield Name(index, _begin(text, at), last, "ORG")


def with_institutions(index: int, text: Text, language: str, seen: list[Name]) -> list[Name]:
    """The names seen, those that are a part of an institution replaced by it."""
    here = [name for name in seen if name.text == index]
    whole = [
        each
        for each in institutions(index, text, language, here)
        if not any(name.first <= each.first and each.last <= name.last for name in here)
    ]
    inside = {at for each in whole for at in range(each.first, each.last)}
    return [name for name in seen if name.text != index or inside.isdisjoint(range(name.first, name.last))] + whole


def _begin(text: Text, head: int) -> int:
    """Where the name begins: words with a capital belong to it, but for one that opens a sentence."""
    first = head
    while (
        first > 0
        and head - first < _MOST_BEFORE
        and first not in text.openers
        and _is_capitalised(text.tokens[first - 1])
        and first - 1 not in text.openers
    ):
        first -= 1
    return first


def _end(text: Text, head: int, wording: _Wording, ends: dict[int, int]) -> int | None:
    """Where the name ends; None when no institution follows the head."""
    tokens, at = text.tokens, head + 1
    if at >= len(tokens) or tokens[at].lower() not in wording.links:
        return None
    at += 1
    if at < len(tokens) and tokens[at].lower() in wording.articles:
        at += 1
    if at >= len(tokens) or at in text.openers or not _is_capitalised(tokens[at]):
        return None
    if at in ends:
        return ends[at]
    most = at + _MOST_AFTER
    while at < min(len(tokens), most) and at not in text.openers:
        if _is_capitalised(tokens[at]):
            at += 1
        elif (
            tokens[at].lower() in wording.conjunctions
            and at + 1 < len(tokens)
            and at + 1 not in ends
            and _is_capitalised(tokens[at + 1])
        ):
            at += 2
        else:
            break
    return at


def _is_capitalised(token: str) -> bool:
    return token[0].isupper() and token[0].isalpha()
