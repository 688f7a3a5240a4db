"""Finnish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="fi",
    name="Finnish",
    analyzer="finnish",
)
