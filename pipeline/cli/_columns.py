"""Columns of the tables that are fitted to the width of a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.cells import cell_len, set_cell_size

from pipeline.cli._console import printable

GAP = 2
"""Cells between two columns."""

R = TypeVar("R")


@dataclass(frozen=True)  # slots and Generic[…](…) do not go together in Python 3.11
class Column(Generic[R]):
    """One column of a table whose rows are R."""

    head: str
    cell: Callable[[R], str]
    from_width: int
    """Shown on terminals that are at least so wide."""
    most: int
    right: bool = False
    style: str = ""


def natural_sizes(columns: Sequence[Column[R]], cells: Sequence[Sequence[str]]) -> list[int]:
    """As wide as their cells."""
    return [
        max([cell_len(column.head), *(cell_len(line[place]) for line in cells)]) for place, column in enumerate(columns)
    ]


def fitted_sizes(
    columns: Sequence[Column[R]], sizes: Sequence[int], width: int, giving: Iterable[tuple[str, int]]
) -> list[int]:
    """What a terminal leaves them. `giving`: who becomes how narrow, one after the other, where that is too little."""
    fitted = [min(size, column.most) for size, column in zip(sizes, columns, strict=True)]
    over = sum(fitted) + GAP * (len(fitted) - 1) - width
    for head, least in giving:
        for place, column in enumerate(columns):
            if column.head == head and over > 0:
                given = min(over, max(0, fitted[place] - least))
                fitted[place] -= given
                over -= given
    return fitted


def cell_of(column: Column[R], text: str, size: int) -> str:
    """The text as wide as its column, shortened where it has to be."""
    length = cell_len(text)
    if length > size:
        return set_cell_size(set_cell_size(text, size - 1).rstrip() + "…", size)
    return " " * (size - length) + text if column.right else text + " " * (size - length)


def one_line(text: str) -> str:
    """Text of others, on one line and safe to show."""
    return printable(" ".join(text.split()))
