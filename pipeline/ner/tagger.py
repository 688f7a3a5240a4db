"""The names that a language's model sees in the sentences of a text. Models are loaded on first use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.models import NAMES, model_path, trained_languages
from pipeline.ner.crfsuite import read_weights
from pipeline.ner.features import CHARACTER_TEMPLATE, Template, word_template
from pipeline.ner.gazetteer import BEGINNING, Gazetteer, key
from pipeline.ner.scores import Scorer
from pipeline.ner.tokens import CHARACTER_LANGUAGES

# The lists of names are in Latin letters.
_WITHOUT_GAZETTEER = frozenset({"hi", "ru"})
# Close relatives that the model of another language reads well.
_STAND_INS = {"bs": "hr", "ms": "id", "nn": "nb", "no": "nb", "sh": "hr"}

MIN_DOUBT = 0.1


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """A name: tokens `first` to `last` (exclusive) of a sentence."""

    first: int
    last: int
    label: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A capitalised token outside all names that may well be one: `probability` of its likeliest label."""

    index: int
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model makes of a sentence: the names, in order, not overlapping, and the tokens that nearly were some."""

    names: list[TokenSpan]
    doubts: list[Doubt]


class Model:
    """A trained model with the features that it was trained on."""

    def __init__(self, language: str, path: Path) -> None:
        weights = read_weights(path.read_bytes())
        self._scorer = Scorer(weights, template(language))
        self._outside = weights.labels.index("O")
        self._kinds = {
            kind: [i for i, label in enumerate(weights.labels) if label[2:] == kind]
            for kind in sorted({label[2:] for label in weights.labels if label != "O"})
        }

    def read(self, sentences: Sequence[Sequence[str]]) -> list[Reading]:
        """The names in the sentences of a text, by the likeliest path of labels."""
        readings = []
        for tokens, labelling in zip(sentences, self._scorer.label(sentences), strict=True):
            best, rows = labelling.best, labelling.probabilities
            outside = rows[:, self._outside].tolist()
            doubts = [
                self._doubt(i, rows[i].tolist())
                for i, token in enumerate(tokens)
                if best[i] == self._outside and outside[i] <= 1 - MIN_DOUBT and token[0].isupper()
            ]
            readings.append(Reading(spans([self._scorer.labels[i] for i in best]), doubts))
        return readings

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
    return Model(language, model_path(language))


def template(language: str) -> Template:
    """How the model of this language sees sentences, in training and in tagging."""
    if language in CHARACTER_LANGUAGES:
        return CHARACTER_TEMPLATE
    return word_template(None if language in _WITHOUT_GAZETTEER else names())


@cache
def names() -> Gazetteer:
    """The shipped gazetteer."""
    return Gazetteer.from_bytes(NAMES.read_bytes())


def is_listed(tokens: Sequence[str]) -> bool:
    """Whether the gazetteer knows a name, whole or one of its words."""
    lists_of = names().lists_of
    return bool(lists_of(key(tokens))) or any(lists_of(key([token])) & ~BEGINNING for token in tokens)


@cache
def _trained() -> frozenset[str]:
    return trained_languages()


def spans(labels: Sequence[str]) -> list[TokenSpan]:
    """BIO labels as spans; an I without its B begins one."""
    found: list[TokenSpan] = []
    first, current = 0, ""
    for i, label in enumerate([*labels, "O"]):
        prefix, kind = label[:1], label[2:]
        if current and (prefix != "I" or kind != current):
            found.append(TokenSpan(first, i, current))
            current = ""
        if prefix != "O" and not current:
            first, current = i, kind
    return found
