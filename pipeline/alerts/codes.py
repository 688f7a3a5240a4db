"""Codes of languages and countries that no article carries, and those that articles carry in their place.

Source: Unicode CLDR's names and aliases (https://cldr.unicode.org), by way of Babel.
"""

from __future__ import annotations

from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

from pipeline.alerts.tree import Value
from pipeline.language_tags import tag_of

_THREE_LETTERS = 3
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def unusual(value: Value) -> str | None:
    """What to tell of a value that hardly any article has; None: articles have it."""
    if value.field == "language":
        usual = _usual(value.value)
        if usual != value.value:
            return f"articles have the language {usual} in place of {value.value}; write language:{usual}"
    if value.field == "country" and value.value not in _countries():
        known = get_global("territory_aliases").get(value.value, [])
        meant = f"write {' OR '.join(f'country:{code}' for code in known)}" if known else "look its two letters up"
        return f"{value.value} is no country's code (ISO 3166); {meant}"
    return None


@lru_cache(1000)
def _usual(tag: str) -> str:
    usual = tag_of(tag)
    if len(usual) != _THREE_LETTERS:
        return usual
    return tag_of(str(get_global("language_aliases").get(usual, usual)))


@cache
def _countries() -> frozenset[str]:
    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2) - _NO_COUNTRIES
