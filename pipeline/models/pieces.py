"""What is counted in training on close languages, and looked up afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from operator import add

SHORTEST, LONGEST = 2, 5
"""Of the pieces of a word, in characters, marks included."""


def pieces(word: str) -> set[str]:
    """The word between marks for its beginning and end (`^da$`), and all pieces of that."""
    marked = f"^{word}$"
    made = {marked}
    runs: Sequence[str] = marked
    for length in range(SHORTEST, LONGEST + 1):
        runs = list(map(add, runs, marked[length - 1 :]))
        made.update(runs)
    return made
