"""Bytes to text, for documents that say their encoding, do not say it, or say it wrongly."""

from __future__ import annotations

import codecs
import re
import unicodedata

import pycld2
from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, resolve_encoding, to_unicode

_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins the same
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MARKS = tuple(mark for mark, _ in _MARKED)
"""Byte order marks."""

_MULTIBYTE = ("gb18030", "cp932", "cp949", "big5hkscs", "euc_jp")
_SINGLE_BYTE = (
    "cp1252", "cp1251", "cp1250", "cp1256", "cp1254", "cp1253", "cp1255", "cp1257", "cp1258", "cp874", "iso8859_2",
    "koi8_u", "iso8859_5", "iso8859_6", "iso8859_15", "iso8859_16", "cp866", "mac_roman", "mac_cyrillic",
)  # fmt: skip
"""What the web used (https://encoding.spec.whatwg.org), the most frequent first: they win where texts are equal."""
_SAMPLE = 6000
_ISO_2022_JP = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
_TORN = 50
"""In UTF-8 at least so many characters are whole for each that is torn."""
_TAGS = re.compile(rb"[<>]")
_REFERENCE = re.compile(rb"&#?\w{1,10};")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_ACCENTED = re.compile("[\xa1-\xff]{4,}")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ue000-\uf8ff]+")


_MIXED = re.compile("[a-z][\u0370-\u0e7f]|[\u0370-\u0e7f][a-z]", re.IGNORECASE)
"""Latin letters and others in one word."""
_MISPLACED = re.compile(r"ς(?=\w)|[ךםןףץ](?=[א-ת])")
"""Final forms within a word."""
_GREEK_ACCENT = re.compile("[άέήίόύώ]")
_PUNCTUATION = frozenset("«»„“”‘’‚‹›–—…·•°§©®™€£¥№¿¡ªº½\xa0、。，．「」『』（）：；！？・【】《》〈〉〜～　％")
# Letters besides ASCII of languages that share encodings.
_ALPHABETS = {
    "fr": "àâæçéèêëîïôœùûüÿ", "de": "äöüßé", "es": "áéíñóúüç", "pt": "áâãàçéêíóôõúü", "it": "àèéìíîòóùú",
    "nl": "áéëïóöüèêç", "da": "æøåéäöü", "no": "æøåéòôäö", "sv": "åäöéüàæø", "fi": "äöåšž", "is": "áðéíóúýþæö",
    "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž", "hu": "áéíóöőúüű", "ro": "ăâîșțşţ",
    "hr": "čćđšž", "bs": "čćđšž", "sl": "čšžćđ", "sq": "ëç", "tr": "çğıöşüâîûi̇", "az": "çəğıöşüi̇", "et": "äöõüšž",
    "lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž", "ca": "àçèéíïóòúü·", "gl": "áéíñóúü", "eu": "ñçü",
    "id": "é", "ms": "é", "en": "éèêëïöüñçáàâíóôœæ",
}  # fmt: skip


class UndecodableError(ValueError):
    """No encoding fits; the message says why."""


def charset(content_type: str | None) -> str | None:
    """The encoding that a Content-Type header names."""
    found = _CHARSET.search(content_type or "")
    return found and found[1]


def decode(content: bytes) -> str:
    """By byte order mark, else UTF-8 (a few torn characters aside), else the likeliest legacy encoding.

    Raises UndecodableError.
    """
    for mark, encoding in _MARKED:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise UndecodableError(f"not the {encoding} that it begins as: {error.reason}") from error
    if b"\x00" in content:
        raise UndecodableError("binary, not text")
    if content.isascii() and any(escape in content for escape in _ISO_2022_JP):
        try:
            return content.decode("iso2022_jp_ext")
        except UnicodeDecodeError:
            pass  # escapes of a terminal, then
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        torn = _torn_utf8(content)
        if torn is not None:
            return torn
        found = _likeliest(content) or _by_statistics(content)
        if found is None:
            raise UndecodableError(
                f"neither UTF-8 (byte {error.start}: {error.reason}) nor a known legacy encoding"
            ) from error
        return found


def decode_declared(content: bytes, *declared: str | None) -> str:
    """As browsers do (WHATWG): by byte order mark, then by the first of the declared encodings that fits, then by the
    bytes; but bytes that contradict a declaration are believed, UTF-8 above all. Raises UndecodableError."""
    if content[:2] in (b"<\x00", b"\x00<") and len(content) % 2 == 0:  # UTF-16 without its mark
        content = (b"\xff\xfe" if content[1] == 0 else b"\xfe\xff") + content
    # Pages that were saved by a browser are often UTF-8 whatever they declare.
    if content.startswith(MARKS) or _is_utf8(content):
        return decode(content)
    for name in declared:
        encoding = resolve_encoding(name) if name else None
        if encoding is None or encoding in ("utf-8", "utf-16"):
            continue
        text = to_unicode(content, encoding)
        if not _is_unlikely(text, encoding):
            return text
    return decode(content)


def decode_page(content: bytes, header: str | None = None) -> str:
    """A page's text; `header` is the encoding that the HTTP header named. Raises UndecodableError."""
    return decode_declared(content, header, html_body_declared_encoding(content))


def _is_unlikely(text: str, declared: str) -> bool:
    """Templates declare what their makers used, and others write in them: full of what no text has, of runs
    of accented letters, of half-width katakana."""
    foreign = [mark for mark in text if not mark.isascii()]
    strange = sum(mark == "\ufffd" or "\x80" <= mark <= "\x9f" for mark in foreign)
    runs = (_ACCENTED if declared == "cp1252" else _HALF_WIDTH).findall(text)
    return strange * 20 > len(foreign) or sum(map(len, runs)) * 2 > len(foreign) > 20


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _torn_utf8(content: bytes) -> str | None:
    """UTF-8 of which a few characters are torn, as where a page was cut or pieced together; else None."""
    text = content.decode("utf-8", "replace")
    torn = text.count("\ufffd")
    whole = sum(not mark.isascii() for mark in text) - torn
    return text if whole >= _TORN * torn else None


def _likeliest(content: bytes) -> str | None:
    """The encoding in which the text is most clearly in a language, by pycld2."""
    texts = (text for text in _TAGS.split(content) if not text.isascii())  # markup and scripts mostly are
    sample = b" ".join(_REFERENCE.sub(b" ", b" ".join(texts)).split())[:_SAMPLE]
    best, best_score = None, 0.0
    for encoding in (*_MULTIBYTE, *_SINGLE_BYTE):
        score = _score(sample, encoding)
        if score > best_score * 1.02:  # so that the more frequent one wins where the difference means nothing
            best, best_score = encoding, score
    return None if best is None else content.decode(best, "replace")


def _score(sample: bytes, encoding: str) -> float:
    try:
        # The sample may end within a character.
        text = codecs.getincrementaldecoder(encoding)("strict").decode(sample)
    except UnicodeDecodeError:
        return 0.0
    try:
        _, _, details = pycld2.detect(_CONTROL.sub(" ", text), bestEffort=True)
    except pycld2.error:
        return 0.0
    _, code, share, score = details[0]
    if code == "un":
        return 0.0
    return float(score * share / 100) * _plausibility(text, code, encoding)


def _plausibility(text: str, language: str, encoding: str) -> float:
    """0 to 1: how much of what is not ASCII can stand in such a text."""
    foreign = [mark for mark in text if not mark.isascii()]
    alphabet = _ALPHABETS.get(language)
    letters = sum(
        mark.lower() in alphabet
        if alphabet and mark.isalpha()
        else not "\uff61" <= mark <= "\uff9f" and (mark in _PUNCTUATION or unicodedata.category(mark)[0] in "LM")
        for mark in foreign
    )
    wrong = len(_CONTROL.findall(text)) + len(_MIXED.findall(text)) + len(_MISPLACED.findall(text))
    words = text.split()
    if language == "th" and sum(map(len, words)) < 8 * len(words):  # it has no blanks between words
        wrong += len(words)
    if language == "el" and len(_GREEK_ACCENT.findall(text)) * 4 < len(words):
        wrong += len(words)
    usual = _usual(foreign, encoding) if encoding in _MULTIBYTE else 1.0
    return ((letters + 1) / (len(foreign) + 1)) ** 2 * usual / (1 + wrong)


def _usual(foreign: list[str], encoding: str) -> float:
    """0 to 1: how much of an East Asian text is in the characters that all such texts have: kana in Japanese, hangul
    in Korean, those of the standards' first level in Chinese."""
    letters = [mark for mark in foreign if mark.isalpha()]
    if encoding in ("cp932", "euc_jp"):
        return min(1.0, 4 * sum("\u3041" <= mark <= "\u30ff" for mark in letters) / (len(letters) + 1))
    if encoding == "cp949":
        common = sum("\uac00" <= mark <= "\ud7a3" and _lead(mark, "euc_kr") > 0 for mark in letters)
    elif encoding == "gb18030":
        common = sum(0xB0 <= _lead(mark, "gb2312") <= 0xD7 for mark in letters)
    else:
        common = sum(0xA4 <= _lead(mark, "big5") <= 0xC6 for mark in letters)
    return (common / (len(letters) + 1)) ** 2


def _lead(mark: str, encoding: str) -> int:
    """The first byte of a character, 0 where the encoding has none for it."""
    encoded = mark.encode(encoding, "ignore")
    return encoded[0] if encoded else 0


def _by_statistics(content: bytes) -> str | None:
    best = from_bytes(content).best()
    return None if best is None else str(best)
