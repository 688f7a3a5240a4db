"""Italian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="it",
    name="Italian",
    analyzer="italian",
)
