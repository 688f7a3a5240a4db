"""Slovenian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sl",
    name="Slovenian",
    analyzer="standard",
    months=(
        "januar|jan",
        "februar|feb",
        "marec|mar",
        "april|apr",
        "maj",
        "junij|jun",
        "julij|jul",
        "avgust|avg",
        "september|sep",
        "oktober|okt",
        "november|nov",
        "december|dec",
    ),
)
