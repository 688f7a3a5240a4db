"""Estonian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="et",
    name="Estonian",
    analyzer="estonian",
    months=(
        "jaanuar|jaan",
        "veebruar|veebr",
        "märts",
        "aprill|apr",
        "mai",
        "juuni",
        "juuli",
        "august|aug",
        "september|sept",
        "oktoober|okt",
        "november|nov",
        "detsember|dets",
    ),
)
