"""Train a network of ../ner/network.py, in numpy alone; train.py calls it.

Adam (Kingma and Ba 2015) follows the gradients of network_gradients.py, on batches of sentences of like length. Words,
pieces and numbers are dropped by chance (Srivastava et al. 2014), and what is kept is a moving average over the last
steps (Polyak and Juditsky 1992).
"""

from __future__ import annotations

import math

import numpy as np

from pipeline.models.network_corpus import Corpus, Gradients, Integers, NetworkSettings, Sentence
from pipeline.models.network_gradients import gradients_of
from pipeline.ner.crfsuite import Floats
from pipeline.ner.network import Parameters

_BIG = 20
"""Batches are cut from so many that were sorted by length together."""
_AVERAGED_EACH = 8
_KEPT = 0.96
_MAX_NORM = 5.0
_DECAY = (0.9, 0.99)


def train_network(corpus: Corpus, labels: int, settings: NetworkSettings) -> Parameters:
    """Train a network."""
    chance = np.random.Generator(np.random.PCG64(settings.seed))
    learnt = _initial(len(corpus.hashes), labels, settings, chance)
    adam = _Adam(learnt)
    average = {name: array.copy() for name, array in learnt.items()}
    step = 0
    total = settings.epochs * math.ceil(len(corpus.sentences) / settings.batch)
    for _ in range(settings.epochs):
        for batch in _batches(corpus, settings.batch, chance):
            step += 1
            gradients, touched = gradients_of(corpus, batch, learnt, settings, chance)
            adam.step(gradients, touched, _rate(step, total, settings))
            if step % _AVERAGED_EACH == 0:
                seen = step / _AVERAGED_EACH
                kept = np.float32(min(_KEPT, seen / (seen + 10)))
                for name in average:
                    average[name] *= kept
                    average[name] += (1 - kept) * learnt[name]
    return Parameters(hashes=corpus.hashes, **average)


def _initial(rows: int, labels: int, settings: NetworkSettings, chance: np.random.Generator) -> Gradients:
    width, hidden = settings.width, settings.hidden

    def normal(*shape: int, deviation: float = 0.0) -> Floats:
        deviation = deviation or math.sqrt(2 / sum(shape))
        return (chance.standard_normal(shape) * deviation).astype(np.float32)

    bias = np.zeros(6 * hidden, np.float32)
    bias[2 * hidden : 4 * hidden] = 1
    return {
        "vectors": normal(rows, width, deviation=0.1),
        "window": normal(3 * width, 6 * hidden),
        "bias": bias,
        "out": normal(2 * hidden, labels),
        "out_bias": np.zeros(labels, np.float32),
        "steps": np.zeros((labels, labels), np.float32),
    }


def _rate(step: int, total: int, settings: NetworkSettings) -> float:
    """Rising over the first epoch, falling like a cosine afterwards."""
    warm = total / settings.epochs
    if step < warm:
        return settings.rate * step / warm
    return settings.rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - warm) / (total - warm))))


def _batches(corpus: Corpus, size: int, chance: np.random.Generator) -> list[list[Sentence]]:
    order = chance.permutation(len(corpus.sentences)).tolist()
    batches = []
    for first in range(0, len(order), size * _BIG):
        alike = sorted(
            (corpus.sentences[i] for i in order[first : first + size * _BIG]), key=lambda each: -len(each.words)
        )
        batches += [alike[at : at + size] for at in range(0, len(alike), size)]
    return [batches[i] for i in chance.permutation(len(batches))]


class _Adam:
    """Steps along the gradients; rows of vectors that were not touched stay, as do their moments."""

    def __init__(self, learnt: Gradients) -> None:
        self._learnt = learnt
        self._means = {name: np.zeros_like(array) for name, array in learnt.items()}
        self._squares = {name: np.zeros_like(array) for name, array in learnt.items()}
        self._count = 0

    def step(self, gradients: Gradients, touched: Integers, rate: float) -> None:
        self._count += 1
        first, second = _DECAY
        norm = math.sqrt(sum(float(np.vdot(array, array)) for array in gradients.values()))
        shrink = np.float32(min(1.0, _MAX_NORM / norm))
        pace = np.float32(rate * math.sqrt(1 - second**self._count) / (1 - first**self._count))
        for name, unclipped in gradients.items():
            rows = touched if name == "vectors" else slice(None)
            gradient = unclipped * shrink
            mean = self._means[name][rows] * np.float32(first) + gradient * np.float32(1 - first)
            square = self._squares[name][rows] * np.float32(second) + gradient * gradient * np.float32(1 - second)
            self._means[name][rows], self._squares[name][rows] = mean, square
            self._learnt[name][rows] -= pace * mean / (np.sqrt(square) + np.float32(1e-8))
