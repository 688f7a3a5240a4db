"""German."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="de",
    name="German",
    analyzer="german",
)
