"""What a model sees of each token: byte strings, as CRFsuite takes them.

A word's own features do not depend on where it stands, so they are made once per word and kept (`WordFeatures`);
tagging then joins lists. Features that the model does not know are left out there: they change nothing and cost time.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from pipeline.ner.gazetteer import Gazetteer

MAX_WORD = 40
"""Longer tokens are described by their first characters."""
_CACHED_WORDS = 8192

_UNMARKED = ["G="]
Features = list[bytes]
Known = Mapping[str, bytes]


class Described(NamedTuple):
    """What a word gives to itself, to the token after it, before it, two after and two before it; the word in lower
    case, and its shape."""

    own: Features
    after: Features
    before: Features
    after2: Features
    before2: Features
    low: str
    form: str


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


def describe_word(word: str) -> tuple[tuple[list[str], ...], str]:
    """The features that a word gives, in the order of `Described`, and its shape."""
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
    given = (
        own,
        [f"-1w={low}", f"-1s={form}", f"-1x3={low[-3:]}"],
        [f"+1w={low}", f"+1s={form}", f"+1x3={low[-3:]}"],
        [f"-2w={low}", f"-2s={form}"],
        [f"+2w={low}", f"+2s={form}"],
    )
    return given, form


class WordFeatures:
    """Features of the words of a sentence. With `known`, only those that it has, and as it has them."""

    def __init__(self, gazetteer: Gazetteer | None = None, known: Known | None = None) -> None:
        self._gazetteer = gazetteer
        self._known = known
        self._describe: Callable[[str], Described] = lru_cache(_CACHED_WORDS)(self._describe_known)
        self._mark = lru_cache(_CACHED_WORDS)(self._mark_known)
        self._first, self._last, self._unmarked = (self._keep([feature]) for feature in ("first", "last", "G="))

    def _keep(self, features: Iterable[str]) -> Features:
        return _keep(features, self._known)

    def _describe_known(self, word: str) -> Described:
        described, form = describe_word(word)
        own, after, before, after2, before2 = map(self._keep, described)
        return Described(own, after, before, after2, before2, word[:MAX_WORD].lower(), form)

    def _mark_known(self, marks: tuple[str, ...]) -> tuple[Features, Features, Features]:
        own = [*(f"g={mark}" for mark in marks), f"G={''.join(sorted(marks))}"]
        return self._keep(own), self._keep(f"-g={mark}" for mark in marks), self._keep(f"+g={mark}" for mark in marks)

    def __call__(self, tokens: Sequence[str]) -> list[Features]:
        """One list of features per token."""
        described = [self._describe(token) for token in tokens]
        out = [list(word.own) for word in described]
        pairs: list[list[str]] = [[] for _ in tokens]
        for i, (word, following) in enumerate(pairwise(described)):
            out[i] += following.before
            out[i + 1] += word.after
            pairs[i] += (f"+s={word.form}|{following.form}", f"+ws={following.low}|{word.form}")
            pairs[i + 1] += (
                f"-s={word.form}|{following.form}",
                f"-ws={word.low}|{following.form}",
                f"-ww={word.low}|{following.low}",
            )
        for i, (word, middle, following) in enumerate(zip(described, described[1:], described[2:], strict=False)):
            out[i] += following.before2
            out[i + 2] += word.after2
            pairs[i + 1].append(f"s3={word.form}|{middle.form}|{following.form}")
        for i, paired in enumerate(pairs):
            out[i] += self._keep(paired)
        out[0] += self._first
        out[-1] += self._last
        if self._gazetteer is not None:
            self._add_marks(out, self._gazetteer.marks(tokens, [word.low for word in described]))
        return out

    def _add_marks(self, features: list[Features], marks: Sequence[Sequence[str]]) -> None:
        for i, marked in enumerate(marks):
            if not marked:
                features[i] += self._unmarked
                continue
            own, after, before = self._mark(tuple(marked))
            features[i] += own
            if i:
                features[i - 1] += before
            if i + 1 < len(features):
                features[i + 1] += after


def _keep(features: Iterable[str], known: Known | None) -> Features:
    if known is None:
        return [feature.encode() for feature in features]
    return [known[feature] for feature in features if feature in known]


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

    def __init__(self, known: Known | None = None) -> None:
        self._known = known
        self._kind = lru_cache(_CACHED_WORDS)(character_kind)

    def __call__(self, tokens: Sequence[str]) -> Sequence[Features]:
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
        return [_keep(features, self._known) for features in out]
