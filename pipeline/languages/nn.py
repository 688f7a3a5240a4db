"""Norwegian nynorsk."""

from __future__ import annotations

from pipeline.languages import Language
from pipeline.languages.nb import LANGUAGE as BOKMAL

LANGUAGE = Language(
    tag="nn",
    name="Norwegian nynorsk",
    analyzer="norwegian",
    months=BOKMAL.months,
)
