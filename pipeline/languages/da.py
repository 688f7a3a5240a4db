"""Danish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="da",
    name="Danish",
    analyzer="danish",
    related={
        "laes_ogsaa": (
            "læs også",
            "læs mere",
            "læs videre",
            "læs mere her",
            "se også",
            "hør også",
            "relaterede artikler",
            "relateret",
            "relateret indhold",
            "mere om emnet",
            "mere om samme emne",
            "anbefalede artikler",
            "mest læste",
            "læs hele artiklen",
        ),
    },
    promotion={
        "newsletter": (
            "(tilmeld dig|skriv dig op til|abonner på) (vores|dagens|det daglige|det gratis|nyhedsbrevet) …",
            "få (de vigtigste|de seneste|dagens|alle) nyheder … (nyhedsbrev|indbakke|mobil|app|mail)",
            "(bliv abonnent|allerede abonnent|er du abonnent) …",
            "log ind for at læse …",
            "støt uafhængig journalistik …",
        ),
        "follow": (
            "følg os på …",
            "følg (med|nyhederne) … (facebook|instagram|x|linkedin|whatsapp|youtube|tiktok)$",
        ),
        "app": (
            "(hent|download) (vores |)(app|appen|app'en) …",
            "(hent|download) (vores |)(app|appen|app'en)$",
        ),
        "advertisement": (
            "annonce$",
            "annoncer$",
            "artiklen fortsætter (efter|under|nedenfor) …",
            "fortsætter efter annoncen$",
            "betalt indhold$",
            "sponsoreret indhold$",
        ),
        "share": (
            "del artiklen …",
            "del artiklen$",
            "del (denne|på) (artikel|facebook|twitter|x|linkedin|mail)$",
            "del:$",
            "kommentarer$",
            "udskriv$",
            "kopier link$",
            "har du et tip …",
        ),
        "cookies": ("vi bruger cookies …",),
    },
    credit={
        "kilde": (
            "kilde",
            "kilder",
            "med materiale fra …",
        ),
    },
    byline={
        "af": (
            "af",
            "skrevet af …",
            "tekst",
            "journalist",
        ),
    },
    editorial={
        "foto": (
            "foto",
            "fotos",
            "arkivfoto",
            "billede",
            "grafik",
            "fotograf",
        ),
        "redaktion": (
            "redaktør",
            "redigeret af …",
            "ansvarshavende redaktør",
        ),
        "rettigheder": (
            "alle rettigheder forbeholdes …",
            "alle rettigheder forbeholdes$",
        ),
        "tid": (
            "læsetid",
            "opdateret",
            "publiceret",
            "udgivet",
            "offentliggjort",
        ),
        "rettelse": ("(artiklen|denne artikel) (er|blev) (opdateret|rettet) …",),
        "tags": ("emneord",),
    },
    months=(
        "januar|jan",
        "februar|feb",
        "marts|mar",
        "april|apr",
        "maj",
        "juni|jun",
        "juli|jul",
        "august|aug",
        "september|sep",
        "oktober|okt",
        "november|nov",
        "december|dec",
    ),
)
