"""Czech."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="cs",
    name="Czech",
    analyzer="czech",
    months=(
        "ledna|led|leden",
        "února|úno|únor",
        "března|bře|březen",
        "dubna|dub|duben",
        "května|kvě|květen",
        "června|čvn|červen",
        "července|čvc|červenec",
        "srpna|srp|srpen",
        "září|zář",
        "října|říj|říjen",
        "listopadu|lis|listopad",
        "prosince|pro|prosinec",
    ),
)
