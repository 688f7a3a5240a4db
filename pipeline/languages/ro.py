"""Romanian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="ro",
    name="Romanian",
    analyzer="romanian",
    related={
        "citeste_si": (
            "citește și",
            "citiți și",
            "citeste si",
            "citiți mai mult",
            "citește mai mult",
            "mai mult despre",
            "vezi și",
            "vedeți și",
            "articole similare",
            "articole recomandate",
            "știri similare",
            "pe aceeași temă",
            "cele mai citite",
            "te-ar putea interesa",
            "ascultă și",
        ),
    },
    promotion={
        "newsletter": (
            "(abonează-te|abonați-vă|abonează-te acum|înscrie-te) (la|gratuit|acum) …",
            "(primește|primiți) (cele mai|știrile|gratuit) … (newsletter|newsletterul|email|e-mail|whatsapp|telegram)",
            "(ești deja abonat|sunteți deja abonat|ai deja cont) …",
        ),
        "follow": (
            "(urmărește-ne|urmăriți-ne) (pe|și) …",
            "(urmărește|urmăriți) (știrile|ultimele) … pe (google news|facebook|instagram|whatsapp|telegram|youtube|tiktok)",
            "alătură-te … (whatsapp|telegram|facebook)",
        ),
        "app": (
            "(descarcă|descărcați|instalează) aplicația (noastră|gratuită|mobilă) …",
            "(descarcă|descărcați|instalează) aplicația$",
        ),
        "advertisement": (
            "publicitate$",
            "reclamă$",
            "articolul continuă (după|mai jos) …",
            "conținut sponsorizat$",
            "advertorial$",
        ),
        "share": (
            "distribuie (articolul|acest articol|pe facebook|pe whatsapp) …",
            "distribuie (articolul|acest articol|pe facebook|pe whatsapp)$",
            "distribuie$",
            "comentarii$",
            "printează$",
            "trimite pe whatsapp$",
            "copiază linkul$",
        ),
        "cookies": (
            "acest site (folosește|utilizează) cookie …",
            "folosim cookie …",
        ),
    },
    credit={
        "sursa": (
            "sursa",
            "sursă",
            "surse",
            "sursa foto și text",
        ),
    },
    byline={
        "autor": (
            "autor",
            "autori",
            "scris de …",
            "text de …",
            "redactor",
            "reporter",
        ),
    },
    editorial={
        "foto": (
            "foto",
            "sursa foto",
            "fotografie",
            "credit foto",
            "imagine",
            "captură",
        ),
        "redactia": (
            "editor",
            "editat de …",
            "redactor-șef",
        ),
        "drepturi": (
            "toate drepturile rezervate …",
            "toate drepturile rezervate$",
            "toate drepturile sunt rezervate$",
        ),
        "timp": (
            "timp de citire",
            "timp de lectură",
            "actualizat",
            "publicat",
            "data publicării",
            "data actualizării",
        ),
        "corectura": ("(articolul|știrea) a fost (actualizat|actualizată|corectat) …",),
        "tags": ("etichete",),
    },
    months=(
        "ianuarie|ian",
        "februarie|feb",
        "martie|mar",
        "aprilie|apr",
        "mai",
        "iunie|iun",
        "iulie|iul",
        "august|aug",
        "septembrie|sept",
        "octombrie|oct",
        "noiembrie|nov",
        "decembrie|dec",
    ),
    pronouns=("el", "ea"),
    drops_pronouns=True,
    saying=(
        "a declarat",
        "a spus",
        "a afirmat",
        "a precizat",
        "a adăugat",
        "a explicat",
        "a anunțat",
        "a subliniat",
        "spune",
        "susține",
        "povestește",
        "a transmis",
    ),
)
