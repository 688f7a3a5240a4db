"""What a model sees of a sentence.

A sentence is taken apart into pieces: words, pairs of neighbours, runs of characters, list marks. A kind of piece says
which features a piece gives to the token that it stands at and to those around it. Training (`train.py`) writes them
out as CRFsuite wants them; tagging (`scores.py`) adds up their weights once per piece and remembers the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, Protocol

from pipeline.ner.crfsuite import Floats, Weights
from pipeline.ner.gazetteer import Gazetteer
from pipeline.ner.vocabulary import Vocabulary

MAX_WORD = 40
"""Longer tokens are described by their first characters."""
_CACHED_WORDS = 16384
PARTED = "|"
UNKNOWN = 0
"""Of a word that no vocabulary holds: its frequency, its cluster."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """`names(piece)[k]` are the features that a piece gives to the token `offsets[k]` places after its own. Where
    `prefixes` are given, that is one feature, `prefixes[k]` and the piece."""

    offsets: tuple[int, ...]
    names: Callable[[Any], tuple[Sequence[str], ...]]
    prefixes: tuple[str, ...] = ()


Pieces = list[tuple[Kind, list[Hashable | None]]]
"""For each kind the piece at each place, None for no piece; places at the end may be left out."""


GAP = 3
"""Empty places between the sentences of a text: the greatest offset of a piece."""


class Emitted(NamedTuple):
    """The score of each label at each place of a text; the words there and their list marks, if it has words."""

    scores: Floats
    words: Sequence[Any] = ()
    marks: Sequence[Any] = ()


class Emitter(Protocol):
    """Adds up the weights of features without writing these out."""

    def add(self, sentences: Sequence[Sequence[str]], starts: Sequence[int], size: int) -> Emitted:
        """Of a text of `size` places, its sentences beginning at `starts` (see `Template.starts`)."""


@dataclass(frozen=True, slots=True)
class Template:
    """How sentences are taken apart; `padding` places before and after a sentence hold pieces, but no tokens.

    `emitter` makes what scores the sentences of a text, where there is a quicker way than by pieces.
    """

    padding: int
    pieces: Callable[[Sequence[str]], Pieces]
    emitter: Callable[[Weights], Emitter] | None = None

    def starts(self, sentences: Sequence[Sequence[str]]) -> list[int]:
        """The place of the first token of each sentence of a text; last, that of one after them."""
        sizes = (len(tokens) + 2 * self.padding + GAP for tokens in sentences)
        return list(accumulate(sizes, initial=self.padding))

    def columns(self, sentences: Sequence[Sequence[str]]) -> dict[Kind, list[Hashable | None]]:
        """The pieces of the sentences of a text, by kind; places at the end may be left out."""
        columns: dict[Kind, list[Hashable | None]] = {}
        for start, tokens in zip(self.starts(sentences), sentences, strict=False):
            for kind, pieces in self.pieces(tokens):
                column = columns.setdefault(kind, [])
                column += [None] * (start - self.padding - len(column))
                column += pieces
        return columns


def features(template: Template, tokens: Sequence[str]) -> list[list[str]]:
    """The features of each token of a sentence, written out."""
    padding = template.padding
    out: list[list[str]] = [[] for _ in tokens]
    for kind, pieces in template.pieces(tokens):
        for at, piece in enumerate(pieces):
            if piece is None:
                continue
            for offset, names in zip(kind.offsets, kind.names(piece), strict=True):
                if 0 <= at + offset - padding < len(tokens):
                    out[at + offset - padding] += names
    return out


class _LetterKinds(dict[int, str]):
    """For `str.translate`: X for capitals, x for small letters, d for digits, c for other letters."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        kind = (
            "x" if letter.islower()
            else "X" if letter.isupper()
            else "d" if letter.isdigit()
            else "c" if letter.isalpha()
            else letter
        )  # fmt: skip
        return self.setdefault(code, kind)


_LETTER_KINDS = _LetterKinds()


def low_and_shape(word: str) -> tuple[str, str]:
    """A word in lower case, cut at MAX_WORD, and its shape: capitals as X, small letters as x, digits as d, other
    letters as c; runs as one, so that `McDonald` is XxXx."""
    return word[:MAX_WORD].lower(), _runs_as_one(word[:12].translate(_LETTER_KINDS))


@lru_cache(_CACHED_WORDS)
def _runs_as_one(kinds: str) -> str:
    shape = ""
    for kind in kinds:
        if shape[-1:] != kind or kind not in "Xxdc":
            shape += kind
    return shape


_BEGINNINGS = tuple((size, f"p{size}=") for size in range(1, 6))
_ENDINGS = tuple((size, f"x{size}=") for size in range(1, 6))


def _word(word: str) -> tuple[list[str], ...]:
    word = word[:MAX_WORD]
    low, form = low_and_shape(word)
    ending = low[-3:]
    own = ["b", f"w={low}", f"s={form}"]
    own += [name + low[:size] for size, name in _BEGINNINGS[: len(low)]]
    own += [name + low[-size:] for size, name in _ENDINGS[: len(low)]]
    if word[0].isupper():
        own += ("cap", f"W={word}")
    if len(word) > 1 and word.isupper():
        own.append(f"up{min(len(word), 6)}")
    if "-" in word:
        own += [f"h={part}" for part in low.split("-")[:3]]
    return (
        own,
        [f"-1w={low}", f"-1s={form}", f"-1x3={ending}"],
        [f"+1w={low}", f"+1s={form}", f"+1x3={ending}"],
        [f"-2w={low}", f"-2s={form}"],
        [f"+2w={low}", f"+2s={form}"],
    )


def _marked(marks: tuple[str, ...]) -> tuple[list[str], ...]:
    own = [*(f"g={mark}" for mark in marks), f"G={''.join(sorted(marks))}"]
    return own, [f"-g={mark}" for mark in marks], [f"+g={mark}" for mark in marks]


def _beside(features: Sequence[str]) -> tuple[list[str], ...]:
    """The same of a token, of the one before and the one after."""
    return list(features), [f"-{feature}" for feature in features], [f"+{feature}" for feature in features]


def _cluster(cluster: int) -> tuple[list[str], ...]:
    """A cluster and those that it lies in: bits of Brown's tree, the root's the lowest."""
    if cluster == UNKNOWN:
        return _beside(["k-"])
    return _beside([f"k4={cluster & 15}", f"k6={cluster & 63}", f"k10={cluster & 1023}", f"k={cluster}"])


WORD = Kind((0, 1, -1, 2, -2), _word)
SHAPES = Kind((0, 1), lambda two: ([f"+s={'|'.join(two)}"], [f"-s={'|'.join(two)}"]))
THREE_SHAPES = Kind((1,), lambda three: ([f"s3={'|'.join(three)}"],))


def _pair(prefix: str, offset: int) -> Kind:
    return Kind((offset,), lambda pair: ([f"{prefix}{pair[0]}{PARTED}{pair[1]}"],))


NEXT_AND_SHAPE, PREVIOUS_AND_SHAPE, PREVIOUS_AND_WORD = _pair("+ws=", 0), _pair("-ws=", 1), _pair("-ww=", 1)
EDGE = Kind((0,), lambda edges: (edges.split(),))
MARKS = Kind((0, 1, -1), _marked)
FREQUENCY = Kind((0, 1, -1), lambda frequency: _beside([f"z={frequency}"]))
CLUSTER = Kind((0, 1, -1), _cluster)


def word_template(
    gazetteer: Gazetteer, frequencies: Vocabulary | None = None, clusters: Vocabulary | None = None
) -> Template:
    """Sentences as words, with what is known of these."""

    @lru_cache(_CACHED_WORDS)
    def frequency(low: str) -> int:
        return frequencies.get(low) or UNKNOWN if frequencies else UNKNOWN

    @lru_cache(_CACHED_WORDS)
    def cluster(word: str) -> int:
        if clusters is None:
            return UNKNOWN
        low = word.lower()
        return clusters.get(word) or (clusters.get(low) if low != word else None) or UNKNOWN

    def pieces(tokens: Sequence[str]) -> Pieces:
        described = [low_and_shape(token) for token in tokens]
        lows = [low for low, _ in described]
        shapes = [shape for _, shape in described]
        edges: list[Hashable | None] = [None] * len(tokens)
        edges[0] = "first" if len(tokens) > 1 else "first last"
        edges[-1] = "last" if len(tokens) > 1 else "first last"
        made: Pieces = [
            (WORD, list(tokens)),
            (SHAPES, list(pairwise(shapes))),
            (THREE_SHAPES, list(zip(shapes, shapes[1:], shapes[2:], strict=False))),
            (NEXT_AND_SHAPE, list(zip(lows[1:], shapes, strict=False))),
            (PREVIOUS_AND_SHAPE, list(zip(lows, shapes[1:], strict=False))),
            (PREVIOUS_AND_WORD, list(pairwise(lows))),
            (EDGE, edges),
        ]
        marks = gazetteer.marks(tokens, lows)
        made.append((MARKS, [tuple(marked) for marked in marks]))
        if frequencies is not None:
            made.append((FREQUENCY, list(map(frequency, lows))))
        if clusters is not None:
            made.append((CLUSTER, list(map(cluster, tokens))))
        return made

    return Template(0, pieces)
