"""Bulgarian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="bg",
    name="Bulgarian",
    analyzer="bulgarian",
)
