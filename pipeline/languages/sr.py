"""Serbian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sr",
    name="Serbian",
    analyzer="standard",
    months=(
        "јануар|јан",
        "фебруар|феб",
        "март|мар",
        "април|апр",
        "мај",
        "јун",
        "јул",
        "август|авг",
        "септембар|сеп",
        "октобар|окт",
        "новембар|нов",
        "децембар|дец",
    ),
)
