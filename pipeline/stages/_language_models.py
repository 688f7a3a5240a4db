"""py3langid and pycld2 behind one face. Both are loaded once, on first use; py3langid's model takes under a second."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pycld2

# Tags of the models and of old standards (ISO 639 before 1989) in BCP 47; variants that newspapers are not written
# in count as the standard language they are mistaken for.
_TAGS = {
    "no": "nb", "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "sh": "sr", "fil": "tl",
    "zh-hant": "zh-Hant", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "zht": "zh-Hant",
    "zh-hans": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "wuu": "zh", "yue": "zh", "arz": "ar", "ary": "ar",
    "hbo": "he", "grc": "el", "srl": "sr", "sr-me": "sr", "cmn": "zh", "zsm": "ms",
}  # fmt: skip

# What cannot be sent through pycld2: it takes valid UTF-8 without control characters only.
_UNSENDABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]|[\U0001fffe\U0001ffff]")
_MAX_BYTES = 8000


@dataclass(frozen=True, slots=True)
class Verdict:
    """A BCP 47 tag and how sure its giver is, 0 to 1."""

    tag: str
    confidence: float


def tag_of(code: str) -> str:
    """The tag that articles carry for a code of a model, a feed or a page: `pt-BR` is pt, `in` is id."""
    code = code.strip().lower().replace("_", "-")
    primary, _, rest = code.partition("-")
    return _TAGS.get(code) or _TAGS.get(f"{primary}-{rest.partition('-')[0]}") or _TAGS.get(primary) or primary


def primary(tag: str) -> str:
    """The language without script and region: `zh-Hant` is zh."""
    return tag.partition("-")[0]


def first_opinion(text: str) -> dict[str, float]:
    """py3langid's: the probability of each language, by its tag without a script."""
    shares: dict[str, float] = {}
    for code, probability in _py3langid().rank(text):
        if code != "zxx":
            tag = primary(tag_of(code))
            shares[tag] = shares.get(tag, 0.0) + probability
    return shares


def second_opinion(text: str) -> Verdict | None:
    """pycld2's, None when it has none: a tag without a script. Its confidence is that language's share of the text."""
    sendable = _UNSENDABLE.sub(" ", text).encode("utf-8", "ignore")[:_MAX_BYTES].decode("utf-8", "ignore")
    try:
        reliable, _, details = pycld2.detect(sendable, bestEffort=True)
    except pycld2.error:
        return None
    _, code, share, _ = details[0]
    if code == "un":
        return None
    return Verdict(primary(tag_of(code)), share / 100 * (1.0 if reliable else 0.6))


@cache
def _py3langid() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 -- loads numpy and a large model

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
