"""Whether a feed's item gives the whole article, or a summary of which the page has the rest."""

from __future__ import annotations

import re

from pipeline.feeds import Content, FeedItem, plain

_WHOLE_SUMMARY = 1500
_WHOLE_CONTENT = 500
"""Letters, from which a text that a feed calls a summary, or the content, is taken for the whole article. A page that
was asked for in vain costs one request; a summary taken for the article costs the user its text."""
_DENSE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DENSE_LETTERS = 2.5  # of other scripts, that one of these says as much as
_TAIL = 400
_CUT = re.compile(r"\[\s*(?:…|\.{3,}|&hellip;|\+\s?\d+\s*chars)\s*\]|\(\s*(?:…|\.{3,})\s*\)|[»›→⟶►▶]\W*$")
# An ellipsis, and at most a few words behind it such as "Read more" or "The post", in whatever language.
_ELLIPSIS = re.compile(r"(?:…|\.{3,}|。{3,})\W*(?:[^\W\d_][\w’'-]{0,15}\W*){0,4}$")
_READ_MORE = (
    "read more", "continue reading", "read the full story", "read full story", "read full article", "read the rest",
    "read the full article", "full story", "keep reading", "learn more", "more to read", "click here to read more",
    "view full post", "see more", "baca selengkapnya", "selengkapnya", "baca lebih lanjut", "baca lanjut",
    "lanjutkan membaca", "baca seterusnya", "leer más", "seguir leyendo", "sigue leyendo", "continuar leyendo",
    "continúa leyendo", "ver más", "leer artículo completo", "lire la suite", "lire plus", "en savoir plus",
    "lire l'article", "lire l’article", "continuer la lecture", "weiterlesen", "mehr lesen", "lesen sie mehr",
    "mehr dazu", "zum artikel", "ganzen artikel lesen", "jetzt lesen", "leia mais", "ler mais", "continue lendo",
    "continuar lendo", "continuar a ler", "saiba mais", "leia a íntegra", "leggi tutto", "continua a leggere",
    "leggi di più", "continua la lettura", "leggi l'articolo", "lees meer", "lees verder", "verder lezen",
    "lees het hele artikel", "läs mer", "läs vidare", "fortsätt läsa", "les mer", "les meir", "les videre",
    "læs mere", "læs videre", "lue lisää", "jatka lukemista", "loe edasi", "loe veel", "lasīt vairāk",
    "lasīt tālāk", "skaityti daugiau", "skaityti toliau", "czytaj więcej", "czytaj dalej", "więcej", "číst dále",
    "číst více", "čítať viac", "čítať ďalej", "celý článok", "celý článek", "citește mai mult",
    "citește mai departe", "citeşte mai mult", "bővebben", "tovább olvasom", "tovább", "preberi več", "beri naprej",
    "pročitaj više", "pročitajte više", "opširnije", "čitaj dalje", "nastavi čitati", "прочитајте више",
    "прочитај више", "опширније", "читать далее", "читать дальше", "читать полностью", "подробнее", "читати далі",
    "детальніше", "читати більше", "чытаць далей", "прочетете повече", "прочети още", "виж още", "повече",
    "διαβάστε περισσότερα", "περισσότερα", "συνέχεια", "διαβάστε τη συνέχεια", "devamını oku", "devamı",
    "daha fazla oku", "llegeix més", "llegir més", "continua llegint", "ler máis", "seguir lendo",
    "irakurri gehiago", "léigh tuilleadh", "lexo më shumë", "կարդալ ավելին", "շարունակությունը", "קרא עוד",
    "קראו עוד", "המשך קריאה", "לקריאה נוספת", "اقرأ المزيد", "إقرأ المزيد", "المزيد", "قراءة المزيد",
    "تابع القراءة", "متابعة القراءة", "ادامه مطلب", "بیشتر بخوانید", "ادامه", "مزید پڑھیں", "और पढ़ें", "आगे पढ़ें",
    "पूरा पढ़ें", "আরও পড়ুন", "বিস্তারিত", "மேலும் படிக்க", "மேலும் வாசிக்க", "తదుపరి చదవండి", "อ่านต่อ",
    "อ่านเพิ่มเติม", "xem thêm", "đọc tiếp", "soma zaidi", "endelea kusoma", "magbasa pa", "阅读更多", "閱讀更多",
    "阅读全文", "閱讀全文", "繼續閱讀", "继续阅读", "查看全文", "更多", "続きを読む", "もっと見る", "全文を読む",
    "더 보기", "더보기", "계속 읽기",
    "전체 기사 보기", "기사 전문 보기",
)  # fmt: skip
_READ_MORE_AT_END = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(_READ_MORE, key=len, reverse=True)))})\W*$", re.IGNORECASE
)
_LONGEST_MORE = max(map(len, _READ_MORE))
_TO_LAST_LETTER = re.compile(r".*\w", re.DOTALL)
_DENSE_MORE_AT_END = re.compile(
    rf"(?:{'|'.join(re.escape(phrase) for phrase in sorted(_READ_MORE) if _DENSE.match(phrase))})\W*$"
)


def is_complete(item: FeedItem) -> bool:
    """Whether an item has the whole text: a content that says more than the summary, or a summary as long as an
    article, that does not end like a teaser: with an ellipsis, "Read more", 続きを読む."""
    summary, content = _text(item.summary), _text(item.content)
    if content and not _same(content, summary):
        return _letters(content) >= _WHOLE_CONTENT and not is_teaser(content, item.headline)
    told = content or summary
    return _letters(told) >= _WHOLE_SUMMARY and not is_teaser(told, item.headline)


def _text(content: Content | None) -> str:
    """All of it when it is short; else its beginning and its end, which tell as much."""
    if content is None:
        return ""
    begin = plain(content.text) or ""
    if len(content.text) <= len(begin) + _TAIL:
        return begin
    end = plain(content.text[-10 * _TAIL :]) or ""
    return begin if begin.endswith(end[-_TAIL:]) else f"{begin} {end[-_TAIL:]}"


def _same(content: str, summary: str) -> bool:
    starts_alike = content.startswith(summary) and len(content) < 1.2 * len(summary)
    return starts_alike or content in summary


def _letters(text: str) -> float:
    return len(text) + (_DENSE_LETTERS - 1) * len(_DENSE.findall(text))


def is_teaser(text: str, headline: str | None) -> bool:
    """Whether a text ends like one that goes on elsewhere."""
    tail = text[-_TAIL:].rstrip()
    ends = [tail]
    if headline and headline in tail:  # "The post … appeared first on …"
        ends.append(tail[: tail.rindex(headline)])
    return bool(_CUT.search(tail)) or any(
        _ELLIPSIS.search(end) or _READ_MORE_AT_END.search(end, start) or _DENSE_MORE_AT_END.search(end, start)
        for end in ends
        for start in (_start_of_more(end),)
    )


def _start_of_more(end: str) -> int:
    """Where "Read more" begins at the earliest: to try all its languages at each letter before would take long."""
    found = _TO_LAST_LETTER.match(end)
    return max(0, found.end() - _LONGEST_MORE) if found else 0
