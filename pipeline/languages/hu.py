"""Hungarian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="hu",
    name="Hungarian",
    analyzer="hungarian",
)
