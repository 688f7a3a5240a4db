"""Slovak."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sk",
    name="Slovak",
    analyzer="standard",
)
