"""The table of `newswire rules list`, fitted to the width of the terminal; whole where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from pipeline.cli._columns import GAP, Column, cell_of, fitted_sizes, natural_sizes, one_line
from pipeline.cli._rule_words import State, state, timing, until

if TYPE_CHECKING:
    from pipeline.alert_records import Rule


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


_COLUMNS = (
    Column[Row]("id", lambda row: row.id, 0, 40, style="bold"),
    Column[Row]("name", lambda row: row.name, 100, 30),
    Column[Row]("owner", lambda row: row.owner, 120, 16, style="dim"),
    Column[Row]("query", lambda row: row.query, 0, 10_000),
    Column[Row]("channels", lambda row: row.channels, 80, 24, style="dim"),
    Column[Row]("when", lambda row: row.when, 130, 32, style="dim"),
    Column[Row]("7 days", lambda row: row.alerts, 0, 9, right=True),
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
        id=one_line(rule.id),
        name=one_line(rule.name or ""),
        owner=one_line(rule.owner or ""),
        query=one_line(rule.query),
        channels=one_line(", ".join(rule.channels)),
        when=one_line(timing(rule.delivery)) if rule.channels else "",
        alerts="" if alerts is None else f"{alerts.get(rule.id, 0):,}",
    )


def table(rows: Sequence[Row], width: int, ascii_only: bool = False) -> Iterator[Text]:
    """Its lines on a terminal: a head, and one a rule."""
    columns, cells = _columns(rows, width >= 100 or any(row.state != "on" for row in rows), ascii_only, width)
    sizes = fitted_sizes(columns, natural_sizes(columns, cells), width, _GIVING)
    yield _styled(_laid_out(columns, [column.head for column in columns], sizes), ["bold"] * len(columns))
    for each, texts in zip(rows, cells, strict=True):
        off = "dim" if each.state == "paused" else ""
        styles = [LOOKS[each.state].style, *(off or column.style for column in columns[1:])]
        yield _styled(_laid_out(columns, texts, sizes), styles)


def whole(rows: Sequence[Row], ascii_only: bool = False) -> Iterator[str]:
    """Its lines with nothing shortened, for `grep` and the like; the query, which can be long, goes last."""
    columns, cells = _columns(rows, True, ascii_only)
    sizes = natural_sizes(columns, cells)
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
) -> tuple[list[Column[Row]], list[list[str]]]:
    """Those that fit and have something to show, and their cells, row by row."""
    first = Column[Row]("state" if words else " ", lambda row: _mark(row, words, ascii_only), 0, 31)
    columns = [first, *(column for column in _COLUMNS if width is None or width >= column.from_width)]
    columns = [column for column in columns if column.head in ("id", " ") or any(map(column.cell, rows))]
    if width is None:
        columns.sort(key=lambda column: column.head == "query")
    return columns, [[column.cell(row) for column in columns] for row in rows]


def _laid_out(columns: Sequence[Column[Row]], texts: Sequence[str], sizes: Sequence[int]) -> Iterator[str]:
    """Each cell as wide as its column, with the gap behind it."""
    for column, text, size in zip(columns, texts, sizes, strict=True):
        shown = cell_of(column, text, size)
        yield shown if column is columns[-1] else shown + " " * GAP


def _styled(cells: Iterable[str], styles: Sequence[str]) -> Text:
    line = Text(no_wrap=True, overflow="ignore", end="\n")
    for text, style in zip(cells, styles, strict=True):
        line.append(text, style or None)
    line.rstrip()
    return line
