"""quotes: what is quoted in the body, and who said it where that is plain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import UNSET
from msgspec.structs import replace

from pipeline.ner.document import MAX_CHARACTERS
from pipeline.records import Article, Quote, RawArticle
from pipeline.registry import stage
from pipeline.stages._pronouns import says_pronoun
from pipeline.stages._quotations import Quotation, quotations
from pipeline.stages._speakers import Attribution, Names, attribution, resolved, verb_last

_FEWEST_WORDS = 4
_FEWEST_CHARACTERS = 10
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_PRONOUN_GAP = 800
"""Characters since the last quotation of a named speaker, within which a pronoun means that one."""
_PRONOUN_REACH = 60
_PADDING = " \u3000,،，、"


@stage("quotes", version="2")
def quotes(article: Article, _raw: RawArticle) -> Article:
    """`quotes`, made anew from `body`, `language`, `entities` and `people`.

    A few words in quotation marks are a title or a name unless somebody says them, and single marks count only then.
    """
    language = article.language.partition("-")[0].lower()
    body = article.body[:MAX_CHARACTERS]
    found = quotations(body)
    if not found:
        return replace(article, quotes=()) if article.quotes else article
    in_body = [entity for entity in article.entities if entity.field == "body"]
    names = Names(
        [entity for entity in in_body if entity.label == "PER"],
        [entity for entity in in_body if entity.label != "PER"],
        [mention.name for mention in article.people],
    )
    return replace(article, quotes=tuple(_quotes(body, found, language, names)))


def _quotes(body: str, found: list[Quotation], language: str, names: Names) -> Iterator[Quote]:
    previous, said_before = 0, None
    named: tuple[str, int] | None = None
    """Who spoke last, and where that quotation ends; None as soon as somebody else may be meant."""
    for quotation in found:
        said = attribution(body, quotation, previous, language, names)
        if said is None and not verb_last(language) and _goes_on(body, quotation, previous, said_before):
            said = said_before
        if said is not None and said.speaker is None:
            if named and says_pronoun(body, quotation, language) and _is_alone(named, quotation, language, names):
                said = Attribution(named[0], said.end)
            else:
                named = None
        start, end = _inner(body, quotation)
        text = body[start:end]
        if text and (said is not None or (not quotation.single and _is_long(text))):
            who = said.speaker if said else None
            yield Quote(text=text, speaker=UNSET if who is None else who, start=start, end=end)
        if said is not None and said.speaker is not None:
            named = said.speaker, quotation.end
        previous, said_before = quotation.end, said


def _is_alone(named: tuple[str, int], quotation: Quotation, language: str, names: Names) -> bool:
    """Whether nobody but the last speaker was named since, and that is not long ago. Without a model nobody knows."""
    speaker, since = named
    until = quotation.end + _PRONOUN_REACH
    return (
        bool(names.people)
        and quotation.start - since <= _PRONOUN_GAP
        and all(
            resolved(person.text, language, names.called) == speaker
            for person in names.people
            if since <= person.start < until and not quotation.start <= person.start < quotation.end
        )
    )


def _goes_on(body: str, quotation: Quotation, previous: int, said: Attribution | None) -> bool:
    """“…”, said X. “…”: the sentence that names the speaker ends just before, in the same paragraph."""
    if said is None or said.speaker is None or said.end is None or not previous <= said.end <= quotation.start:
        return False
    return body[said.end : quotation.start].strip(" ") in (".", "。", "।")


def _inner(body: str, quotation: Quotation) -> tuple[int, int]:
    """Offsets without the marks, and without the comma before the closing one."""
    start, end = quotation.start + 1, quotation.end - 1
    while start < end and body[start] in _PADDING:
        start += 1
    while start < end and body[end - 1] in _PADDING:
        end -= 1
    return start, end


def _is_long(text: str) -> bool:
    return len(text.split()) >= _FEWEST_WORDS or (len(text) >= _FEWEST_CHARACTERS and bool(_UNSPACED.search(text)))
