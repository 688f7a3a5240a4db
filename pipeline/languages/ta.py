"""Tamil."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ta",
    name="Tamil",
    analyzer="standard",
)
