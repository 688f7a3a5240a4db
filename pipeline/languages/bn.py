"""Bengali."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="bn",
    name="Bengali",
    analyzer="bengali",
)
