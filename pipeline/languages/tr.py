"""Turkish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="tr",
    name="Turkish",
    analyzer="turkish",
)
