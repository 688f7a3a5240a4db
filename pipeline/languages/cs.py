"""Czech."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="cs",
    name="Czech",
    analyzer="czech",
)
