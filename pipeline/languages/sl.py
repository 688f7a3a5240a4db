"""Slovenian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sl",
    name="Slovenian",
    analyzer="standard",
)
