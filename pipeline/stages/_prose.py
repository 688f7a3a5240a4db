"""Sentences of the story that begin as clutter does: "Edited by hand, the film …", "Share this story, said …"."""

from __future__ import annotations

import re
from functools import cache

from pipeline.languages import languages
from pipeline.stages._phrases import Rule
from pipeline.stages._wording import alternatives

_STOP = re.compile(r"[.。।؟۔]['’”\"»)\]]*$")
_SENTENCE_END = re.compile(r"[.。।؟۔](?:$|[\s”\"»])")
_COMMA = re.compile("[,،，、]")
_WORD = re.compile(r"[^\W\d_][\w’'\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0971-\u0dff-]*")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_QUOTED = re.compile('“[^”]*”|"[^"]*"|«[^»]*»|「[^」]*」')
_OF_CREDITS = frozenset("reporting writing editing additional with and from for the".split())  # noqa: SIM905 -- shorter
_SHORTEST = 3
"""Shorter words join names: "de", "in", "by"."""
_WORDS, _WORDS_WITHOUT_CASE, _CHARACTERS = 2, 5, 10
"""A list of names has fewer: words in small letters, words of a script without capitals, characters without blanks."""
_HEADLINE_WORDS, _MOST_WORDS = 4, 14
_TO_VERB = 30
_WORDS_BY_CHANCE, _WORDS_THAT_ARE_SAID = 3, 5
"""A phrase of more words does not begin a sentence of the story, or is not what somebody says in one."""


def is_prose(rule: Rule, value: str, *, after_colon: bool, phrase: str) -> bool:
    """Whether a line that begins like a credit, a byline or a note is a sentence: `value` follows the phrase.

    A phrase that ends its own sentence begins none, and captions of photos are sentences after their colon.
    """
    if len(value) > 60 and (
        _SENTENCE_END.search(value[:-1]) or goes_on_as_sentence(value) or len(value.split()) > _MOST_WORDS
    ):
        return True
    if len(phrase.split()) > _WORDS_BY_CHANCE or value[0] in ".!|©–—-":
        return False
    if after_colon and rule.kind == "editorial" and not opens_small(value):
        return False
    named = after_colon or rule.kind == "credit" or not opens_small(value) or any(map(str.isdigit, value))
    return not named or goes_on_as_sentence(value)


def goes_on_as_sentence(value: str) -> bool:
    """Whether what follows "Edited by" or "Source:" ends with a full stop and is more than names."""
    text = value.strip()
    if not _STOP.search(text):
        return False
    if text.upper() == text.lower():
        return len(_WORD.findall(text)) >= _WORDS_WITHOUT_CASE or (
            len(text) > _CHARACTERS and _UNSPACED.search(text) is not None
        )
    small = [word for word in _WORD.findall(text) if word.islower() and len(word) >= _SHORTEST]
    return len([word for word in small if word not in _OF_CREDITS]) >= _WORDS


def opens_small(value: str) -> bool:
    """Whether it begins with a small letter, as names do not; "iPhone" does not count."""
    return value[:1].islower() and not value[1:2].isupper()


def is_no_headline(value: str) -> bool:
    """Several words that begin with a small one: "Read more: that was her advice to the young"."""
    return opens_small(value) and "://" not in value and len(value.split()) >= _HEADLINE_WORDS


def is_said(line: str, rule: Rule, *, phrase: str) -> bool:
    """Whether somebody says the line: "Sign up for our choir, she told them." Headlines have no full stop."""
    said = _said(rule.language)
    if said is None or not _STOP.search(line) or len(phrase.split()) > _WORDS_THAT_ARE_SAID:
        return False
    return said.search(_QUOTED.sub("", line)) is not None


@cache
def _said(language: str) -> re.Pattern[str] | None:
    known = languages().get(language)
    if known is None or not known.saying:
        return None
    verb = alternatives((*known.saying, *known.pronoun_saying), language)
    return re.compile(rf"{_COMMA.pattern}[^.!?。！？।]{{0,{_TO_VERB}}}?{verb}", re.IGNORECASE)
