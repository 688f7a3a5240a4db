"""Vietnamese."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="vi",
    name="Vietnamese",
    analyzer="standard",
)
