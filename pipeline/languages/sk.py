"""Slovak."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sk",
    name="Slovak",
    analyzer="standard",
    months=(
        "januára|jan|január",
        "februára|feb|február",
        "marca|mar|marec",
        "apríla|apr|apríl",
        "mája|máj",
        "júna|jún",
        "júla|júl",
        "augusta|aug|august",
        "septembra|sep|september",
        "októbra|okt|október",
        "novembra|nov|november",
        "decembra|dec|december",
    ),
)
