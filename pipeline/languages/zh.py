"""Chinese."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="zh",
    name="Chinese",
    analyzer="cjk",
)
