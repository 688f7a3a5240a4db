"""Swedish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sv",
    name="Swedish",
    analyzer="swedish",
    related={
        "las_ocksa": (
            "läs också",
            "läs även",
            "läs mer",
            "läs vidare",
            "se även",
            "se också",
            "relaterade artiklar",
            "relaterat",
            "mer om ämnet",
            "mer i ämnet",
            "mest läst",
            "läs hela artikeln",
        ),
    },
    promotion={
        "newsletter": (
            "(prenumerera på|anmäl dig till|skriv upp dig på) (vårt|våra|det|dagens|nyhetsbrevet) …",
            "få (de viktigaste|de senaste|dagens) nyheterna … (nyhetsbrev|inkorg|mobil|mobilen|app|mejlen)",
            "(bli prenumerant|redan prenumerant|är du prenumerant) …",
            "logga in för att läsa …",
        ),
        "follow": (
            "följ oss på …",
            "följ (oss|nyheterna) … (facebook|instagram|x|linkedin|whatsapp|youtube|tiktok)$",
        ),
        "app": (
            "ladda (ner|ned|hem) (vår app|appen) …",
            "ladda (ner|ned|hem) (vår app|appen)$",
        ),
        "advertisement": (
            "annons$",
            "annonser$",
            "annons:$",
            "artikeln fortsätter (efter|under|nedanför) …",
            "betalt innehåll$",
            "sponsrat innehåll$",
        ),
        "share": (
            "dela artikeln …",
            "dela artikeln$",
            "dela (på|via) (facebook|twitter|x|linkedin|mejl|whatsapp)$",
            "dela:$",
            "dela$",
            "kommentarer$",
            "skriv ut$",
            "kopiera länk$",
            "tipsa oss …",
            "har du ett tips …",
        ),
        "cookies": (
            "vi använder cookies …",
            "vi använder kakor …",
        ),
    },
    credit={
        "kalla": (
            "källa",
            "källor",
            "med material från …",
        ),
    },
    byline={
        "av": (
            "av",
            "text",
            "skriven av …",
            "reporter",
            "journalist",
        ),
    },
    editorial={
        "foto": (
            "foto",
            "foton",
            "arkivbild",
            "bild",
            "grafik",
            "bildtext",
            "fotograf",
        ),
        "redaktion": (
            "redaktör",
            "redigerad av …",
            "ansvarig utgivare",
        ),
        "rattigheter": (
            "alla rättigheter förbehållna …",
            "alla rättigheter förbehållna$",
        ),
        "tid": (
            "lästid",
            "uppdaterad",
            "publicerad",
            "publicerat",
        ),
        "rattelse": ("(artikeln|den här artikeln) har (uppdaterats|rättats|korrigerats) …",),
        "tags": ("ämnesord",),
    },
    months=(
        "januari|jan",
        "februari|feb",
        "mars",
        "april|apr",
        "maj",
        "juni",
        "juli",
        "augusti|aug",
        "september|sep",
        "oktober|okt",
        "november|nov",
        "december|dec",
    ),
    pronouns=("han", "hon"),
    saying=(
        "säger",
        "sade",
        "sa",
        "berättar",
        "berättade",
        "förklarar",
        "förklarade",
        "tillägger",
        "tillade",
        "uppger",
        "uppgav",
        "skriver",
        "skrev",
        "menar",
        "hävdar",
    ),
)
