"""Words around the names of people: what begins a sentence before one, and titles that follow one."""

from __future__ import annotations

from functools import cache

# Prepositions and articles that begin sentences with a capital, and are no part of the name after them.
_OPENINGS: dict[str, str] = {
    "da": "ifølge med for fra hos af til mod efter også",
    "de": "laut mit nach von bei für gegen auch der die das",
    "en": "according with for from by to against when while after before the",
    "es": "según con para de por a el la",
    "fr": "selon avec pour de par chez à le la pour",
    "hr": "s sa za od do iz u na o po prema uz kod i a",
    "hu": "a az és",
    "id": "menurut kepada bagi dari dengan oleh sementara sedangkan untuk pada di ke",
    "it": "secondo con per di da a il la",
    "nb": "ifølge med for fra hos av til mot etter også",
    "nl": "volgens met voor van bij de het",
    "pl": "według z ze dla od do przez o i a",
    "pt": "segundo com para de por a o",
    "ro": "potrivit cu de la pentru lui către",
    "ru": "по с со у о об от для к из на в и а",
    "sv": "enligt med för från hos av till mot efter även",
    "uk": "за з із зі у в о об від для до на і й а",
}
_SAME = {"sr": "hr", "bs": "hr", "sh": "hr", "cnr": "hr", "ms": "id", "nn": "nb", "no": "nb"}

GENITIVE_S = frozenset({"da", "de", "nb", "nn", "no", "sv"})
"""Languages in which a name with an s at its end owns what follows, in capitals or not."""
SURNAME_FIRST = frozenset({"hu"})
"""Languages with spaces whose full names begin with the surname."""

_COURTESY = "mr mrs ms mx dr prof sir dame herr frau pak bapak ibu bu hr fru herra г-н г-жа".split()  # noqa: SIM905 -- words read best so
COURTESY = frozenset([*_COURTESY, *(title.title() for title in _COURTESY)])
"""Before a person's name only, unlike "President"."""

# Titles that follow a name in scripts without blanks.
_AFTER: dict[str, str] = {
    "ja": """首相 大統領 副大統領 氏 さん 知事 議員 市長 町長 村長 区長 社長 副社長 教授 准教授 長官
        官房長官 外相 防衛相 財務相 総理 選手 監督 容疑者 被告 会長 総裁 大臣 国王 博士 代表 書記長
        書記 主席 様 国務長官 国防長官 報道官 首席 理事長 署長 研究員""",
    "zh": """总理 總理 主席 副主席 总统 總統 部长 部長 先生 女士 市长 市長 省长 省長 教授 书记 書記 首相
        外长 外長 院长 院長 议员 議員 博士 同志 总裁 總裁 总经理 總經理 董事长 董事長 发言人 發言人
        国务卿 大使 局长 局長 校长 校長 记者 記者""",
    "ko": """총리 대통령 부통령 씨 의원 장관 차관 대표 시장 교수 회장 총재 사장 감독 위원장 지사 후보
        의장 원장 실장 대변인 선수 기자 군 양""",
}


@cache
def openings(language: str) -> frozenset[str]:
    """Words that open sentences before a name, in lower case."""
    return frozenset(_OPENINGS.get(_SAME.get(language, language), "").split())


@cache
def titles_after(language: str) -> tuple[str, ...]:
    """Titles after names, longest first."""
    return tuple(sorted(_AFTER.get(language, "").split(), key=len, reverse=True))
