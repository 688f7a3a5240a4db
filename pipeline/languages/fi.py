"""Finnish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="fi",
    name="Finnish",
    analyzer="finnish",
    months=(
        "tammikuuta|tammi|tammikuu",
        "helmikuuta|helmi|helmikuu",
        "maaliskuuta|maalis|maaliskuu",
        "huhtikuuta|huhti|huhtikuu",
        "toukokuuta|touko|toukokuu",
        "kesäkuuta|kesä|kesäkuu",
        "heinäkuuta|heinä|heinäkuu",
        "elokuuta|elo|elokuu",
        "syyskuuta|syys|syyskuu",
        "lokakuuta|loka|lokakuu",
        "marraskuuta|marras|marraskuu",
        "joulukuuta|joulu|joulukuu",
    ),
)
