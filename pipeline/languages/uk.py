"""Ukrainian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="uk",
    name="Ukrainian",
    analyzer="standard",
)
