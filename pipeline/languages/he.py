"""Hebrew."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="he",
    name="Hebrew",
    analyzer="standard",
)
