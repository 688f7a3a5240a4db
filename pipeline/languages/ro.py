"""Romanian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ro",
    name="Romanian",
    analyzer="romanian",
)
