"""Portuguese."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="pt",
    name="Portuguese",
    analyzer="portuguese",
)
