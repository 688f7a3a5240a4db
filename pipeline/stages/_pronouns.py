"""Quotations of somebody who was named before: “…,” he said; “…”, ujarnya; «…», añadió."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.languages import languages
from pipeline.stages._quotations import Quotation
from pipeline.stages._wording import alternatives

_UNSPACED = frozenset(("ja", "th", "zh"))
_REACH = 80
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？।]|\n")


@dataclass(frozen=True, slots=True)
class _Forms:
    after: re.Pattern[str]
    """Behind the quotation: a pronoun and a verb of saying; or the verb alone, to the end of the sentence."""
    before: re.Pattern[str]
    """The whole of the sentence in front of the quotation."""


def says_pronoun(text: str, quotation: Quotation, language: str) -> bool:
    """Whether a mere pronoun, or a verb without any subject, says this quotation."""
    forms = _forms(language)
    if forms is None:
        return False
    if forms.after.match(text, quotation.end, quotation.end + _REACH):
        return True
    start = max(0, quotation.start - _REACH)
    for end in _SENTENCE_END.finditer(text, start, quotation.start):
        start = end.end()
    return forms.before.fullmatch(text, start, quotation.start) is not None


@cache
def _forms(language: str) -> _Forms | None:
    known = languages().get(language)
    if known is None or not known.saying or not known.pronouns:
        return None
    blank = r"\s*" if language in _UNSPACED else r"\s+"
    verb, pronoun = alternatives(known.saying, language), alternatives(known.pronouns, language)
    both = rf"(?:{pronoun}{blank}{verb}|{verb}{blank}{pronoun})"
    if known.pronoun_saying:
        both = rf"(?:{both}|{alternatives(known.pronoun_saying, language)})"
    last = rf"|{verb}(?=\s*(?:[.!?。।\n]|$))" if known.drops_pronouns else ""
    alone = rf"|{verb}" if known.drops_pronouns else ""
    return _Forms(
        re.compile(rf"[\s,،，–—-]*(?:{both}{last})", re.IGNORECASE),
        re.compile(rf"\s*(?:{both}{alone})[\s:,،：，]*", re.IGNORECASE),
    )
