"""Irish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ga",
    name="Irish",
    analyzer="irish",
    months=(
        "eanáir|ean",
        "feabhra|feabh",
        "márta",
        "aibreán|aib",
        "bealtaine|beal",
        "meitheamh|meith",
        "iúil",
        "lúnasa|lún",
        "meán fómhair|mfómh",
        "deireadh fómhair|dfómh",
        "samhain|samh",
        "nollaig|noll",
    ),
)
