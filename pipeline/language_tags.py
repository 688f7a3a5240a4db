"""The tags of languages that articles carry."""

from __future__ import annotations

# Tags of the models and of old standards (ISO 639 before 1989) in BCP 47; variants that newspapers are not written
# in count as the standard language they are mistaken for.
_TAGS = {
    "no": "nb", "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "sh": "sr", "fil": "tl",
    "zh-hant": "zh-Hant", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "zht": "zh-Hant",
    "zh-hans": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "wuu": "zh", "yue": "zh", "arz": "ar", "ary": "ar",
    "hbo": "he", "grc": "el", "srl": "sr", "sr-me": "sr", "cmn": "zh", "zsm": "ms",
}  # fmt: skip


def tag_of(code: str) -> str:
    """The tag that articles carry for a code of a model, a feed or a page: `pt-BR` is pt, `in` is id."""
    code = code.strip().lower().replace("_", "-")
    primary, _, rest = code.partition("-")
    return _TAGS.get(code) or _TAGS.get(f"{primary}-{rest.partition('-')[0]}") or _TAGS.get(primary) or primary
