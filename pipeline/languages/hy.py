"""Armenian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="hy",
    name="Armenian",
    analyzer="armenian",
)
