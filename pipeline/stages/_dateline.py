"""The dateline that opens a story: place, date and agency, then a dash, and the story itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.languages import languages
from pipeline.stages._agencies import agency, publisher
from pipeline.text import fold

_WORD = r"[^\W\d_][\w'’.\u0300-\u036f\u0900-\u0eff-]*"  # \w knows no vowel signs of Indic scripts and Thai
_PLACE = rf"{_WORD}(?:[ /]{_WORD}){{0,4}}"
_PLACES = rf"(?P<place>{_PLACE}(?:, {_PLACE})?)"
_DAY_AND_MONTH = rf"\d{{1,2}}\.?\s*(?:de )?{_WORD}(?:,?\s*(?:de )?\d{{4}})?"
_MONTH_AND_DAY = rf"{_WORD}\s\d{{1,2}}(?:,?\s\d{{4}})?"
_DATE = rf"(?P<date>{_DAY_AND_MONTH}|{_MONTH_AND_DAY}|\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?)"
_DATED = rf"(?:[,.]?\s{_DATE}[,.]?)?"
_MARKED = r"(?:\((?P<bracketed>[^()]{2,40})\)|/(?P<slashed>[^/]{2,30})/|\[(?P<squared>[^\[\]]{2,40})\])"
_PLAIN = rf"(?P<plain>{_WORD}(?: {_WORD}){{0,3}})"
_DASH = r"\s*(?:[.,]?\s?(?:--+|[-–—])|·|:|\.)\s+"
_STATE = re.compile(r", (?:[A-Z][a-z]{1,4}|[A-Z]\.[A-Z])$")
"""American, shortened: DULUTH, Minn. (AP), ALBANY, N.Y. (AP)."""
_LONGEST = 110

_SPACED = (
    # WASHINGTON (Reuters) - / PARIS, 3 mars (AFP) · / МОСКВА, 5 апреля. /ТАСС/. / Madrid, 5 abr (EFE).-
    rf"{_PLACES}{_DATED}\s?[-–—]?\s?{_MARKED}(?:{_DASH}|\s*\.\-\s*|\s+|[.:]\s*)",
    # (ANSA) - ROMA, 05 APR -
    rf"{_MARKED}{_DASH}(?P<place>{_PLACE})(?:,\s{_DATE})?{_DASH}",
    # TASHKENT, KOMPAS.TV - / Jakarta, CNN Indonesia -- / МОСКВА, 5 апр — РИА Новости.
    rf"(?P<place>{_PLACE}){_DATED}(?:\s?[,–—.-]|,)\s{_PLAIN}{_DASH}",
    # Liputan6.com, Jakarta -
    rf"{_PLAIN}, (?P<place>{_PLACE}){_DASH}",
    # PARIS, 3 mars - / JAKARTA - / Jakarta -
    rf"{_PLACES}{_DATED}{_DASH}",
)

_WIRES = "新华社|新華社|中新社|中新网|中新網|中央社|法新社|路透社|共同社|塔斯社"
_REPORTER = r"(?:\s?[（(](?:(?:记者|記者)\s?(?P<by>[^（）()]{2,30})|[^（）()]{1,40})[）)])?[】\]）)]?[\s：:]*"
_UNSPACED = (
    # （中央社記者王小明台北5日電）
    r"[（(](?P<plain>中央社)記者(?P<by>[^（）()]{2,3})(?P<place>[^\d（）()]{2,3})\d{1,2}日[電电][）)][\s：:]*",
    # 新华社北京4月5日电（记者张三）/ 【中新社北京4月5日电】
    rf"[【\[（(]?(?P<plain>{_WIRES})\s?(?P<place>[^\d\s，。（(【】]{{0,8}}?)"
    rf"\s?(?:\d{{4}}年)?(?:\d{{1,2}}月)?\d{{1,2}}日\s?[电電訊讯]{_REPORTER}",
    # 【北京4月5日电】/ 北京4月5日电
    rf"[【\[（(]?(?P<place>[^\d\s，。（(【】]{{2,8}}?)\d{{1,2}}月\d{{1,2}}日\s?[电電訊讯]{_REPORTER}",
    # (서울=연합뉴스) 김철수 기자 = / [서울=뉴시스] 홍길동 기자 =
    r"[(\[【](?P<place>[^=()\[\]]{1,12})=(?P<plain>[^()\[\]=]{2,12})[)\]】]\s*"
    r"(?:(?P<by>[가-힣·, ]{2,40}?)\s*(?:기자|특파원)\s*)?=?\s*",
    # 【ワシントン共同】/ 【パリ時事】/ [東京 5日 ロイター] -
    r"[【\[](?P<place>[^\d\s=＝【】\[\]]{1,10}?)[\s=＝・]?(?:\d{1,2}月)?(?:\d{1,2}日)?\s?"
    r"(?P<plain>共同|時事|ロイター|AFP|AP)[】\]]\s?[-–—]?\s*",
    # 【ロンドン=山田太郎】
    r"【(?P<place>[^\d\s=＝【】]{1,10}?)[=＝](?P<by>[^【】=＝]{2,12})】\s*",
    # 【4月5日 AFP】
    r"(?P<place>)【\d{1,2}月\d{1,2}日\s(?P<plain>AFP|ロイター|共同|CNN|時事)】\s*",
)
# Labels in front of a story that look like datelines.
_LABELS = frozenset(
    """
    breaking update updated analysis opinion exclusive video photo photos live sport sports explainer factbox
    watch listen editorial review interview profile gallery podcast infographic viral trending column comment
    obituary correction alert opini eksklusif foto infografis hoaks terpopuler populer wawancara analisis
    kolom tajuk urgente exclusivo entrevista análisis opinión última vidéo analyse portrait exclusif urgent
    direct reportage tribune exklusiv eilmeldung kommentar liveblog ultimora esclusivo analisi срочно молния
    эксклюзив обзор мнение интервью видео фото аналитика терміново ексклюзив відео інтервʼю son dakika özel
    röportaj covid nato unesco unicef asean opec
    """.split()  # noqa: SIM905 -- a list of 90 quoted words is no easier to read
)

_FORMS = tuple(re.compile(form) for form in _SPACED)
_ORIENTAL = tuple(re.compile(form) for form in _UNSPACED)


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where its text ends in the line, and what it says. `wire` is an agency, `publisher` who published."""

    end: int
    place: str | None
    wire: str | None
    publisher: str | None
    by: str | None = None


def dateline(line: str) -> Dateline | None:
    """The dateline that `line` opens with, or None.

    It takes a place and evidence: capitals, a known agency or publisher, a date, or a place that its language's
    datelines name. What follows it must be a sentence of some length.
    """
    start = line[: _LONGEST + 40]
    if not start or not (start[0].isalpha() or start[0] in "(【[（/"):
        return None
    for form in _ORIENTAL if _oriental(start) else _FORMS:
        match = form.match(start)
        found = _judge(match) if match else None
        if found and len(line) - found.end >= 15 and found.end <= _LONGEST and not line[found.end].islower():
            return found
    return None


def _oriental(start: str) -> bool:
    """Kana, Han or Hangul among the first characters."""
    return any("\u3040" < mark < "\ud7a4" for mark in start[:12])


def _judge(match: re.Match[str]) -> Dateline | None:
    parts = match.groupdict()
    place = (parts.get("place") or "").strip(" ,.-")
    if _STATE.search(place) and match.string.startswith(".", match.start("place") + len(place)):
        place += "."
    source = next((parts[key] for key in ("bracketed", "slashed", "squared", "plain") if parts.get(key)), None)
    wire = agency(source) or agency(source.partition("/")[0]) if source else None  # the desk follows: dpa/mv
    named = None if wire or not source else publisher(source)
    made = Dateline(match.end(), place or None, wire, named, (parts.get("by") or "").strip() or None)
    dated = parts.get("date")
    if (source and not (wire or named)) or (dated and not _is_date(dated)):
        return None
    if match.re in _ORIENTAL:
        return made
    return made if _is_place(place) and (wire or named or dated or _usual(place) or _evident(match, place)) else None


def _is_place(place: str) -> bool:
    first, words = place[:1], re.split("[ /]", place)
    return len(place) >= 2 and first == first.upper() and len(words) <= 6 and len(place) <= 60 and not agency(place)


def _evident(match: re.Match[str], place: str) -> bool:
    """In capitals as no word of a sentence is, before a dash: WASHINGTON, not U.S., nor a label such as LIVE."""
    name = place.partition(",")[0]
    letters = [mark for mark in name if mark.isalpha()]
    in_capitals = len(letters) >= 4 and name == name.upper() and name != name.lower() and not re.search(r"\d", name)
    return in_capitals and match[0].rstrip()[-1] not in ":." and not _LABELS & set(fold(name).split())


def _usual(place: str) -> bool:
    return fold(place) in _usual_places()


def _is_date(text: str) -> bool:
    words = [word for word in re.split(r"[\s\d.,/º]+", fold(text)) if word and word != "de"]
    return all(word in _months() for word in words)


@cache
def _months() -> frozenset[str]:
    names = (name for language in languages().values() for month in language.months for name in month.split("|"))
    return frozenset(fold(name).strip(".") for name in names)


@cache
def _usual_places() -> frozenset[str]:
    return frozenset(fold(place) for language in languages().values() for place in language.dateline_places)
