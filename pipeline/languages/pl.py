"""Polish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="pl",
    name="Polish",
    analyzer="standard",
    related={
        "czytaj_takze": (
            "czytaj także",
            "czytaj też",
            "czytaj również",
            "czytaj więcej",
            "przeczytaj także",
            "przeczytaj też",
            "przeczytaj również",
            "zobacz także",
            "zobacz też",
            "zobacz również",
            "zobacz więcej",
            "czytaj dalej",
            "polecamy",
            "powiązane artykuły",
            "powiązane",
            "podobne artykuły",
            "warto przeczytać",
            "sprawdź również",
            "sprawdź też",
            "najczęściej czytane",
        ),
    },
    promotion={
        "newsletter": (
            "(zapisz się|zaprenumeruj|subskrybuj) …",
            "zapisz się do newslettera …",
            "otrzymuj (najważniejsze|codziennie|nasz) …",
            "dołącz do (nas|grona|kanału|naszego) …",
            "dalsza część artykułu …",
            "treść dostępna tylko dla …",
        ),
        "follow": (
            "(obserwuj|polub|śledź) (nas|nasz|profil|nasze) …",
            "obserwuj nas …",
            "(znajdź|śledź) nas na …",
            "pobierz (aplikację|naszą) …",
            "kliknij (tutaj|i) …",
        ),
        "advertisement": (
            "reklama$",
            "dalsza część (artykułu|tekstu) pod …",
            "artykuł sponsorowany$",
            "materiał sponsorowany$",
        ),
        "share": (
            "udostępnij$",
            "udostępnij (artykuł|na) …",
            "komentarze$",
            "skomentuj$",
        ),
    },
    credit={
        "zrodlo": (
            "źródło",
            "źródła",
            "na podstawie",
        ),
    },
    byline={
        "autor": (
            "autor",
            "autorka",
            "autorzy",
            "tekst",
            "opracowanie",
            "opracował …",
            "opracowała …",
        ),
    },
    editorial={
        "foto": (
            "fot.",
            "fot. …$",
            "foto",
            "zdjęcie",
            "zdjęcia",
            "grafika",
        ),
        "prawa": (
            "wszelkie prawa zastrzeżone …",
            "wszelkie prawa zastrzeżone$",
        ),
        "redakcja": (
            "redakcja",
            "oprac.",
            "oprac. …$",
        ),
        "czas": (
            "czas czytania …",
            "aktualizacja",
            "data publikacji",
        ),
    },
    months=(
        "stycznia|sty|styczeń",
        "lutego|lut|luty",
        "marca|mar|marzec",
        "kwietnia|kwi|kwiecień",
        "maja|maj",
        "czerwca|cze|czerwiec",
        "lipca|lip|lipiec",
        "sierpnia|sie|sierpień",
        "września|wrz|wrzesień",
        "października|paź|październik",
        "listopada|lis|listopad",
        "grudnia|gru|grudzień",
    ),
    dateline_places=(
        "warszawa",
        "kraków",
        "gdańsk",
        "wrocław",
        "poznań",
        "łódź",
        "lublin",
        "katowice",
        "szczecin",
        "bruksela",
    ),
)
