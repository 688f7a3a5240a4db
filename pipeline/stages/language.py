"""language: the language of headline and body, from two independent models and, for close pairs, from words."""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.records import Article, RawArticle
from pipeline.registry import stage
from pipeline.stages._language_models import Verdict, first_opinion, second_opinion, tag_of
from pipeline.stages._language_pairs import decide_pair

SAMPLE = 1000
"""Characters of the body that are looked at, besides the headline."""
SHORTEST = 40
"""Letters below which no model is to be trusted."""
SURE = 0.5
"""py3langid's confidence from which it is believed against pycld2."""
UNDECIDED = "und"


@stage("language", version="1")
def language(article: Article, raw: RawArticle) -> Article:
    """`language` and `language_confidence`. `und` where the text is too short or the models contradict each other."""
    tag, confidence = identify(article.headline or "", article.body or article.description or "", raw.language)
    return replace(article, language=tag, language_confidence=confidence)


def identify(headline: str, body: str, hint: str | None = None) -> tuple[str, float]:
    """BCP 47 tag and confidence from 0 to 1, four decimals. `hint` (feed, producer) breaks ties and decides nothing
    else."""
    sample = f"{headline[:SAMPLE]}\n{body[:SAMPLE]}".strip()
    letters = sum(map(str.isalpha, sample))
    if letters == 0:
        return UNDECIDED, 0.0
    hinted = tag_of(hint) if hint else None
    first, second = first_opinion(sample), second_opinion(sample)
    pair = decide_pair(sample, first.tag, second.tag if second else None, hinted)
    if pair is not None:
        verdict = pair
    elif second is None:
        verdict = Verdict(first.tag, first.confidence * 0.9)
    elif first.tag == second.tag:
        verdict = Verdict(first.tag, 1 - (1 - first.confidence) * (1 - second.confidence))
    else:
        verdict = _disagreement(first, second, hinted)
    return _with_length(verdict, letters, hinted)


def _disagreement(first: Verdict, second: Verdict, hinted: str | None) -> Verdict:
    """The hint decides between the two; without one py3langid's where it is sure, as it errs less. Never confident."""
    for one in (first, second):
        if one.tag == hinted:
            return Verdict(one.tag, max(0.6, one.confidence * 0.7))
    if first.confidence >= SURE:
        return Verdict(first.tag, first.confidence * 0.6)
    return Verdict(UNDECIDED, 0.3)


def _with_length(verdict: Verdict, letters: int, hinted: str | None) -> tuple[str, float]:
    if letters < SHORTEST and verdict.tag != UNDECIDED:
        sure = verdict.confidence >= 0.9 and (letters >= SHORTEST // 2 or verdict.tag == hinted)
        verdict = Verdict(verdict.tag if sure else UNDECIDED, min(verdict.confidence, 0.49) * letters / SHORTEST)
    return verdict.tag, round(min(verdict.confidence, 1.0), 4)
