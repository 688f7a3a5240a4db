"""Dutch."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="nl",
    name="Dutch",
    analyzer="dutch",
    related={
        "lees_ook": (
            "lees ook",
            "lees verder",
            "lees meer",
            "bekijk ook",
            "kijk ook",
            "luister ook",
            "zie ook",
            "meer over dit onderwerp",
            "meer over",
            "gerelateerd",
            "gerelateerde artikelen",
            "ook interessant",
            "aanbevolen",
            "meest gelezen",
        ),
    },
    promotion={
        "newsletter": (
            "(abonneer je|abonneer u|schrijf je in|schrijf u in|meld je aan|meld u aan) (op|voor|nu|hier) …",
            "ontvang (onze|de|elke|dagelijks|gratis) …",
            "word abonnee …",
            "dit artikel is alleen voor abonnees …",
            "om verder te lezen …",
        ),
        "follow": (
            "volg (ons|onze|het) … (whatsapp|telegram|facebook|twitter|instagram|google|youtube|tiktok|kanaal|x)",
            "volg ons op …",
            "download (de|onze) … app …",
            "download (de|onze) app …",
            "klik hier (om|voor) …",
        ),
        "advertisement": (
            "advertentie$",
            "tekst gaat (verder|door) (onder|na) …",
            "lees verder (onder|na) de advertentie$",
            "artikel gaat (verder|door) onder …",
            "gesponsord$",
        ),
        "share": (
            "deel (dit artikel|op|via) …",
            "delen$",
            "deel dit artikel$",
            "reacties$",
            "reageer$",
        ),
    },
    credit={
        "bron": (
            "bron",
            "bronnen",
        ),
    },
    byline={
        "door": (
            "door",
            "auteur",
            "tekst",
        ),
    },
    editorial={
        "foto": (
            "foto",
            "beeld",
            "fotograaf",
            "foto's",
        ),
        "rechten": (
            "alle rechten voorbehouden …",
            "alle rechten voorbehouden$",
        ),
        "leestijd": (
            "leestijd …",
            "laatst bijgewerkt",
            "gepubliceerd",
            "bijgewerkt",
        ),
        "redactie": (
            "eindredactie",
            "redactie",
        ),
    },
    months=(
        "januari|jan",
        "februari|feb",
        "maart|mrt",
        "april|apr",
        "mei",
        "juni|jun",
        "juli|jul",
        "augustus|aug",
        "september|sep",
        "oktober|okt",
        "november|nov",
        "december|dec",
    ),
    dateline_places=(
        "amsterdam",
        "den haag",
        "rotterdam",
        "utrecht",
        "eindhoven",
        "groningen",
        "brussel",
        "antwerpen",
        "gent",
        "arnhem",
        "nijmegen",
        "maastricht",
        "hilversum",
    ),
)
