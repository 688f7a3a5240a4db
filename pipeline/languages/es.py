"""Spanish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="es",
    name="Spanish",
    analyzer="spanish",
)
