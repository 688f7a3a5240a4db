"""Catalan."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ca",
    name="Catalan",
    analyzer="catalan",
    months=(
        "de gener|de gen|gener|gen",
        "de febrer|de febr|febrer|febr",
        "de març|març",
        "d’abril|d’abr|abril|abr",
        "de maig|maig",
        "de juny|juny",
        "de juliol|de jul|juliol|jul",
        "d’agost|d’ag|agost|ag",
        "de setembre|de set|setembre|set",
        "d’octubre|d’oct|octubre|oct",
        "de novembre|de nov|novembre|nov",
        "de desembre|de des|desembre|des",
    ),
)
