"""A small neural network that reads a sentence beside the conditional random field.

A word's vector is the sum of those of its pieces (fastText: Bojanowski et al. 2017). A quasi-recurrent layer (Bradbury
et al. 2017) reads them in both directions: a window of three words gives what is new and how much of the old is kept.

A file is an archive of numpy's with the arrays of `Parameters`, `vectors` in bytes with a scale for each row.
"""

from __future__ import annotations

import io
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pipeline.ner.crfsuite import Floats
from pipeline.ner.features import MAX_WORD
from pipeline.ner.hashes import text_hash

SHORTEST, LONGEST = 2, 4
"""Of the pieces of a word, in characters, marks for its beginning and end included."""
MAX_PIECES = 36
_CACHED_WORDS = 16384
_STEPS = 127
_ROWS = 16


@dataclass(frozen=True, slots=True)
class Parameters:
    """Of a network with vectors of d numbers, h numbers in each direction, and l labels.

    `hashes` are those of the n pieces known, ascending; `vectors` n by d. `window` (3 d by 6 h) and `bias` (6 h) give,
    of the vectors of three words, what is new, what is kept and what is shown, first h forward, then h backward; `out`
    (2 h by l) and `out_bias` (l) the scores of labels; `steps` (l by l) those of a label after another.
    """

    hashes: NDArray[np.uint32]
    vectors: Floats
    window: Floats
    bias: Floats
    out: Floats
    out_bias: Floats
    steps: Floats

    def to_bytes(self) -> bytes:
        """What the file holds."""
        scale = np.maximum(np.abs(self.vectors).max(axis=1, keepdims=True), 1e-8) / _STEPS
        file = io.BytesIO()
        np.savez(
            file,
            hashes=self.hashes,
            vectors=np.rint(self.vectors / scale).astype(np.int8),
            scale=scale.astype(np.float16),
            **{name: getattr(self, name).astype(np.float16) for name in _SMALL},
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Parameters:
        """The inverse of `to_bytes`, but for what bytes cannot tell apart."""
        with np.load(io.BytesIO(data)) as file:
            vectors = file["vectors"].astype(np.float32) * file["scale"].astype(np.float32)
            return cls(file["hashes"], vectors, **{name: file[name].astype(np.float32) for name in _SMALL})


_SMALL = ("window", "bias", "out", "out_bias", "steps")


def pieces(word: str, marks: Sequence[str]) -> list[str]:
    """What a word and its list marks are made of."""
    low = word[:MAX_WORD].lower()
    marked = f"^{low}$"
    made = _whole_pieces(word, low, marks)
    made += (marked[at : at + size] for size in range(SHORTEST, LONGEST + 1) for at in range(len(marked) - size + 1))
    return list(dict.fromkeys(made))[:MAX_PIECES]


def _whole_pieces(word: str, low: str, marks: Sequence[str]) -> list[str]:
    made = [f"w={low}", *(f"g={mark}" for mark in marks)]
    if word.isdigit():
        made.append("digits")
    if word.isascii():
        made.append("ascii")
    if word[0].isupper():
        made.append("capital")
    return made


def hashes_of_pieces(word: str, marks: Sequence[str]) -> list[int]:
    """The hashes of the pieces of a word, those of longer runs made from those of shorter ones."""
    low = word[:MAX_WORD].lower()
    hashes = [text_hash(piece) for piece in _whole_pieces(word, low, marks)]
    letters = [letter.encode("utf-8", "replace") for letter in f"^{low}$"]
    runs = list(map(crc32, letters))
    for size in range(2, LONGEST + 1):
        runs = list(map(crc32, letters[size - 1 :], runs))
        if size >= SHORTEST:
            hashes += runs
    return list(dict.fromkeys(hashes))[:MAX_PIECES]


class Network:
    """Scores the labels of words. Not for use by several threads at once."""

    def __init__(self, parameters: Parameters) -> None:
        self.steps = parameters.steps
        self._parameters = parameters
        halved = np.where(np.arange(len(parameters.bias)) < len(parameters.bias) // 3, np.float32(1), np.float32(0.5))
        window = (parameters.window * halved).reshape(len(parameters.window), 6, -1)
        self._window, self._bias = np.ascontiguousarray(window.transpose(1, 0, 2)), parameters.bias * halved
        self._known: dict[Hashable, int] = {}
        self._vectors = np.empty((_CACHED_WORDS, parameters.vectors.shape[1]), np.float32)

    def emissions(
        self,
        words: Sequence[Any],
        marks: Sequence[Any],
        starts: Sequence[int],
        lengths: Sequence[int],
        size: int,
    ) -> Floats:
        """The score of each label at each of `size` places.

        Sentences begin at `starts`, with an empty place at least between them.
        """
        places = np.array([start + at for start, length in zip(starts, lengths, strict=True) for at in range(length)])
        known = self._known_as([(words[at], marks[at]) for at in places.tolist()])
        vectors = np.zeros((size + 2, self._vectors.shape[1]), np.float32)
        vectors[places + 1] = self._vectors[known]
        windows = np.concatenate([vectors[places], vectors[places + 1], vectors[places + 2]], axis=1)
        gates = _product(windows, self._window)
        gates += self._bias
        np.tanh(gates, out=gates)
        new, kept, shown = np.split(gates, 3, axis=1)
        state = _recurrence(new, _half(kept), lengths)
        state *= _half(shown)
        scores = np.zeros((size, len(self.steps)), np.float32)
        scores[places] = _product(state, self._parameters.out[None])
        scores[places] += self._parameters.out_bias
        return scores

    def _known_as(self, words: list[tuple[str, tuple[str, ...]]]) -> list[int]:
        """Where the vectors of words with these marks are."""
        new = [word for word in dict.fromkeys(words) if word not in self._known]
        if len(self._known) + len(new) > len(self._vectors):
            self._known.clear()
            new = list(dict.fromkeys(words))
            if len(new) > len(self._vectors):
                self._vectors = np.empty((len(new), self._vectors.shape[1]), np.float32)
        known = self._known
        if new:
            first, end = len(known), len(known) + len(new)
            self._vectors[first:end] = self._vectors_of(new)
            known.update(zip(new, range(first, end), strict=True))
        return [known[word] for word in words]

    def _vectors_of(self, words: Sequence[tuple[str, tuple[str, ...]]]) -> Floats:
        hashes = [hashes_of_pieces(*word) for word in words]
        flat, known = np.array(list(chain.from_iterable(hashes)), np.uint32), self._parameters.hashes
        rows = np.minimum(np.searchsorted(known, flat), len(known) - 1)
        is_known = known[rows] == flat
        word_of = np.repeat(np.arange(len(words)), list(map(len, hashes)))[is_known]
        vectors = np.zeros((len(words), self._vectors.shape[1]), np.float32)
        if len(word_of):
            begins = np.flatnonzero(np.diff(word_of, prepend=-1))
            counts = np.bincount(word_of, minlength=len(words))[word_of[begins], None]
            sums = np.add.reduceat(self._parameters.vectors.take(rows[is_known], axis=0), begins)
            vectors[word_of[begins]] = sums / (counts**0.5).astype(np.float32)
        return vectors


def _recurrence(new: Floats, kept: Floats, lengths: Sequence[int]) -> Floats:
    """What each word remembers of those before it (first half of the numbers) and after it (second half).

    All sentences go side by side, the longest first, both directions at once.
    """
    sizes = np.array(lengths)
    order = np.argsort(-sizes, kind="stable")
    begins, sizes = (np.cumsum(sizes) - sizes)[order], sizes[order]
    time = np.arange(sizes[0])[:, None]
    runs = time < sizes
    forward, backward = (begins + time)[runs], (begins + sizes - 1 - time)[runs]
    half = new.shape[1] // 2
    keep = np.concatenate([kept[forward, :half], kept[backward, half:]], axis=1)
    add = (1 - keep) * np.concatenate([new[forward, :half], new[backward, half:]], axis=1)
    first = 0
    for before, after in pairwise(runs.sum(axis=1).tolist()):
        here, there = first + before, first + before + after
        add[here:there] += keep[here:there] * add[first : first + after]
        first = here
    state = np.empty_like(new)
    state[forward, :half] = add[:, :half]
    state[backward, half:] = add[:, half:]
    return state


def _product(rows: Floats, blocks: Floats) -> Floats:
    """Rows times a matrix, of which `blocks` are columns side by side.

    In pieces so small that BLAS starts no threads: those cost ten times as much as they save.
    """
    padded = np.zeros((-(-len(rows) // _ROWS), 1, _ROWS, rows.shape[1]), np.float32)
    padded.reshape(-1, rows.shape[1])[: len(rows)] = rows
    made: Floats = (padded @ blocks).transpose(0, 2, 1, 3).reshape(len(padded) * _ROWS, -1)[: len(rows)]
    return made


def _half(x: Floats) -> Floats:
    """The logistic function, from the hyperbolic tangent of half of its argument."""
    made: Floats = np.float32(0.5) * x + np.float32(0.5)
    return made


def sigmoid(x: Floats) -> Floats:
    """The logistic function."""
    return _half(np.tanh(np.float32(0.5) * x))
