"""What is counted in training on close languages, and looked up afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from operator import add

SHORTEST, LONGEST = 2, 5
"""Of the pieces of a word, in characters, marks included."""
_END = 3


def pieces(word: str, longest: int = LONGEST) -> set[str]:
    """The word between marks for its beginning and end (`^da$`), and all pieces of that."""
    marked = f"^{word}$"
    made = {marked}
    runs: Sequence[str] = marked
    for length in range(SHORTEST, longest + 1):
        runs = list(map(add, runs, marked[length - 1 :]))
        made.update(runs)
    return made


def joints(first: str, second: str) -> tuple[str, str, str]:
    """What stands together where a word follows another: the ends of both (`že_iti`), or one of them in full.

    This is grammar more than vocabulary: `može ići` is Croatian, `može da ide` Serbian.
    """
    end, next_end = first[-_END:], second[-_END:]
    return f"{end}_{next_end}", f"^{first}_{next_end}", f"{end}_{second}$"
