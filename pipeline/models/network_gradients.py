"""How the loss of a network changes with what it has learnt, on one batch of sentences (backpropagation).

The loss is ten times the mean surprise of a word: the network's scores are those of a linear-chain conditional random
field (Lample et al. 2016). Arrays are time by sentences by numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.models.network_corpus import Corpus, Gradients, Integers, NetworkSettings, Sentence
from pipeline.ner.crfsuite import Floats
from pipeline.ner.network import sigmoid

_SCALE = 10


def gradients_of(
    corpus: Corpus, batch: Sequence[Sentence], learnt: Gradients, settings: NetworkSettings, chance: np.random.Generator
) -> tuple[Gradients, Integers]:
    """The gradients, and the rows of `vectors` that theirs are of. The longest sentence comes first."""
    words, gold, inside = _side_by_side(batch)
    bags = _bags(corpus, words, learnt["vectors"], settings, chance)
    keep_vector = _dropout((*words.shape, settings.width), settings.drop_vector, chance) * inside
    inputs = bags.vectors[bags.where] * keep_vector
    edge = np.zeros_like(inputs[:1])
    windows = np.concatenate([np.concatenate([edge, inputs[:-1]]), inputs, np.concatenate([inputs[1:], edge])], axis=2)
    layer = _layer(windows @ learnt["window"] + learnt["bias"], inside)
    keep_state = _dropout(layer.state.shape, settings.drop_state, chance)
    seen = layer.state * layer.shown * keep_state

    scores: Floats = np.add(seen @ learnt["out"], learnt["out_bias"])
    to_scores, to_steps = surprise(scores, learnt["steps"], gold, inside)
    to_gates = _layer_gradient(layer, to_scores @ learnt["out"].T * keep_state, inside)
    left, middle, right = np.split(to_gates @ learnt["window"].T, 3, axis=2)
    middle[:-1] += left[1:]
    middle[1:] += right[:-1]
    to_vectors, touched = _bags_gradient(bags, middle * keep_vector)
    gates, labels = _flat(to_gates), _flat(to_scores)
    return {
        "vectors": to_vectors,
        "window": _flat(windows).T @ gates,
        "bias": gates.sum(axis=0),
        "out": _flat(seen).T @ labels,
        "out_bias": labels.sum(axis=0),
        "steps": to_steps,
    }, touched


def _side_by_side(batch: Sequence[Sentence]) -> tuple[Integers, Integers, Floats]:
    """Words, labels, and 1 where there are some (time by sentences by 1)."""
    shape = len(batch[0].words), len(batch)
    words, gold, inside = np.zeros(shape, np.intp), np.zeros(shape, np.intp), np.zeros((*shape, 1), np.float32)
    for column, sentence in enumerate(batch):
        size = len(sentence.words)
        words[:size, column], gold[:size, column], inside[:size, column] = sentence.words, sentence.labels, 1
    return words, gold, inside


def _dropout(shape: tuple[int, ...], share: float, chance: np.random.Generator) -> Floats:
    kept: Floats = np.divide(chance.random(shape, np.float32) >= share, np.float32(1 - share), dtype=np.float32)
    return kept


def _flat(array: Floats) -> Floats:
    return array.reshape(-1, array.shape[2])


@dataclass(frozen=True, slots=True)
class _Bags:
    """The vectors of the different words of a batch; `where` says which stands at each place. Piece i is `rows[i]` of
    the table and belongs to word `owners[i]`; sums are divided by `roots`."""

    vectors: Floats
    where: Integers
    rows: Integers
    owners: Integers
    roots: Floats


def _bags(
    corpus: Corpus, words: Integers, table: Floats, settings: NetworkSettings, chance: np.random.Generator
) -> _Bags:
    different, where = np.unique(words, return_inverse=True)
    sizes = corpus.begins[different + 1] - corpus.begins[different]
    owners = np.repeat(np.arange(len(different)), sizes)
    rows = corpus.rows[np.repeat(corpus.begins[different] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())]
    drop_word = 1 - (1 - settings.drop_word) * (1 - settings.drop_piece)
    stays = chance.random(len(rows)) >= np.where(corpus.is_word[rows], drop_word, settings.drop_piece)
    rows, owners = rows[stays], owners[stays]
    vectors = np.zeros((len(different), settings.width), table.dtype)
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    vectors[owners[starts]] = np.add.reduceat(table[rows], starts)
    roots = np.sqrt(np.maximum(np.bincount(owners, minlength=len(different)), 1)).astype(np.float32)[:, None]
    return _Bags(vectors / roots, where.reshape(words.shape), rows, owners, roots)


def _bags_gradient(bags: _Bags, to_inputs: Floats) -> tuple[Floats, Integers]:
    to_words = _summed(_flat(to_inputs), bags.where.ravel(), len(bags.vectors)) / bags.roots
    touched, which = np.unique(bags.rows, return_inverse=True)
    return _summed(to_words[bags.owners], which, len(touched)), touched


def _summed(rows: Floats, groups: Integers, count: int) -> Floats:
    """The sum of the rows of each group; every group has some."""
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(count))
    summed: Floats = np.add.reduceat(rows[order], starts)
    return summed


@dataclass(frozen=True, slots=True)
class _Layer:
    """What is new, kept and shown at each place, what is remembered there, and what was just before."""

    new: Floats
    kept: Floats
    shown: Floats
    state: Floats
    before: Floats


def _directions(longest: int, width: int) -> list[tuple[slice, range]]:
    """The numbers that are read forward and those that are read backward, each with the order of places."""
    half = width // 2
    return [(slice(0, half), range(longest)), (slice(half, None), range(longest - 1, -1, -1))]


def _layer(gates: Floats, inside: Floats) -> _Layer:
    new, kept, shown = np.split(gates, 3, axis=2)
    new, kept, shown = np.tanh(new), sigmoid(kept), sigmoid(shown)
    state, before = np.empty_like(new), np.empty_like(new)
    for half, times in _directions(len(new), new.shape[2]):
        current = np.zeros_like(new[0, :, half])
        for t in times:
            before[t, :, half] = current
            current = (kept[t, :, half] * current + (1 - kept[t, :, half]) * new[t, :, half]) * inside[t]
            state[t, :, half] = current
    return _Layer(new, kept, shown, state, before)


def _layer_gradient(layer: _Layer, to_seen: Floats, inside: Floats) -> Floats:
    new, kept, shown = layer.new, layer.kept, layer.shown
    to_state = to_seen * shown
    for half, times in _directions(len(new), new.shape[2]):
        later = np.zeros_like(new[0, :, half])
        for t in reversed(times):
            to_state[t, :, half] = (to_state[t, :, half] + later) * inside[t]
            later = to_state[t, :, half] * kept[t, :, half]
    to_new = to_state * (1 - kept) * (1 - new * new)
    to_kept = to_state * (layer.before - new) * kept * (1 - kept)
    to_shown = to_seen * layer.state * shown * (1 - shown)
    return np.concatenate([to_new, to_kept, to_shown], axis=2)


def surprise(scores: Floats, steps: Floats, gold: Integers, inside: Floats) -> tuple[Floats, Floats]:
    """How the loss changes with the scores of labels and of steps between them: what is expected less what is so."""
    longest = len(scores)
    local = np.exp(scores - scores.max(axis=2, keepdims=True)) * inside + (1 - inside)
    walk = np.exp(steps)
    forward, backward = np.empty_like(local), np.ones_like(local)
    expected_steps = np.zeros_like(steps)
    forward[0] = local[0] / local[0].sum(axis=1, keepdims=True)
    for t in range(1, longest):
        reached = (forward[t - 1] @ walk) * local[t]
        forward[t] = np.where(inside[t] > 0, reached / reached.sum(axis=1, keepdims=True), forward[t - 1])
    for t in range(longest - 2, -1, -1):
        ahead = backward[t + 1] * local[t + 1]
        before = ahead @ walk.T
        backward[t] = np.where(inside[t + 1] > 0, before / before.sum(axis=1, keepdims=True), 1)
        joint = forward[t][:, :, None] * walk * ahead[:, None, :]
        joint *= inside[t + 1][:, :, None] / joint.sum(axis=(1, 2), keepdims=True)
        expected_steps += joint.sum(axis=0)
    expected = forward * backward
    expected /= expected.sum(axis=2, keepdims=True)
    np.put_along_axis(expected, gold[:, :, None], np.take_along_axis(expected, gold[:, :, None], 2) - 1, 2)
    both = inside[1:, :, 0] > 0
    np.subtract.at(expected_steps, (gold[:-1][both], gold[1:][both]), 1)
    scale = np.float32(_SCALE / inside.sum())
    return expected * inside * scale, expected_steps * scale
