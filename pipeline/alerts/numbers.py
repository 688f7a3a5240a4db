"""Numbers in place of keys: an article becomes one array, which arrays of all rules are looked up with.

A look into a large table of words costs a miss of the processor's cache, and there is one for each word of each
article; whatever else is asked of a word is found by its number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import compress, pairwise

import numpy as np
import numpy.typing as npt

from pipeline.alerts.article_words import ArticleWords
from pipeline.alerts.plan import ALWAYS, Key
from pipeline.alerts.stems import MARK
from pipeline.alerts.terms import SHORTEST_PREFIX
from pipeline.alerts.zones import TEXT, VALUES, ZONES, values

Numbered = npt.NDArray[np.int32]

NEVER, EVER = 0, 1
"""The numbers of what no article has, and of what every article has."""

_FIRST, _SECOND, _ASKED, _BEGUN = 1, 2, 4, 8
_ROOM = 1 << 12
_SLOTS = 1 << 19
_MOST_WORDS = 200_000
"""So many words that no rule names are remembered."""


class Numbers:
    """A number for each key that rules name, and for each word that articles had lately."""

    def __init__(self) -> None:
        self._words = _Words(self._number)
        self._pairs: dict[int, int] = {}
        self._others: dict[Key, int] = {ALWAYS: EVER}
        self._free: list[int] = []
        self._count = EVER + 1
        self._flags = np.zeros(_ROOM, np.uint8)
        self._beginnings: dict[str, _Beginnings] = {}
        self._begun: dict[int, tuple[int, ...]] = {}
        self._prefix_came = False
        self._zones: Counter[str] = Counter()
        self._stems = False
        self._named = 0

    def __len__(self) -> int:
        """All numbers are below."""
        return self._count

    def name(self, key: Key) -> int:
        """The number of a key of a rule; articles are asked for it from now on."""
        if isinstance(key, str):
            self._stems = self._stems or key[0] == MARK
            return self._words[key]
        if len(key) == 2:
            first, second = self._words[key[0]], self._words[key[1]]
            self._flag(first, second)
            pair = first << 32 | second
            if pair not in self._pairs:
                self._pairs[pair] = self._number()
            return self._pairs[pair]
        number = self._others.get(key)
        if number is None:
            number = self._others[key] = self._number()
            self._provide(key, number)
        return number

    def of(self, article: ArticleWords) -> Numbered:
        """Of all that an article has, some more than once."""
        text = article.words(TEXT)
        if self._prefix_came:
            self._flags &= ~np.uint8(_ASKED)
            self._prefix_came = False
        sequence = self._words.numbers(text)
        flags = self._flags[sequence]
        pairs = (flags[:-1] & flags[1:] >> 1 & _FIRST) != 0
        codes = sequence[:-1][pairs].astype(np.int64) << 32 | sequence[1:][pairs]
        more = [EVER, *filter(None, map(self._pairs.get, codes.tolist()))]
        if self._stems and article.stem_language:
            stems = map(self._words.get, set(article.words(TEXT, "stems")))
            more += [number for number in stems if number is not None]
        for zone, beginnings in self._beginnings.items():
            if zone == TEXT:
                more += self._begun_by(text, sequence, flags)
            else:
                more += beginnings.of(article.words(zone))
        keys: list[Key] = [(f"={field}", value, "") for field in VALUES for value in values(article.article, field)]
        for zone in self._zones:
            if zone in ZONES:
                words = article.words(zone)
                keys += [(zone, word, "") for word in words]
                keys += [(zone, word, following) for word, following in pairwise(words)]
        more += filter(None, map(self._others.get, keys))
        return np.concatenate((sequence, np.array(more, np.int32)))

    def is_full(self) -> bool:
        """Whether it is time to forget words that no rule names."""
        return len(self._words) > self._named + _MOST_WORDS

    def forget_all_but(self, used: set[int]) -> None:
        """Keep what has one of these numbers; the numbers of all else are given anew."""
        self._pairs = {pair: number for pair, number in self._pairs.items() if number in used}
        parts = {part for pair in self._pairs for part in (pair >> 32, pair & 0xFFFFFFFF)}
        words = {word: number for word, number in self._words.items() if number in used or number in parts}
        self._others = {key: number for key, number in self._others.items() if number in used or key == ALWAYS}
        kept = {NEVER, *self._pairs.values(), *words.values(), *self._others.values()}
        self._free = [number for number in range(self._count) if number not in kept]
        self._words = _Words(self._number, words)
        self._named = len(words)
        self._flags[:] = 0
        for pair in self._pairs:
            self._flag(pair >> 32, pair & 0xFFFFFFFF)
        self._beginnings, self._begun = {}, {}
        self._zones.clear()
        for key, number in self._others.items():
            self._provide(key, number)
        self._stems = any(word[:1] == MARK for word in words)

    def _number(self) -> int:
        if self._free:
            return self._free.pop()
        if self._count == len(self._flags):
            self._flags = np.concatenate((self._flags, np.zeros_like(self._flags)))
        self._count += 1
        return self._count - 1

    def _flag(self, first: int, second: int) -> None:
        """Words that a rule names as neighbours."""
        self._flags[first] |= _FIRST
        self._flags[second] |= _SECOND

    def _provide(self, key: Key, number: int) -> None:
        zone, prefix = (TEXT, key[0]) if len(key) == 1 else (key[0], key[1])
        if len(key) == 3 and not zone.endswith("*"):
            self._zones[zone] += 1
            return
        self._beginnings.setdefault(zone.rstrip("*"), _Beginnings()).provide(prefix, number)
        self._prefix_came = self._prefix_came or zone == TEXT

    def _begun_by(self, text: list[str], sequence: Numbered, flags: npt.NDArray[np.uint8]) -> list[int]:
        """Of the prefixes that words of the text begin with."""
        unasked = (flags & _ASKED) == 0
        for word, number in zip(compress(text, unasked), sequence[unasked].tolist(), strict=True):
            begun = self._beginnings[TEXT].of((word,))
            self._flags[number] |= _ASKED
            if begun:
                self._flags[number] |= _BEGUN
                self._begun[number] = tuple(begun)
        with_prefix = (self._flags[sequence] & _BEGUN) != 0
        return [number for word in set(sequence[with_prefix].tolist()) for number in self._begun[word]]


class _Words(dict[str, int]):
    """What is not there yet gets a number. In front of it stands a table by hash, which is asked for all words of an
    article at once; one word passes for another with the same 64 bits in one of 10^11 articles."""

    def __init__(self, number: Callable[[], int], words: Iterable[tuple[str, int]] | dict[str, int] = ()) -> None:
        super().__init__(words)
        self._number = number
        self._hashes = np.zeros(_SLOTS, np.int64)
        self._numbers = np.zeros(_SLOTS, np.int32)

    def numbers(self, words: list[str]) -> Numbered:
        """Of words in their order."""
        hashes = np.fromiter(map(hash, words), np.int64, len(words))
        slots = hashes & _SLOTS - 1
        numbers: Numbered = self._numbers[slots]
        missing = np.flatnonzero((self._hashes[slots] != hashes) | (numbers == NEVER))
        if len(missing):
            found = np.fromiter((self[words[at]] for at in missing.tolist()), np.int32, len(missing))
            numbers[missing] = found
            self._hashes[slots[missing]] = hashes[missing]
            self._numbers[slots[missing]] = found
        return numbers

    def __missing__(self, word: str) -> int:
        number = self[word] = self._number()
        return number


class _Beginnings:
    """The prefixes that rules of one zone ask for."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}

    def provide(self, prefix: str, number: int) -> None:
        """See to it that words that begin so are found by the number."""
        self._numbers[prefix] = number
        beginning = prefix[:SHORTEST_PREFIX]
        self._lengths[beginning] = tuple({*self._lengths.get(beginning, ()), len(prefix)})

    def of(self, words: Iterable[str]) -> list[int]:
        """The numbers of all words."""
        numbers, lengths = self._numbers.get, self._lengths.get
        return [
            number
            for word in words
            for length in lengths(word[:SHORTEST_PREFIX], ())
            if (number := numbers(word[:length])) is not None
        ]
