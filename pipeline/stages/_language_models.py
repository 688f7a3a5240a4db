"""py3langid and pycld2 behind one face. Both are loaded once, on first use; py3langid's model takes under a second."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pycld2

from pipeline.language_tags import tag_of

# What cannot be sent through pycld2: it takes valid UTF-8 without control characters only.
_UNSENDABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]|[\U0001fffe\U0001ffff]")
_MAX_BYTES = 8000
_OPEN = "un"
_NOTHING = 1e-12
"""Probability below which nobody asks for it; most of the 140 languages have less."""
# What is a letter to a reader and none to Unicode, and what stands for two or three letters of an alphabet.
_VOWEL_SIGNS = re.compile("[\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09be-\u09cd\u0b80-\u0dff\u0e31\u0e34-\u0e4e]")
_SYLLABLES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def primary(tag: str) -> str:
    """The language without script and region: `zh-Hant` is zh."""
    return tag.partition("-")[0]


@cache
def _without_script(code: str) -> str:
    """The tag for a code of a model, of which there are some three hundred, without a script."""
    return primary(tag_of(code))


def count_letters(text: str) -> int:
    """How long a text is to a reader, whatever its script."""
    letters = sum(map(str.isalpha, text))
    return letters if text.isascii() else letters + len(_VOWEL_SIGNS.findall(text)) + len(_SYLLABLES.findall(text))


def first_opinion(text: str) -> dict[str, float]:
    """py3langid's: the probability of each language, by its tag without a script."""
    shares: dict[str, float] = {}
    for code, probability in _py3langid().rank(text):
        if probability < _NOTHING:
            break
        if code != "zxx":
            tag = _without_script(code)
            shares[tag] = shares.get(tag, 0.0) + probability
    return shares


@dataclass(frozen=True, slots=True)
class Reading:
    """What pycld2 makes of a text."""

    shares: Mapping[str, float]
    """Of up to three languages by their tags without a script, largest first, as shares of the text from 0 to 1."""
    reliable: bool
    _sent: bytes
    _cuts: tuple[tuple[int, int, str, str], ...]

    @property
    def tag(self) -> str | None:
        """The language of most of the text, None where it is open."""
        return next(iter(self.shares), None)

    def confidence(self, *tags: str) -> float:
        """How sure it is that the text is in these languages: their share of it."""
        return sum(self.shares.get(tag, 0.0) for tag in tags) * (1.0 if self.reliable else 0.6)

    def passages(self) -> list[tuple[str, str]]:
        """The text in its order, cut where the language changes: a tag without a script, empty if open, and a piece."""
        return [
            ("" if code == _OPEN else _without_script(code), self._sent[start : start + size].decode("utf-8", "ignore"))
            for start, size, _, code in self._cuts
        ]


def second_opinion(text: str) -> Reading:
    """pycld2's, of the first 8,000 bytes."""
    start = _UNSENDABLE.sub(" ", text[:_MAX_BYTES])
    sent = start.encode("utf-8", "ignore")[:_MAX_BYTES].decode("utf-8", "ignore").encode()
    try:
        reliable, _, details, cuts = pycld2.detect(sent, bestEffort=True, returnVectors=True)
    except pycld2.error:
        return Reading({}, False, sent, ())
    shares: dict[str, float] = {}
    if details[0][1] != _OPEN:
        for _, code, percent, _ in details:
            if code != _OPEN and percent:
                tag = _without_script(code)
                shares[tag] = shares.get(tag, 0.0) + percent / 100
    return Reading(shares, reliable, sent, cuts)


@cache
def _py3langid() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 -- loads numpy and a large model

    class Identifier(LanguageIdentifier):  # type: ignore[misc]  # it comes without types
        """With weights that need not be widened for each text, which takes longer than to use them; 30 MB more."""

        def __init__(self, weights: Any, *rest: Any, **options: Any) -> None:
            super().__init__(weights.astype("float32"), *rest, **options)

    return Identifier.from_model_file(MODEL_FILE, norm_probs=True)
