"""The tokens of an article's fields, and spans over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.ner.tokens import Sentence, sentences


@dataclass(frozen=True, slots=True)
class Text:
    """A field of an article, cut: `sentences[k]` holds the tokens from index `begins[k]` on; `openers`
    are the same indexes as a set, `words` all different tokens."""

    field: str
    text: str
    tokens: list[str]
    starts: list[int]
    sentences: list[Sentence]
    begins: list[int]
    openers: set[int]
    words: set[str]

    @classmethod
    def of(cls, field: str, text: str, language: str) -> Text:
        """Cut a field."""
        made = cls(field, text, [], [], [], [], set(), set())
        for sentence in sentences(text, language):
            made.begins.append(len(made.tokens))
            made.openers.add(len(made.tokens))
            made.sentences.append(sentence)
            made.tokens.extend(sentence.tokens)
            made.starts.extend(sentence.starts)
        made.words.update(made.tokens)
        return made

    def slice(self, first: int, last: int) -> str:
        """The text of the tokens from `first` to `last` (exclusive)."""
        return self.text[self.starts[first] : self.end(last)]

    def end(self, last: int) -> int:
        """The offset just after the token before index `last`."""
        return self.starts[last - 1] + len(self.tokens[last - 1])


class Name(NamedTuple):
    """A named span: tokens `first` to `last` (exclusive) of the text with index `text`."""

    text: int
    first: int
    last: int
    label: str


class Cover:
    """Which tokens are inside a name already; names never overlap."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._taken = [bytearray(len(text.tokens)) for text in texts]

    def add(self, names: Iterable[Name]) -> list[Name]:
        """Take those of the names that are free, the earlier given first; returns them."""
        added = []
        for name in names:
            taken = self._taken[name.text]
            if taken.find(1, name.first, name.last) < 0:
                taken[name.first : name.last] = b"\1" * (name.last - name.first)
                added.append(name)
        return added
