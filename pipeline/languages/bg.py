"""Bulgarian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="bg",
    name="Bulgarian",
    analyzer="bulgarian",
    months=(
        "януари|яну",
        "февруари|фев",
        "март",
        "април|апр",
        "май",
        "юни",
        "юли",
        "август|авг",
        "септември|сеп",
        "октомври|окт",
        "ноември|ное",
        "декември|дек",
    ),
)
