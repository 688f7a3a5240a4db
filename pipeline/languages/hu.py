"""Hungarian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="hu",
    name="Hungarian",
    analyzer="hungarian",
    months=(
        "január|jan",
        "február|febr",
        "március|márc",
        "április|ápr",
        "május|máj",
        "június|jún",
        "július|júl",
        "augusztus|aug",
        "szeptember|szept",
        "október|okt",
        "november|nov",
        "december|dec",
    ),
)
