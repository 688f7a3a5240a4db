"""Greek."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="el",
    name="Greek",
    analyzer="greek",
)
