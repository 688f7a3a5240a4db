"""Galician."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="gl",
    name="Galician",
    analyzer="galician",
    months=(
        "xaneiro|xan",
        "febreiro|feb",
        "marzo|mar",
        "abril|abr",
        "maio",
        "xuño",
        "xullo|xul",
        "agosto|ago",
        "setembro|set",
        "outubro|out",
        "novembro|nov",
        "decembro|dec",
    ),
)
