"""Persian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="fa",
    name="Persian",
    analyzer="persian",
)
