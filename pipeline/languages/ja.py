"""Japanese."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ja",
    name="Japanese",
    analyzer="cjk",
)
