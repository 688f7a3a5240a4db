"""Names in an article: offsets, variants, acronyms, titles, countries, and the headline's capitals."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ner.document import MAX_CHARACTERS, Names, find_names
from pipeline.ner.tagger import model_language, reader
from pipeline.records import Article, RawArticle
from pipeline.stages.entities import entities

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
TIMES = {"first_seen": NOW, "fetched_at": NOW}
RAW = RawArticle(**TIMES, id="x", content="", content_type="text/plain")
CASES = [json.loads(line) for line in Path(__file__).with_name("data").joinpath("names.jsonl").open(encoding="utf-8")]
LANGUAGES = ("id", "en", "ru", "hi", "zh-Hans", "ja", "ko", "th", "ar", "fa", "sr", "uk", "hu", "und", "xx")


def counts(mentions) -> dict[str, int]:
    return {mention.name: mention.count for mention in mentions}


def assert_whole(found: Names, headline: str, body: str) -> None:
    """Offsets give the text, spans are sorted and apart, mentions add up to the spans."""
    fields = {"headline": headline, "body": body}
    last = ("headline", 0)
    for entity in found.entities:
        assert fields[entity.field][entity.start : entity.end] == entity.text
        assert entity.text.strip() == entity.text != ""
        assert entity.field == last[0] or last[0] == "headline"
        assert entity.start >= (last[1] if entity.field == last[0] else 0)
        last = (entity.field, entity.end)
    for label, mentions in (("PER", found.people), ("ORG", found.organisations), ("LOC", found.places)):
        assert sum(mention.count for mention in mentions) == sum(entity.label == label for entity in found.entities)
        assert [mention.count for mention in mentions] == sorted((m.count for m in mentions), reverse=True)
        assert len({mention.name for mention in mentions}) == len(mentions)


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case['language']}" for i, case in enumerate(CASES)])
def test_spans_and_mentions_agree_with_the_text(case):
    assert_whole(find_names(case["headline"], case["body"], case["language"]), case["headline"], case["body"])


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40, deadline=None)
@given(headline=st.text(max_size=60), body=st.text(max_size=300))
def test_any_text_is_read(language, headline, body):
    found = find_names(headline, body, language)
    assert_whole(found, headline, body)
    assert found == find_names(headline, body, language)


@pytest.mark.parametrize("piece", ["A", "Aa ", ".", "(AB) ", "😀", "中", "\u0300", "Ab-", "1,", "O'", "\ud800", "\x00"])
@pytest.mark.parametrize("language", ["id", "ja"])
def test_a_megabyte_on_one_line_is_read_up_to_a_limit(piece, language):
    body = piece * (1_000_000 // len(piece))
    found = find_names("", body, language)
    assert all(entity.end <= MAX_CHARACTERS for entity in found.entities)


def test_a_surname_counts_for_the_full_name():
    found = find_names(
        "", "Menteri Siti Rahmawati tiba di Medan. Menurut Rahmawati, jalan itu selesai. Rahmawati pulang.", "id"
    )
    assert counts(found.people) == {"Siti Rahmawati": 3}


def test_a_title_is_no_part_of_a_name():
    found = find_names("", "Jembatan itu dibuka Presiden Kenya Daniel Mwangi. Presiden Mwangi lalu pulang.", "id")
    assert counts(found.people) == {"Daniel Mwangi": 2}
    assert counts(found.places) == {"Kenya": 1}


@pytest.mark.parametrize(
    "introduced",
    [
        "Ia bekerja di Shanghai Cooperation Organisation (SCO). Menurut SCO, rapat ditunda.",
        "Ia bekerja di SCO (Shanghai Cooperation Organisation). Menurut SCO, rapat ditunda.",
    ],
)
def test_an_acronym_counts_for_what_it_stands_for(introduced):
    found = find_names("", introduced, "id")
    assert counts(found.organisations) == {"Shanghai Cooperation Organisation": 3}
    assert found.places == ()


def test_an_acronym_with_small_letters_and_small_words():
    text = "The African Development Bank (AfDB) met the Food and Agriculture Organization (FAO). AfDB and FAO agreed."
    assert counts(find_names("", text, "en").organisations) == {
        "African Development Bank": 3,
        "Food and Agriculture Organization": 3,
    }


def test_a_country_goes_by_one_name():
    text = (
        "Delegasi Tiongkok tiba. Republik Rakyat China dan Rusia bersepakat. China dan Federasi Rusia puas, kata China."
    )
    assert counts(find_names("", text, "id").places) == {"China": 4, "Rusia": 2}


def test_a_country_in_an_oblique_case_goes_by_its_proper_name():
    text = "Делегация прибыла из Китая и Турции. Переговоры с Китаем продолжатся."
    assert counts(find_names("", text, "ru").places) == {"Китай": 2, "Турция": 1}


def test_a_country_in_a_language_without_a_model():
    assert reader("he") is None
    found = find_names("", "מדענים מישראל, יפן ומצרים", "he")
    assert {(entity.text, entity.label) for entity in found.entities} == {("יפן", "LOC")}


def test_thai_is_cut_into_words_and_titles_are_no_part_of_names():
    found = find_names("", "ตำรวจกรุงเทพฯ แถลงข่าว นางสาววิภา แสงทอง กล่าวว่า น้ำท่วมในจังหวัดเชียงใหม่เริ่มลดลงแล้ว", "th")
    assert [(entity.text, entity.label) for entity in found.entities][-2:] == [
        ("วิภา แสงทอง", "PER"),
        ("จังหวัดเชียงใหม่", "LOC"),
    ]


@pytest.mark.parametrize(("language", "model"), [("fr-CA", "pooled"), ("ms", None), ("de", None), ("und", None)])
def test_an_article_says_where_its_names_come_from_the_pooled_model(language, model):
    made = entities(Article(**TIMES, id="x", body="Paris", language=language, processed_at=NOW), RAW)
    assert made.stages.get("entities.model") == model


def test_the_longest_country_name_wins():
    assert counts(find_names("", "他访问了印度尼西亚。", "zh").places) == {"印度尼西亚": 1}


def test_a_country_inside_a_latin_word_is_none():
    assert find_names("", "เขาซื้อ USABLE", "th").places == ()


def test_days_and_months_are_no_names():
    found = find_names(
        "", "Rapat digelar Senin dan Kamis. Kamis pekan depan rapat dilanjutkan. Pada Agustus libur.", "id"
    )
    assert found.entities == ()


def test_a_word_that_the_article_also_writes_small_is_no_name():
    found = find_names("", "Diplomat itu pergi. Banyak diplomat lain, kata Diplomat, belum datang.", "id")
    assert "Diplomat" not in counts(found.people) | counts(found.organisations) | counts(found.places)


def test_a_headline_in_capitals_takes_its_names_from_the_body():
    body = next(case for case in CASES if case["language"] == "en")["body"]
    found = find_names("Minister Houngbo Walks New Bridge In Benin", body, "en")
    assert [(entity.text, entity.label) for entity in found.entities if entity.field == "headline"] == [
        ("Houngbo", "PER"),
        ("Benin", "LOC"),
    ]


def test_script_and_region_of_a_language_do_not_matter():
    assert find_names("", "日本和韩国", "zh-Hans") == find_names("", "日本和韩国", "zh")


def test_close_relatives_share_a_model():
    assert model_language("ms") == "id"
    assert model_language("nn") == "nb"


def test_the_real_sample():
    """A publisher's text, so it lies beside the repository; here without what the clean stage takes out."""
    path = Path("../shared/samples/kompas-tashkent.txt")
    if not path.exists():
        pytest.skip(f"needs {path}, which is not in the repository")
    lines = path.read_text(encoding="utf-8").removeprefix("TASHKENT, KOMPAS.TV - ").splitlines()
    body = "\n".join(line for line in lines if not line.startswith(("Baca Juga", "Sumber", "Gabung")))
    found = find_names("", body, "id")
    assert_whole(found, "", body)
    assert set(counts(found.people)) == {"Sergey Lavrov", "Shavkat Mirziyoyev"}
    assert counts(found.people)["Sergey Lavrov"] == 4
    assert set(counts(found.organisations)) - {"Associated Press"} == {"Taliban", "Shanghai Cooperation Organisation"}
    expected = ["Rusia", "Uzbekistan", "Afghanistan", "Samarkand", "Kazakhstan"]
    expected += ["Kirgizstan", "Pakistan", "Tajikistan", "India", "China"]
    assert set(expected) <= set(counts(found.places)) <= {*expected, "Tashkent", "Moskow", "Kabul", "Eurasia"}
