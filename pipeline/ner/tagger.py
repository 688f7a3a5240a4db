"""Models at work: the names that a language's model sees in a text. Loaded on first use, once per process."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pycrfsuite

from pipeline.models import NAMES, model_path, trained_languages
from pipeline.ner.features import CharacterFeatures, Features, Known, WordFeatures
from pipeline.ner.gazetteer import BEGINNING, Gazetteer, key
from pipeline.ner.tokens import CHARACTER_LANGUAGES

# The lists of names are in Latin letters.
_WITHOUT_GAZETTEER = frozenset({"hi", "ru"})
# Close relatives that the model of another language reads well.
_STAND_INS = {"bs": "hr", "ms": "id", "nn": "nb", "no": "nb", "sh": "hr"}

MIN_DOUBT = 0.1

Featurize = Callable[[Sequence[str]], Sequence[Features]]


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


class Model:
    """A trained model with the features that it was trained on."""

    def __init__(self, language: str, path: Path) -> None:
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(path))
        self._labels = tuple(self._tagger.labels())
        self._kinds = sorted({label[2:] for label in self._labels if label != "O"})
        self._features = featurizer(language, known=known_features(path.read_bytes()))

    def spans(self, tokens: Sequence[str]) -> list[TokenSpan]:
        """The names of a sentence, in order, not overlapping."""
        return spans(self._tagger.tag(self._features(tokens)))

    def read(self, tokens: Sequence[str]) -> tuple[list[TokenSpan], list[Doubt]]:
        """The names of a sentence, and the tokens that nearly were some."""
        labels = self._tagger.tag(self._features(tokens))
        found = [
            self._doubt(i)
            for i, (token, label) in enumerate(zip(tokens, labels, strict=True))
            if label == "O" and token[0].isupper()
        ]
        return spans(labels), [doubt for doubt in found if doubt.probability >= MIN_DOUBT]

    def _doubt(self, index: int) -> Doubt:
        marginal = self._tagger.marginal
        probability, label = max(
            (sum(marginal(label, index) for label in self._labels if label[2:] == kind), kind) for kind in self._kinds
        )
        return Doubt(index, label, probability)


def model_language(language: str) -> str | None:
    """The language whose model reads this one (a base language tag); None when there is none."""
    language = _STAND_INS.get(language, language)
    return language if language in _trained() else None


@cache
def model(language: str) -> Model:
    """The model of a trained language."""
    return Model(language, model_path(language))


def featurizer(language: str, gazetteer: Gazetteer | None = None, known: Known | None = None) -> Featurize:
    """What a model of this language sees, in training and in tagging; the shipped gazetteer unless one is given."""
    if language in CHARACTER_LANGUAGES:
        return CharacterFeatures(known)
    if language in _WITHOUT_GAZETTEER:
        return WordFeatures(None, known)
    return WordFeatures(gazetteer or names(), known)


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


_HEADER = struct.Struct("<4sI4sIIIIIIIII")
_CQDB_RECORDS = 24 + 256 * 8


def known_features(model: bytes) -> dict[str, bytes]:
    """The features that a CRFsuite model knows, read from its file: text and UTF-8.

    A model file names the offset of its attribute dictionary in its header; that is a CQDB: a header of 24 bytes, 256
    table references, then records of id, key size (with its NUL) and key, up to the first hash table. See crf1d_model.c
    and cqdb.c of CRFsuite 0.12.
    """
    start = _HEADER.unpack_from(model)[9]
    tables = [struct.unpack_from("<II", model, start + 24 + 8 * i) for i in range(256)]
    backward = struct.unpack_from("<I", model, start + 20)[0]
    end = start + min([offset for offset, size in tables if size] + ([backward] if backward else []))
    at = start + _CQDB_RECORDS
    known = {}
    while at < end:
        size = struct.unpack_from("<I", model, at + 4)[0]
        name = model[at + 8 : at + 7 + size]
        known[name.decode("utf-8")] = name
        at += 8 + size
    return known
