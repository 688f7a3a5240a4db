"""A model's weights for words, by what in a sentence they are for, so that no feature need be written out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from pipeline.ner.crfsuite import Floats, Weights
from pipeline.ner.features import PARTED, Kind

Indexes = NDArray[np.intp] | NDArray[np.int32]
Codes = NDArray[np.int64]

NONE = -1
"""Of a feature that the model does not have: the last row of the weights, which is nothing."""
OFFSETS = np.array([0, 1, -1, 2, -2])
"""To which of its neighbours a word gives features; they name it as seen from there."""
BESIDE = OFFSETS[:3]
_SEEN_AS = ("", "-1", "+1", "-2", "+2")
_WHOLE, _SHAPE, _ENDING = "w", "s", "x3"
NEXT_AND_SHAPE, PREVIOUS_AND_SHAPE, PREVIOUS_AND_WORD, THREE_SHAPES = (kind << 60 for kind in range(4))
BITS = 20
"""Bits of a number in a code of up to three."""
_SIZES = range(1, 6)
"""Of the beginnings and endings of a word that are features."""
_MORE = 7
"""The most features that a word has besides: one of all words, three of its capitals, three of its parts."""


_CLUSTER_DEPTHS = (("k4", 4), ("k6", 6), ("k10", 10), ("k", 16))
"""Names and bits of the clusters that a cluster lies in, the last one itself."""


class _Numbered:
    """Words, or shapes, with their numbers, and the features that each gives to OFFSETS; number 0 is none."""

    def __init__(self, given: Sequence[Mapping[str, int]], others: Sequence[str]) -> None:
        self.numbers = {name: number for number, name in enumerate(dict.fromkeys(chain(*given, others)), 1)}
        self.features = np.full((len(self.numbers) + 1, len(given)), NONE, np.int32)
        for k, features in enumerate(given):
            for name, feature in features.items():
                self.features[self.numbers[name], k] = feature


class WordWeights:
    """A model's weights, by what in a sentence they are for."""

    def __init__(self, weights: Weights) -> None:
        self.labels = weights.labels
        self.attributes = weights.attributes
        self.states: Floats = np.concatenate([weights.states, np.zeros((1, len(weights.labels)), np.float32)])
        families: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for name, feature in weights.attributes.items():
            family, _, rest = name.partition("=")
            families[family][rest] = feature
        self.begins, self.ends = ({k: v for i in range(1, 6) for k, v in families[f"{x}{i}"].items()} for x in "px")
        self.cased = families["W"]
        next_and_shape, previous_and_shape, two_words = (_parted(families[name], 2) for name in ("+ws", "-ws", "-ww"))
        two_shapes, three_shapes = [_parted(families[name], 2) for name in ("+s", "-s")], _parted(families["s3"], 3)
        with_shape = [*next_and_shape, *previous_and_shape]
        self.lows = _Numbered(
            [families[f"{seen}{_WHOLE}"] for seen in _SEEN_AS],
            [*(low for low, _ in with_shape), *chain.from_iterable(two_words)],
        )
        self.shapes = _Numbered(
            [families[f"{seen}{_SHAPE}"] for seen in _SEEN_AS],
            [*(shape for _, shape in with_shape), *chain.from_iterable(chain(*two_shapes, three_shapes))],
        )
        self.endings = _Numbered([families[f"{seen}{_ENDING}"] for seen in _SEEN_AS[1:3]], [])
        low, shape = self.lows.numbers, self.shapes.numbers
        self.two_shapes = np.full((2, len(shape) + 1, len(shape) + 1), NONE, np.int32)
        for k, pairs in enumerate(two_shapes):
            for (one, other), feature in pairs.items():
                self.two_shapes[k, shape[one], shape[other]] = feature
        self._clusters = [
            [_listed(families[f"{beside}{depth}"], bits) for depth, bits in _CLUSTER_DEPTHS]
            for beside in ("", "-", "+")
        ]
        self._no_cluster = [
            [[families[f"{beside}k-"].get("", NONE)], [NONE], [NONE], [NONE]] for beside in ("", "-", "+")
        ]
        codes = {NEXT_AND_SHAPE | low[one] << BITS | shape[two]: i for (one, two), i in next_and_shape.items()}
        codes |= {PREVIOUS_AND_SHAPE | low[one] << BITS | shape[two]: i for (one, two), i in previous_and_shape.items()}
        codes |= {PREVIOUS_AND_WORD | low[one] << BITS | low[two]: i for (one, two), i in two_words.items()}
        codes |= {
            THREE_SHAPES | (shape[a] << BITS | shape[b]) << BITS | shape[c]: i for (a, b, c), i in three_shapes.items()
        }
        ordered = sorted(codes)
        self._codes = np.array([*ordered, np.iinfo(np.int64).max], np.int64)
        self._features = np.array([*(codes[code] for code in ordered), NONE], np.int32)

    def of_codes(self, codes: Codes) -> Indexes:
        """The features of several tokens together."""
        at = np.searchsorted(self._codes, codes)
        return np.where(self._codes[at] == codes, self._features[at], NONE)

    def of_clusters(self, clusters: Indexes) -> Indexes:
        """For each cluster the features that it gives to `BESIDE`."""
        features = np.array(
            [[by_cluster[clusters & len(by_cluster) - 1] for by_cluster in depths] for depths in self._clusters]
        )
        return np.where(clusters, features, self._no_cluster).transpose(1, 2, 0)

    def of_piece(self, kind: Kind, piece: object) -> Floats:
        """What a piece gives to each of the offsets of its kind, added up."""
        sums = np.zeros((len(kind.offsets), len(self.labels)), np.float32)
        for k, names in enumerate(kind.names(piece)):
            for name in names:
                sums[k] += self.states[self.attributes.get(name, NONE)]
        return sums

    def own(self, words: Sequence[str], lows: Sequence[str]) -> Indexes:
        """The features that each word has by its letters; `lows` are the words in lower case."""
        none = repeat(NONE)
        begins = [low[:size] for size in _SIZES for low in lows]
        ends = [low[-size:] for size in _SIZES for low in lows]
        affixes = np.array([*map(self.begins.get, begins, none), *map(self.ends.get, ends, none)], np.intp)
        affixes = affixes.reshape(2, len(_SIZES), len(lows))
        is_short = np.array([*map(len, lows)]) < np.array(_SIZES)[:, None]
        affixes[:, is_short] = NONE
        more = np.full((_MORE, len(words)), NONE, np.intp)
        more[0] = self.attributes.get("b", NONE)
        for at, word in enumerate(words):
            features = self._of_case(word)
            if features:
                more[1 : len(features) + 1, at] = features
        return np.concatenate([*affixes, more])

    def _of_case(self, word: str) -> list[int]:
        attribute = self.attributes.get
        features = []
        if word[0].isupper():
            features = [attribute("cap", NONE), self.cased.get(word, NONE)]
        if len(word) > 1 and word.isupper():
            features.append(attribute(f"up{min(len(word), 6)}", NONE))
        if "-" in word:
            features += [attribute(f"h={part}", NONE) for part in word.lower().split("-")[:3]]
        return features


def _listed(features: Mapping[str, int], bits: int) -> Indexes:
    """Features by a number of so many bits."""
    listed = np.full(1 << bits, NONE, np.int32)
    for number, feature in features.items():
        listed[int(number)] = feature
    return listed


def _parted(features: Mapping[str, int], count: int) -> dict[tuple[str, ...], int]:
    """The features of so many pieces together, by these; where the sign between is in a piece, in every way."""
    if count == 1:
        return {(name,): feature for name, feature in features.items()}
    made: dict[tuple[str, ...], int] = {}
    for name, feature in features.items():
        for at, sign in enumerate(name):
            if sign == PARTED:
                for rest in _parted({name[at + 1 :]: feature}, count - 1):
                    made[name[:at], *rest] = feature
    return made
