"""Lithuanian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="lt",
    name="Lithuanian",
    analyzer="lithuanian",
)
