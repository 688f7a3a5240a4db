"""Hebrew."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="he",
    name="Hebrew",
    analyzer="standard",
    months=(
        "ינואר|ינו׳",
        "פברואר|פבר׳",
        "מרץ",
        "אפריל|אפר׳",
        "מאי",
        "יוני",
        "יולי",
        "אוגוסט|אוג׳",
        "ספטמבר|ספט׳",
        "אוקטובר|אוק׳",
        "נובמבר|נוב׳",
        "דצמבר|דצמ׳",
    ),
)
