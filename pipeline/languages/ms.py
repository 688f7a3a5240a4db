"""Malay."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ms",
    name="Malay",
    analyzer="indonesian",
)
