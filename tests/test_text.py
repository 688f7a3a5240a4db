"""Text normalisation: what it mends, that it settles, and that it is quick on hostile input."""

from __future__ import annotations

import re
import unicodedata
from itertools import product

import pytest
from ftfy import fixes
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text import _MAYBE_BAD, _SUSPECT, fold, normalise_line, normalise_text
from tests.nasty import TEXTS

MOJIBAKE = st.text("abc éÃÂâ€™œŠš¢£Ÿž\xa0\xad®©°·»«“”–—ВГРСЂвабΒΓαβ³²×√≤àïð╚═▀&;#", max_size=40)
ANYTHING = st.one_of(st.text(st.characters()), MOJIBAKE, st.text("&amp;lt#38x \n<b>/\u200b\u0301\u0327", max_size=60))


@given(ANYTHING)
def test_a_second_pass_changes_nothing(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once
    line = normalise_line(text)
    assert normalise_line(line) == line


@given(ANYTHING)
def test_the_result_is_nfc_without_controls_and_without_stray_blanks(text: str) -> None:
    made = normalise_text(text)
    assert unicodedata.is_normalized("NFC", made)
    assert made == made.strip()
    assert not any(unicodedata.category(mark) in ("Cc", "Cs") for mark in made.replace("\n", ""))
    assert "  " not in made
    assert "\n\n" not in made
    made.encode()


@settings(max_examples=500)
@given(MOJIBAKE)
def test_the_cheap_test_never_misses_what_ftfy_finds_bad(text: str) -> None:
    assert _MAYBE_BAD.search(text) or not is_bad(text)


def test_no_two_characters_that_ftfy_finds_bad_are_missed() -> None:
    told = re.compile(f"[{''.join(MOJIBAKE_CATEGORIES.values())}]")
    pairs = map("".join, product(filter(told.match, map(chr, range(0x80, 0x3000))), repeat=2))
    assert [pair for pair in pairs if is_bad(pair) and not _MAYBE_BAD.search(pair)] == []


@pytest.mark.parametrize("honest", ["informação", "avaliações", "față", "băț", "šć", "größer", "naïveté"])
def test_two_small_letters_with_accents_are_not_looked_at_twice(honest: str) -> None:
    assert not _MAYBE_BAD.search(honest)


def test_all_ligatures_that_ftfy_mends_are_suspected() -> None:
    assert all(_SUSPECT.search(chr(code)) for code in fixes.LIGATURES)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("SchÃ¶n â€“ so", "Schön – so"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет"),
        ("\x93Hello\x94", "“Hello”"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("&quot;yes&quot;", '"yes"'),
        ("oﬃce ﬂoor", "office floor"),
        ("e\u0301te\u0301", "été"),
        ("a\r\nb\rc\u2028d\x0ce", "a\nb\nc\nd\ne"),
        ("one  two\u00a0\u3000three\t", "one two three"),
        ("\n\n one \n \n two ", "one\ntwo"),
        ("so\u00adft hy\u200bphen", "soft hyphen"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("ខ្ញុំ\u200bទៅ", "ខ្ញុំ\u200bទៅ"),
        ("\u202eabc\u202c", "abc"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\ud83d\ude00 and \ud83d", "😀 and"),
        ("“Quotes” — stay … as they are", "“Quotes” — stay … as they are"),
        ("AT&T, R&D", "AT&T, R&D"),
        ("", ""),
    ],
)
def test_text_is_mended(text: str, made: str) -> None:
    assert normalise_text(text) == made


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("<p>Wall <b>falls</b></p>", "Wall falls"),
        ("Wall &lt;b&gt;falls&lt;/b&gt;", "Wall falls"),
        ("two\nlines", "two lines"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        (" \n ", None),
        ("<br/>", None),
        (None, None),
        ("", None),
    ],
)
def test_a_line_has_no_markup_and_no_breaks(text: str | None, made: str | None) -> None:
    assert normalise_line(text) == made


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_settles(name: str) -> None:
    once = normalise_text(TEXTS[name])
    assert normalise_text(once) == once


def test_folding_ignores_case_in_turkish_too() -> None:
    assert fold("İSTANBUL") == fold("ıstanbul") == fold("istanbul") == "istanbul"


@pytest.mark.parametrize("space", [chr(code) for code in range(0x110000) if chr(code).isspace()], ids=ascii)
def test_every_sort_of_space_becomes_a_plain_one_or_a_line_break(space: str) -> None:
    made = normalise_text(f"a{space}b c {space}d")

    assert set(made) <= set("abcd… \n")  # mending takes U+0085 for an ellipsis of Windows-1252
    assert not re.search(r"\s\s", made)
