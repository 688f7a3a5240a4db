"""What a network of ../ner/network.py is trained on, and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.ner.crfsuite import Floats
from pipeline.ner.hashes import text_hash
from pipeline.ner.network import pieces

Integers = NDArray[np.intp]
Gradients = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How a network is trained."""

    seed: int = 0
    width: int = 64
    hidden: int = 64
    epochs: int = 12
    batch: int = 32
    rate: float = 2e-3
    drop_word: float = 0.3
    drop_piece: float = 0.1
    drop_vector: float = 0.3
    drop_state: float = 0.4
    rarest: int = 2
    """Pieces seen less often are left out."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Numbers of its words in the list of all different ones, and of their labels."""

    words: Integers
    labels: Integers


class Corpus:
    """Sentences, and the pieces of their words as rows of a table of all pieces.

    Those of word i are `rows[begins[i] : begins[i + 1]]`. `hashes` are those of the pieces, row by row; `is_word` says
    whether a row stands for a whole word.
    """

    def __init__(self, sentences: Iterable[tuple[Sequence[Any], Sequence[Any], Sequence[int]]], rarest: int) -> None:
        known: dict[tuple[str, tuple[str, ...]], int] = {}
        counts: Counter[str] = Counter()
        self.sentences = []
        made: list[list[str]] = []
        for tokens, marks, labels in sentences:
            numbers = []
            for word in zip(tokens, marks, strict=True):
                number = known.setdefault(word, len(known))
                if number == len(made):
                    made.append(pieces(*word))
                counts.update(made[number])
                numbers.append(number)
            self.sentences.append(Sentence(np.array(numbers), np.array(labels)))
        self.hashes = np.array(
            sorted({text_hash(piece) for piece, count in counts.items() if count >= rarest}), np.uint32
        )
        row = {hashed: at for at, hashed in enumerate(self.hashes.tolist())}
        of_words = [[row[hashed] for hashed in map(text_hash, each) if hashed in row] for each in made]
        self.rows = np.array([at for each in of_words for at in each], np.intp)
        self.begins = np.cumsum([0, *map(len, of_words)])
        whole = {text_hash(piece) for each in made for piece in each if piece.startswith("w=")}
        self.is_word = np.array([hashed in whole for hashed in self.hashes.tolist()])
