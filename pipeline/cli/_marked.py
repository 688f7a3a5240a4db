"""Texts of articles on a terminal: on one line, harmless, with the words marked for which they were found."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from pipeline.cli._console import printable

MARK = "bold black on yellow"


def marked(text: str, marks: Iterable[tuple[int, int]], style: str = "") -> Text:
    """The text with its marks (code-point offsets, end exclusive) shown."""
    made = Text(style=style)
    end = 0
    for start, stop in marks:  # each part is made safe by itself, since that changes lengths
        made.append(one_line(text[end:start]))
        made.append(one_line(text[start:stop]), style=MARK)
        end = stop
    made.append(one_line(text[end:]))
    return made


def one_line(text: object) -> str:
    """Printable, without line breaks."""
    return printable(str(text).replace("\n", " ").replace("\t", " "))
