"""Thai."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="th",
    name="Thai",
    analyzer="thai",
)
