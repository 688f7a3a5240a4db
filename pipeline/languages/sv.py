"""Swedish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sv",
    name="Swedish",
    analyzer="swedish",
    months=(
        "januari|jan",
        "februari|feb",
        "mars",
        "april|apr",
        "maj",
        "juni",
        "juli",
        "augusti|aug",
        "september|sep",
        "oktober|okt",
        "november|nov",
        "december|dec",
    ),
)
