"""The names of a whole article: what the model saw in its sentences, made consistent over the article.

1. The model's spans, mended (refine.py); acronyms where they are introduced; names of countries that the model missed.
2. One label for each name, by vote.
3. The same names where the model did not see them, surnames of its people among them.
4. Variants of one name counted together, places linked (mentions.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from pipeline.ner.acronyms import Introduction, introductions
from pipeline.ner.acronyms_unspaced import introductions_unspaced
from pipeline.ner.align import aligned
from pipeline.ner.doubts import Doubtful, accepted, joined
from pipeline.ner.honorifics import COURTESY, GENITIVE_S, SURNAME_FIRST, openings
from pipeline.ner.institutions import with_institutions
from pipeline.ner.lexicon import titles
from pipeline.ner.listed_places import listed_places
from pipeline.ner.lookup import Lookup, territory_lookup
from pipeline.ner.mentions import Names, group
from pipeline.ner.refine import refine
from pipeline.ner.resolve import Setting
from pipeline.ner.serbian import TWO_SCRIPTS, latin
from pipeline.ner.spans import Cover, Name, Text
from pipeline.ner.tagger import is_listed, model_language, reader
from pipeline.ner.territories import day_and_month_names
from pipeline.ner.tokens import CHARACTER_LANGUAGES, UNCASED, is_loud
from pipeline.ner.variants import Key, is_territory, key_of

MAX_CHARACTERS = 100_000
"""Names are looked for in so much of each field: fifty articles' worth, so that time stays bounded."""

_CONTEXT = 60
"""With so many tokens of running text, a name that only a headline in capitals has must stand on a list."""
_MIN_SURNAME = 3
_COURTESY_VOTES = 10
"""What "Mr" before a name counts for, against the model's guesses."""
_FULL_NAME_VOTES = 3
"""What a person's full name counts for where the surname stands alone; a firm can bear a person's name, too."""
_NOWHERE = Setting()
Tagger = Callable[[str], Iterable[tuple[int, int, str]]]
"""From a text to spans in code points with the labels of a model; see registry.TaggerFunction."""


def find_names(
    headline: str, body: str, language: str, setting: Setting = _NOWHERE, tagger: Tagger | None = None
) -> Names:
    """The names in an article in a language (BCP 47), its places linked as suits where it comes from.

    A `tagger` is read in place of the shipped model.
    """
    base = language.partition("-")[0].lower()
    texts = [Text.of(name, text[:MAX_CHARACTERS], base) for name, text in (("headline", headline), ("body", body))]
    return _Article(texts, base, tagger).names(setting)


class _Article:
    """One article while its names are found."""

    def __init__(self, texts: list[Text], language: str, tagger: Tagger | None) -> None:
        self._tagger = tagger
        self._texts = texts
        self._language = language
        self._by_character = language in CHARACTER_LANGUAGES
        self._is_cased = language not in UNCASED
        loud = {id(each): is_loud(each.tokens) for text in texts for each in text.sentences}
        quiet = sum(len(each.tokens) for text in texts for each in text.sentences if not loud[id(each)])
        self._loud = loud if quiet >= _CONTEXT else dict.fromkeys(loud, False)
        self._cover = Cover(texts)
        self._found: list[Name] = []
        self._expansions: dict[Key, Key] = {}
        self._keys: dict[tuple[str, ...], Key] = {}

    def names(self, setting: Setting) -> Names:
        seen: list[Name] = []
        doubts: list[Doubtful] = []
        for index in range(len(self._texts)):
            self._read(index, seen, doubts)
            if self._tagger is None:
                seen = with_institutions(index, self._texts[index], self._language, seen)
        labels: dict[tuple[str, ...], list[str]] = {}
        for name in seen:
            labels.setdefault(tuple(self._tokens(name)), []).append(name.label)
        for introduction in self._introductions(seen):
            self._take_introduction(introduction, labels)
        self._take(seen)
        self._take(self._territories())
        if self._tagger is None and model_language(self._language) is None:
            for index, text in enumerate(self._texts):
                self._take(listed_places(index, text, self._language))
        for name in accepted(doubts, self._texts):
            self._take(refine(name, self._texts[name.text], self._language))
        self._found = [name for name in self._found if not self._is_plain_word(name)]
        self._cover = Cover(self._texts)
        self._cover.add(self._found)
        decided = self._labels()
        self._take(self._missed(decided))
        self._take(self._surnames(decided))
        ordered = sorted(self._found, key=lambda name: (name.text, name.first))
        keyed = [(name, self._key(name)) for name in ordered]
        return group(keyed, self._texts, decided, self._expansions, language=self._language, setting=setting)

    def _take(self, names: Iterator[Name] | list[Name]) -> None:
        self._found += self._cover.add(names)

    def _tokens(self, name: Name) -> list[str]:
        return self._texts[name.text].tokens[name.first : name.last]

    def _key(self, name: Name) -> Key:
        form = tuple(self._texts[name.text].tokens[name.first : name.last])
        key = self._keys.get(form)
        if key is None:
            key = self._keys[form] = key_of(form, self._language)
        return key

    # 1. what the model and the lists see

    def _read(self, index: int, seen: list[Name], doubts: list[Doubtful]) -> None:
        """What the model sees in a text, added to the names seen and the doubtful ones."""
        text = self._texts[index]
        if self._tagger:
            for name in aligned(self._tagger(text.text), index, text):
                seen += refine(name, text, self._language)
            return
        model = reader(self._language)
        if model is None:
            return
        tokens = [sentence.tokens for sentence in text.sentences]
        if self._language in TWO_SCRIPTS:
            tokens = [[latin(token) for token in sentence] for sentence in tokens]
        readings = model.read(tokens)
        for sentence, words, begin, reading in zip(text.sentences, tokens, text.begins, readings, strict=True):
            loud = self._loud[id(sentence)]
            for span in reading.names:
                if loud and not is_listed(words[span.first : span.last], span.label):
                    continue
                name = Name(index, begin + span.first, begin + span.last, span.label)
                seen += refine(name, text, self._language)
            doubts += joined(
                [
                    Doubtful(Name(index, begin + doubt.at, begin + doubt.at + 1, doubt.label), doubt.probability)
                    for doubt in reading.doubts
                    if not loud
                ]
            )

    def _introductions(self, seen: Sequence[Name]) -> list[Introduction]:
        find = introductions_unspaced if self._by_character else introductions
        return [
            introduction
            for index, text in enumerate(self._texts)
            if "(" in text.text or "（" in text.text
            for introduction in find(index, text, [name for name in seen if name.text == index], self._language)
        ]

    def _take_introduction(self, introduction: Introduction, labels: dict[tuple[str, ...], list[str]]) -> None:
        at, first, last = introduction.text, introduction.first, introduction.last
        expansion = Name(at, first, last, self._label_of(introduction, labels))
        acronym = Name(at, introduction.acronym, introduction.acronym_end, expansion.label)
        self._take([expansion, acronym])
        if self._key(acronym) != self._key(expansion):
            self._expansions.setdefault(self._key(acronym), self._key(expansion))

    def _label_of(self, introduction: Introduction, labels: dict[tuple[str, ...], list[str]]) -> str:
        """What has an acronym made of its initials is an organisation unless more than one guess says a place."""
        tokens = self._texts[introduction.text].tokens
        expansion = tuple(tokens[introduction.first : introduction.last])
        acronym = tuple(tokens[introduction.acronym : introduction.acronym_end])
        votes = labels.get(expansion, []) + labels.get(acronym, [])
        if is_territory(key_of(expansion, self._language)):
            return "LOC"
        if not votes or (introduction.initials and votes == ["LOC"]):
            return "ORG"
        counted = Counter(votes)
        return max(counted, key=lambda label: (counted[label], label == "ORG"))

    def _territories(self) -> Iterator[Name]:
        lookup = territory_lookup(self._language)
        for index, text in enumerate(self._texts):
            for first, last, _ in lookup.find(text.tokens):
                if self._stands_alone(text, first, last):
                    yield Name(index, first, last, "LOC")

    def _stands_alone(self, text: Text, first: int, last: int) -> bool:
        """In scripts cut by character: not in the middle of a Latin word or number."""
        if not self._by_character:
            return True
        tokens = text.tokens
        before = first > 0 and tokens[first].isascii() and tokens[first - 1].isascii() and tokens[first - 1].isalnum()
        after = last < len(tokens) and tokens[last - 1].isascii() and tokens[last].isascii() and tokens[last].isalnum()
        return not (before or after)

    def _is_plain_word(self, name: Name) -> bool:
        """A capitalised word that the article also writes small, or a title: "Diplomat" that began a sentence."""
        tokens = self._tokens(name)
        if len(tokens) > 1 or self._by_character or not tokens[0][0].isupper() or is_territory(self._key(name)):
            return False
        low = tokens[0].lower()
        if low in titles(self._language) or low in day_and_month_names(self._language):
            return True
        return not (tokens[0].isupper() and len(tokens[0]) > 1) and any(low in text.words for text in self._texts)

    # 2. one label for each name

    def _labels(self) -> dict[Key, str]:
        votes: dict[Key, Counter[str]] = {}
        for name in self._found:
            votes.setdefault(self._key(name), Counter())[name.label] += 1
        for key in self._after_courtesy_titles():
            if key in votes:
                votes[key]["PER"] += _COURTESY_VOTES
        for key, count in self._full_names().items():
            if key in votes and not votes[key]["LOC"]:
                votes[key]["PER"] += _FULL_NAME_VOTES * count
        for acronym, expansion in self._expansions.items():
            votes.setdefault(expansion, Counter()).update(votes.get(acronym, Counter()))
        labels = {}
        for key, counted in votes.items():
            most = max(counted.values())
            winner = next(label for label, count in counted.items() if count == most)
            labels[key] = "LOC" if is_territory(key) and not (winner == "PER" and self._is_cased) else winner
        for acronym, expansion in self._expansions.items():
            labels[acronym] = labels[expansion]
        return labels

    def _after_courtesy_titles(self) -> Iterator[Key]:
        """The words after "Mr", which name people whatever the model thinks."""
        for text in self._texts:
            if COURTESY.isdisjoint(text.words):
                continue
            for at, token in enumerate(text.tokens[:-2]):
                if token in COURTESY:
                    yield key_of([text.tokens[at + 2 if text.tokens[at + 1] == "." else at + 1]], self._language)

    def _full_names(self) -> Counter[Key]:
        """How often each surname stands in a person's full name: who is named in full is meant by it."""
        at = 0 if self._language in SURNAME_FIRST else -1
        people = (self._tokens(name) for name in self._found if name.label == "PER" and not self._by_character)
        return Counter(key_of([tokens[at]], self._language) for tokens in people if len(tokens) > 1)

    # 3. what the model missed

    def _missed(self, labels: dict[Key, str]) -> Iterator[Name]:
        known = {tuple(self._tokens(name)): labels[self._key(name)] for name in self._found}
        yield from self._look_up({tokens: label for tokens, label in known.items() if self._is_telling(tokens)})

    def _is_telling(self, tokens: tuple[str, ...]) -> bool:
        """Whether a name is sure to mean the same wherever it stands."""
        if self._by_character:
            return len(tokens) > 1
        return len(tokens) > 1 or (len(tokens[0]) > 1 and not tokens[0].islower())

    def _look_up(self, known: dict[tuple[str, ...], str]) -> Iterator[Name]:
        lookup = Lookup(known.items())
        for index, text in enumerate(self._texts):
            for first, last, label in lookup.find(text.tokens):
                if self._stands_alone(text, first, last):
                    yield Name(index, first, last, label)

    def _surnames(self, labels: dict[Key, str]) -> Iterator[Name]:
        """The surname of each person's full name where it stands alone, in any case of the language."""
        if self._by_character:
            return
        surnames: dict[Key, str] = {}
        for name in self._found:
            tokens = self._tokens(name)
            surname = tokens[0 if self._language in SURNAME_FIRST else -1]
            if labels[self._key(name)] == "PER" and len(tokens) > 1 and len(surname) >= _MIN_SURNAME:
                key = key_of([surname], self._language)
                if surname.istitle() and labels.get(key, "PER") == "PER" and not self._is_common(surname):
                    surnames[key] = surname[:_MIN_SURNAME]
        labels |= dict.fromkeys(surnames, "PER")
        begins = set(surnames.values())
        for index, text in enumerate(self._texts):
            wanted = {word for word in text.words if word[:_MIN_SURNAME] in begins} if begins else ()
            for at, token in enumerate(text.tokens) if wanted else ():
                if token in wanted:
                    found = Name(index, at, at + 1, "PER")
                    if self._key(found) in surnames and not self._is_part_of_more(found):
                        yield found

    def _is_common(self, word: str) -> bool:
        return any(word.lower() in text.words for text in self._texts)

    def _is_part_of_more(self, name: Name) -> bool:
        text = self._texts[name.text]
        after = text.tokens[name.last] if name.last < len(text.tokens) else "."
        before = text.tokens[name.first - 1] if name.first and name.first not in text.openers else "."
        known = titles(self._language) | openings(self._language)
        owns = self._language in GENITIVE_S and text.tokens[name.first].endswith("s")  # Hohlfelds Auto
        follows = after[0].isupper() and not owns
        return follows or (before[0].isupper() and latin(before.lower()) not in known)
