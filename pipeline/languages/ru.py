"""Russian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ru",
    name="Russian",
    analyzer="russian",
)
