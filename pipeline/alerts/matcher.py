"""All rules against one article at a time: an index from what an article has to the rules that need it.

An article is turned into its keys once (plan.py); only rules filed under one of them are looked at, most of which a
look into the same set of keys settles. What is left (longer phrases, nearness, nested groups) is evaluated by position.

Nothing here is immutable: a rule that is added or removed is in force, or not, with the next article, and `refile`
moves rules to better places in steps as small as the caller likes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from itertools import chain, pairwise
from typing import TypeAlias, TypeVar

from pipeline.alerts.article_words import ArticleWords, Cutter
from pipeline.alerts.evaluate import holds
from pipeline.alerts.frequencies import WordFrequencies
from pipeline.alerts.parser import parse
from pipeline.alerts.plan import ALWAYS, Key, Keys, Plan, plan
from pipeline.alerts.stems import MARK
from pipeline.alerts.terms import SHORTEST_PREFIX
from pipeline.alerts.tree import Node
from pipeline.alerts.zones import TEXT, VALUES, ZONES, values
from pipeline.records import Article

V = TypeVar("V")
_Entry: TypeAlias = tuple[str, Key, tuple[Keys, ...], Keys, tuple[Node, ...]]
"""Id, one key that most articles lack, and the rest of its plan but the anchor."""

_FIRST, _SECOND, _BEGUN = 1, 2, 4
_LEARN_ALL = 200
_LEARN_EACH = 16
_MOST_WORDS = 200_000


class _Place:
    """The rules under one key: those that fire for having it, and those of which more is to be seen."""

    __slots__ = ("open", "settled")

    def __init__(self) -> None:
        self.settled: list[str] = []
        self.open: list[_Entry] = []


class _Beginnings:
    """The prefixes that rules of one zone ask for."""

    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._known = _Remembered(self._keys_of)

    def provide(self, prefix: str, key: Key) -> None:
        """See to it that words that begin so are found by the key."""
        if prefix not in self._keys:
            self._keys[prefix] = key
            beginning = prefix[:SHORTEST_PREFIX]
            self._lengths[beginning] = tuple({*self._lengths.get(beginning, ()), len(prefix)})
            self._known.clear()

    def of(self, words: Collection[str]) -> Iterator[Key]:
        """The keys of all words."""
        return chain.from_iterable(map(self._known.__getitem__, words))

    def has(self, word: str) -> bool:
        """Whether a word has any."""
        return any(word[:length] in self._keys for length in self._lengths.get(word[:SHORTEST_PREFIX], ()))

    def _keys_of(self, word: str) -> Keys:
        found = (self._keys.get(word[:length]) for length in self._lengths.get(word[:SHORTEST_PREFIX], ()))
        return tuple(key for key in found if key is not None)


class _Remembered(dict[str, V]):
    """What was made of words, as long as there is room."""

    def __init__(self, make: Callable[[str], V]) -> None:
        self._make = make

    def __missing__(self, word: str) -> V:
        if len(self) > _MOST_WORDS:
            self.clear()
        made = self[word] = self._make(word)
        return made


class Matcher:
    """The rules in force. `match` costs about as much for a hundred thousand rules as for a thousand."""

    def __init__(self, frequencies: WordFrequencies | None = None) -> None:
        self._frequencies = frequencies or WordFrequencies()
        self._queries: dict[str, str] = {}
        self._anchors: dict[str, Keys] = {}
        self._filed: dict[Key, _Place] = {}
        self._firsts: set[str] = set()
        self._seconds: set[str] = set()
        self._beginnings: dict[str, _Beginnings] = {}
        self._uses = _Remembered(self._use)
        self._zones: Counter[str] = Counter()
        self._stems = False
        self._cut = Cutter()
        self._matched = 0
        self._unrefiled: Iterator[str] = iter(())

    def __len__(self) -> int:
        return len(self._queries)

    def __contains__(self, rule: str) -> bool:
        return rule in self._queries

    def add(self, rule: str, query: str) -> None:
        """Put a rule in force; one of the same id is replaced. Raises RuleError, and then nothing has changed."""
        tree = parse(query).tree
        self.remove(rule)
        self._queries[rule] = query
        self._file(rule, plan(tree, self._frequencies))

    def remove(self, rule: str) -> bool:
        """Take a rule out of force; False if there was none of that id."""
        if self._queries.pop(rule, None) is None:
            return False
        self._take_out(rule)
        return True

    def match(self, article: Article) -> tuple[list[str], ArticleWords]:
        """Ids of the rules that fire, sorted, and the article's words, for `evaluate.fired`."""
        words = self._cut(article)
        keys = self._keys(words)
        fired: set[str] = set()
        for place in filter(None, map(self._filed.get, keys)):
            if place.settled:
                fired.update(place.settled)
            for rule, second, required, forbidden, remaining in place.open:
                if second not in keys:
                    continue
                for clause in required:
                    if keys.isdisjoint(clause):
                        break
                else:
                    if forbidden and not keys.isdisjoint(forbidden):
                        continue
                    for node in remaining:
                        if not holds(node, words):
                            break
                    else:
                        fired.add(rule)
        return sorted(fired), words

    def refile(self, count: int) -> None:
        """File the next `count` rules by what is now known of how common words are; after the last comes the first."""
        for _ in range(min(count, len(self._queries))):
            rule = next(self._unrefiled, None)
            if rule is None:
                self._unrefiled = iter(list(self._queries))
                rule = next(self._unrefiled)
            if rule not in self._queries:
                continue
            made = plan(parse(self._queries[rule]).tree, self._frequencies)
            if made.anchor != self._anchors[rule]:
                self._take_out(rule)
                self._file(rule, made)

    def _file(self, rule: str, made: Plan) -> None:
        second, required = ALWAYS, made.required
        if required and len(required[0]) == 1:
            second, required = required[0][0], required[1:]
        entry = rule, second, required, made.forbidden, made.remaining
        self._anchors[rule] = made.anchor
        settled = second == ALWAYS and not (required or made.forbidden or made.remaining)
        for key in made.anchor:
            place = self._filed.get(key)
            if place is None:
                place = self._filed[key] = _Place()
            if settled:
                place.settled.append(rule)
            else:
                place.open.append(entry)
        for keys in (made.anchor, *made.required, made.forbidden):
            for key in keys:
                if isinstance(key, str):
                    self._stems = self._stems or key[0] == MARK
                elif len(key) == 2:
                    self._uses.clear()
                    self._firsts.add(key[0])
                    self._seconds.add(key[1])
                else:
                    self._provide(key)

    def _take_out(self, rule: str) -> None:
        for key in self._anchors.pop(rule):
            place = self._filed[key]
            place.settled = [each for each in place.settled if each != rule]
            place.open = [entry for entry in place.open if entry[0] != rule]
            if not (place.settled or place.open):
                del self._filed[key]

    def _provide(self, key: tuple[str, ...]) -> None:
        """See to it that articles are asked for this key."""
        zone, prefix = (TEXT, key[0]) if len(key) == 1 else (key[0], key[1])
        if len(key) == 3 and not zone.endswith("*"):
            self._zones[zone] += 1
            return
        self._uses.clear()
        self._beginnings.setdefault(zone.rstrip("*"), _Beginnings()).provide(prefix, key)

    def _keys(self, article: ArticleWords) -> set[Key]:
        text = article.words(TEXT)
        words = set(text)
        self._learn(words)
        keys: set[Key] = set(words)
        # One look into a large table for each word: they cost more than all the rest.
        uses = list(map(self._uses.__getitem__, words))
        firsts = {word for word, use in zip(words, uses, strict=True) if use & _FIRST}
        seconds = {word for word, use in zip(words, uses, strict=True) if use & _SECOND}
        keys.update([pair for pair in pairwise(text) if pair[0] in firsts and pair[1] in seconds])
        begun = [word for word, use in zip(words, uses, strict=True) if use & _BEGUN]
        if self._stems and article.stem_language:
            keys.update(article.words(TEXT, "stems"))
        for zone, beginnings in self._beginnings.items():
            keys.update(beginnings.of(begun if zone == TEXT else set(article.words(zone))))
        for zone in self._zones:
            if zone in ZONES:
                text = article.words(zone)
                keys.update((zone, word, "") for word in text)
                keys.update((zone, word, following) for word, following in pairwise(text))
        for field in VALUES:
            keys.update((f"={field}", value, "") for value in values(article.article, field))
        keys.add(ALWAYS)
        return keys

    def _use(self, word: str) -> int:
        """What rules make of a word of the text, besides its being there."""
        beginnings = self._beginnings.get(TEXT)
        begun = _BEGUN if beginnings and beginnings.has(word) else 0
        return _FIRST * (word in self._firsts) | _SECOND * (word in self._seconds) | begun

    def _learn(self, words: set[str]) -> None:
        if self._matched < _LEARN_ALL or self._matched % _LEARN_EACH == 0:
            self._frequencies.learn(words)
        self._matched += 1
