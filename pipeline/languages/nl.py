"""Dutch."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="nl",
    name="Dutch",
    analyzer="dutch",
)
