"""Great cities found by their names alone, in languages that no model reads.

A list knows no context, so little is asked of it: names of large cities, in scripts without capitals where they stand
as words of their own and are no common word or first name, elsewhere only after a preposition of place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from pipeline.ner.place_forms import basic_forms
from pipeline.ner.places import CAPITAL, CITY, place_key, places
from pipeline.ner.spans import Name, Text

_MAX_WORDS = 3
_MIN_PRIOR = 7.0
"""About the thousand best known cities."""
_MIN_LETTERS = 4
"""Shorter names are words too often: Qom, Van."""

_PREPOSITIONS: dict[str, str] = {
    "be": "у ў з із да ад пад каля",
    "bg": "в във от до към край",
    "ca": "a de des fins",
    "cs": "v ve z ze do od u",
    "el": "στην στη στον στο από",
    "es": "en desde hacia hasta",
    "fr": "à depuis vers",
    "it": "a ad di da",
    "mk": "во од до кон",
    "nl": "in uit naar vanuit bij",
    "pl": "w we z ze do od koło pod",
    "sk": "v vo z zo do od",
    "sl": "v iz do od pri",
    "uk": "у в з із зі до від під біля",
    "vi": "ở tại đến từ",
}
"""Of place, in lower case."""

_WORDS: dict[str, str] = {
    "ar": """مدينة المدينة المدينه مدينه الجزيرة الجزيره العين سالم ميدان سويا رياض أمان امان الزرقاء زرقاء
        طراز يبين غازي أقصر بحري تاني بنين فلاديمير كالي لكسر أمسك امسك جنان رباط صهيون رالي آنفا باتمان
        كولن بريدة حماة هاميلتون كانو بورصة ليون باكرا""",
    "bn": """তুলা কালি হোমস র‌্যালি পার্থ ব্যাটম্যান দোহার জিয়ান ব্রেস্ট সালেম সামারা""",
    "fa": """بالای بالاي میدان ميدان سالم احمدی احمدي دوشنبه آستانه امان ربات رباط بریده مدینه تراز طراز بتمن
        سویا ولادیمیر پرته کلون پونی پونه کوتا رالی کالی باتم کولون دنور لیون برنو""",
    "ur": """میدان بخاری غازی امان بحری کالی بھلائی موصول تھانہ تھانے احمدی سویا سالم میڈیسن صوفیہ صوفیا طراز
        تولا کولن کوٹا المدینہ بریدہ ریاض رباط کولم پونی ولادیمیر کولون کھلنا بنوں مینز لیون""",
}
"""What names a great city, and is more often a word or a first name. Read off lists of frequent words (wordfreq)."""


def listed_places(index: int, text: Text, language: str) -> Iterator[Name]:
    """Names of great cities in the text with this index."""
    tokens = text.tokens
    if language in _WORDS:
        starts = [at for at, token in enumerate(tokens) if len(token) >= _MIN_LETTERS and not token.isascii()]
    else:
        before = _prepositions(language)
        starts = [
            at for at, token in enumerate(tokens) if at and token[0].isupper() and tokens[at - 1].lower() in before
        ]
    free_from = 0
    for first in starts:
        if first < free_from:
            continue
        for last in range(min(first + _MAX_WORDS, len(text.tokens)), first, -1):
            if _is_whole(first, last, text, language) and _is_great(text.slice(first, last), language):
                free_from = last
                yield Name(index, first, last, "LOC")
                break


def _is_whole(first: int, last: int, text: Text, language: str) -> bool:
    """Where there are capitals: all words have them, and the one after has none."""
    words = text.tokens[first:last]
    if not all(word[0].isalpha() for word in words):
        return False
    if language in _WORDS:
        return True
    after = text.tokens[last] if last < len(text.tokens) else "."
    return all(word[0].isupper() for word in words) and not after[0].isupper()


@lru_cache(maxsize=65_536)
def _is_great(name: str, language: str) -> bool:
    key = place_key(name)
    if len(key) < _MIN_LETTERS or key in _common(language):
        return False
    return any(
        place.kind in (CITY, CAPITAL) and place.prior >= _MIN_PRIOR
        for form in (key, *_basic_forms(key, language))
        for place in places().named(form)
    )


def _basic_forms(key: str, language: str) -> Iterator[str]:
    """Of Arabic only without "in": its other small words make names out of too many words."""
    forms = basic_forms(key, language) if language != "ar" else [key[1:]] if key[0] == "ب" else []
    yield from (form for form in forms if len(form) >= _MIN_LETTERS and form not in _common(language))


@cache
def _prepositions(language: str) -> frozenset[str]:
    return frozenset(_PREPOSITIONS.get(language, "").split())


@cache
def _common(language: str) -> frozenset[str]:
    return frozenset(place_key(word) for word in _WORDS.get(language, "").split())
