"""Estonian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="et",
    name="Estonian",
    analyzer="estonian",
)
