"""Slovak."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sk",
    name="Slovak",
    analyzer="standard",
    related={
        "citajte_tiez": (
            "čítajte tiež",
            "čítajte aj",
            "čítajte viac",
            "prečítajte si aj",
            "prečítajte si tiež",
            "prečítajte si viac",
            "pozrite aj",
            "pozrite si aj",
            "súvisiace články",
            "súvisiace",
            "súvisiaci článok",
            "mohlo by vás zaujímať",
            "najčítanejšie",
            "odporúčame",
            "viac k téme",
            "ďalšie články",
        ),
    },
    promotion={
        "newsletter": (
            "(prihláste sa na|prihláste sa do|odoberajte) (odber|nášho|náš|newsletter|newslettera) …",
            "(máte predplatné|už ste predplatiteľ|ste predplatiteľ|predplaťte si) …",
            "dostávajte … (e-mailom|na e-mail|do e-mailu|do schránky)",
        ),
        "follow": (
            "sledujte nás (na|aj) …",
            "(sledujte|nájdete) nás … (facebooku|instagrame|twitteri|x|whatsappe|youtube|telegrame)",
        ),
        "app": (
            "stiahnite si (našu|mobilnú|aplikáciu) …",
            "stiahnite si (našu |mobilnú |)aplikáciu$",
        ),
        "advertisement": (
            "reklama$",
            "inzercia$",
            "článok pokračuje (pod|za|po) …",
            "pokračovanie článku (pod|za|po) …",
        ),
        "share": (
            "zdieľať (článok|na facebooku|na twitteri|na x)$",
            "zdieľajte (článok|tento článok) …",
            "zdieľať$",
            "komentáre$",
            "vytlačiť$",
            "kopírovať odkaz$",
        ),
        "cookies": (
            "táto stránka používa (súbory |)cookies …",
            "používame (súbory |)cookies …",
        ),
    },
    credit={
        "zdroj": (
            "zdroj",
            "zdroje",
        ),
    },
    byline={
        "autor": (
            "autor",
            "autori",
            "autorka",
            "text",
            "napísal …",
            "napísala …",
            "redaktor",
            "redaktorka",
        ),
    },
    editorial={
        "foto": (
            "foto",
            "fotografia",
            "ilustračné foto",
            "ilustračné foto$",
            "ilustračná snímka",
            "zdroj foto",
            "snímka",
        ),
        "redakcia": (
            "editor",
            "editoval …",
            "šéfredaktor",
        ),
        "prava": (
            "všetky práva vyhradené …",
            "všetky práva vyhradené$",
            "publikovanie alebo ďalšie šírenie … zakázané",
        ),
        "cas": (
            "čas čítania",
            "doba čítania",
            "aktualizované",
            "publikované",
            "zverejnené",
        ),
        "oprava": (
            "článok (bol|sme) (aktualizovaný|aktualizovali|opravený|doplnený) …",
            "článok (bol|sme) (aktualizovaný|aktualizovali|opravený|doplnený)$",
        ),
        "tags": ("kľúčové slová",),
    },
    months=(
        "januára|jan|január",
        "februára|feb|február",
        "marca|mar|marec",
        "apríla|apr|apríl",
        "mája|máj",
        "júna|jún",
        "júla|júl",
        "augusta|aug|august",
        "septembra|sep|september",
        "októbra|okt|október",
        "novembra|nov|november",
        "decembra|dec|december",
    ),
    pronouns=("on", "ona"),
    drops_pronouns=True,
    saying=(
        "povedal",
        "povedala",
        "uviedol",
        "uviedla",
        "dodal",
        "dodala",
        "vyhlásil",
        "vyhlásila",
        "hovorí",
        "vysvetlil",
        "vysvetlila",
        "oznámil",
        "oznámila",
    ),
)
