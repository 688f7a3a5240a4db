"""The publisher's section and keywords, tidied and bounded, without what content systems put there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from pipeline.text import fold, normalise_line

MAX_KEYWORDS = 30
_LONGEST = 80
_SEPARATORS = (re.compile("[,，、،]"), re.compile("[;；؛]"), re.compile(r"[|｜]"))
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2,}(?:\s+[\u3040-\u30ff\u3400-\u9fff]{2,})+")
_LETTER = re.compile(r"\w")
_MACHINE = re.compile(r"_\w|\w+:\S|https?:|\{|\[")
"""What programs write for each other: `_noindex`, `type:article`, addresses, templates that were not filled in."""
_NO_SECTION = {
    # What content systems say of an article that was put into no section.
    "uncategorized", "uncategorised", "uncategorized @en", "tak berkategori", "tidak dikategorikan",
    "sin categoría", "sin categoria", "sin clasificar", "sem categoria", "sem classificação", "non classé",
    "non classifié(e)", "senza categoria", "non categorizzato", "nicht kategorisiert", "ohne kategorie",
    "unkategorisiert", "geen categorie", "ikke kategoriseret", "ukategorisert", "okategoriserade",
    "bez kategorii", "nezařazené", "nezaradené", "egyéb kategória", "kategorizálatlan", "fără categorie",
    "без рубрики", "без категории", "без категорії", "kategorisiz", "غير مصنف", "دسته‌بندی نشده", "未分类", "未分類",
    "미분류", "chưa phân loại", "ไม่มีหมวดหมู่", "none", "null", "undefined", "default",
    # What breadcrumbs begin with.
    "home", "homepage", "home page", "front page", "frontpage", "beranda", "laman utama", "inicio", "portada",
    "início", "inicial", "página inicial", "capa", "accueil", "à la une", "startseite", "start", "home di",
    "prima pagina", "voorpagina", "strona główna", "forside", "forsiden", "hem", "startsida", "etusivu", "úvod",
    "domů", "domov", "címlap", "kezdőlap", "főoldal", "acasă", "prima pagină", "naslovnica", "početna",
    "почетна", "начало", "главная", "главная страница", "головна", "αρχική", "ana sayfa", "anasayfa",
    "الرئيسية", "خانه", "صفحه اصلی", "صفحه نخست", "דף הבית", "होम", "मुख्य पृष्ठ", "হোম", "প্রচ্ছদ", "முகப்பு",
    "首页", "首頁", "ホーム", "トップ", "top", "홈", "หน้าแรก", "หน้าหลัก", "trang chủ", "mwanzo", "nyumbani", "index",
}  # fmt: skip


def tidy_section(text: str | None) -> str | None:
    """The name of a section in one spelling; None where there is none or it says nothing."""
    name = _tidy(text)
    return None if name is None or name.casefold() in _NO_SECTION else name


def tidy_keywords(values: Iterable[str]) -> tuple[str, ...]:
    """Each keyword once and in one spelling, the first 30 that can be some. A text that stands alone is a list with
    commas or the like."""
    given = [value for value in values if value and value.strip()]
    if len(given) == 1:
        given = _parts(unescape(given[0]))
    found: dict[str, str] = {}
    for value in given:
        keyword = _tidy(value)
        if keyword:
            found.setdefault(fold(keyword), keyword)
        if len(found) == MAX_KEYWORDS:
            break
    return tuple(found.values())


def _parts(text: str) -> list[str]:
    for separator in _SEPARATORS:
        if separator.search(text):
            return separator.split(text)
    return text.split() if _IDEOGRAPHS.fullmatch(text.strip()) else [text]


def _tidy(text: str | None) -> str | None:
    if not text or len(text) > 4 * _LONGEST:
        return None
    name = (normalise_line(text) or "").strip(" \"'“”‘’«»,;|·").lstrip("# ")
    return name if 0 < len(name) <= _LONGEST and _LETTER.search(name) and not _MACHINE.match(name) else None
