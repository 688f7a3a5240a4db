"""Norwegian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="nb",
    name="Norwegian",
    analyzer="norwegian",
    related={
        "les_ogsa": (
            "les også",
            "les mer",
            "les videre",
            "se også",
            "hør også",
            "relaterte artikler",
            "relatert",
            "relaterte saker",
            "flere saker",
            "mer om saken",
            "mer om emnet",
            "mest lest",
            "les hele saken",
        ),
    },
    promotion={
        "newsletter": (
            "(abonner på|meld deg på|meld deg på) (vårt|våre|det|dagens|nyhetsbrevet) …",
            "få (de viktigste|de siste|dagens) nyhetene … (nyhetsbrev|innboks|innboksen|mobilen|app|e-post)",
            "(bli abonnent|allerede abonnent|er du abonnent) …",
            "logg inn for å lese …",
        ),
        "follow": (
            "følg oss på …",
            "følg (oss|nyhetene) … (facebook|instagram|x|linkedin|whatsapp|youtube|tiktok)$",
        ),
        "app": (
            "last ned (vår app|appen) …",
            "last ned (vår app|appen)$",
        ),
        "advertisement": (
            "annonse$",
            "annonser$",
            "annonsørinnhold$",
            "saken fortsetter (etter|under|nedenfor) …",
            "artikkelen fortsetter (etter|under|nedenfor) …",
            "betalt innhold$",
        ),
        "share": (
            "del (saken|artikkelen) …",
            "del (saken|artikkelen)$",
            "del (på|via) (facebook|twitter|x|linkedin|e-post|whatsapp)$",
            "kommentarer$",
            "skriv ut$",
            "kopier lenke$",
            "tips oss …",
            "har du et tips til oss …",
        ),
        "cookies": ("vi bruker (cookies|informasjonskapsler) …",),
    },
    credit={
        "kilde": (
            "kilde",
            "kilder",
            "med stoff fra …",
        ),
    },
    byline={
        "av": (
            "av",
            "tekst",
            "skrevet av …",
            "journalist",
        ),
    },
    editorial={
        "foto": (
            "foto",
            "bilde",
            "arkivfoto",
            "grafikk",
            "illustrasjon",
            "fotograf",
        ),
        "redaksjon": (
            "redaktør",
            "redigert av …",
            "ansvarlig redaktør",
        ),
        "rettigheter": (
            "alle rettigheter forbeholdt …",
            "alle rettigheter forbeholdt$",
        ),
        "tid": (
            "lesetid",
            "oppdatert",
            "publisert",
            "sist oppdatert",
        ),
        "rettelse": ("(saken|artikkelen|denne saken|denne artikkelen) (er|har blitt|ble) (oppdatert|rettet) …",),
        "tags": ("emneord",),
    },
    months=(
        "januar|jan",
        "februar|feb",
        "mars|mar",
        "april|apr",
        "mai",
        "juni|jun",
        "juli|jul",
        "august|aug",
        "september|sep",
        "oktober|okt",
        "november|nov",
        "desember|des",
    ),
    pronouns=("han", "hun"),
    saying=(
        "sier",
        "sa",
        "forteller",
        "fortalte",
        "forklarer",
        "forklarte",
        "opplyser",
        "opplyste",
        "skriver",
        "skrev",
        "mener",
        "uttaler",
        "uttalte",
    ),
)
