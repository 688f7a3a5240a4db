"""Lines that hold nothing but a date or a time of the clock, or how long one reads: "4 March 2026, 07:15 GMT"."""

from __future__ import annotations

import re
from functools import cache

from pipeline.languages import languages
from pipeline.ner.territories import day_and_month_names
from pipeline.text import fold

_LONGEST = 80
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[’'\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0971-\u0dff\u0e31-\u0e4e])*")
_DATE_OR_TIME = re.compile(
    r"(?<!\d)(?:\d{1,2}\s?[:h]\s?\d{2}|\d{1,2}\D{1,20}\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}"
    r"|\d{4}(?:[./-]|\s?[年년]\s?)\d{1,2}\D)"
)
_PUNCTUATION = re.compile(r"[\s\d,;.:/|()\[\]·•–—+-]*")
_FILLERS = frozenset(
    """
    gmt utc bst est edt pst pdt cst cdt cet cest msk мск wib wita wit ist pkt jst kst hkt sgt am pm a.m p.m uhr h hrs
    at on of the um am à le el la las los a de del den dem di il alle ore em às às kl klo ob op om te saat pukul jam
    vào lúc ngày tháng năm giờ в о от г год года у о об рік року р godz dnia r dne v ve dňa o la ora στις kell pada
    om u ura sati časova часова год. ที่ เวลา น في الساعة على ساعت در को बजे তারিখ 年 月 日 时 時 分 号 년 월 일 오전 오후
    午前 午後 上午 下午 曜日
    """.split()  # noqa: SIM905 -- a list of quoted words is no easier to read
)
_READ_TIME = re.compile(
    r"(?:\W*\d{1,2}[\s-]*(?:min|mins|minutes?|minuten|minutos?|minuti|minuty|minut|minuter|minutter|мин|минуты?|минут|хв|"
    r"dk|dakika|menit|minit|phút|perc)\b\.?\s*(?:read|lesezeit|de lecture|de lectura|di lettura|de leitura|leestijd|"
    r"czytania|на чтение|чтения|читання|okuma(?: süresi)?|baca|bacaan|đọc|čtení|čítania|læsetid|lästid|lesetid|olvasás)"
    r"\W*)",
    re.IGNORECASE,
)


def is_stamp(text: str) -> bool:
    """A day with its year, or a time of the clock, and nothing else, in any language."""
    if len(text) > _LONGEST or not _DATE_OR_TIME.search(text):
        return False
    words = _WORD.findall(fold(text))
    return all(word.strip("’'") in _known_words() for word in words) and not _PUNCTUATION.sub("", _WORD.sub("", text))


def is_read_time(text: str) -> bool:
    """`5 min read`."""
    return len(text) <= _LONGEST and _READ_TIME.fullmatch(text) is not None


@cache
def _known_words() -> frozenset[str]:
    written = (month for language in languages().values() for names in language.months for month in names.split("|"))
    listed = (name for tag in languages() for name in day_and_month_names(tag))
    words = (word for name in (*written, *listed) for word in _WORD.findall(fold(name)))
    return frozenset(words) | {fold(word) for word in _FILLERS}
