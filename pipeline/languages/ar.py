"""Arabic."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ar",
    name="Arabic",
    analyzer="arabic",
)
