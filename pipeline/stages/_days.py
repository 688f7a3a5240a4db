"""Days of the month that stand alone, as the wires of China, Japan and Korea write them: 18日, 20일.

The nearest such day to the day of publication, or that of the month that is named just before it ("先月20日",
"다음 달 3일"). Left alone: counts of days ("3日間", "20일째"), and the first, which in Japanese and Korean is "one day"
as often.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pipeline.stages._moments import Moment

_COUNTED_BEFORE = r"(?<![\d０-９제.,/:：年년第约約近连連每毎逾超共满滿达達期计計过過去内])"
_DAYS = {
    "ja": re.compile(
        _COUNTED_BEFORE + r"(?P<day>\d{1,2})日"
        r"(?!間|目|後|前|以|分|本|連続|続|ぶり|あたり|当たり|余|半|程度|ほど|未満|平均|限|置き|おき|がかり|かけ)"
    ),
    "zh": re.compile(
        _COUNTED_BEFORE + r"(?P<day>\d{1,2})[日號号]"
        r"(?!间|間|内|內|后|後|前|以|游|遊|均|连|連|龄|齡|元|线|線|楼|樓|馆|館|店|房|院)"
    ),
    "ko": re.compile(
        _COUNTED_BEFORE + r"(?P<day>\d{1,2})일"
        r"(?!째|차|당|치|권|반|\s?(?:간|동안|만에|이내|이상|후|뒤|전|연속|내내|넘게|평균))"
    ),
}
_NOT_BEFORE = re.compile(
    r"(?:过去|過去|最近|连续|連続|連續|历时|為期|为期|한 ?달|지난|최근|하루|약|総計|合計|累計)\s?$"
)
_MONTHS = (
    (re.compile(r"(?:先月|上月|上个月|上個月|지난 ?달)\s?$"), -1),
    (re.compile(r"(?:今月|本月|这个月|這個月|이달|이번 ?달)\s?$"), 0),
    (re.compile(r"(?:来月|下月|下个月|下個月|다음 ?달|내달)\s?$"), 1),
)
_FIRST_IS_ONE = frozenset(("ja", "ko"))
_REACH = 6


def day_moments(text: str, language: str, day: date) -> Iterator[Moment]:
    """Days of the month in a text of Chinese, Japanese or Korean, counted from `day`."""
    pattern = _DAYS.get(language)
    for found in pattern.finditer(text) if pattern else ():
        number = int(found["day"])
        start = found.start()
        before = text[max(0, start - _REACH) : start]
        named = next(((m, months) for form, months in _MONTHS if (m := form.search(before))), None)
        if named:
            start -= len(before) - named[0].start()
            value = _in_month(day, named[1], number)
        elif _NOT_BEFORE.search(before) or (number == 1 and language in _FIRST_IS_ONE):
            continue
        else:
            near = filter(None, (_in_month(day, months, number) for months in (0, -1, 1)))
            value = min(near, key=lambda made: abs(made - day), default=None)
        if value:
            yield Moment(start, found.end(), value.isoformat())


def _in_month(day: date, months: int, number: int) -> date | None:
    """That day of the month so many months away; None where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, number)
    except ValueError:  # no such day
        return None
