"""Danish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="da",
    name="Danish",
    analyzer="danish",
)
