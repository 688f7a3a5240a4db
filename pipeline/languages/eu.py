"""Basque."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="eu",
    name="Basque",
    analyzer="basque",
)
