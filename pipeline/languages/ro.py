"""Romanian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ro",
    name="Romanian",
    analyzer="romanian",
    months=(
        "ianuarie|ian",
        "februarie|feb",
        "martie|mar",
        "aprilie|apr",
        "mai",
        "iunie|iun",
        "iulie|iul",
        "august|aug",
        "septembrie|sept",
        "octombrie|oct",
        "noiembrie|nov",
        "decembrie|dec",
    ),
)
