"""Croatian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="hr",
    name="Croatian",
    analyzer="standard",
)
