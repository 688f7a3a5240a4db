"""The names that a language's model sees in the sentences of a text. Models are loaded on first use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from pipeline.models import (
    NAMES,
    POOLED,
    clusters_path,
    dictionary_path,
    frequencies_path,
    model_path,
    network_path,
    trained_languages,
)
from pipeline.ner import thai
from pipeline.ner.character_scores import CharacterScores
from pipeline.ner.characters import character_template
from pipeline.ner.crfsuite import Floats, Weights, read_weights
from pipeline.ner.dictionary import Dictionary
from pipeline.ner.features import Template, word_template
from pipeline.ner.gazetteer import BEGINNING, FIRST_NAME, LAST_NAME, PLACE, Gazetteer, key
from pipeline.ner.network import Network, Parameters
from pipeline.ner.scores import Scorer
from pipeline.ner.tokens import CHARACTER_LANGUAGES
from pipeline.ner.vocabulary import Vocabulary
from pipeline.ner.word_scores import WordScores

# Close relatives that the model of another language reads well.
_STAND_INS = {"bs": "hr", "ms": "id", "nn": "nb", "no": "nb", "sh": "hr"}

POOLED_LANGUAGES = frozenset(
    "af ca cs es et eu fi fil fr ga gl is it lb lt lv mt nl pl sk sl sq sw tl tr vi".split()  # noqa: SIM905
)
"""Languages in Latin letters that the pooled model reads."""
SURE = 0.5
"""How sure the pooled model must be of each token of a name. Chosen by leaving out one trained language at a time."""
# The list of Serbo-Croatian words makes the model for Croatian worse.
_WITHOUT_FREQUENCIES = frozenset({"hr"})
SURE_OF_PLAIN = 0.7
"""How sure a model must be that a word which the dictionary knows as no name is one."""
MIN_DOUBT = 0.1
_CACHED_NAMES = 4096
_BREAK = "\x00"
"""Parts sentences; tokens hold no control characters."""

# ThaiNER's names of kinds.
_KINDS = {"PERSON": "PER", "ORGANIZATION": "ORG", "LOCATION": "LOC"}
Cut = Callable[[str], list[tuple[int, int]]]
"""The words of a text, as beginning and end."""


class TokenSpan(NamedTuple):
    """A name: tokens `first` to `last` (exclusive) of a sentence."""

    first: int
    last: int
    label: str


class Doubt(NamedTuple):
    """The capitalised token `at` outside all names that may well be one: `probability` of its likeliest label."""

    at: int
    label: str
    probability: float


class Reading(NamedTuple):
    """What a model makes of a sentence: the names, in order, not overlapping, and the tokens that nearly were some."""

    names: list[TokenSpan]
    doubts: list[Doubt]


class Model:
    """Trained weights with the features that they were trained on.

    `cut` puts the characters of a sentence together to the words that the model reads. Names of which the model is
    less than `least` sure are left out, and doubts with them; so are words that are `plain` if it is not SURE_OF_PLAIN.
    """

    def __init__(
        self,
        weights: Weights,
        template: Template,
        *,
        cut: Cut | None = None,
        least: float = 0.0,
        plain: Callable[[str], bool] | None = None,
        network: Network | None = None,
    ) -> None:
        self._scorer = Scorer(weights, template, network)
        self._cut = cut
        self._least = least
        self._plain = plain
        self._labels = [_label(label) for label in weights.labels]
        self._outside = frozenset(i for i, label in enumerate(self._labels) if label == "O")
        self._kinds = {
            kind: [i for i, label in enumerate(self._labels) if label[2:] == kind]
            for kind in sorted({label[2:] for label in self._labels if label != "O"})
        }

    def read(self, sentences: Sequence[Sequence[str]]) -> list[Reading]:
        """The names in the sentences of a text, by the likeliest path of labels."""
        if self._cut and sentences:
            return self._read_cut(["".join(tokens) for tokens in sentences], self._cut)
        labellings = self._scorer.label(sentences)
        found = [
            [] if self._outside.issuperset(labelling.best) else spans([self._labels[i] for i in labelling.best])
            for labelling in labellings
        ]
        capitals = [
            [i for i, token in enumerate(tokens) if token[0].isupper() and labelling.best[i] in self._outside]
            for tokens, labelling in zip(sentences, labellings, strict=True)
        ]
        asked = [i for i, tokens in enumerate(sentences) if self._asks(tokens, capitals[i], found[i])]
        probable = dict(zip(asked, self._scorer.probabilities([labellings[i] for i in asked]), strict=True))
        readings = []
        for at, (tokens, seen) in enumerate(zip(sentences, found, strict=True)):
            rows = probable.get(at)
            if rows is None:
                readings.append(Reading(seen, []))
                continue
            names = seen
            if self._plain:
                plain = [self._plain("".join(tokens[name.first : name.last])) for name in seen]
                names = [n for n, p in zip(seen, plain, strict=True) if not p or self._is_sure(n, rows, SURE_OF_PLAIN)]
            if self._least:
                readings.append(Reading([name for name in names if self._is_sure(name, rows, self._least)], []))
                continue
            doubted = zip(capitals[at], rows[capitals[at]].tolist(), strict=True)
            readings.append(Reading(names, [self._doubt(i, row) for i, row in doubted if self._is_doubtful(row)]))
        return readings

    def _asks(self, tokens: Sequence[str], capitals: Sequence[int], names: Sequence[TokenSpan]) -> bool:
        """Whether it matters how sure the labels of a sentence are, that has `capitals` outside its names."""
        if self._least:
            return bool(names)
        if self._plain and any(self._plain("".join(tokens[name.first : name.last])) for name in names):
            return True
        return bool(capitals)

    def _read_cut(self, texts: Sequence[str], cut: Cut) -> list[Reading]:
        words: list[list[tuple[int, int]]] = [[]]
        begins = 0
        joined = _BREAK.join(texts)
        for first, last in cut(joined):
            if joined[first] == _BREAK:
                begins = last
                words.append([])
            else:
                words[-1].append((first - begins, last - begins))
        tokens = [[text[begin:end] for begin, end in places] for text, places in zip(texts, words, strict=True)]
        readings = []
        for text, places, labelling in zip(texts, words, self._scorer.label(tokens), strict=True):
            names = []
            for name in spans([self._labels[i] for i in labelling.best]):
                first, last = places[name.first][0], places[name.last - 1][1]
                if name.label == "PER":
                    first = thai.after_title(text, first, last)
                names.append(TokenSpan(first, last, name.label))
            readings.append(Reading(names, []))
        return readings

    def _is_sure(self, name: TokenSpan, rows: Floats, least: float) -> bool:
        """Whether each of a name's tokens is that surely of its kind."""
        of_kind = rows[name.first : name.last, self._kinds[name.label]].sum(axis=1)
        return bool(of_kind.min() >= least)

    def _is_doubtful(self, row: list[float]) -> bool:
        return sum([row[i] for i in self._outside]) <= 1 - MIN_DOUBT

    def _doubt(self, index: int, row: list[float]) -> Doubt:
        probability, kind = max((sum(row[i] for i in labels), kind) for kind, labels in self._kinds.items())
        return Doubt(index, kind, probability)


def model_language(language: str) -> str | None:
    """The language whose model reads this one (a base language tag); None when there is none."""
    language = _STAND_INS.get(language, language)
    return language if language in _trained() else None


@cache
def model(language: str) -> Model:
    """The model of a trained language."""
    weights, seen = _weights(language), template(language)
    if language == "th":
        return Model(weights, seen, cut=partial(thai.cut, dictionary=_thai_dictionary()))
    if language not in CHARACTER_LANGUAGES:
        return Model(weights, seen, network=_network(language))
    return Model(weights, seen, plain=lru_cache(_CACHED_NAMES)(_dictionary(language).is_plain))


def is_pooled(language: str) -> bool:
    """Whether names in a language (a base language tag) come from the pooled model, and are less sure."""
    return language in POOLED_LANGUAGES and model_language(language) is None


@cache
def reader(language: str) -> Model | None:
    """What reads texts in a language (a base language tag): its own model, that of a close relative, or the pooled
    one, of which only sure names are taken. None when there is none."""
    own = model_language(language)
    if own:
        return model(own)
    if not is_pooled(language):
        return None
    return Model(_weights(POOLED), template(language, pooled=True), least=SURE)


@cache
def template(language: str, *, pooled: bool = False) -> Template:
    """How the model of this language, or the pooled one, sees its sentences, in training and in tagging."""
    if language == "th":
        return thai.thai_template(_thai_dictionary())
    if language in CHARACTER_LANGUAGES:
        listed = _dictionary(language)
        return replace(character_template(listed), emitter=lambda weights: CharacterScores(weights, listed))
    frequencies = _vocabulary(frequencies_path(language)) if pooled or language not in _WITHOUT_FREQUENCIES else None
    known = names(), frequencies, None if pooled else _vocabulary(clusters_path(language))
    return replace(word_template(*known), emitter=lambda weights: WordScores(weights, *known))


@cache
def _dictionary(language: str) -> Dictionary:
    return Dictionary.from_bytes(dictionary_path(language).read_bytes())


@cache
def _thai_dictionary() -> Dictionary:
    return Dictionary.from_bytes(dictionary_path("th").read_bytes(), thai.LONGEST_WORD)


@cache
def _weights(name: str) -> Weights:
    return read_weights(model_path(name).read_bytes())


def _network(language: str) -> Network | None:
    path = network_path(language)
    return Network(Parameters.from_bytes(path.read_bytes())) if path.exists() else None


def _vocabulary(path: Path) -> Vocabulary | None:
    return Vocabulary.from_bytes(path.read_bytes()) if path.exists() else None


@cache
def names() -> Gazetteer:
    """The shipped gazetteer."""
    return Gazetteer.from_bytes(NAMES.read_bytes())


def is_listed(tokens: Sequence[str], label: str) -> bool:
    """Whether the gazetteer knows a name, or all words of a person's as names of people.

    Places of several words do not count: there is a New Bridge somewhere.
    """
    lists_of = names().lists_of
    if lists_of(key(tokens)) & ~(BEGINNING if len(tokens) == 1 else BEGINNING | PLACE):
        return True
    return label == "PER" and all(lists_of(key([token])) & (FIRST_NAME | LAST_NAME) for token in tokens)


@cache
def _trained() -> frozenset[str]:
    return trained_languages()


def _label(label: str) -> str:
    """A model's label as one of ours; O for kinds that are none of ours."""
    kind = _KINDS.get(label[2:], label[2:])
    return f"{label[:2]}{kind}" if kind in ("PER", "ORG", "LOC") else "O"


def spans(labels: Sequence[str]) -> list[TokenSpan]:
    """BIO labels as spans; an I without its B begins one."""
    found: list[TokenSpan] = []
    first, current = 0, ""
    for i, label in enumerate([*labels, "O"]):
        if label == "O" and not current:
            continue
        prefix, kind = label[:1], label[2:]
        if current and (prefix != "I" or kind != current):
            found.append(TokenSpan(first, i, current))
            current = ""
        if prefix != "O" and not current:
            first, current = i, kind
    return found
