"""Plain text as every later stage may expect it: mended, NFC, one newline between paragraphs, no stray spaces."""

from __future__ import annotations

import re
import unicodedata

import ftfy

_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*")
# Control and formatting characters that carry no meaning in prose. Kept: ZWNJ and ZWJ (Persian, Indic scripts) and
# the direction marks LRM and RLM; dropped: other C0/C1 controls, soft hyphens, BOM, embeddings and overrides.
_NOISE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffc\ud800-\udfff]"
)
_MEND = ftfy.TextFixerConfig(
    unescape_html="auto",
    uncurl_quotes=False,
    fix_character_width=False,
    fix_latin_ligatures=True,
    normalization="NFC",
    explain=False,
)


def normalise_text(text: str) -> str:
    """Mojibake undone (ftfy), NFC, noise out, spaces single, paragraphs on lines of their own. Idempotent."""
    text = _NOISE.sub(
        "", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    )
    for _ in range(3):  # mending can uncover more to mend
        mended = unicodedata.normalize("NFC", ftfy.fix_text(text, _MEND))
        if mended == text:
            break
        text = mended
    return _BREAKS.sub("\n", _SPACES.sub(" ", _NOISE.sub("", text))).strip()


def normalise_line(text: str | None) -> str | None:
    """`normalise_text` on one line; None when nothing is left."""
    return normalise_text(text).replace("\n", " ") or None if text else None
