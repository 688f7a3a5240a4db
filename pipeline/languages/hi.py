"""Hindi."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="hi",
    name="Hindi",
    analyzer="hindi",
)
