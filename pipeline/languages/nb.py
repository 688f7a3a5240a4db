"""Norwegian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="nb",
    name="Norwegian",
    analyzer="norwegian",
)
