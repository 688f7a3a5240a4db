"""The scores of labels that words give: the features of features.word_template with a model's weights, added up.

The features are never written out. A word is looked up once: its row holds the sum of all that it gives by itself,
and numbers for its small form and its shape; what neighbours give together is found by codes made of these numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from pipeline.ner.crfsuite import Floats, Weights, added_up
from pipeline.ner.features import EDGE, FREQUENCY, GAP, MARKS, MAX_WORD, Emitted, Kind, low_and_shape
from pipeline.ner.gazetteer import Gazetteer
from pipeline.ner.hashes import Hashes, text_hash
from pipeline.ner.vocabulary import Vocabulary
from pipeline.ner.word_weights import (
    BESIDE,
    BITS,
    NEXT_AND_SHAPE,
    OFFSETS,
    PREVIOUS_AND_SHAPE,
    PREVIOUS_AND_WORD,
    THREE_SHAPES,
    Codes,
    Indexes,
    WordWeights,
)

Marks = tuple[str, ...]

_MAX_WORDS = 32768
_MAX_MARKS = 4096
_MODELS = 32
_BETWEEN = [""] * GAP


class _Sums:
    """The sums of pieces of a kind, a row for each; row 0 is nothing."""

    def __init__(self, weights: WordWeights, kind: Kind) -> None:
        self._weights, self._kind = weights, kind
        self._rows: dict[object, int] = {}
        self.sums = np.zeros((64, len(kind.offsets), len(weights.labels)), np.float32)

    def row(self, piece: object) -> int:
        row = self._rows.get(piece)
        if row is None:
            row = self._rows[piece] = len(self._rows) + 1
            if row == len(self.sums):
                self.sums = np.concatenate([self.sums, np.zeros_like(self.sums)])
            self.sums[row] = self._weights.of_piece(self._kind, piece)
        return row

    def of(self, pieces: Sequence[object]) -> Floats:
        """The sums of pieces."""
        rows = [self.row(piece) for piece in pieces]
        return self.sums[rows]

    def __len__(self) -> int:
        return len(self._rows)


@lru_cache(_MODELS)
def _word_weights(weights: Weights) -> WordWeights:
    """The pooled model's once for all of its languages."""
    return WordWeights(weights)


class WordScores:
    """Adds up weights for the words of a language. Not for use by several threads at once."""

    def __init__(
        self,
        model: Weights,
        gazetteer: Gazetteer,
        frequencies: Vocabulary | None,
        clusters: Vocabulary | None,
    ) -> None:
        self._weights = weights = _word_weights(model)
        self._gazetteer = gazetteer
        self._frequencies, self._clusters = frequencies, clusters
        self._of_frequency, self._of_edge = _Sums(weights, FREQUENCY), _Sums(weights, EDGE)
        self._clear()

    def _clear(self) -> None:
        self._rows: dict[str, int] = {"": 0}
        self._lows = [""]
        self._sums = np.zeros((1024, len(OFFSETS), len(self._weights.labels)), np.float32)
        self._numbers = np.zeros((1024, 3), np.int64)
        self._of_marks = _Sums(self._weights, MARKS)

    def add(self, sentences: Sequence[Sequence[str]], starts: Sequence[int], size: int) -> Emitted:
        """See features.Emitter. Beside words there are "" and ()."""
        words: list[str] = []
        for tokens in sentences:
            words += tokens
            words += _BETWEEN
        del words[size:]
        if len(self._rows) > _MAX_WORDS or len(self._of_marks) > _MAX_MARKS:
            self._clear()
        found = list(map(self._rows.get, words))
        if None in found:
            self._remember(list(dict.fromkeys(word for word, row in zip(words, found, strict=True) if row is None)))
            found = list(map(self._rows.get, words))
        rows = np.array([0, 0, *found, 0, 0], np.intp)
        numbers = self._numbers.take(rows, axis=0)
        scores = _around(self._sums, rows, OFFSETS)
        scores += added_up(self._weights.states, self._together(numbers))
        marks, of_marks = self._marked(found, numbers[2:-2, 2], starts, [len(tokens) for tokens in sentences])
        scores += _around(self._of_marks.sums, np.where(rows > 0, of_marks, 0), BESIDE)
        ends = [start + len(tokens) - 1 for start, tokens in zip(starts, sentences, strict=True)]
        scores[starts] += self._of_edge.sums[self._of_edge.row("first"), 0]
        scores[ends] += self._of_edge.sums[self._of_edge.row("last"), 0]
        return Emitted(scores, words, marks)

    def _together(self, numbers: Codes) -> Indexes:
        """For each place the features of words and shapes side by side."""
        lows, shapes = numbers[:, 0], numbers[:, 1]
        here, before, after = slice(2, -2), slice(1, -3), slice(3, -1)
        two, of_codes = self._weights.two_shapes, self._weights.of_codes
        codes = [
            NEXT_AND_SHAPE | lows[after] << BITS | shapes[here],
            PREVIOUS_AND_SHAPE | lows[before] << BITS | shapes[here],
            PREVIOUS_AND_WORD | lows[before] << BITS | lows[here],
            THREE_SHAPES | (shapes[before] << BITS | shapes[here]) << BITS | shapes[after],
        ]
        beside = [two[0, shapes[here], shapes[after]], two[1, shapes[before], shapes[here]]]
        return np.stack([*of_codes(np.stack(codes)), *beside])

    def _marked(
        self, found: Sequence[int | None], lists: Codes, starts: Sequence[int], sizes: Sequence[int]
    ) -> tuple[list[Marks], Indexes]:
        """The marks of the gazetteer at each place, and the rows of their sums with two more places around."""
        places = np.flatnonzero(lists)
        ends = np.array([start + size for start, size in zip(starts, sizes, strict=True)], np.intp)
        limits = ends[np.searchsorted(ends, places, "right")].tolist()
        listed = zip(places.tolist(), lists[places].tolist(), limits, strict=True)
        lowered = [self._lows[row or 0] for row in found]
        by_place = self._gazetteer.marks_at(lowered, listed)
        marks: list[Marks] = [()] * len(found)
        rows = np.full(len(found) + 4, self._of_marks.row(()), np.intp)
        for place, given in by_place.items():
            marks[place] = tuple(given)
            rows[place + 2] = self._of_marks.row(marks[place])
        return marks, rows

    def _remember(self, new: Sequence[str]) -> None:
        """Make rows for new words."""
        weights, states = self._weights, self._weights.states
        described = [low_and_shape(word) for word in new]
        lows = [low for low, _ in described]
        first, end = len(self._lows), len(self._lows) + len(new)
        self._rows.update(zip(new, range(first, end), strict=True))
        self._lows += lows
        hashes = np.array([*map(text_hash, lows)], np.uint32)
        numbers = np.zeros((len(new), 3), np.int64)
        numbers[:, 0] = [*map(weights.lows.numbers.get, lows, repeat(0))]
        numbers[:, 1] = [weights.shapes.numbers.get(shape, 0) for _, shape in described]
        is_listed = [word[0].isalpha() and not word[0].islower() for word in new]
        numbers[is_listed, 2] = self._gazetteer.all_lists_of(hashes[is_listed])
        endings = [weights.endings.numbers.get(low[-3:], 0) for low in lows]
        sums = added_up(
            states, np.stack([weights.lows.features[numbers[:, 0]], weights.shapes.features[numbers[:, 1]]])
        )
        sums[:, 0] += added_up(states, weights.own([word[:MAX_WORD] for word in new], lows))
        sums[:, 1:3] += states[weights.endings.features[endings]]
        if self._frequencies is not None:
            sums[:, :3] += self._of_frequency.of(self._frequencies.all_of(hashes).tolist())
        if self._clusters is not None:
            sums[:, :3] += added_up(states, weights.of_clusters(self._clusters_of(new, hashes, self._clusters)))
        if end > len(self._sums):
            self._sums = np.concatenate([self._sums, np.zeros((end, *sums.shape[1:]), np.float32)])
            self._numbers = np.concatenate([self._numbers, np.zeros((end, 3), np.int64)])
        self._sums[first:end], self._numbers[first:end] = sums, numbers

    def _clusters_of(self, words: Sequence[str], lows: Hashes, clusters: Vocabulary) -> Indexes:
        """By the words as they are or else in lower case, of which these are the hashes."""
        for at, word in enumerate(words):
            if len(word) > MAX_WORD:
                lows[at] = text_hash(word.lower())
        as_they_are = clusters.all_of(np.array([*map(text_hash, words)], np.uint32))
        return np.where(as_they_are, as_they_are, clusters.all_of(lows)).astype(np.intp)


def _around(sums: Floats, rows: NDArray[np.intp], offsets: NDArray[np.intp]) -> Floats:
    """What each place is given by those around it; `rows` has two more places before and after."""
    starts = rows * len(offsets)
    near = [starts[2 - offset : len(rows) - 2 - offset] + k for k, offset in enumerate(offsets.tolist())]
    return added_up(sums.reshape(-1, sums.shape[2]), np.stack(near))
