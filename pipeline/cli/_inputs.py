"""What the commands that read records have in common: their options, and how they tell what they could not read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.inputs import Inputs

Paths = Annotated[
    list[str], typer.Argument(metavar="PATH", help="Files, folders, or `-` for standard input.", show_default=False)
]
SourceOption = Annotated[
    str | None, typer.Option("--source", help="Name of the source, for records that do not say theirs.")
]
LanguageOption = Annotated[
    str | None, typer.Option("--language", help="Language hint (BCP 47), for records that give none.")
]
UrlOption = Annotated[
    str | None, typer.Option("--url", help="Address of the one text, web page or feed that is given.")
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="Read everything as `text`, `html`, `json`, `jsonl`, `feed` or `warc`, whatever it is called.",
    ),
]


def open_inputs(
    paths: list[str], source: str | None, language: str | None, url: str | None, form: str | None
) -> Inputs:
    """The inputs as the options ask for them. Wrong use ends the command with exit status 2."""
    from pipeline.identity import named_source  # noqa: PLC0415 -- keeps `newswire --help` fast
    from pipeline.inputs import STANDARD_INPUT, Inputs  # noqa: PLC0415
    from pipeline.records import Source  # noqa: PLC0415
    from pipeline.registry import plugins  # noqa: PLC0415
    from pipeline.sources import Defaults  # noqa: PLC0415

    if form is not None and form not in plugins("sources"):
        raise typer.BadParameter(f"there are: {', '.join(sorted(plugins('sources')))}", param_hint="--format")
    if url is not None and (len(paths) > 1 or (paths[0] != STANDARD_INPUT and Path(paths[0]).is_dir())):
        raise typer.BadParameter("goes with one file only: two articles cannot have one address", param_hint="--url")
    defaults = Defaults(
        now=lambda: datetime.now(UTC),
        source=named_source(source, url) if source else Source(),
        language=language,
        url=url,
    )
    return Inputs(paths, defaults, form)
