"""What a model sees of each token: strings, as CRFsuite takes them.

A word's own features do not depend on where it stands, so they are made once per word and kept (`WordFeatures`); tagging
then joins lists. Features that the model does not know are left out there: they change nothing and cost time.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Container, Sequence
from functools import lru_cache

from pipeline.ner.gazetteer import Gazetteer

MAX_WORD = 40
"""Longer tokens are described by their first characters."""
_CACHED_WORDS = 8192

Marks = Sequence[Sequence[str]]
Described = tuple[list[str], list[str], list[str], list[str], list[str], str]


def shape(word: str) -> str:
    """Capitals as X, small letters as x, digits as d, other letters as c; runs as one: `McDonald` is XxXx."""
    out = ""
    for character in word[:12]:
        if character.isupper():
            kind = "X"
        elif character.islower():
            kind = "x"
        elif character.isdigit():
            kind = "d"
        else:
            kind = "c" if character.isalpha() else character
        if not out or out[-1] != kind or kind not in "Xxdc":
            out += kind
    return out


def describe_word(word: str) -> Described:
    """The features that a word gives to itself, to the token after it, before it, two after, two before it; its shape."""
    word = word[:MAX_WORD]
    low = word.lower()
    form = shape(word)
    own = ["b", f"w={low}", f"s={form}"]
    own += [f"p{n}={low[:n]}" for n in (1, 2, 3, 4, 5) if n <= len(low)]
    own += [f"x{n}={low[-n:]}" for n in (1, 2, 3, 4, 5) if n <= len(low)]
    if word[0].isupper():
        own.append("cap")
        own.append(f"W={word}")
    if len(word) > 1 and word.isupper():
        own.append(f"up{min(len(word), 6)}")
    if "-" in word:
        own += [f"h={part}" for part in low.split("-")[:3]]
    return (
        own,
        [f"-1w={low}", f"-1s={form}", f"-1x3={low[-3:]}"],
        [f"+1w={low}", f"+1s={form}", f"+1x3={low[-3:]}"],
        [f"-2w={low}", f"-2s={form}"],
        [f"+2w={low}", f"+2s={form}"],
        form,
    )


class WordFeatures:
    """Features of the words of a sentence. With `known`, only those that it contains."""

    def __init__(self, gazetteer: Gazetteer | None = None, known: Container[str] | None = None) -> None:
        self._gazetteer = gazetteer
        self._known = known
        self._describe: Callable[[str], Described] = lru_cache(_CACHED_WORDS)(self._describe_known)

    def _describe_known(self, word: str) -> Described:
        own, after, before, after2, before2, form = describe_word(word)
        keep = self._keep
        return keep(own), keep(after), keep(before), keep(after2), keep(before2), form

    def _keep(self, features: list[str]) -> list[str]:
        known = self._known
        return features if known is None else [feature for feature in features if feature in known]

    def __call__(self, tokens: Sequence[str]) -> list[list[str]]:
        """One list of features per token."""
        described = [self._describe(token) for token in tokens]
        lowered = [token[:MAX_WORD].lower() for token in tokens]
        known = self._known
        size = len(tokens)
        out = []
        for i, (own, _, _, _, _, form) in enumerate(described):
            features = list(own)
            pairs = []
            if i:
                features += described[i - 1][1]
                before = described[i - 1][5]
                pairs += [f"-s={before}|{form}", f"-ws={lowered[i - 1]}|{form}", f"-ww={lowered[i - 1]}|{lowered[i]}"]
                if i > 1:
                    features += described[i - 2][3]
                if i + 1 < size:
                    pairs.append(f"s3={before}|{form}|{described[i + 1][5]}")
            else:
                features.append("first")
            if i + 1 < size:
                features += described[i + 1][2]
                pairs += [f"+s={form}|{described[i + 1][5]}", f"+ws={lowered[i + 1]}|{form}"]
                if i + 2 < size:
                    features += described[i + 2][4]
            else:
                features.append("last")
            features += pairs if known is None else [pair for pair in pairs if pair in known]
            out.append(features)
        if self._gazetteer is not None:
            _add_marks(out, self._gazetteer.marks(tokens, lowered))
        return out


def _add_marks(features: list[list[str]], marks: Marks) -> None:
    for i, own in enumerate(features):
        joined = "".join(sorted(marks[i]))
        own += [f"g={mark}" for mark in marks[i]]
        own.append(f"G={joined}")
        if i and marks[i - 1]:
            own += [f"-g={mark}" for mark in marks[i - 1]]
        if i + 1 < len(marks) and marks[i + 1]:
            own += [f"+g={mark}" for mark in marks[i + 1]]


def character_kind(character: str) -> str:
    """The script of a character, as far as it tells names from other text."""
    if character.isascii():
        return "A" if character.isalpha() else "0" if character.isdigit() else character
    name = unicodedata.name(character, "?")
    first = name.partition(" ")[0]
    if first in ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "KATAKANA-HIRAGANA"):
        return first[:2] if first != "KATAKANA-HIRAGANA" else "KA"
    return unicodedata.category(character)


class CharacterFeatures:
    """Features of the characters of a sentence: what stands in a window of three to each side."""

    def __init__(self, known: Container[str] | None = None) -> None:
        self._known = known
        self._kind = lru_cache(_CACHED_WORDS)(character_kind)

    def __call__(self, tokens: Sequence[str]) -> list[list[str]]:
        """One list of features per character."""
        kinds = "".join(self._kind(token)[0] for token in tokens)
        text = "".join(tokens)
        padded, padded_kinds = f"\x02\x02\x02{text}\x03\x03\x03", f"___{kinds}___"
        out = []
        for i in range(3, len(tokens) + 3):
            c = padded[i - 3 : i + 4]
            k = padded_kinds[i - 3 : i + 4]
            out.append(
                [
                    "b",
                    f"0{c[3]}", f"1{c[2]}", f"2{c[4]}", f"3{c[1]}", f"4{c[5]}", f"5{c[0]}", f"6{c[6]}",
                    f"a{c[2:4]}", f"b{c[3:5]}", f"c{c[1:3]}", f"d{c[4:6]}", f"e{c[2]}{c[4]}",
                    f"f{c[1:4]}", f"g{c[2:5]}", f"h{c[3:6]}", f"i{c[0:3]}", f"j{c[4:7]}", f"k{c[0:4]}", f"l{c[3:7]}",
                    f"m{k[3]}", f"n{k[2:5]}", f"o{k[1:6]}", f"p{k}",
                ]
            )  # fmt: skip
        known = self._known
        return out if known is None else [[feature for feature in features if feature in known] for features in out]
