"""The table of `newswire feeds list`, fitted to the width of the terminal; whole where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from pipeline.cli._columns import GAP, Column, cell_of, fitted_sizes, natural_sizes, one_line
from pipeline.cli._feed_words import LOOKS, Condition, ago, condition, rate, remark, until
from pipeline.polling.partition import host_of

if TYPE_CHECKING:
    from pipeline.feed_records import Feed
    from pipeline.feed_registry import Registry

_WHOLE = 100_000
_INDENT = 4
_REMARK_LINES = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A feed as the table shows it."""

    condition: Condition
    title: str
    host: str
    folder: str
    last_item: str
    a_day: str
    next_poll: str
    id: str
    remark: str


_COLUMNS = (
    Column[Row]("feed", lambda row: row.title, 0, 70),
    Column[Row]("host", lambda row: row.host, 76, 30, style="dim"),
    Column[Row]("folder", lambda row: row.folder, 140, 30, style="dim"),
    Column[Row]("last item", lambda row: row.last_item, 0, 10, right=True),
    Column[Row]("a day", lambda row: row.a_day, 70, 6, right=True),
    Column[Row]("next poll", lambda row: row.next_poll, 50, 9, right=True),
    Column[Row]("id", lambda row: row.id, 100, 8, style="dim"),
)
_GIVING = (("feed", 40), ("folder", 10), ("host", 14), ("feed", 24), ("host", 8), ("feed", 8))
_WORDS_FROM = 100
"""Narrower terminals have only the mark of a condition."""


def row(registry: Registry, feed: Feed, now: datetime) -> Row:
    """A feed in the table's words."""
    state = registry.states.get(feed.id)
    found = condition(feed, state, now)
    idle = found in ("paused", "gone")
    return Row(
        condition=found,
        title=one_line(registry.title(feed).removeprefix("https://").removeprefix("http://")),
        host=one_line(host_of(state.url if state else feed.url).removeprefix("www.")),
        folder=one_line("/".join(feed.folder)),
        last_item=ago(state.last_item, now) if state and state.last_item else "",
        a_day=rate(state),
        next_poll="" if idle else until(state.next_poll if state else None, now),
        id=feed.id[:8],
        remark=one_line(remark(state, found, now)),
    )


def table(rows: Sequence[Row], width: int | None, ascii_only: bool = False) -> Iterator[Text]:
    """Its lines: a head, and one a feed. With a width, what is wrong stands below the feed; without, at the line's
    end, and nothing is shortened, for `grep` and the like."""
    words = width is None or width >= _WORDS_FROM
    first = Column[Row]("health" if words else " ", lambda row: _mark(row, words, ascii_only), 0, 9)
    columns = [first, *(column for column in _COLUMNS if width is None or width >= column.from_width)]
    columns = [column for column in columns if column.head in ("feed", " ") or any(map(column.cell, rows))]
    cells = [[column.cell(row) for column in columns] for row in rows]
    sizes = natural_sizes(columns, cells)
    sizes = [min(size, _WHOLE) for size in sizes] if width is None else fitted_sizes(columns, sizes, width, _GIVING)
    yield _laid_out(columns, [column.head for column in columns], sizes, ["bold"] * len(columns))
    for each, texts in zip(rows, cells, strict=True):
        look = LOOKS[each.condition]
        styles = [look.style, "dim" if each.condition == "paused" else "", *(column.style for column in columns[2:])]
        line = _laid_out(columns, texts, sizes, styles)
        if width is None:
            if each.remark:
                line.append(" " * GAP + each.remark)
            line.rstrip()
        yield line
        if width is not None and each.remark:
            yield from _below(each.remark, look.style, width)


def summary(rows: Iterable[Row], late: int) -> str:
    """Such as `5,000 feeds: 2 gone, 31 failing, 4,967 ok`."""
    counts: dict[str, int] = dict.fromkeys(LOOKS, 0)
    for each in rows:
        counts[each.condition] += 1
    total = sum(counts.values())
    told = ", ".join(f"{count:,} {_named(name)}" for name, count in counts.items() if count)
    line = f"{total:,} feed{'s' if total != 1 else ''}: {told}"
    return f"{line}; {late:,} overdue: is `newswire run feeds` running?" if late else line


def _named(name: str) -> str:
    return "with gaps" if name == "gaps" else name


def _mark(row: Row, words: bool, ascii_only: bool) -> str:
    look = LOOKS[row.condition]
    mark = look.plain if ascii_only else look.mark
    return f"{mark} {row.condition}" if words else mark


def _laid_out(
    columns: Sequence[Column[Row]], texts: Sequence[str], sizes: Sequence[int], styles: Sequence[str]
) -> Text:
    line = Text(no_wrap=True, overflow="ignore", end="\n")
    for place, (column, text, size, style) in enumerate(zip(columns, texts, sizes, styles, strict=True)):
        if place:
            line.append(" " * GAP)
        line.append(cell_of(column, text, size), style or None)
    return line


def _below(text: str, style: str, width: int) -> Iterator[Text]:
    """What is wrong, indented, in a few lines."""
    lines = list(_wrapped(text, max(20, width - _INDENT)))
    if len(lines) > _REMARK_LINES:
        lines = [*lines[: _REMARK_LINES - 1], lines[_REMARK_LINES - 1][: width - _INDENT - 1] + "…"]
    for line in lines:
        yield Text(" " * _INDENT + line, style=style.removeprefix("bold "), no_wrap=True, overflow="ignore")


def _wrapped(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        while cell_len(word) > width:  # an address, mostly
            if line:
                yield line
                line = ""
            head = set_cell_size(word, width).rstrip()
            yield head
            word = word[len(head) :]  # noqa: PLW2901 -- what is left of it
        if line and cell_len(line) + 1 + cell_len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line
