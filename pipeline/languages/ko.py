"""Korean."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ko",
    name="Korean",
    analyzer="cjk",
)
