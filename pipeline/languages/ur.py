"""Urdu."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ur",
    name="Urdu",
    analyzer="standard",
    months=("جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی", "اگست", "ستمبر", "اکتوبر", "نومبر", "دسمبر"),
)
