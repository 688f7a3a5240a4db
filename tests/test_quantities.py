"""Dates, sums of money and percentages: their value, their place, and what is none."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from pipeline.languages import languages
from pipeline.records import QUANTITY_LABELS, Article, Entity, RawArticle
from pipeline.stages.entities import entities
from pipeline.stages.quantities import quantities

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday."""
RAW = RawArticle(id="x", content="", content_type="text/plain", first_seen=NOW, fetched_at=NOW)


def article(language: str, body: str, **fields: object) -> Article:
    given = {"id": "x", "body": body, "language": language, "first_seen": NOW, "fetched_at": NOW, "processed_at": NOW}
    return Article(**{**given, **fields})


def found(language: str, body: str, **fields: object) -> list[tuple[str, str, str | None]]:
    made = quantities(article(language, body, **fields), RAW)
    assert quantities(made, RAW) == made
    for entity in made.entities:
        assert getattr(made, entity.field)[entity.start : entity.end] == entity.text
    return [(each.label, each.text, None if each.value is UNSET else each.value) for each in made.entities]


DATES = [
    ("id", "Kamis (28/7/2022)", "28/7/2022", "2022-07-28"),
    ("id", "Senin (2/3) pagi", "2/3", "2026-03-02"),
    ("id", "pada Agustus 2021 silam", "Agustus 2021", "2021-08"),
    ("id", "tiga kapal tiba kemarin", "kemarin", "2026-03-03"),
    ("ms", "pada 5 Mac 2026", "5 Mac 2026", "2026-03-05"),
    ("en", "on March 5, 2026", "March 5, 2026", "2026-03-05"),
    ("en", "on 6th March", "6th March", "2026-03-06"),
    ("en", "until Dec. 30", "Dec. 30", "2025-12-30"),
    ("en", "by 13/4/2026", "13/4/2026", "2026-04-13"),
    ("en", "by 3/4/2026", "3/4/2026", None),
    ("en", "2 weeks ago", "2 weeks ago", "2026-W08"),
    ("en", "last month", "last month", "2026-02"),
    ("en", "the day before yesterday", "the day before yesterday", "2026-03-02"),
    ("fr", "avant-hier soir", "avant-hier", "2026-03-02"),
    ("de", "ab morgen", "ab morgen", "2026-03-05"),
    ("es", "abre mañana lunes", "mañana lunes", "2026-03-05"),
    ("ja", "一昨日の会議", "一昨日", "2026-03-02"),
    ("fa", "پس‌فردا", "پس‌فردا", "2026-03-06"),
    ("en", "at 2026-03-02T10:00", "2026-03-02", "2026-03-02"),
    ("de", "am 5. März 2026", "5. März 2026", "2026-03-05"),
    ("de", "am 12.03.2026", "12.03.2026", "2026-03-12"),
    ("fr", "le 1er avril", "1er avril", "2026-04-01"),
    ("fr", "il y a 2 ans", "il y a 2 ans", "2024"),
    ("es", "el 5 de marzo de 2026", "5 de marzo de 2026", "2026-03-05"),
    ("pt", "em 5 de março", "5 de março", "2026-03-05"),
    ("it", "il 5 marzo 2026", "5 marzo 2026", "2026-03-05"),
    ("nl", "op 5 maart", "5 maart", "2026-03-05"),
    ("pl", "5 marca 2026 r.", "5 marca 2026", "2026-03-05"),
    ("ru", "5 марта 2026 года", "5 марта 2026", "2026-03-05"),
    ("ru", "3 дня назад", "3 дня назад", "2026-03-01"),
    ("uk", "5 березня", "5 березня", "2026-03-05"),
    ("tr", "5 Mart 2026'da", "5 Mart 2026", "2026-03-05"),
    ("ar", "في 9 فبراير 2023", "9 فبراير 2023", "2023-02-09"),
    ("fa", "در ۵ مارس ۲۰۲۶", "۵ مارس ۲۰۲۶", "2026-03-05"),
    ("hi", "१२ मार्च को", "१२ मार्च", "2026-03-12"),
    ("bn", "৫ মার্চ ২০২৬", "৫ মার্চ ২০২৬", "2026-03-05"),
    ("zh", "截至2026年3月2日，", "2026年3月2日", "2026-03-02"),
    ("zh-Hant", "於3月5日舉行", "3月5日", "2026-03-05"),
    ("ja", "10年前の", "10年前", "2016"),
    ("ja", "2015年に", "2015年", "2015"),
    ("ko", "2026년 3월 2일 오전", "2026년 3월 2일", "2026-03-02"),
    ("vi", "ngày 5 tháng 3 năm 2026", "5 tháng 3 năm 2026", "2026-03-05"),
    ("vi", "ngày 5/3 tại", "5/3", "2026-03-05"),
    ("th", "วันที่ 5 มีนาคม 2569", "5 มีนาคม 2569", "2026-03-05"),
    ("sw", "tarehe 5 Machi 2026", "5 Machi 2026", "2026-03-05"),
]
MONEY = [
    ("id", "Rp 420 miliar", "Rp 420 miliar", "IDR 420000000000"),
    ("id", "sekitar 3,5 juta dolar AS", "3,5 juta dolar AS", "USD 3500000"),
    ("ms", "RM5.5 juta", "RM5.5 juta", "MYR 5500000"),
    ("en", "about $1.25bn in", "$1.25bn", "USD 1250000000"),
    ("en", "£3,000 a year", "£3,000", "GBP 3000"),
    ("en", "12.5 million euros", "12.5 million euros", "EUR 12500000"),
    ("en", "500 rupees", "500 rupees", None),
    ("de", "12,5 Millionen Euro", "12,5 Millionen Euro", "EUR 12500000"),
    ("de", "1.500 Euro", "1.500 Euro", "EUR 1500"),
    ("fr", "12 500 euros", "12 500 euros", "EUR 12500"),
    ("fr", "3,2 milliards d’euros", "3,2 milliards d’euros", "EUR 3200000000"),
    ("es", "3.000 millones de dólares", "3.000 millones de dólares", "USD 3000000000"),
    ("es", "$500 al mes", "$500", None),
    ("pt", "R$ 12,5 milhões", "R$ 12,5 milhões", "BRL 12500000"),
    ("it", "12 milioni di euro", "12 milioni di euro", "EUR 12000000"),
    ("nl", "€ 12,5 miljoen", "€ 12,5 miljoen", "EUR 12500000"),
    ("pl", "310 milionów złotych", "310 milionów złotych", "PLN 310000000"),
    ("ru", "5,3 млрд рублей", "5,3 млрд рублей", "RUB 5300000000"),
    ("uk", "12 млн гривень", "12 млн гривень", "UAH 12000000"),
    ("tr", "3 milyon lira", "3 milyon lira", "TRY 3000000"),
    ("ar", "5 ملايين دولار", "5 ملايين دولار", "USD 5000000"),
    ("fa", "۵ میلیون دلار", "۵ میلیون دلار", "USD 5000000"),
    ("hi", "₹1,00,000 का", "₹1,00,000", "INR 100000"),
    ("hi", "4 करोड़ डॉलर", "4 करोड़ डॉलर", "USD 40000000"),
    ("bn", "৫০০ কোটি টাকা", "৫০০ কোটি টাকা", "BDT 5000000000"),
    ("zh", "5.2亿元", "5.2亿元", "CNY 520000000"),
    ("ja", "3億5000万円を", "3億5000万円", "JPY 350000000"),
    ("ko", "3억 5000만 원을", "3억 5000만 원", "KRW 350000000"),
    ("vi", "500 tỷ đồng", "500 tỷ đồng", "VND 500000000000"),
    ("th", "500 ล้านบาท", "500 ล้านบาท", "THB 500000000"),
]
PERCENTAGES = [
    ("id", "naik 12,5 persen", "12,5 persen", "12.5"),
    ("en", "fell -3% in", "-3%", "-3"),
    ("en", "3.5 per cent", "3.5 per cent", "3.5"),
    ("fr", "de 3 % en", "3 %", "3"),
    ("ru", "7 процентов", "7 процентов", "7"),
    ("tr", "yüzde 12", "yüzde 12", "12"),
    ("tr", "%12,5 arttı", "%12,5", "12.5"),
    ("ar", "12.5 في المئة", "12.5 في المئة", "12.5"),
    ("hi", "12.5 प्रतिशत", "12.5 प्रतिशत", "12.5"),
    ("ja", "12.5パーセント", "12.5パーセント", "12.5"),
    ("zh", "增长５％", "５％", "5"),
    ("th", "ร้อยละ 12", "ร้อยละ 12", "12"),
    ("sw", "asilimia 12", "asilimia 12", "12"),
]


@pytest.mark.parametrize(
    ("language", "body", "text", "value", "label"),
    [(*case, "DATE") for case in DATES]
    + [(*case, "MONEY") for case in MONEY]
    + [(*case, "PERCENT") for case in PERCENTAGES],
)
def test_a_quantity_has_its_text_and_its_value(language, body, text, value, label):
    assert found(language, body) == [(label, text, value)]
    assert found(language, f"Aa {body}.") == [(label, text, value)]


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("en", "5 may be enough, and 31/2/2026 is no day"),
        ("en", "version 3.4.5 at 10:30, call 555-0199, 192.168.1.1"),
        ("en", "$5-10 million"),
        ("en", "45 million people and 12 dollhouses"),
        ("it", "vinse 2 set e 1 gara"),
        ("id", "skor 3/2 dan 2-1"),
        ("ja", "2000年間続く3日間"),
        ("zh", "1960年代中期"),
        ("hi", "आजीविका"),
        ("es", "por la mañana"),
        ("zh", "前天津市长"),
        ("ko", "그제야 알았다"),
        ("id", "1" * 5000),
        ("en", "$" * 500),
        ("zh", "３" * 500),
    ],
)
def test_what_only_looks_like_a_quantity_is_none(language, body):
    assert found(language, body) == []


WEEKDAYS = [
    ("en", "The council met on Monday.", "Monday", "2026-03-02"),
    ("en", "The minister told reporters Tuesday.", "Tuesday", "2026-03-03"),
    ("en", "It closed on Wednesday.", "Wednesday", "2026-03-04"),
    ("en", "The council will meet on Monday.", "Monday", "2026-03-09"),
    ("en", "The minister said on Monday that the bridge will open.", "Monday", "2026-03-02"),
    ("en", "It will open on Friday, the minister said.", "Friday", "2026-03-06"),
    ("en", "He spoke on Monday. It will rain.", "Monday", "2026-03-02"),
    ("id", "kata dia, Senin malam", "Senin", "2026-03-02"),
    ("id", "akan digelar Jumat mendatang", "Jumat", "2026-03-06"),
    ("ms", "kata beliau pada Isnin", "Isnin", "2026-03-02"),
    ("de", "sagte er am Montag", "Montag", "2026-03-02"),
    ("de", "wird am Freitag eröffnet", "Freitag", "2026-03-06"),
    ("fr", "a-t-il dit lundi", "lundi", "2026-03-02"),
    ("fr", "Le sommet se tiendra vendredi", "vendredi", "2026-03-06"),
    ("es", "dijo el lunes", "el lunes", "2026-03-02"),
    ("pt", "disse na segunda-feira", "segunda-feira", "2026-03-02"),
    ("it", "ha detto lunedì", "lunedì", "2026-03-02"),
    ("nl", "zei hij op maandag", "maandag", "2026-03-02"),
    ("pl", "powiedział w poniedziałek", "w poniedziałek", "2026-03-02"),
    ("ru", "состоится в пятницу", "в пятницу", "2026-03-06"),
    ("uk", "заявив у понеділок", "у понеділок", "2026-03-02"),
    ("tr", "pazartesi günü açıkladı", "pazartesi günü", "2026-03-02"),
    ("ar", "قال يوم الاثنين", "يوم الاثنين", "2026-03-02"),
    ("fa", "روز سه‌شنبه گفت", "سه‌شنبه", "2026-03-03"),
    ("hi", "सोमवार को कहा", "सोमवार", "2026-03-02"),
    ("bn", "সোমবার বলেন", "সোমবার", "2026-03-02"),
    ("zh", "他周一表示", "周一", "2026-03-02"),
    ("zh-Hant", "將於週五舉行", "週五", "2026-03-06"),
    ("ja", "月曜日に述べた", "月曜日", "2026-03-02"),
    ("ko", "월요일 밝혔다", "월요일", "2026-03-02"),
    ("vi", "chiều thứ hai", "chiều thứ hai", "2026-03-02"),
    ("th", "เมื่อวันจันทร์", "วันจันทร์", "2026-03-02"),
    ("sw", "alisema Jumatatu", "Jumatatu", "2026-03-02"),
]


@pytest.mark.parametrize(("language", "body", "text", "value"), WEEKDAYS)
def test_a_weekday_is_the_last_one_or_the_next_where_the_sentence_looks_ahead(language, body, text, value):
    assert found(language, body, published_at=NOW) == [("DATE", text, value)]


DAYS = [
    ("ja", "政府は3日、計画を発表した", "3日", "2026-03-03"),
    ("ja", "会議は28日に開かれた", "28日", "2026-02-28"),
    ("ja", "先月20日の会見", "先月20日", "2026-02-20"),
    ("ja", "今月31日まで", "今月31日", "2026-03-31"),
    ("zh", "发言人2日表示", "2日", "2026-03-02"),
    ("zh-Hant", "他於16日抵達", "16日", "2026-03-16"),
    ("zh", "将于下月5日举行", "下月5日", "2026-04-05"),
    ("ko", "정부는 25일 발표했다", "25일", "2026-02-25"),
    ("ko", "다음 달 3일 열린다", "다음 달 3일", "2026-04-03"),
]


@pytest.mark.parametrize(("language", "body", "text", "value"), DAYS)
def test_a_day_of_the_month_alone_is_the_nearest_or_that_of_the_month_named(language, body, text, value):
    assert found(language, body, published_at=NOW) == [("DATE", text, value)]


def test_a_day_of_the_month_alone_says_nothing_without_a_publication():
    assert found("ja", "政府は3日、計画を発表した") == []


@pytest.mark.parametrize(
    ("language", "body"),
    [("ja", "3日間続いた"), ("ja", "20日ぶりに"), ("ja", "1日に2回"), ("ja", "31日目"), ("ja", "約10日で"),
     ("ja", "45日"), ("zh", "连续3日上涨"), ("zh", "15日内缴纳"), ("zh", "10日后"), ("zh", "第5日"),
     ("ko", "20일째 이어졌다"), ("ko", "지난 20일"), ("ko", "3일 동안"), ("ko", "10일 간격으로"),
     ("ko", "제9일"), ("en", "20 days")],
)  # fmt: skip
def test_counts_of_days_are_no_dates(language, body):
    assert found(language, body, published_at=NOW) == []


@pytest.mark.parametrize(
    ("language", "body"),
    [("en", "every Monday"), ("en", "open Monday to Friday"), ("en", "on Mondays"), ("en", "a Black Friday sale"),
     ("en", "next Monday"), ("es", "los lunes"), ("fr", "le lundi, il dort"), ("zh", "一周一次"), ("ja", "毎週月曜日"),
     ("vi", "lần thứ hai"),
     ("ja", "9月の最終日曜日"), ("ja", "第1日曜日"), ("en", "on a Friday"),
     ("tr", "pazar büyüyor"), ("de", "jeden Montag")],
)  # fmt: skip
def test_weekdays_that_return_or_are_none_stay_out(language, body):
    assert found(language, body, published_at=NOW) == []


def test_a_weekday_beside_its_date_is_left_to_the_date_and_one_without_a_publication_to_nobody():
    assert found("id", "Kamis (28/7/2022)", published_at=NOW) == [("DATE", "28/7/2022", "2022-07-28")]
    assert found("id", "pada Kamis tanggal 2 September 2004", published_at=NOW) == [
        ("DATE", "2 September 2004", "2004-09-02")
    ]
    assert found("en", "He spoke on Monday.") == []


def test_dates_count_from_the_publication():
    published = datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert found("en", "yesterday", published_at=published) == [("DATE", "yesterday", "2024-02-29")]
    assert found("en", "on 29 February", published_at=published) == [("DATE", "29 February", "2024-02-29")]
    assert found("en", "on 29 December", published_at=published) == [("DATE", "29 December", "2023-12-29")]


def test_the_headline_is_read_as_well():
    made = quantities(article("en", "", headline="Prices up 3%"), RAW)
    assert [(each.field, each.text, each.value) for each in made.entities] == [("headline", "3%", "3")]


def test_names_stay_and_take_precedence():
    name = Entity(text="5 March Movement", label="ORG", field="body", start=4, end=20)
    made = quantities(article("en", "The 5 March Movement met on 6 March.", entities=(name,)), RAW)
    assert [each.text for each in made.entities] == ["5 March Movement", "6 March"]
    assert made.entities[0] == name


def test_the_entities_stage_leaves_quantities_where_they_are():
    made = quantities(
        entities(article("id", "Sergey Lavrov tiba di Rusia pada 5 Maret 2026 dengan Rp 5 juta."), RAW), RAW
    )
    assert {each.label for each in made.entities} >= {"DATE", "MONEY", "LOC"}
    assert entities(made, RAW) == made
    assert quantities(entities(made, RAW), RAW) == made


def test_quantities_of_a_text_that_changed_are_gone():
    made = quantities(article("en", "It cost $5 yesterday."), RAW)
    assert quantities(replace(made, body="It cost nothing."), RAW).entities == ()


@pytest.mark.parametrize(
    ("language", "piece"),
    [("en", "1"), ("fr", "1 "), ("en", "1,"), ("en", "$1 "),
     ("en", "5 March "), ("en", "Monday, he said "), ("tr", "1%"), ("fr", "1 000 "), ("ja", "3億")],
)  # fmt: skip
def test_a_megabyte_takes_bounded_time(language, piece):
    before = process_time()
    found(language, piece * (1_000_000 // len(piece)))
    assert process_time() - before < 30


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["id", "en", "fr", "ja", "ar", "th", "vi", "und"]),
    st.lists(
        st.sampled_from(
            [*"0123456789.,/-%$€ ", " juta ", " million ", "億", "円", " March ", "月", "日", "年", "tháng "]
        )
        | st.text(max_size=4),
        max_size=30,
    ).map("".join),
)
def test_any_text_is_read(language, body):
    assert {label for label, _, _ in found(language, body)} <= QUANTITY_LABELS


@pytest.mark.parametrize("tag", [tag for tag, language in languages().items() if language.weekdays])
def test_every_name_of_a_weekday_is_found_where_it_begins(tag):
    for written in languages()[tag].weekdays:
        first_forms = re.sub(r"\(([^()|]*)[^()]*\)", r"\1", written)
        for name in first_forms.split("|"):
            assert [text for _, text, _ in found(tag, f"—{name}—", published_at=NOW)] == [name]
