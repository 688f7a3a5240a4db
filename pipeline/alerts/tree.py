"""A rule as a tree. Leaves know the words they look for, not the text they came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct


class Phrase(Struct, frozen=True, gc=False):
    """One word, or words in this order. `slop` is Lucene's: how far they may move in all, in words.

    In articles in one of the languages of `stems` they are looked for by their stems, in others as they are.
    """

    words: tuple[str, ...]
    zone: str
    slop: int = 0
    cased: bool = False
    stems: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self._plain()} ~stem" if self.stems else self._plain()

    def _plain(self) -> str:
        text = " ".join(self.words)
        if self.cased or self.slop or len(self.words) > 1:
            text = f'"{text}"' + ("!" if self.cased else "") + (f"~{self.slop}" if self.slop else "")
        return text if self.zone == "text" else f"{self.zone}:{text}"


class Prefix(Struct, frozen=True, gc=False):
    """A word that begins so."""

    prefix: str
    zone: str

    def __str__(self) -> str:
        return f"{self.prefix}*" if self.zone == "text" else f"{self.zone}:{self.prefix}*"


class Near(Struct, frozen=True, gc=False):
    """One of `left` and one of `right` with at most `distance` words between them, side by side, without overlap.

    `ordered`: the left one comes first. The phrases have no slop, and the zone of the whole.
    """

    left: tuple[Phrase, ...]
    right: tuple[Phrase, ...]
    distance: int
    ordered: bool
    zone: str

    def __str__(self) -> str:
        sides = [" OR ".join(str(_bare(phrase)) for phrase in side) for side in (self.left, self.right)]
        left, right = (f"({text})" if " OR " in text else text for text in sides)
        text = f"{left} {'O' if self.ordered else ''}NEAR/{self.distance} {right}"
        text = text if self.zone == "text" else f"{self.zone}:({text})"
        return f"{text} ~stem" if self.stems else text

    @property
    def stems(self) -> tuple[str, ...]:
        """As of its phrases, which are alike in this but for those whose case counts."""
        return next((phrase.stems for phrase in (*self.left, *self.right) if phrase.stems), ())


class Value(Struct, frozen=True, gc=False):
    """A field as a whole: `language`, `country`, `source_id`."""

    field: str
    value: str

    def __str__(self) -> str:
        return f"{'source' if self.field == 'source_id' else self.field}:{self.value}"


class Published(Struct, frozen=True, gc=False):
    """`published_at` between two times, both inclusive, in ms since 1970; None is open."""

    since: int | None
    until: int | None
    text: str

    def __str__(self) -> str:
        return f"published_at:{self.text}"


class And(Struct, frozen=True, gc=False):
    """All of two or more. Some may be Not, but not every one."""

    children: tuple[Node, ...]


class Or(Struct, frozen=True, gc=False):
    """Any of two or more."""

    children: tuple[Node, ...]


class Not(Struct, frozen=True, gc=False):
    """Below And only."""

    child: Node


Leaf: TypeAlias = Phrase | Prefix | Near | Value | Published
Node: TypeAlias = Leaf | And | Or | Not


def leaves(node: Node, negated: bool = False) -> Iterator[tuple[Leaf, bool]]:
    """Every leaf from left to right, and whether it stands below an odd number of Not."""
    if isinstance(node, (And, Or)):  # a union would be made anew at each call
        for child in node.children:
            yield from leaves(child, negated)
    elif isinstance(node, Not):
        yield from leaves(node.child, not negated)
    else:
        yield node, negated


def _bare(phrase: Phrase) -> Phrase:
    return Phrase(phrase.words, "text", phrase.slop, phrase.cased)
