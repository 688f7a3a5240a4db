"""Galician."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="gl",
    name="Galician",
    analyzer="galician",
)
