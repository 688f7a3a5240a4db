"""The scores of labels that characters give: the features of characters.character_template with a model's weights.

No run of characters is cut out: each character that the model knows has a number, a run is a code made of these, and
the codes of all runs of a text are looked up at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.ner.characters import (
    AROUND,
    FOUR,
    KIND_FIVE,
    KIND_ONE,
    KIND_SEVEN,
    KIND_THREE,
    ONE,
    PADDING,
    THREE,
    TWO,
    character_kind,
    laid_out,
)
from pipeline.ner.crfsuite import Floats, Weights, added_up
from pipeline.ner.dictionary import CLASSES, NAMES_OF, Dictionary
from pipeline.ner.features import Emitted, Kind

Indexes = NDArray[np.intp]
Codes = NDArray[np.int64]

_CODE_POINTS = 0x110000
_BITS = 15
"""Of the number of a character in the code of up to four; of the kind of one, in that of up to seven, fewer."""
_KIND_BITS = 7
_FILTER_BITS = 16
_NONE = -1
"""Of a feature that the model does not have: the last row of the weights, which is nothing."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_WORD_PLACES = "SBME"
"""Alone, first, in the middle, last in a word."""
_EDGE = 256
"""In place of the classes of the word beside: there is none in the sentence."""
_MAX_SIZE, _MAX_BEGIN = 5, 4


class _Runs:
    """The weights of runs of a kind, found by their codes; the last row is nothing."""

    def __init__(self, kind: Kind, known: Mapping[str, Sequence[int]], numbers: Mapping[str, int] | None) -> None:
        """`numbers` of characters; None for runs of their kinds."""
        codes = {}
        for run, features in known.items():
            code = 0
            for character in run:
                code = code << _BITS | numbers[character] if numbers else code << _KIND_BITS | ord(character)
            codes[code] = features
        ordered = sorted(codes)
        self._offsets = kind.offsets
        self._codes = np.array([*ordered, np.iinfo(np.int64).max], np.int64)
        none = [-1] * len(kind.offsets)
        self._features = np.array([*(codes[code] for code in ordered), none], np.int32).T.copy()
        self._filter = np.zeros(1 << _FILTER_BITS, np.bool_)
        self._filter[_slots(self._codes)] = True

    def write(self, codes: Codes, features: Indexes) -> None:
        """Into a row for each offset the feature that each place, with PADDING more around them all, is given by the
        runs that begin at the first of them."""
        likely = self._filter.take(_slots(codes)).nonzero()[0]
        wanted = codes.take(likely)
        found = self._codes.searchsorted(wanted)
        is_known = self._codes.take(found) == wanted
        places, known = likely[is_known] + PADDING, self._features.take(found[is_known], axis=1)
        for row, offset, given in zip(features, self._offsets, known, strict=True):
            row[places + offset] = given

    def __len__(self) -> int:
        return len(self._offsets)


def _slots(codes: Codes) -> Indexes:
    """Where in a filter a code is; a bit there says that it may be known."""
    spread: Indexes = (codes.view(np.uint64) * _SPREAD >> np.uint64(64 - _FILTER_BITS)).view(np.intp)
    return spread


class CharacterScores:
    """Adds up weights for the characters of a language. Not for use by several threads at once."""

    def __init__(self, weights: Weights, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._attributes = weights.attributes
        self._states: Floats = np.concatenate([weights.states, np.zeros((1, len(weights.labels)), np.float32)])
        runs = {kind: _known_runs(kind, length, weights.attributes) for kind, length in _LENGTHS.items()}
        characters = sorted({character for known in runs.values() for run in known for character in run})
        numbers = {character: number for number, character in enumerate(characters, 1)}
        self._numbers = np.zeros(_CODE_POINTS, np.int64)
        for character, number in numbers.items():
            self._numbers[ord(character)] = number
        ones = np.full((len(numbers) + 1, len(ONE.offsets)), -1, np.intp)
        for character, features in runs.pop(ONE).items():
            ones[numbers[character]] = features
        self._ones = self._states[ones]
        self._runs = {kind: _Runs(kind, known, numbers) for kind, known in runs.items()}
        for kind, length in _KIND_LENGTHS.items():
            known = _known_runs(kind, length, weights.attributes)
            self._runs[kind] = _Runs(kind, known, None)
        self._kinds = np.zeros(_CODE_POINTS, np.int64)
        self._kinds[[0, 2, 3]] = ord("_")
        places, classes = _WORD_PLACES, range(1 << len(CLASSES))
        self._word = self._features([[f"D={place}{bits}" for bits in classes] for place in places])
        self._size = self._features([[f"DL={place}{size}" for size in range(_MAX_SIZE + 1)] for place in places])
        self._before = self._features([[f"-D={one}{place}" for one in [*classes, "^"]] for place in places])
        self._after = self._features([[f"+D={one}{place}" for one in [*classes, "$"]] for place in places])
        self._marks = [
            dict(zip(CLASSES, self._features([_name_features(name, length) for name in CLASSES]).tolist(), strict=True))
            for length in range(1, dictionary.longest + 1)
        ]

    def _features(self, names: Sequence[Sequence[str]]) -> Indexes:
        return np.array([[self._attributes.get(name, -1) for name in row] for row in names], np.intp)

    def add(self, sentences: Sequence[Sequence[str]], starts: Sequence[int], size: int) -> Emitted:
        """See features.Emitter."""
        text = laid_out(["".join(tokens) for tokens in sentences])
        points = np.frombuffer(text.encode("utf-32-le", "replace"), "<u4").astype(np.uint32)
        ones = self._numbers[points]
        twos = ones[:-1] << _BITS | ones[1:]
        threes = twos[:-1] << _BITS | ones[2:]
        kinds = self._kinds_of(points)
        three_kinds = (kinds[:-2] << _KIND_BITS | kinds[1:-1]) << _KIND_BITS | kinds[2:]
        five_kinds = (three_kinds[:-2] << _KIND_BITS | kinds[3:-1]) << _KIND_BITS | kinds[4:]
        seven_kinds = (five_kinds[:-2] << _KIND_BITS | kinds[5:-1]) << _KIND_BITS | kinds[6:]
        codes = {
            TWO: twos,
            AROUND: ones[:-2] << _BITS | ones[2:],
            THREE: threes,
            FOUR: threes[:-1] << _BITS | ones[3:],
            KIND_ONE: kinds,
            KIND_THREE: three_kinds,
            KIND_FIVE: five_kinds,
            KIND_SEVEN: seven_kinds,
        }
        # Room on both sides for what reaches beyond the first and the last place.
        features = np.full((sum(map(len, self._runs.values())), size + 2 * PADDING), _NONE, np.intp)
        row = 0
        for kind, runs in self._runs.items():
            runs.write(codes[kind], features[row : row + len(runs)])
            row += len(runs)
        scores = added_up(self._states, features)
        of_ones = self._ones.take(ones, axis=0)
        for k, offset in enumerate(ONE.offsets):
            scores[PADDING + offset : PADDING + offset + len(ones)] += of_ones[:, k]
        scores += self._states[self._attributes.get("bias", _NONE)]
        ends = [start + len(tokens) for start, tokens in zip(starts, sentences, strict=True)]
        self._add_words(scores[PADDING:], points, starts, ends)
        return Emitted(scores[PADDING : PADDING + size])

    def _kinds_of(self, points: NDArray[np.uint32]) -> Codes:
        kinds = self._kinds[points]
        if not kinds.all():
            for point in set(points[kinds == 0].tolist()):
                self._kinds[point] = ord(character_kind(chr(point)))
            kinds = self._kinds[points]
        return kinds

    def _add_words(
        self, scores: Floats, points: NDArray[np.uint32], starts: Sequence[int], ends: Sequence[int]
    ) -> None:
        """What the words and names of the dictionary give; the text is cut by the longest word at each place."""
        begins, sizes, classes = self._dictionary.search(points)
        limits = np.zeros(len(points), np.intp)
        for start, end in zip(starts, ends, strict=True):
            limits[start:end] = end
        fits = begins + sizes <= limits[begins]
        begins, sizes, classes = begins[fits], sizes[fits], classes[fits]
        longest, of_longest = np.ones(len(points), np.intp), np.zeros(len(points), np.intp)
        longest[begins], of_longest[begins] = sizes, classes  # the shorter ones come first
        jumps = longest.tolist()
        cut: list[int] = []
        firsts: list[int] = []
        for start, end in zip(starts, ends, strict=True):
            firsts.append(len(cut))
            at = start
            while at < end:
                cut.append(at)
                at += jumps[at]
        word_begins = np.array(cut, np.intp)
        word_sizes, bits = longest[word_begins], of_longest[word_begins]
        before, after = np.roll(bits, 1), np.roll(bits, -1)
        before[firsts] = after[np.array(firsts) - 1] = _EDGE
        word = np.repeat(np.arange(len(cut)), word_sizes)
        places = np.concatenate([np.arange(start, end) for start, end in zip(starts, ends, strict=True)])
        into = places - word_begins[word]
        left = word_sizes[word] - into
        role = np.where(into == 0, np.where(left == 1, 0, 1), np.where(left == 1, 3, 2))
        by_word = [bits, np.minimum(word_sizes, _MAX_SIZE), before, after]
        features = [
            table.take(role * table.shape[1] + given.take(word))
            for table, given in zip((self._word, self._size, self._before, self._after), by_word, strict=True)
        ]
        scores[places] += added_up(self._states, np.stack(features))
        named = np.flatnonzero(classes > 1)
        named = named[np.argsort(begins[named], kind="stable")]
        found = zip(begins[named].tolist(), sizes[named].tolist(), classes[named].tolist(), strict=True)
        at_places, marks = self._name_marks(list(found), set(starts), set(ends))
        unordered = np.fromiter(at_places, np.intp, len(at_places))
        order = np.argsort(unordered, kind="stable")
        ordered = unordered.take(order)
        groups = np.flatnonzero(np.diff(ordered, prepend=-1))
        if len(groups):
            marked = np.fromiter(marks, np.intp, len(marks)).take(order)
            scores[ordered[groups]] += np.add.reduceat(self._states.take(marked, axis=0, mode="wrap"), groups)

    def _name_marks(
        self, found: Sequence[tuple[int, int, int]], starts: set[int], ends: set[int]
    ) -> tuple[list[int], list[int]]:
        """Places and features of the names found, the shorter first at each place; see dictionary.pieces."""
        places: list[int] = []
        features: list[int] = []
        inside = dict.fromkeys(CLASSES, 0)
        longest: dict[str, int] = {}
        following = [*(at for at, _, _ in found[1:]), -1]
        for (at, size, classes), next_at in zip(found, following, strict=False):
            for name in NAMES_OF[classes]:
                longest[name] = size
            if next_at == at:
                continue
            for name, length in longest.items():
                if at < inside[name]:
                    continue
                end = inside[name] = at + length
                begins, ends_too = at not in starts, end not in ends
                marks = self._marks[length - 1][name]
                places += range(at - begins, end + ends_too)
                features += marks if begins and ends_too else marks[not begins : length + 1 + ends_too]
            longest.clear()
        return places, features


_LENGTHS = {ONE: 1, TWO: 2, AROUND: 2, THREE: 3, FOUR: 4}
_KIND_LENGTHS = {KIND_ONE: 1, KIND_THREE: 3, KIND_FIVE: 5, KIND_SEVEN: 7}


def _name_features(name: str, length: int) -> list[str]:
    """What a name gives to the place before it, to its own ones and to the place after it."""
    rest = [*["I"] * (length - 2), "E"] if length > 1 else []
    return [f"N={name}{sign}" for sign in ("<", f"B{min(length, _MAX_BEGIN)}", *rest, ">")]


def _known_runs(kind: Kind, length: int, attributes: Mapping[str, int]) -> dict[str, list[int]]:
    """The runs of a kind that a model knows, with the feature that each gives to each offset; -1 for none."""
    runs: dict[str, list[int]] = {}
    for k, prefix in enumerate(kind.prefixes):
        for name, feature in attributes.items():
            if len(name) == length + 1 and name[0] == prefix:
                runs.setdefault(name[1:], [-1] * len(kind.offsets))[k] = feature
    return runs
