"""Irish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ga",
    name="Irish",
    analyzer="irish",
)
