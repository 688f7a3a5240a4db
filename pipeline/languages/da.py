"""Danish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="da",
    name="Danish",
    analyzer="danish",
    months=(
        "januar|jan",
        "februar|feb",
        "marts|mar",
        "april|apr",
        "maj",
        "juni|jun",
        "juli|jul",
        "august|aug",
        "september|sep",
        "oktober|okt",
        "november|nov",
        "december|dec",
    ),
)
