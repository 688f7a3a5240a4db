"""Latvian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="lv",
    name="Latvian",
    analyzer="latvian",
    months=(
        "janvāris|janv",
        "februāris|febr",
        "marts",
        "aprīlis|apr",
        "maijs",
        "jūnijs|jūn",
        "jūlijs|jūl",
        "augusts|aug",
        "septembris|sept",
        "oktobris|okt",
        "novembris|nov",
        "decembris|dec",
    ),
)
