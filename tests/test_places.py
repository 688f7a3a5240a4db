"""Which place a name means: own texts in many languages with the places of GeoNames that they mean.

The names are given, so that this measures the linking alone; test_ner_quality.py measures the finding.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.ner.document import find_names
from pipeline.ner.mentions import group
from pipeline.ner.place_forms import basic_forms
from pipeline.ner.places import countries, place_key, places
from pipeline.ner.resolve import PlaceName, Setting, country_of_host, resolve
from pipeline.ner.spans import Name, Text
from pipeline.ner.tagger import model_language
from pipeline.ner.variants import key_of

CASES = [json.loads(line) for line in Path(__file__).with_name("data").joinpath("places.jsonl").open(encoding="utf-8")]
ACCURACY_FLOOR = 0.988
PRECISION_FLOOR = 0.987


def linked(case: dict[str, Any]) -> dict[str, tuple[int | None, str | None]]:
    """The id and the country of each place by the name that the article goes by."""
    language = case["language"].partition("-")[0]
    text = Text.of("body", case["body"], language)
    names = []
    for place in case["places"]:
        first = bisect_left(text.starts, place["start"])
        last = bisect_left(text.starts, place["start"] + len(place["name"]))
        names.append(Name(0, first, last, "LOC"))
    keyed = [(name, key_of(text.tokens[name.first : name.last], language)) for name in names]
    setting = Setting(case["host"], case["located"])
    found = group(keyed, [text], {key: "LOC" for _, key in keyed}, {}, language=language, setting=setting)
    by_key = {}
    for mention, key in zip(found.places, dict.fromkeys(key for _, key in keyed), strict=True):
        number = None if mention.uri is msgspec.UNSET else int(mention.uri.split("/")[3])
        by_key[key] = number, None if mention.country is msgspec.UNSET else mention.country
    return {place["name"]: by_key[key] for place, (_, key) in zip(case["places"], keyed, strict=True)}


def scores() -> tuple[float, float, list[str]]:
    """Share of the places that are right (none where none is expected), share of the links given that are, mistakes."""
    counted: Counter[str] = Counter()
    wrong = []
    for case in CASES:
        found = linked(case)
        for place in case["places"]:
            number, country = found[place["name"]]
            is_right = number == place["id"] and (place["id"] is None or country == place["country"])
            counted["all"] += 1
            counted["right"] += is_right
            counted["given"] += number is not None
            counted["given right"] += number is not None and is_right
            if not is_right:
                wrong.append(f"{case['language']} {place['name']}: {number} {country}, not {place['id']}")
    return counted["right"] / counted["all"], counted["given right"] / counted["given"], wrong


def test_places_of_our_own_texts_are_linked():
    accuracy, precision, wrong = scores()
    assert accuracy >= ACCURACY_FLOOR, wrong
    assert precision >= PRECISION_FLOOR, wrong


def test_the_texts_are_many():
    assert sum(len(case["places"]) for case in CASES) >= 120
    assert len({case["language"] for case in CASES}) >= 15
    assert sum(place["id"] is None for case in CASES for place in case["places"]) >= 5
    for case in CASES:
        for place in case["places"]:
            assert case["body"][place["start"] :].startswith(place["name"])


def link_of(name: str, language: str = "en", host: str = "", located: str = "", **more: Any) -> tuple[str, str]:
    (link,) = resolve([PlaceName((name,), **more)], language, Setting(host, located))
    return link.uri.removeprefix("https://sws.geonames.org/").rstrip("/"), link.country


def test_the_publisher_decides_between_equals():
    assert link_of("Hyderabad") == ("", "")
    assert link_of("Hyderabad", host="www.thehindu.in") == ("1269843", "IN")
    assert link_of("Hyderabad", host="dawn.com.pk") == ("1176734", "PK")


def test_the_dateline_decides_between_equals():
    assert link_of("Hyderabad", located="KARACHI") == ("1176734", "PK")


def test_a_state_after_the_comma_decides():
    assert link_of("Paris") == ("2988507", "FR")
    assert link_of("Paris", containers=("Texas",)) == ("4717560", "US")
    assert link_of("Paris", containers=("Tex",)) == ("4717560", "US")


def test_a_state_without_such_a_city_leaves_the_country():
    assert link_of("Paris", containers=("Kentucky",)) == ("", "US")


def test_another_city_after_the_comma_says_nothing():
    assert link_of("Paris", containers=("London",)) == ("2988507", "FR")


def test_what_another_language_calls_a_country_may_be_a_state():
    assert link_of("Georgia", territory="GE") == ("614540", "GE")
    assert link_of("Georgia", "de") == ("", "")
    (_, state) = resolve([PlaceName(("Atlanta",)), PlaceName(("Georgia",))], "de", Setting())
    assert (state.uri, state.country) == ("https://sws.geonames.org/4197000/", "US")


@pytest.mark.parametrize(
    ("language", "name", "country"),
    [
        ("hr", "BiH", "BA"), ("hr", "Makedoniji", "MK"), ("hu", "Amerikai Egyesült Államok", "US"), ("ru", "РФ", "RU"),
        ("ru", "Калифорнии", "US"), ("sv", "England", "GB"), ("en", "OH", "US"), ("en", "U.K.", "GB"),
        ("id", "Skotlandia", "GB"), ("ja", "英国", "GB"),
    ],
)  # fmt: skip
def test_names_that_the_press_uses_are_known(language, name, country):
    assert link_of(name, language)[1] == country


@pytest.mark.parametrize(
    ("language", "name"), [("hr", "Balkanu"), ("ru", "Кавказ"), ("en", "Jupiter"), ("en", "A" * 90)]
)
def test_an_area_or_a_planet_is_no_town_of_that_name(language, name):
    assert link_of(name, language) == ("", "")


def test_cities_of_one_name_in_one_country_leave_the_country():
    assert link_of("Springfield") == ("", "US")


def test_a_name_that_nobody_lists_has_no_link():
    assert link_of("Wendlebury Marsh") == ("", "")
    assert link_of("") == ("", "")


def test_a_country_has_its_own_id_and_a_continent_has_no_country():
    found = find_names("", "Delegates from Kenya came to Asia.", "en")
    linked = {mention.name: (mention.uri, mention.country) for mention in found.places}
    assert linked["Kenya"] == ("https://sws.geonames.org/192950/", "KE")
    assert linked["Asia"] == ("https://sws.geonames.org/6255147/", msgspec.UNSET)


@pytest.mark.parametrize(
    ("host", "country"),
    [
        ("kompas.co.id", "ID"), ("bbc.co.uk", "GB"), ("example.com", ""), ("youtu.be", "BE"), ("start.io", ""),
        ("semana.com.co", "CO"), ("vox.co", ""), ("localhost", ""), ("", ""), ("europa.eu", ""), ("ORF.AT.", "AT"),
    ],
)  # fmt: skip
def test_a_domain_tells_a_country_unless_it_is_sold_everywhere(host, country):
    assert country_of_host(host) == country


@pytest.mark.parametrize(
    ("form", "language", "name"),
    [
        ("Москве", "ru", "Москва"), ("Нижнем Новгороде", "ru", "Нижний Новгород"), ("Києва", "uk", "Київ"),
        ("Zagrebu", "hr", "Zagreb"), ("Krakowie", "pl", "Kraków"), ("Praze", "cs", "Praha"),
        ("Budapesten", "hu", "Budapest"), ("Ankara'da", "tr", "Ankara"), ("Helsingissä", "fi", "Helsinki"),
        ("Turussa", "fi", "Turku"), ("Tampereella", "fi", "Tampere"), ("Tallinnas", "et", "Tallinn"),
        ("Vilniuje", "lt", "Vilnius"), ("Αθήνας", "el", "Αθήνα"), ("بالقاهرة", "ar", "القاهرة"),
        ("大阪市", "ja", "大阪"),        ("서울시", "ko", "서울"), ("Thành phố Hải Phòng", "vi", "Hải Phòng"),
    ],
)  # fmt: skip
def test_an_inflected_form_leads_to_its_name(form, language, name):
    assert place_key(name) in list(basic_forms(place_key(form), language))


def test_spellings_of_one_name_share_a_key():
    assert place_key("SAINT-DENIS") == place_key("Saint Denis")
    assert place_key("São  Paulo") == place_key("Sao Paulo")
    assert place_key("İZMİR") == place_key("izmir")
    assert place_key("Nuku'alofa") == place_key("Nukuʻalofa")
    assert place_key("أبو ظبي") == place_key("ابو ظبى")


def test_every_country_is_listed_with_its_code():
    assert len(countries()) > 240
    assert all(place.id > 0 and len(place.country) == 2 for place in countries().values())
    assert {"ID", "US", "GE", "XK"} <= set(countries())
    assert [place.id for place in places().named(place_key("Ouagadougou"))]


@pytest.mark.parametrize(
    ("language", "body", "names"),
    [
        ("ar", "وصل القطار إلى دمشق، ثم عاد المسافرون بالقاهرة.", {"دمشق", "بالقاهرة"}),
        ("fa", "قطار تهران به اصفهان رسید.", {"تهران", "اصفهان"}),
        ("ur", "بس لاہور سے کراچی پہنچی۔", {"لاہور", "کراچی"}),
        ("bn", "ঢাকা থেকে চট্টগ্রামে নতুন বাস চলবে।", {"ঢাকা", "চট্টগ্রামে"}),
        ("uk", "Потяг із Харкова прибув до Києва.", {"Харкова", "Києва"}),
        ("el", "Το πλοίο έφτασε στην Αθήνα.", {"Αθήνα"}),
    ],
)
def test_great_cities_are_found_where_no_model_reads_the_language(language, body, names):
    assert model_language(language) is None
    assert {mention.name for mention in find_names("", body, language).places} == names


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("ar", "المدينة كبيرة، والسنة الجديدة باردة، وقال كريم إن الميدان واسع."),
        ("fa", "دوشنبه هوا سرد است و احمدی در میدان ایستاد."),
        ("bn", "কালি ও তুলা কিনলেন পার্থ।"),
        ("uk", "Флоренс Вашингтон прийшла."),
        ("uk", "Зустріч від Мадрид Опен перенесли."),
    ],
)
def test_words_that_also_name_a_city_are_left_alone(language, body):
    assert find_names("", body, language).places == ()


def test_forms_of_one_place_are_one_mention():
    body = "Гости стижу из Новог Сада. Фестивал је у Новом Саду, а Нови Сад чека."
    spans = [(15, 25, "LOC"), (41, 51, "LOC"), (55, 63, "LOC")]
    found = find_names("", body, "sr", tagger=lambda text: spans if text else [])
    assert [(mention.count, mention.country) for mention in found.places] == [(3, "RS")]
    assert len(found.entities) == 3
