"""English."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="en",
    name="English",
    analyzer="english",
)
