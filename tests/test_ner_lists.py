"""What the models know of words, as files: what goes in comes out, and nothing else is found."""

from __future__ import annotations

from pipeline.models import dictionary_path
from pipeline.ner import thai
from pipeline.ner.dictionary import CLASSES, Dictionary
from pipeline.ner.vocabulary import Vocabulary

PLACE, WORD = 1 << CLASSES.index("L"), 1 << CLASSES.index("W")


def test_a_vocabulary_gives_back_what_it_was_made_of():
    made = Vocabulary.from_bytes(Vocabulary.of({"kota": 3, "東京": 65535, "": 7}).to_bytes())
    assert [made.get(word) for word in ("kota", "東京", "", "desa")] == [3, 65535, 7, None]


def test_a_dictionary_gives_back_what_it_was_made_of():
    made = Dictionary.from_bytes(Dictionary.of({"京": WORD, "東京": PLACE | WORD}).to_bytes())
    assert [made.classes_of(word) for word in ("京", "東京", "東", "東京都")] == [WORD, PLACE | WORD, 0, 0]


def test_a_dictionary_marks_the_longest_name_and_what_stands_beside_it():
    made = Dictionary.of({"京都": PLACE, "東京": PLACE, "東京都": PLACE, "着く": WORD})
    words, names = made.pieces("今東京都に")
    assert [names[i] for i in range(5)] == [("N=L<",), ("N=LB3",), ("N=LI",), ("N=LE",), ("N=L>",)]
    assert [piece[0] for piece in words] == ["D=S0", f"D=B{PLACE}", f"D=M{PLACE}", f"D=E{PLACE}", "D=S0"]


def test_thai_is_cut_into_the_fewest_words_that_the_dictionary_knows():
    dictionary = Dictionary.from_bytes(dictionary_path("th").read_bytes(), thai.LONGEST_WORD)
    text = "น้ำท่วมในจังหวัดเชียงใหม่ 28.5 ล้าน\x00AI"
    words = thai.cut(text, dictionary)
    assert [text[begin:end] for begin, end in words] == [
        "น้ำท่วม", "ใน", "จังหวัด", "เชียงใหม่", " ", "28.5", " ", "ล้าน", "\x00", "AI",
    ]  # fmt: skip
    assert thai.cut("", dictionary) == []


def test_an_unknown_thai_name_is_one_word():
    dictionary = Dictionary.of({"นาย": thai.KNOWN, "มา": thai.KNOWN})
    text = "นายกฤษฎ์มา"
    assert [text[begin:end] for begin, end in thai.cut(text, dictionary)] == ["นาย", "กฤษฎ์", "มา"]
