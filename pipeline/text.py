"""Plain text as every later stage may expect it: mended, NFC, one newline between paragraphs, no stray spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from ftfy import fix_encoding, fixes
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad

# Control and formatting characters that carry no meaning in prose. Kept: ZWNJ and ZWJ (Persian, Indic scripts) and
# the direction marks LRM and RLM; dropped: other C0/C1 controls, soft hyphens, BOM, embeddings and overrides.
_NOISE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffc\ud800-\udfff]"
)
# Scripts that write words without blanks use the zero-width space between them; elsewhere it is a leftover.
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
_ZERO_WIDTH_SPACE = re.compile(f"(?<!{_UNSPACED})\u200b|\u200b(?!{_UNSPACED})")
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
# A tenth of its price, and most texts have none of either.
_OTHER_SPACE = re.compile("[\t\x0b-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_BREAKS = re.compile(r"\s*\n\s*")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\u2028\u2029]")
_MAYBE_LINE_END = re.compile("[\r\x0b\x0c\u2028\u2029]")
# What mending may change although `is_bad` sees nothing wrong: entities, escapes, C1 controls, Latin ligatures.
_SUSPECT = re.compile("[&\x1b\x80-\x9f\ud800-\udfff\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06]")
# What every match of ftfy's badness pattern contains; a tenth of its price, and few lines of honest text have it:
# two such characters side by side, unless both are small letters as in "ação" and "ață".
_RARE = "\x80-\u024f\u02b0-\u02ff\u0384\u0385\u0490\u0491\u2000-\u2bff\uf8ff\ufb01\ufb02\ufffd"
_PLAIN = "ß-öø-ÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįķĺļľłńņňōŏőŕŗřśŝşšţťŧũūŭůűųŵŷźżžșț"
_WORST = MOJIBAKE_CATEGORIES["bad"] + MOJIBAKE_CATEGORIES["upper_accented"]
_MAYBE_BAD = re.compile(
    f"[{_RARE}](?:(?<![{_PLAIN}])|(?![{_PLAIN}]))[{_RARE}]"
    f"|[\u0370-\u045f][{_WORST}]|[ВГРСΒΓΞΟ][{_RARE}][ВГРСΒΓΞΟ]|[ÃÂŒœ\x80-\x9f]|вЂ|ГўВЂВ"
)
_AMPERSANDS = re.compile(r"&(?:amp;|#0{0,6}38;|#x0{0,6}26;)+", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_PASSES = 12  # honest text settles in two
_REMEMBERED = 4  # a body is normalised first and, mostly unchanged, once more for its hash


def _combining_marks(start: int, stop: int) -> str:
    """The marks that canonical ordering moves about, as ranges of a character class."""
    marks = {code for code in range(start, stop) if unicodedata.combining(chr(code))}
    first = sorted(code for code in marks if code - 1 not in marks)
    last = sorted(code for code in marks if code + 1 not in marks)
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in zip(first, last, strict=True))


# Unicode normalisation takes time quadratic in the length of a run of marks; no writing system stacks more than
# 30 (Stream-Safe Text Format, UAX #15 section 13). The first pattern is coarse, and quick.
_BMP_MARKS = _combining_marks(0x300, 0x10000)
_MARKS = _BMP_MARKS + _combining_marks(0x10000, 0x1F000)
_MAYBE_PILE = re.compile(f"[{_BMP_MARKS}\U00010000-\U0001efff][{_BMP_MARKS}\U00010000-\U0001efff]{{30}}")
_PILE = re.compile(f"([{_MARKS}][{_MARKS}]{{29}})[{_MARKS}]+")


@lru_cache(_REMEMBERED)
def normalise_text(text: str) -> str:
    """Mojibake undone (ftfy), NFC, noise out, spaces single, paragraphs on lines of their own.

    Idempotent: a result is a text that one more pass leaves alone. Text that never settles (entities nested by
    malice) is tidied without being mended.
    """
    return _settled(text, _tidy, lambda tidied: _tidy(_mend(tidied)))


def normalise_line(text: str | None) -> str | None:
    """`normalise_text` on one line, without HTML tags; None when nothing is left. Idempotent."""
    if not text:
        return None
    return _settled(text, tidy_line, lambda tidied: tidy_line(_mend(_TAG.sub(" ", tidied)))) or None


def fold(text: str) -> str:
    """For comparison without regard to case, in Turkish too: İ and ı count as i."""
    return text.replace("İ", "i").replace("ı", "i").casefold()


def _settled(text: str, tidy: Callable[[str], str], once: Callable[[str], str]) -> str:
    """The fixed point that repeated passes come to; where there is none, the tidied text, for which there is none
    either. Both ways the result of the result is the result."""
    settled = _fixed_point(text, once)
    if settled is None:
        tidied = tidy(text)
        settled = _fixed_point(tidied, once)
        return tidied if settled is None else settled
    return settled


def _fixed_point(text: str, once: Callable[[str], str]) -> str | None:
    for _ in range(_PASSES):
        following = once(text)
        if following == text:
            return text
        text = following
    return None


def _mend(text: str) -> str:
    """What ftfy mends, one line at a time, and only lines that can need it: it costs ten times all the rest."""
    if text.isascii() and "&" not in text and "\x1b" not in text:
        return text
    return "\n".join([_mend_line(line) if _needs_mending(line) else line for line in text.split("\n")])


def _needs_mending(line: str) -> bool:
    return _SUSPECT.search(line) is not None or (_MAYBE_BAD.search(line) is not None and is_bad(line))


def _mend_line(line: str) -> str:
    if "&" in line and "<" not in line:  # with markup about, an entity may be meant to be one
        line = fixes.unescape_html(_AMPERSANDS.sub("&", line))
    line = fixes.fix_surrogates(fixes.remove_terminal_escapes(line)).replace("\ufffd", "")
    return fixes.fix_latin_ligatures(fixes.fix_c1_controls(fix_encoding(line)))


def tidy_line(text: str) -> str:
    """`normalise_line` without what it mends: NFC, noise out, spaces single, on one line."""
    return _tidy(text).replace("\n", " ")


def _tidy(text: str) -> str:
    if _MAYBE_LINE_END.search(text):
        text = _LINE_ENDS.sub("\n", text)
    text = _NOISE.sub("", text)
    if "\u200b" in text:
        text = _ZERO_WIDTH_SPACE.sub("", text)
    if not text.isascii():
        text = _unpile(text)
        composed = unicodedata.normalize("NFC", text)
        text = text if composed == text else _unpile(composed)
    if "  " in text or _OTHER_SPACE.search(text):
        text = _SPACES.sub(" ", text)
    return (_BREAKS.sub("\n", text) if "\n" in text else text).strip()


def _unpile(text: str) -> str:
    return _PILE.sub(r"\1", text) if _MAYBE_PILE.search(text) else text
