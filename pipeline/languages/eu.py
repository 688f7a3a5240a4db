"""Basque."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="eu",
    name="Basque",
    analyzer="basque",
    months=(
        "urtarrila|urt",
        "otsaila|ots",
        "martxoa|mar",
        "apirila|api",
        "maiatza|mai",
        "ekaina|eka",
        "uztaila|uzt",
        "abuztua|abu",
        "iraila|ira",
        "urria|urr",
        "azaroa|aza",
        "abendua|abe",
    ),
)
