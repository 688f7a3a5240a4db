"""Serbian in both scripts: the same names of the same text, reported as they stand in it."""

from __future__ import annotations

import pytest

from pipeline.ner.document import Names, find_names
from pipeline.ner.serbian import latin

TEXTS = [
    (
        "Градоначелник Новог Сада Милан Ђурић посетио је Љубљану.\nЂурић је рекао да ће мост бити готов до јуна. "
        "У Београду га је дочекала Вера Џаковић из Министарства културе.",
        "Gradonačelnik Novog Sada Milan Đurić posetio je Ljubljanu.\nĐurić je rekao da će most biti gotov do juna. "
        "U Beogradu ga je dočekala Vera Džaković iz Ministarstva kulture.",
    ),
    (
        "Делегација из Немачке стигла је у Ниш. Амбасадор Њемачке Петер Келер разговарао је са Љиљаном Станковић.\n"
        "Станковић је најавила да Црна Гора и Мађарска улажу у пругу Београд – Будимпешта.",
        "Delegacija iz Nemačke stigla je u Niš. Ambasador Njemačke Peter Keler razgovarao je sa Ljiljanom Stanković.\n"
        "Stanković je najavila da Crna Gora i Mađarska ulažu u prugu Beograd – Budimpešta.",
    ),
    (
        "Фудбалери Партизана победили су Железничар у Сарајеву. Тренер Иван Љубојевић честитао је играчима, "
        "а Љубојевић остаје у клубу.",
        "Fudbaleri Partizana pobedili su Železničar u Sarajevu. Trener Ivan Ljubojević čestitao je igračima, "
        "a Ljubojević ostaje u klubu.",
    ),
]


def spans(found: Names) -> list[tuple[str, str]]:
    return [(latin(entity.text), entity.label) for entity in found.entities]


def mentions(found: Names) -> list[set[tuple[object, ...]]]:
    return [
        {(latin(mention.name), mention.count, mention.uri, mention.country) for mention in kind}
        for kind in (found.people, found.organisations, found.places)
    ]


@pytest.mark.parametrize(("cyrillic", "roman"), TEXTS, ids=("mayor", "railway", "football"))
def test_both_scripts_give_the_same_names(cyrillic: str, roman: str) -> None:
    assert "".join(map(latin, cyrillic.split(" "))) == roman.replace(" ", "")
    found = find_names("", cyrillic, "sr")
    assert len(found.entities) >= 4
    assert spans(found) == spans(find_names("", roman, "sr"))
    assert mentions(found) == mentions(find_names("", roman, "sr"))


@pytest.mark.parametrize(("cyrillic", "roman"), TEXTS, ids=("mayor", "railway", "football"))
def test_names_are_reported_as_they_stand_in_the_text(cyrillic: str, roman: str) -> None:
    for text in (cyrillic, roman):
        for entity in find_names("", text, "sr").entities:
            assert text[entity.start : entity.end] == entity.text


def test_a_country_in_an_oblique_case_keeps_the_script() -> None:
    assert [place.name for place in find_names("", "Стигли су из Немачке и Шпаније.", "sr").places] == [
        "Немачка",
        "Шпанија",
    ]
    assert [place.name for place in find_names("", "Stigli su iz Nemačke i Španije.", "sr").places] == [
        "Nemačka",
        "Španija",
    ]


def test_letters_that_become_two_keep_their_case() -> None:
    assert [latin(word) for word in ("Љубљана", "ЊЕГОШ", "Џ", "Đurić", "abc")] == [
        "Ljubljana",
        "NJEGOŠ",
        "Dž",
        "Đurić",
        "abc",
    ]
