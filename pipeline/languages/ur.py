"""Urdu."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ur",
    name="Urdu",
    analyzer="standard",
)
