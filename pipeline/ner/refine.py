"""Spans as a model gives them, mended one by one: titles off, a country parted from the person after it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from pipeline.ner.honorifics import openings, titles_after
from pipeline.ner.lexicon import is_inflected, state_forms, titles
from pipeline.ner.lookup import territory_code, territory_lookup
from pipeline.ner.serbian import latin
from pipeline.ner.spans import Name, Text
from pipeline.ner.territories import day_and_month_names

_TITLE_REACH = 5


def refine(name: Name, text: Text, language: str) -> Iterator[Name]:
    """The name or names that a span really is; none for a weekday, a lone title or a lone sign."""
    first, last = _trim(name.first, name.last, text)
    label = name.label
    if first in text.openers and latin(text.tokens[first].lower()) in openings(language) and last - first > 1:
        first += 1
    last = _without_ending(first, last, text)
    if first >= last or _is_day_or_month(text.tokens[first:last], language):
        return
    territory = _leading_territory(first, last, text, language) if last - first > 1 else first
    person_follows = last - territory > 1 and _after_title(first, text, language)
    if first < territory < last and (person_follows or (label == "PER" and last - territory > 1)):
        yield Name(name.text, first, territory, "LOC")
        yield from refine(Name(name.text, territory, last, "PER"), text, language)
        return
    if label == "PER":
        known = titles(language)
        while first < last and text.tokens[first].lower() in known:
            first += 2 if first + 1 < last and text.tokens[first + 1] == "." else 1
        if first >= last:
            return
        last = _without_title(first, last, text, language)
    elif label == "ORG" and last - first == 2 and text.tokens[first].lower() in titles(language):
        first += text.tokens[first + 1].isupper()  # the governor of a bank that goes by its acronym
    elif is_state(text.tokens[first:last], language):
        label = "LOC"
    yield Name(name.text, first, last, label)


def is_state(tokens: list[str], language: str) -> bool:
    """Whether this is a state's full name, as "Federasi Rusia": a form of state, then a known territory."""
    return state_code(tokens, language) is not None


def state_code(tokens: list[str], language: str) -> str | None:
    """The code of the territory that a full name of a state ends with."""
    if len(tokens) < 2 or tokens[0].lower() not in state_forms(language):
        return None
    lookup = territory_lookup(language)
    for first in range(1, len(tokens)):
        code = lookup.get(tokens[first:])
        if code:
            return code
    return None


def _trim(first: int, last: int, text: Text) -> tuple[int, int]:
    tokens = text.tokens
    while first < last and _is_sign(tokens[first]):
        first += 1
    while first < last and _is_sign(tokens[last - 1]) and not (tokens[last - 1] == ")" and "(" in tokens[first:last]):
        last -= 1
    return first, last


def _is_sign(token: str) -> bool:
    return token[0] != "." and unicodedata.category(token[0])[0] in "PSZ"


def _is_day_or_month(tokens: list[str], language: str) -> bool:
    names = day_and_month_names(language)
    return all(token.lower() in names or token.isdigit() for token in tokens)


def _leading_territory(first: int, last: int, text: Text, language: str) -> int:
    """Index after the territory name that the span begins with; `first` when it does not."""
    lookup = territory_lookup(language)
    for end in range(last, first, -1):
        if lookup.get(text.tokens[first:end]):
            return end
    is_person_left = last - first > 2 and is_inflected(language)
    return first + 1 if is_person_left and territory_code(text.tokens[first : first + 1], language) else first


def _without_ending(first: int, last: int, text: Text) -> int:
    """Without a case ending that a sign parts from an acronym: "WHO:s"."""
    tokens = text.tokens
    if last - first > 2 and tokens[last - 2] == ":" and tokens[last - 1].islower() and tokens[last - 3].isupper():
        return last - 2
    return last


def _without_title(first: int, last: int, text: Text, language: str) -> int:
    """Without the title that follows the name of a person in Chinese, Japanese and Korean; two characters stay."""
    written = "".join(text.tokens[first:last])
    for title in titles_after(language):
        name = written.removesuffix(title).rstrip()
        if len(name) < len(written) and len(name) > 1:
            return first + len(name)
    return last


def _after_title(first: int, text: Text, language: str) -> bool:
    """Whether a title stands before, with nothing but capitalised words or lower-case titles between."""
    known = titles(language)
    for token in reversed(text.tokens[max(0, first - _TITLE_REACH) : first]):
        if token.lower() in known:
            return True
        if not token[0].isupper():
            return False
    return False
