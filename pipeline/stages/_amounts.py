"""Sums of money and percentages in running text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.languages import Language, languages
from pipeline.stages._numbers import COMMA, POINT, number, written
from pipeline.stages._wording import WORD_START, alternatives

_CODES = (
    "USD EUR GBP JPY CNY CHF AUD CAD NZD SGD HKD TWD KRW IDR MYR THB VND PHP INR PKR BDT LKR BRL MXN ARS CLP COP PEN "
    "TRY RUB UAH PLN CZK HUF RON SEK NOK DKK ZAR NGN KES TZS UGX EGP SAR AED KWD QAR ILS IRR KZT"
)
_LETTERED = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD",
    "NT$": "TWD", "R$": "BRL", "RM": "MYR", "Rp": "IDR", "Rp.": "IDR", "Sh": "", "Rs": "", "Rs.": "", "Tk": "BDT",
} | {code: code for code in _CODES.split()}  # fmt: skip
_SIGNS = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "￥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY",
    "₫": "VND", "฿": "THB", "₴": "UAH", "₦": "NGN", "₱": "PHP", "₸": "KZT", "৳": "BDT", "₪": "ILS", "﷼": "",
}  # fmt: skip
_SIGN = "[" + "".join(_SIGNS).replace("$", r"\$") + "]"
_BEFORE = re.compile(
    rf"((?<![^\W\d_])(?:{'|'.join(re.escape(each) for each in sorted(_LETTERED, key=len, reverse=True))})|{_SIGN})\s?\Z"
)
_AFTER = re.compile(rf"\s?(?:(?P<sign>{_SIGN})(?!\s?\d)|(?P<code>{_CODES.replace(' ', '|')})(?!\w))")
_ADDING_UP = frozenset(("ja", "ko", "zh"))
"""Languages that write 3億5000万."""
_RANGE = re.compile(r"\s?[-–—]\s?\d")
_LOCAL = {("$", "es"): "", ("¥", "zh"): "CNY", ("￥", "zh"): "CNY"}
_ENDINGS = frozenset(("tr",))
_MOST_PARTS = 4


@dataclass(frozen=True, slots=True)
class Amount:
    """From `start` to `end` of the text; `value` is None where the currency is not plain."""

    start: int
    end: int
    label: str
    value: str | None


@dataclass(frozen=True, slots=True)
class _Wording:
    decimal: str
    number: re.Pattern[str]
    scale: re.Pattern[str] | None
    factors: dict[str, int]
    currency: re.Pattern[str] | None
    codes: tuple[str, ...]
    percent: re.Pattern[str]
    percent_before: re.Pattern[str] | None


def number_pattern(language: str) -> re.Pattern[str]:
    """How the language writes numbers."""
    return _wording(language).number


def amount_at(text: str, start: int, end: int, language: str) -> Amount | None:
    """The percentage or the sum of money whose number stands from `start` to `end`."""
    wording = _wording(language)
    if text[max(0, start - 1) : start] in (":", ".", ",", "/", "٫"):
        return None  # the end of a time, of a version, of an address
    value = number(text[start:end], wording.decimal)
    if value is None:
        return None
    return _percentage(text, start, end, value, wording) or _money(text, start, end, value, language)


def _percentage(text: str, start: int, end: int, value: Decimal, wording: _Wording) -> Amount | None:
    found = wording.percent.match(text, end)
    before = wording.percent_before.search(text[max(0, start - 12) : start]) if wording.percent_before else None
    if not found and not before:
        return None
    if before:
        start = max(0, start - 12) + before.start()
    elif text[max(0, start - 1) : start] in ("-", "−") and (start == 1 or text[start - 2] in " (\n"):
        start, value = start - 1, -value
    return Amount(start, found.end() if found else end, "PERCENT", written(value))


def _money(text: str, start: int, end: int, value: Decimal, language: str) -> Amount | None:
    wording = _wording(language)
    before = _BEFORE.search(text[max(0, start - 6) : start])
    scaled, stop = _scaled(text, end, value, wording, adds_up=language in _ADDING_UP)
    sign = before[1] if before else None
    code = _code(sign, language) if sign else None
    if before:
        start = max(0, start - 6) + before.start()
        if stop == end and _RANGE.match(text, end):
            return None
    else:
        found = _currency(text, stop, language)
        if found is None:
            return None
        code, stop = found
    return Amount(start, stop, "MONEY", f"{code} {written(scaled)}" if code else None)


def _scaled(text: str, end: int, value: Decimal, wording: _Wording, *, adds_up: bool) -> tuple[Decimal, int]:
    """The number with the words that multiply it, and where they end."""
    total, stop = Decimal(0), end
    for _ in range(_MOST_PARTS):
        found = wording.scale.match(text, end) if wording.scale else None
        total += value * (wording.factors[found["scale"].lower()] if found else 1)
        stop = found.end() if found else end
        following_at = stop + (text[stop : stop + 1] == " ")
        more = wording.number.match(text, following_at) if found and adds_up else None
        following = number(more[0], wording.decimal) if more else None
        if more is None or following is None:
            break
        value, end = following, more.end()
    return total, stop


def _currency(text: str, start: int, language: str) -> tuple[str, int] | None:
    wording = _wording(language)
    found = wording.currency.match(text, start) if wording.currency else None
    if found and found.lastgroup:
        return wording.codes[int(found.lastgroup[1:])], found.end()
    found = _AFTER.match(text, start)
    return (_code(found["sign"] or found["code"], language), found.end()) if found else None


def _code(sign: str, language: str) -> str:
    return _LOCAL.get((sign, language), _SIGNS.get(sign) or _LETTERED.get(sign, ""))


@cache
def _wording(language: str) -> _Wording:
    known = languages().get(language, Language(tag=language, name="", analyzer="standard"))
    factors = {spelling: factor for words, factor in known.scales.items() for spelling in _spellings(words)}
    scale = alternatives(factors, language) if factors else ""
    currencies = sorted(known.currencies.items(), key=lambda item: len(item[0]), reverse=True)
    words = "|".join(
        f"(?P<c{position}>{alternatives((phrase,), language, endings=language in _ENDINGS)})"
        for position, (phrase, _) in enumerate(currencies)
    )
    percent = f"|{alternatives(known.percent, language)}" if known.percent else ""
    before = alternatives(known.percent_before, "ja") if known.percent_before else ""
    return _Wording(
        decimal=known.decimal,
        number=COMMA if known.decimal == "," else POINT,
        # "5m": the scale need not be a word of its own at its beginning
        scale=re.compile(rf"[\s-]?(?P<scale>{scale.replace(WORD_START, '')})", re.IGNORECASE) if scale else None,
        factors=factors,
        currency=re.compile(rf"\s?(?:(?:de|di|del)\s|d[’'])?(?:{words.replace(WORD_START, '')})", re.IGNORECASE)
        if words
        else None,
        codes=tuple(code for _, code in currencies),
        percent=re.compile(rf"\s?(?:[%٪％]{percent.replace(WORD_START, '')})", re.IGNORECASE),
        percent_before=re.compile(rf"(?<!\w){before}\s?\Z", re.IGNORECASE) if before else None,
    )


_OPTION = re.compile(r"([^()|]+)(?:\(([^()]*)\))?")


def _spellings(words: str) -> list[str]:
    """The spellings of `words`, brackets spelled out: "million|milliard(en|)" has three."""
    return [literal + option for literal, options in _OPTION.findall(words) if literal for option in options.split("|")]
