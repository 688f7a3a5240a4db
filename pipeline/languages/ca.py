"""Catalan."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ca",
    name="Catalan",
    analyzer="catalan",
)
