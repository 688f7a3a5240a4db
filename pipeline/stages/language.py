"""language: the language of headline and body, from two independent models and, for close ones, their own words."""

from __future__ import annotations

import math
import re
from functools import partial

from msgspec.structs import replace

from pipeline.language_tags import tag_of
from pipeline.records import Article, RawArticle
from pipeline.registry import stage
from pipeline.stages._chinese import script
from pipeline.stages._close_languages import decide, group_of, kin
from pipeline.stages._language_hint import page_language
from pipeline.stages._language_mixture import shares
from pipeline.stages._language_models import Reading, count_letters, first_opinion, primary, second_opinion

SAMPLE = 1000
"""Characters of the body that are looked at, besides the headline."""
_GLANCE = 300
"""Characters that are enough where the language is plain."""
_PLAIN = 0.99
"""Confidence at which it is."""
SHORTEST = 40
"""Letters below which no model is to be trusted."""
UNDECIDED = "und"

# What speaks for a language beside py3langid's probability, as logarithms; chosen on the development files.
_SECOND = 2.5
"""pycld2 names it for the whole text."""
_HINT = 1.5
"""Feed or page names it. They are often wrong, so that a hint decides only what is all but open."""
_RARE = -2.0
"""It is rarely meant unless pycld2 names it too: py3langid sees Nigerian Pidgin in any list of English names."""
_RARE_TAGS = frozenset(
    {"pcm", "gom", "ace", "an", "oc", "sa", "ne", "bh", "mai", "bho", "yue", "io", "ia", "vo", "la", "eo"}
)
_NEGLIGIBLE = 1e-4
"""Of the best language's share: what has less is not looked at, unless something else names it."""
_PURE = 0.85
"""pycld2's share from which a text is in one language."""
_WORTH_A_LOOK = 0.08
"""pycld2's share of a second language from which an article may be in several."""
_LEAST = 0.2
"""Probability below which nothing is said."""
_NO_WORDS = re.compile(r"https?://\S+|\bwww\.\S+|(?<!\w)@\w+")
"""Addresses and names of accounts: letters in no language."""
_CAPITALS = re.compile("[A-ZÀ-ÞА-Я]{4}")
_SHOUTED = 0.3
"""Share of capitals from which a text is read in small letters: py3langid has learnt few words in capitals."""


@stage("language", version="4")
def language(article: Article, raw: RawArticle) -> Article:
    """`language`, `language_confidence`, and `languages` where the article is in several.

    `und` where the text is too short or the models contradict each other. What the producer says of the language, or
    else the page of itself, is a hint.
    """
    hint = raw.language or (page_language(raw.content) if raw.content_type == "text/html" else None)
    headline, body = article.headline or "", article.body or article.description or ""
    reading = second_opinion(f"{headline}\n{body}")
    several = len(reading.shares) > 1 and sorted(reading.shares.values())[-2] >= _WORTH_A_LOOK
    if several and (languages := shares(reading.passages(), partial(identify, ""))):
        main = languages[0]
        return replace(
            article,
            language=main.language,
            language_confidence=round((1 + main.share) / 2, 4),
            languages=languages,
        )
    tag, confidence = _identify(headline, body, hint, reading)
    return replace(article, language=tag, language_confidence=confidence, languages=())


def identify(headline: str, body: str, hint: str | None = None) -> tuple[str, float]:
    """BCP 47 tag and its probability from 0 to 1, four decimals. `hint` (feed, page) tips an even balance."""
    return _identify(headline, body, hint, second_opinion(_sample(headline, body)))


def _sample(headline: str, body: str, size: int = SAMPLE) -> str:
    return f"{headline[:size]}\n{body[:size]}".strip()


def _legible(sample: str, letters: int) -> str:
    """What py3langid is to read of a sample of so many letters."""
    if "@" in sample or "//" in sample or "www." in sample:
        sample = _NO_WORDS.sub(" ", sample)
    shouted = _CAPITALS.search(sample) and sum(map(str.isupper, sample)) > _SHOUTED * letters
    return sample.lower() if shouted else sample


def _identify(headline: str, body: str, hint: str | None, second: Reading) -> tuple[str, float]:
    if max(len(headline), len(body)) > _GLANCE:
        tag, confidence = _look(_sample(headline, body, _GLANCE), hint, second)
        if confidence >= _PLAIN and second.tag in kin(primary(tag)):
            return tag, confidence
    return _look(_sample(headline, body), hint, second)


def _look(sample: str, hint: str | None, second: Reading) -> tuple[str, float]:
    if (letters := count_letters(sample)) == 0:
        return UNDECIDED, 0.0
    hinted = tag_of(hint) if hint else None
    tag, confidence = _decide(_legible(sample, letters), primary(hinted) if hinted else None, second)
    if confidence < _LEAST:
        return UNDECIDED, round(confidence, 4)
    if letters < SHORTEST:
        sure = confidence >= 0.9 and (letters >= SHORTEST // 2 or (hinted is not None and primary(hinted) == tag))
        tag, confidence = tag if sure else UNDECIDED, min(confidence, 0.49) * letters / SHORTEST
    if tag == "zh":
        written = script(sample)
        tag = f"zh-{written}" if written else hinted if hinted in ("zh-Hans", "zh-Hant") else tag
    return tag, round(min(confidence, 1.0), 4)


def _decide(sample: str, hinted: str | None, second: Reading) -> tuple[str, float]:
    first = first_opinion(sample)
    named = second.tag
    least = _NEGLIGIBLE * max(first.values(), default=0.0)
    scores = {
        tag: math.log(max(share, 1e-12))
        + (_SECOND * second.confidence(tag) if tag == named else 0.0)
        + (_HINT if tag == hinted else 0.0)
        + (_RARE if tag in _RARE_TAGS and tag != named else 0.0)
        for tag, share in first.items()
        if share > least or tag in (named, hinted)
    }
    if not scores:
        return UNDECIDED, 0.0
    most = max(scores.values())
    shares = {tag: math.exp(score - most) for tag, score in scores.items()}
    total = sum(shares.values())
    best = max(shares, key=lambda tag: (shares[tag], tag))
    group = group_of(best, sample)
    own = group.tags if group else (best,)
    mixture = second.confidence(*own) if named in own else 1.0  # what is half in another language is half sure
    confidence = min(sum(shares.get(tag, 0.0) for tag in own) / total, (1 + mixture) / 2 if mixture < _PURE else 1)
    if group is None:
        return best, confidence
    members = decide(group, sample, first, named, hinted)
    best = max(members, key=lambda tag: (members[tag], tag))
    return best, members[best] * confidence
