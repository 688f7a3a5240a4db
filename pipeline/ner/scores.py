"""A model at work: the labels of the tokens of a text, and how sure they are.

A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001), with weights as CRFsuite trained them.
The results are those of CRFsuite's own tagger; adding up weights once per piece (features.py) and reading all sentences
of a text at once takes half of its time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.ner.crfsuite import Floats, Weights
from pipeline.ner.features import Emitted, Kind, Template
from pipeline.ner.network import Network

Indexes = NDArray[np.intp]

_MAX_ROWS = 32768
_SCALED = 4
"""After so many steps; the numbers of each are within some thousand times of those before."""
_NETWORK_SHARE = np.float32(0.4)
"""What a network counts for beside the field. Chosen by cross-validation on Hindi; from 0.35 to 0.5 all do well."""


class Labelling(NamedTuple):
    """Of a sentence: the index of each token's label on the likeliest path; each token's score for each label."""

    best: list[int]
    scores: Floats


class _Table:
    """The weights that the pieces of one kind give, a row for each piece seen; row 0 is nothing."""

    def __init__(self, kind: Kind, weights: Weights) -> None:
        self.kind = kind
        self._weights = weights
        self._shape = (len(kind.offsets), len(weights.labels))
        self._clear()

    def _clear(self) -> None:
        self._rows: dict[Hashable, int] = {None: 0}
        self._sums = np.zeros((256, *self._shape), np.float32)

    def add(self, emissions: Floats, pieces: list[Hashable]) -> None:
        """Add what the piece at each place gives to the places around it."""
        if len(self._rows) > _MAX_ROWS:
            self._clear()
        rows = self._rows
        found = list(map(rows.get, pieces))
        if None in found:
            self._remember(list(dict.fromkeys(piece for piece, row in zip(pieces, found, strict=True) if row is None)))
            found = list(map(rows.get, pieces))
        at = np.array(found, np.intp)
        sums, size = self._sums[at], len(emissions)
        for k, offset in enumerate(self.kind.offsets):
            first, last = max(0, offset), min(size, len(at) + offset)
            if first < last:
                emissions[first:last] += sums[first - offset : last - offset, k]

    def _remember(self, new: Sequence[Hashable]) -> None:
        first = len(self._rows)
        self._rows.update(zip(new, range(first, first + len(new)), strict=True))
        if len(self._rows) > len(self._sums):
            grown = np.zeros((2 * len(self._rows), *self._shape), np.float32)
            grown[: len(self._sums)] = self._sums
            self._sums = grown
        slots, known = _known(self._weights.attributes, self.kind, new)
        if len(known):
            begins = np.flatnonzero(np.diff(slots, prepend=-1))
            flat = self._sums.reshape(-1, self._shape[1])
            flat[first * self._shape[0] + slots[begins]] = np.add.reduceat(self._weights.states[known], begins)


class _Tables:
    """The emitter of templates that bring none."""

    def __init__(self, weights: Weights, template: Template) -> None:
        self._weights, self._template = weights, template
        self._tables: dict[Kind, _Table] = {}

    def add(self, sentences: Sequence[Sequence[str]], _starts: Sequence[int], size: int) -> Emitted:
        """See features.Emitter."""
        emissions = np.zeros((size, len(self._weights.labels)), np.float32)
        for kind, column in self._template.columns(sentences).items():
            if kind not in self._tables:
                self._tables[kind] = _Table(kind, self._weights)
            self._tables[kind].add(emissions, column)
        return Emitted(emissions)


def _known(attributes: Mapping[str, int], kind: Kind, pieces: Iterable[Hashable]) -> tuple[Indexes, Indexes]:
    """The attributes that pieces give, and for each its slot: which piece, times the number of offsets, and which of
    these."""
    groups = list(chain.from_iterable(map(kind.names, pieces)))
    sizes = list(map(len, groups))
    given = list(chain.from_iterable(groups))
    found = np.fromiter(map(attributes.get, given, repeat(-1)), np.intp, len(given))
    known = np.flatnonzero(found >= 0)
    return np.repeat(np.arange(len(sizes)), sizes)[known], found[known]


class Scorer:
    """Labels the sentences of a text. Not for use by several threads at once.

    A `network` of the same labels has a say: the mean of scores is the geometric mean of probabilities, a product of
    experts (Hinton 2002).
    """

    def __init__(self, weights: Weights, template: Template, network: Network | None = None) -> None:
        self.labels = weights.labels
        self._template = template
        self._network = network
        self._steps = _mixed(weights.steps, network.steps) if network else weights.steps
        self._emitter = template.emitter(weights) if template.emitter else _Tables(weights, template)

    def label(self, sentences: Sequence[Sequence[str]]) -> list[Labelling]:
        """Label each sentence. None may be empty."""
        if not sentences:
            return []
        starts, emissions = self._emissions(sentences)
        return label(emissions, self._steps, starts, [len(tokens) for tokens in sentences])

    def probabilities(self, labellings: Sequence[Labelling]) -> list[Floats]:
        """Of each token of sentences that were labelled the probability of each label."""
        return probabilities(labellings, self._steps)

    def _emissions(self, sentences: Sequence[Sequence[str]]) -> tuple[list[int], Floats]:
        """Where each sentence starts, and the sum of the weights of each place's features."""
        *starts, end = self._template.starts(sentences)
        size = end - self._template.padding
        emissions, words, marks = self._emitter.add(sentences, starts, size)
        if self._network:
            lengths = [len(tokens) for tokens in sentences]
            emissions = _mixed(emissions, self._network.emissions(words, marks, starts, lengths, size))
        return starts, emissions


def _mixed(field: Floats, network: Floats) -> Floats:
    mixed: Floats = (1 - _NETWORK_SHARE) * field + _NETWORK_SHARE * network
    return mixed


@dataclass(frozen=True, slots=True)
class _Order:
    """Sentences side by side, the longest first, so that those still running are always the first ones.

    `places[t, k, i]` is where the k-th has its t-th token, counted from its beginning (i = 0) or its end (i = 1).
    """

    order: list[int]
    size: Indexes
    places: Indexes

    @classmethod
    def of(cls, starts: Sequence[int], sizes: Sequence[int], *, halves: bool = False) -> _Order:
        """With all tokens, or as many as it takes to meet in the middle."""
        order = sorted(range(len(sizes)), key=lambda i: -sizes[i])
        size = np.array(sizes, np.intp)[order]
        times = np.arange(size[0] // 2 + 1 if halves else size[0])[:, None]
        first = np.array(starts, np.intp)[order]
        passed = np.minimum(times, size - 1)
        return cls(order, size, np.stack([first + passed, first + size - 1 - passed], axis=2))


def label(emissions: Floats, steps: Floats, starts: Sequence[int], sizes: Sequence[int]) -> list[Labelling]:
    """The likeliest labels of each sentence (Viterbi)."""
    side_by_side = _Order.of(starts, sizes, halves=True)
    best = _viterbi(emissions, steps, side_by_side)
    labellings = [Labelling([], emissions)] * len(sizes)
    for i, path in zip(side_by_side.order, best, strict=True):
        labellings[i] = Labelling(path, emissions[starts[i] : starts[i] + sizes[i]])
    return labellings


def probabilities(labellings: Sequence[Labelling], steps: Floats) -> list[Floats]:
    """Of each token of each sentence the probability of each label (forward-backward)."""
    if not labellings:
        return []
    sizes = [len(labelling.best) for labelling in labellings]
    emissions = np.concatenate([labelling.scores for labelling in labellings])
    local = np.exp(emissions - emissions.max(axis=1, keepdims=True))
    starts = [end - size for end, size in zip(accumulate(sizes), sizes, strict=True)]
    side_by_side = _Order.of(starts, sizes)
    joint = _forward_backward(local, np.exp(steps), side_by_side)
    made = [joint] * len(sizes)
    for place, i in enumerate(side_by_side.order):
        made[i] = joint[: sizes[i], place]
    return made


def _viterbi(emissions: Floats, steps: Floats, side_by_side: _Order) -> list[list[int]]:
    """The labels of the likeliest path of each sentence, from both of its ends to the token in the middle."""
    longest, count, _ = side_by_side.places.shape
    labels, ends = len(steps), 2 * count
    middle = side_by_side.size // 2
    # Labels before sentences: numpy is quick where the last axis is long.
    scores = np.ascontiguousarray(emissions.take(side_by_side.places.reshape(longest, ends), axis=0).transpose(0, 2, 1))
    both = np.stack([steps, steps.T], axis=2)
    columns = np.tile(both, count)
    running = (2 * (np.arange(longest)[:, None] <= middle).sum(axis=1)).tolist()
    for t in range(1, longest):
        n = running[t]
        through = scores[t - 1, :, None, :n] + columns[:, :, :n]
        scores[t, :, :n] += np.maximum.reduce(through, axis=0)
    by_end = np.ascontiguousarray(scores.transpose(0, 2, 1))
    tops = np.stack([middle, side_by_side.size - 1 - middle], axis=1)
    at_middle = by_end[tops, np.arange(ends).reshape(count, 2)].sum(axis=1)
    at_middle -= emissions[side_by_side.places[0, :, 0] + middle]
    met = np.repeat(at_middle.argmax(axis=1), 2)
    is_middle = tops.ravel() == np.arange(longest)[:, None]
    # Which label led to the next one is asked of the path alone: cheaper than to note it for every label.
    before = np.ascontiguousarray(both.transpose(2, 1, 0)).reshape(2 * labels, labels)
    direction = np.tile([0, labels], count)
    path = np.zeros((longest, ends), np.intp)
    path[longest - 1] = met
    for t in range(longest - 2, -1, -1):
        n = running[t + 1]
        led = by_end[t, :n] + before.take(path[t + 1, :n] + direction[:n], axis=0)
        led.argmax(axis=1, out=path[t, :n])
        np.copyto(path[t], met, where=is_middle[t])
    paths = path.T.tolist()
    middles = middle.tolist()
    return [
        paths[2 * k][: middles[k] + 1] + paths[2 * k + 1][: size - 1 - middles[k]][::-1]
        for k, size in enumerate(side_by_side.size.tolist())
    ]


def _forward_backward(emissions: Floats, steps: Floats, side_by_side: _Order) -> Floats:
    """Probabilities, from exponentials, both ways at once; scaled now and then, so that none vanishes."""
    longest, count, _ = side_by_side.places.shape
    labels = len(steps)
    both = np.zeros((2 * labels, 2 * labels), np.float32)
    both[:labels, :labels], both[labels:, labels:] = steps, steps.T
    scores = emissions.take(side_by_side.places, axis=0).reshape(longest, count, 2 * labels)
    arrived: Floats = np.ones_like(scores)
    running = (np.arange(longest)[:, None] < side_by_side.size).sum(axis=1).tolist()
    for t in range(1, longest):
        n = running[t]
        if t % _SCALED == 1:
            _scale(scores[t - 1, :n].reshape(n, 2, labels))
        np.dot(scores[t - 1, :n], both, out=arrived[t, :n])
        scores[t, :n] *= arrived[t, :n]
    back = np.maximum(side_by_side.size - 1 - np.arange(longest)[:, None], 0)
    joint: Floats = scores[:, :, :labels] * arrived[back, np.arange(count), labels:]
    _scale(joint)
    return joint


def _scale(scores: Floats) -> None:
    """Make rows sum to 1."""
    scores /= np.add.reduce(scores, axis=-1, keepdims=True)
