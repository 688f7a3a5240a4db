"""What is counted in training on close languages, and looked up afterwards."""

from __future__ import annotations

SHORTEST, LONGEST = 2, 5
"""Of the pieces of a word, in characters, marks included."""


def pieces(word: str) -> set[str]:
    """The word between marks for its beginning and end (`^da$`), and all pieces of that."""
    marked = f"^{word}$"
    return {marked} | {
        marked[at : at + length] for length in range(SHORTEST, LONGEST + 1) for at in range(len(marked) - length + 1)
    }
