"""Swahili."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sw",
    name="Swahili",
    analyzer="standard",
)
