"""The table of `newswire rules list`, fitted to the width of the terminal; whole where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from pipeline.cli._console import printable
from pipeline.cli._rule_words import State, state, timing, until

if TYPE_CHECKING:
    from pipeline.alert_records import Rule

_GAP = 2


class Look(NamedTuple):
    """How a state is shown; `plain` where only ASCII can be."""

    mark: str
    plain: str
    style: str


LOOKS: dict[State, Look] = {
    "on": Look("●", "*", "green"),
    "snoozed": Look("◐", "z", "yellow"),
    "paused": Look("‖", "=", "dim"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as the table shows it."""

    state: State
    told: str
    """The state in words."""
    id: str
    name: str
    owner: str
    query: str
    channels: str
    when: str
    alerts: str
    """Of the last seven days; empty where they are not known."""


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    cell: Callable[[Row], str]
    from_width: int
    """Shown on terminals that are at least so wide."""
    most: int
    right: bool = False
    style: str = ""


_COLUMNS = (
    _Column("id", lambda row: row.id, 0, 40, style="bold"),
    _Column("name", lambda row: row.name, 100, 30),
    _Column("owner", lambda row: row.owner, 120, 16, style="dim"),
    _Column("query", lambda row: row.query, 0, 10_000),
    _Column("channels", lambda row: row.channels, 80, 24, style="dim"),
    _Column("when", lambda row: row.when, 130, 32, style="dim"),
    _Column("7 days", lambda row: row.alerts, 0, 9, right=True),
)
_GIVING = (
    ("query", 60),
    ("name", 20),
    ("channels", 14),
    ("when", 20),
    ("id", 24),
    ("query", 30),
    ("id", 12),
    ("query", 8),
)
"""Who becomes how narrow, one after the other, where the terminal is too narrow for all."""


def row(rule: Rule, now: datetime, alerts: Mapping[str, int] | None) -> Row:
    """A rule in the table's words."""
    found = state(rule, now)
    snoozed = rule.snoozed_until if found == "snoozed" else None
    return Row(
        state=found,
        told=f"snoozed until {until(snoozed, now)}" if snoozed else found,
        id=_line(rule.id),
        name=_line(rule.name or ""),
        owner=_line(rule.owner or ""),
        query=_line(rule.query),
        channels=_line(", ".join(rule.channels)),
        when=_line(timing(rule.delivery)) if rule.channels else "",
        alerts="" if alerts is None else f"{alerts.get(rule.id, 0):,}",
    )


def table(rows: Sequence[Row], width: int, ascii_only: bool = False) -> Iterator[Text]:
    """Its lines on a terminal: a head, and one a rule."""
    columns, cells = _columns(rows, width >= 100 or any(row.state != "on" for row in rows), ascii_only, width)
    sizes = _fitted(columns, _sizes(columns, cells), width)
    yield _styled(_laid_out(columns, [column.head for column in columns], sizes), ["bold"] * len(columns))
    for each, texts in zip(rows, cells, strict=True):
        off = "dim" if each.state == "paused" else ""
        styles = [LOOKS[each.state].style, *(off or column.style for column in columns[1:])]
        yield _styled(_laid_out(columns, texts, sizes), styles)


def whole(rows: Sequence[Row], ascii_only: bool = False) -> Iterator[str]:
    """Its lines with nothing shortened, for `grep` and the like; the query, which can be long, goes last."""
    columns, cells = _columns(rows, True, ascii_only)
    sizes = _sizes(columns, cells)
    for texts in ([column.head for column in columns], *cells):
        yield "".join(_laid_out(columns, texts, sizes)).rstrip()


def summary(rows: Sequence[Row]) -> str:
    """Such as `120 rules: 118 on, 2 paused`."""
    counts = {found: sum(row.state == found for row in rows) for found in LOOKS}
    told = ", ".join(f"{count:,} {found}" for found, count in counts.items() if count)
    return f"{len(rows):,} rule{'s' if len(rows) != 1 else ''}: {told}"


def _mark(row: Row, words: bool, ascii_only: bool) -> str:
    look = LOOKS[row.state]
    mark = look.plain if ascii_only else look.mark
    return f"{mark} {row.told}" if words else mark


def _columns(
    rows: Sequence[Row], words: bool, ascii_only: bool, width: int | None = None
) -> tuple[list[_Column], list[list[str]]]:
    """Those that fit and have something to show, and their cells, row by row."""
    first = _Column("state" if words else " ", lambda row: _mark(row, words, ascii_only), 0, 31)
    columns = [first, *(column for column in _COLUMNS if width is None or width >= column.from_width)]
    columns = [column for column in columns if column.head in ("id", " ") or any(map(column.cell, rows))]
    if width is None:
        columns.sort(key=lambda column: column.head == "query")
    return columns, [[column.cell(row) for column in columns] for row in rows]


def _sizes(columns: Sequence[_Column], cells: Sequence[Sequence[str]]) -> list[int]:
    """As wide as their cells."""
    return [
        max([cell_len(column.head), *(cell_len(line[place]) for line in cells)]) for place, column in enumerate(columns)
    ]


def _fitted(columns: Sequence[_Column], sizes: Sequence[int], width: int) -> list[int]:
    """What a terminal leaves them."""
    fitted = [min(size, column.most) for size, column in zip(sizes, columns, strict=True)]
    over = sum(fitted) + _GAP * (len(fitted) - 1) - width
    for head, least in _GIVING:
        for place, column in enumerate(columns):
            if column.head == head and over > 0:
                given = min(over, max(0, fitted[place] - least))
                fitted[place] -= given
                over -= given
    return fitted


def _laid_out(columns: Sequence[_Column], texts: Sequence[str], sizes: Sequence[int]) -> Iterator[str]:
    """Each cell as wide as its column, with the gap behind it."""
    for column, text, size in zip(columns, texts, sizes, strict=True):
        length = cell_len(text)
        if length > size:
            shown = set_cell_size(set_cell_size(text, size - 1).rstrip() + "…", size)
        else:
            shown = " " * (size - length) + text if column.right else text + " " * (size - length)
        yield shown if column is columns[-1] else shown + " " * _GAP


def _styled(cells: Iterable[str], styles: Sequence[str]) -> Text:
    line = Text(no_wrap=True, overflow="ignore", end="\n")
    for text, style in zip(cells, styles, strict=True):
        line.append(text, style or None)
    line.rstrip()
    return line


def _line(text: str) -> str:
    return printable(" ".join(text.split()))
