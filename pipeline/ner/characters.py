"""What a model sees of a sentence in a script without blanks: runs of characters, and the words and names there."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from operator import add

from pipeline.ner.dictionary import Dictionary
from pipeline.ner.features import GAP, Kind, Pieces, Template

_CACHED_CHARACTERS = 16384
PADDING = 3


@lru_cache(_CACHED_CHARACTERS)
def character_kind(character: str) -> str:
    """One letter for the script or the sort of a character, as far as it tells names from other text."""
    if character.isascii():
        return "A" if character.isalpha() else "0" if character.isdigit() else character
    script = unicodedata.name(character, "?").partition(" ")[0]
    return script[0] if script in _SCRIPTS else unicodedata.category(character)[0]


_SCRIPTS = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "KATAKANA-HIRAGANA"})


def _runs(**offsets: int) -> Kind:
    """Runs of characters; the feature for each offset is its letter and the run."""
    letters = tuple(name[-1] for name in offsets)
    return Kind(tuple(offsets.values()), lambda run: tuple([f"{letter}{run}"] for letter in letters), letters)


BIAS = Kind((0,), lambda bias: ([bias],))
ONE = _runs(n0=0, n1=1, n2=-1, n3=2, n4=-2, n5=3, n6=-3)
TWO = _runs(a=1, b=0, c=2, d=-1)
AROUND = _runs(e=1)
THREE = _runs(f=2, g=1, h=0, i=3, j=-1)
FOUR = _runs(k=3, l=0)
KIND_ONE, KIND_THREE, KIND_FIVE, KIND_SEVEN = _runs(m=0), _runs(n=1), _runs(o=2), _runs(p=3)
IN_WORD = Kind((0,), lambda piece: (piece,))
IN_NAME = Kind((0,), lambda piece: (piece,))


def character_template(dictionary: Dictionary) -> Template:
    """Sentences as characters, with what stands in a window of three to each side, and the words and names there."""

    def pieces(tokens: Sequence[str]) -> Pieces:
        text = "".join(tokens)
        words, names = dictionary.pieces(text)
        before = [None] * PADDING
        return [*_character_pieces(text), (IN_WORD, [*before, *words]), (IN_NAME, [*before, *names])]

    return Template(PADDING, pieces)


def laid_out(texts: Sequence[str]) -> str:
    """The sentences of a text with padding around them, one character for each place (see features.Template)."""
    return _BETWEEN.join(f"{_BEFORE}{each}{_AFTER}" for each in texts)


def _character_pieces(sentence: str) -> Pieces:
    text = laid_out([sentence])
    kinds = f"___{''.join(map(character_kind, sentence))}___"
    twos = list(map(add, text, text[1:]))
    threes = list(map(add, twos, text[2:]))
    three_kinds = list(map(add, map(add, kinds, kinds[1:]), kinds[2:]))
    five_kinds = list(map(add, map(add, three_kinds, kinds[3:]), kinds[4:]))
    return [
        (ONE, list(text)),
        (TWO, list(twos)),
        (AROUND, list(map(add, text, text[2:]))),
        (THREE, list(threes)),
        (FOUR, list(map(add, threes, text[3:]))),
        (BIAS, ["bias"] * len(text)),
        (KIND_ONE, list(kinds)),
        (KIND_THREE, list(three_kinds)),
        (KIND_FIVE, list(five_kinds)),
        (KIND_SEVEN, list(map(add, map(add, five_kinds, kinds[5:]), kinds[6:]))),
    ]


_BEFORE, _AFTER, _BETWEEN = "\x02" * PADDING, "\x03" * PADDING, "\x00" * GAP
