"""Names of countries, territories and continents, from Unicode CLDR by way of Babel.

Source: Unicode CLDR (https://cldr.unicode.org), territory display names, Unicode License v3.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale, UnknownLocaleError

_CONTINENTS = frozenset({"002", "003", "005", "009", "013", "019", "142", "150", "419"})
_NO_TERRITORIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_BRACKETS = re.compile(r"\s*[(（](.+)[)）]\s*")
_HONG_KONG = ("HK", "MO")  # CLDR says "Hong Kong SAR China", which nobody writes

# What the press writes besides CLDR's names.
_PRESS: dict[str, dict[str, str]] = {
    "de": {"USA": "US", "Hongkong": "HK"},
    "en": {
        "U.S.": "US", "US": "US", "USA": "US", "America": "US", "UK": "GB", "U.K.": "GB", "Britain": "GB",
        "Great Britain": "GB", "Czech Republic": "CZ", "Palestine": "PS", "UAE": "AE", "Turkey": "TR",
        "Ivory Coast": "CI", "Hong Kong": "HK", "Macau": "MO", "Taiwan": "TW", "DR Congo": "CD",
    },
    "es": {"EE.UU.": "US", "EEUU": "US", "Hong Kong": "HK"},
    "fr": {"Etats-Unis": "US", "USA": "US", "Grande-Bretagne": "GB", "Hong Kong": "HK"},
    "id": {
        "AS": "US", "Inggris": "GB", "Cina": "CN", "Korea Utara": "KP", "Korea Selatan": "KR", "Korsel": "KR",
        "Korut": "KP", "Palestina": "PS", "UEA": "AE", "Ceko": "CZ", "RI": "ID",
    },
    "it": {"Usa": "US", "USA": "US", "Gran Bretagna": "GB", "Hong Kong": "HK"},
    "ja": {"米国": "US", "香港": "HK", "北朝鮮": "KP"},
    "ko": {"한국": "KR", "홍콩": "HK", "팔레스타인": "PS"},
    "pl": {"USA": "US"},
    "pt": {"EUA": "US", "Hong Kong": "HK"},
    "ru": {
        "США": "US", "Гонконг": "HK", "Британия": "GB", "Северная Корея": "KP", "Южная Корея": "KR",
        "Палестина": "PS",
    },
    "uk": {"США": "US"},
    "zh": {"香港": "HK", "澳门": "MO", "澳門": "MO", "台灣": "TW", "台湾": "TW", "巴勒斯坦": "PS"},
    "ar": {"أمريكا": "US", "أميركا": "US", "فلسطين": "PS", "الإمارات": "AE", "هونغ كونغ": "HK"},
    "hi": {"अमेरिका": "US", "ब्रिटेन": "GB", "फ़लस्तीन": "PS"},
}  # fmt: skip
# CLDR's locales in the other scripts of a language.
_OTHER_SCRIPTS = {"az": "az_Cyrl", "bs": "bs_Cyrl", "pa": "pa_Arab", "sr": "sr_Latn", "uz": "uz_Cyrl", "zh": "zh_Hant"}
# Languages whose press often uses the English names as well.
_WITH_ENGLISH = frozenset({"id", "ms", "tl", "sw", "und"})


@cache
def territories(language: str, *, other_script: bool = True) -> dict[str, str]:
    """CLDR code (ISO 3166-1 alpha-2, or UN M.49 for continents) by name in a language; empty for one without data.

    In both scripts of a language that has two, unless asked otherwise: the models were trained on lists in one.
    """
    names: dict[str, str] = {}
    if language in _WITH_ENGLISH:
        names |= _cldr("en") | _PRESS["en"]
    names |= _cldr(language)
    if other_script:
        names |= _cldr(_OTHER_SCRIPTS.get(language, language))
    names |= _PRESS.get(language, {})
    if language in ("id", "ms"):
        del names["US"], names["America"]  # "Amerika" and "AS" there; "US" is a currency sign's first half
    return {name: code for name, code in names.items() if len(name) > 1}


def _cldr(language: str) -> dict[str, str]:
    try:
        listed = Locale.parse(language.replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        return {}
    names: dict[str, str] = {}
    for code in sorted(listed):
        name = listed[code]
        wanted = code in _CONTINENTS or (len(code) == 2 and code not in _NO_TERRITORIES)
        if not wanted or code in _HONG_KONG or name == code:
            continue
        plain = _BRACKETS.sub("", name).strip()
        names.setdefault(plain, code)
        bracketed = _BRACKETS.search(name)
        if bracketed and code == "MM":  # Myanmar (Burma): both are names; elsewhere brackets explain
            names.setdefault(bracketed[1], code)
    return names


@cache
def day_and_month_names(language: str) -> frozenset[str]:
    """Names of the days and months in lower case, as CLDR has them in full and in short."""
    names: set[str] = set()
    for tag in {language, _OTHER_SCRIPTS.get(language, language)}:
        try:
            locale = Locale.parse(tag.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
        names |= {
            name.lower().rstrip(".")
            for forms in (locale.days, locale.months)
            for context in ("format", "stand-alone")
            for width, table in forms.get(context, {}).items()
            if width in ("wide", "abbreviated")
            for name in table.values()
        }
    return frozenset(names)
