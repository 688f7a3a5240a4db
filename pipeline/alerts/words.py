"""Words as Lucene's StandardTokenizer cuts them: Unicode Standard Annex #29, with words of at most 255 UTF-16 units.

The classes of characters in word_breaks.json are those of Lucene 10.5, which knows Unicode 12.1; those of Python's own
Unicode would cut thousands of younger letters otherwise. Chinese characters and hiragana are words one by one, katakana
and hangul by their runs, and so are Thai, Lao, Khmer and Burmese, which are not cut where words end.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain

LONGEST_WORD = 255
"""In UTF-16 units; what is longer is cut there."""
_MOST_PIECES = 100_000
_LONGEST_PIECE = 64
# The whole pattern, for texts with nothing else of what it knows; dashes and double quotation marks are in no word.
_PLAIN = re.compile(r"(?:[a-zA-Z]+(?:[.:'‘’](?=[a-zA-Z]))?|[0-9]+(?:[.,;'‘’](?=[0-9]))?)+")
_NOT_PLAIN = re.compile(r"[^\x00-^`-\x7f‘’“”„«»–—…\xa0]")
_IN_WORDS = re.compile(r"[.:,;'‘’](?=[a-zA-Z0-9])(?<=[a-zA-Z0-9].)")
_BLANKS = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))


@cache
def _pattern() -> re.Pattern[str]:
    data = json.loads(files("pipeline.alerts").joinpath("word_breaks.json").read_text("utf-8"))

    def any_of(*names: str) -> str:
        return "[" + "".join(_ranges(data[name]) for name in names) + "]"

    extend = any_of("extend", "complex_extend") + "*"
    letter = any_of("letter", "hebrew", "letter_pictograph") + extend
    hebrew, digit = any_of("hebrew") + extend, any_of("digit") + extend
    katakana, joiner = f"(?:{any_of('katakana')}{extend})+", f"(?:{any_of('joiner')}{extend})"
    between_letters = any_of("between_letters", "between_both") + extend
    between_digits = any_of("between_digits", "between_both") + extend
    pictograph = any_of("pictograph", "letter_pictograph")
    letters = f"(?:{hebrew}(?:\"{extend}(?={hebrew})|'{extend})|{letter}(?:{between_letters}(?={letter}))?)"
    core = f"(?:{letters}|{digit}(?:{between_digits}(?={digit}))?)+"
    word = f"{joiner}*(?:{core}|{katakana})(?:{joiner}+(?:{core}|{katakana}))*{joiner}*"
    flag = f"{any_of('flag')}{extend}{any_of('flag')}{extend}"
    # U+FE0E asks for a plain sign and ends the emoji, although it extends everything else.
    behind, behind_skin = (
        f"(?:(?![{ends}])[{_ranges(data['extend'] + ' ' + data['complex_extend'])}])*"
        for ends in ("\ufe0e", "\ufe0e\ufe0f")
    )
    joined = f"(?:(?<=\u200d){pictograph}{behind})"
    plain = f"(?:(?:{any_of('pictograph')}|\u200d+{pictograph}){behind}|[\U0001f3fb-\U0001f3ff]{behind_skin}){joined}*"
    emoji = f"[#*]\ufe0f?\u20e3|{plain}|{any_of('letter_pictograph')}{behind}{joined}+"
    alone = any_of("alone") + extend
    complex_run = f"(?:{any_of('complex', 'complex_extend')}{extend})+"
    return re.compile(f"{emoji}|{word}|{flag}|{alone}|{complex_run}")


def _ranges(text: str) -> str:
    return "".join("-".join(f"\\U{int(code, 16):08x}" for code in each.split("-")) for each in text.split())


@cache
def _long_runs() -> re.Pattern[str]:
    """Signs that can begin a word, in runs so long that no word reaches through: each would be tried from each."""
    data = json.loads(files("pipeline.alerts").joinpath("word_breaks.json").read_text("utf-8"))
    return re.compile(f"[{_ranges(data['joiner'])}]{{{2 * LONGEST_WORD + 2},}}|\u200d{{{2 * LONGEST_WORD + 2},}}")


@cache
def _unspaced() -> re.Pattern[str]:
    data = json.loads(files("pipeline.alerts").joinpath("word_breaks.json").read_text("utf-8"))
    return re.compile(f"[{_ranges(data['complex'])}]")


def is_unspaced(word: str) -> bool:
    """Whether it is of a script whose words are not cut: Thai, Lao, Khmer, Burmese and their like."""
    return _unspaced().search(word) is not None


def lower(text: str) -> str:
    """In lower case as Lucene's filter makes it: each code point by itself, as Java does."""
    if text.isascii():
        return text.lower()
    return "".join("i" if char == "\u0130" else char.lower() for char in text)


class Words:
    """Cuts texts into words; keeps what it made of the pieces between blanks, which mostly come again."""

    def __init__(self, cased: bool = False) -> None:
        self._cased = cased
        self._made = _Pieces(cased)

    def __call__(self, text: str) -> list[str]:
        """The words in their order, in lower case unless `cased`."""
        made = self._made
        if len(made) > _MOST_PIECES:
            made.clear()
        words: list[str] = []
        for line in text.split("\n"):
            plain = self._plain(line)
            words += chain.from_iterable(map(made.__getitem__, line.split(" "))) if plain is None else plain
        return words

    def _plain(self, line: str) -> list[str] | None:
        """Of a line in ASCII and usual signs, which a short pattern cuts in a fraction of the time; else None."""
        if _NOT_PLAIN.search(line):
            return None
        if not self._cased:
            line = line.lower()
        simple = line.isascii() and not _IN_WORDS.search(line)
        found = line.translate(_BLANKS).split() if simple else _PLAIN.findall(line)
        return found if max(map(len, found), default=0) <= LONGEST_WORD // 2 else None


class _Pieces(dict[str, tuple[str, ...]]):
    def __init__(self, cased: bool) -> None:
        self._cased = cased

    def __missing__(self, piece: str) -> tuple[str, ...]:
        words = tuple(sys.intern(word if self._cased else lower(word)) for word in _cut(piece))
        if len(piece) <= _LONGEST_PIECE:
            self[piece] = words
        return words


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where the words that `Words` cuts begin and end in the text, in code points, end exclusive."""
    spans, start = [], 0
    for piece in text.replace("\n", " ").split(" "):
        spans += [(start + begin, start + end) for begin, end in _spans(piece)]
        start += len(piece) + 1
    return spans


def _cut(text: str) -> list[str]:
    if len(text) <= LONGEST_WORD // 2:
        return _pattern().findall(text)
    return [text[start:end] for start, end in _spans(text)]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    if len(text) <= LONGEST_WORD // 2:
        for found in _pattern().finditer(text):
            yield found.span()
        return
    shift = 0
    for run in _long_runs().finditer(text):
        # What is within the run is in no word that reaches out of it.
        yield from _bounded_spans(text[shift : run.start() + LONGEST_WORD], shift)
        shift = run.end() - LONGEST_WORD
    yield from _bounded_spans(text[shift:], shift)


def _bounded_spans(text: str, shift: int) -> Iterator[tuple[int, int]]:
    """Of a text without long runs, moved by `shift`."""
    pattern, start = _pattern(), 0
    while found := pattern.search(text, start):
        word = found[0]
        if len(word) > LONGEST_WORD // 2 and _units(word) > LONGEST_WORD:
            # Lucene sees no more than 255 units from here, and takes the longest word that begins there.
            window = word[:LONGEST_WORD]
            while _units(window) > LONGEST_WORD:
                window = window[:-1]
            found = pattern.match(text, found.start(), found.start() + len(window))
            if found is None:
                start += 1
                continue
        yield shift + found.start(), shift + found.end()
        start = found.end()


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)
