"""Latvian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="lv",
    name="Latvian",
    analyzer="latvian",
)
