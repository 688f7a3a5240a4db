"""Norwegian nynorsk."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="nn",
    name="Norwegian nynorsk",
    analyzer="norwegian",
    months=(
        "januar|jan",
        "februar|feb",
        "mars|mar",
        "april|apr",
        "mai",
        "juni|jun",
        "juli|jul",
        "august|aug",
        "september|sep",
        "oktober|okt",
        "november|nov",
        "desember|des",
    ),
)
