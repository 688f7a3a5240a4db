"""Thai: characters put together to words, and how the model of ThaiNER sees these.

ThaiNER 1.5 (W. Phatthiyaphaibun, CC BY 4.0) was trained on words as PyThaiNLP cuts them, with parts of speech; here
the words are cut by a dictionary, as few and as known as can be, and each has its commonest part of speech.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from functools import lru_cache

from pipeline.ner.dictionary import Dictionary
from pipeline.ner.features import Kind, Pieces, Template

LONGEST_WORD = 20
PARTS_OF_SPEECH = ("NN", "VV", "AJ", "AV", "AX", "CC", "PS", "NU", "PU", "PR", "PA", "IJ", "XX", "CL", "FX", "NG")
"""The tags of LST20. A dictionary's byte for a word: 1 + index of its tag, and these bits."""
STOPWORD, KNOWN = 64, 128

_OTHER = re.compile(r"[a-zA-Z]+|\d+(?:[.,]\d+)*|\s+|[^\u0e00-\u0e7f]|[\u0e2f\u0e3f\u0e46\u0e4f\u0e5a\u0e5b]")
_DEPENDENT = frozenset(map(chr, [0xE30, 0xE31, 0xE32, 0xE33, *range(0xE34, 0xE3B), 0xE45, *range(0xE47, 0xE4F)]))
"""Vowels and marks that no word begins with."""
_COST_OF_UNKNOWN = 1.9
_CACHED_WORDS = 16384
_TITLE = re.compile(
    r"(?:นางสาว|นาย|นาง|เด็กชาย|เด็กหญิง|คุณหญิง|คุณ|ดร\.|ศ\.|รศ\.|ผศ\.|น\.ส\.|ด\.ช\.|ด\.ญ\."
    r"|ม\.ร\.ว\.|ม\.ล\.|หม่อมหลวง|หม่อมราชวงศ์"
    r"|(?:พล|พ|ร|จ|ส|ว่าที่ ร)\.(?:[ตทอรสจ]\.){0,2}(?:[อทตร]\.)?(?:หญิง)?"
    r"|ประธานาธิบดี|นายกรัฐมนตรี|รัฐมนตรี|พลเอก|พลโท|พลตรี|พันเอก|พันโท|พันตรี|ร้อยเอก)\s*"
)
Word = tuple[int, int]


def cut(text: str, dictionary: Dictionary) -> list[Word]:
    """The words of a text, as beginning and end: by the fewest words; what is unknown costs more, and runs of it are
    one word."""
    size = len(text)
    matches = dictionary.matches(text)
    cost = [0.0] + [float("inf")] * size
    begins = [0] * (size + 1)
    is_known = [True] * (size + 1)
    for at in range(size):
        so_far = cost[at]
        if so_far == float("inf"):
            continue
        other = _OTHER.match(text, at)
        if other:
            if so_far + 1 < cost[other.end()]:
                cost[other.end()], begins[other.end()], is_known[other.end()] = so_far + 1, at, True
            continue
        for length, bits in matches[at]:
            end = at + length
            if bits & KNOWN and so_far + 1 <= cost[end] and (end == size or text[end] not in _DEPENDENT):
                cost[end], begins[end], is_known[end] = so_far + 1, at, True
        end = at + 1
        while end < size and text[end] in _DEPENDENT:
            end += 1
        if so_far + _COST_OF_UNKNOWN < cost[end]:
            cost[end], begins[end], is_known[end] = so_far + _COST_OF_UNKNOWN, at, False
    words: list[Word] = []
    end = size
    joins = False
    while end:
        begin = begins[end]
        if joins and not is_known[end]:
            words[-1] = begin, words[-1][1]
        else:
            words.append((begin, end))
        joins = not is_known[end]
        end = begin
    return words[::-1]


def after_title(text: str, first: int, last: int) -> int:
    """Where the person's name begins in a span that ThaiNER begins with "Mr" or a rank."""
    while (title := _TITLE.match(text, first, last)) and title.end() < last:
        first = title.end()
    return first


def _word(piece: tuple[str, int]) -> tuple[list[str], ...]:
    word, known = piece
    if word.isspace():
        tag = "PU"
    elif word[0].isdigit():
        tag = "NU"
    else:
        number = known % STOPWORD
        tag = PARTS_OF_SPEECH[number - 1] if number else "NN"
    given = {
        "stopword": bool(known & STOPWORD),
        "isthai": all("\u0e00" <= character <= "\u0e7f" for character in word if character != "."),
        "isspace": word.isspace(),
    }
    is_true = [name for name, value in given.items() if value]
    own = [f"word.word:{word}", f"postag:{tag}", *(f"word.{name}" for name in is_true)]
    before = [f"word.prevword:{word}", f"word.prepostag:{tag}", *(f"word.prev{name}" for name in is_true)]
    after = [f"word.nextword:{word}", f"word.nextpostag:{tag}", *(f"word.next{name}" for name in is_true)]
    if word.isdigit():
        own += ["word.isdigit()", *(["word.islen5"] if len(word) == 5 else [])]
        before.append("word.prevwordisdigit")
        after.append("word.nextwordisdigit")
    return own, before, after


_WORD = Kind((0, 1, -1), _word)
_EDGE = Kind((0,), lambda edges: (edges.split(),))


def thai_template(dictionary: Dictionary) -> Template:
    """Sentences as words, as ThaiNER sees them; the names of its features are its own."""

    @lru_cache(_CACHED_WORDS)
    def known(word: str) -> int:
        return dictionary.classes_of(word) if len(word) <= LONGEST_WORD else 0

    def pieces(tokens: Sequence[str]) -> Pieces:
        edges: list[Hashable | None] = [None] * len(tokens)
        edges[0] = "BOS" if len(tokens) > 1 else "BOS EOS"
        edges[-1] = "EOS" if len(tokens) > 1 else "BOS EOS"
        return [(_WORD, [(token, known(token)) for token in tokens]), (_EDGE, edges)]

    return Template(0, pieces)
