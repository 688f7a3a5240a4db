"""Swedish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sv",
    name="Swedish",
    analyzer="swedish",
)
