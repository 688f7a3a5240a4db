"""Indonesian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="id",
    name="Indonesian",
    analyzer="indonesian",
)
