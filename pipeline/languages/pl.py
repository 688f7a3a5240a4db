"""Polish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="pl",
    name="Polish",
    analyzer="standard",
)
