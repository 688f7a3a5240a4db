"""Serbian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sr",
    name="Serbian",
    analyzer="standard",
)
