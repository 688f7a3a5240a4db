"""Italian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="it",
    name="Italian",
    analyzer="italian",
    related={
        "leggi_anche": (
            "leggi anche",
            "leggi di più",
            "leggi tutto",
            "legge anche",
            "guarda anche",
            "vedi anche",
            "per approfondire",
            "approfondimenti",
            "approfondisci",
            "potrebbe interessarti",
            "potrebbero interessarti",
            "articoli correlati",
            "notizie correlate",
            "ti potrebbe interessare",
            "potrebbe interessarti anche",
            "continua a leggere",
            "i più letti",
            "correlati",
            "ascolta anche",
        ),
    },
    promotion={
        "newsletter": (
            "iscriviti (alla|al|ora|qui|gratis|alle) …",
            "abbonati (a|per|ora|qui|subito) …",
            "ricevi (le|la|ogni|gratis|tutte) … (newsletter|notizie|email|mail|whatsapp)",
            "per continuare a leggere …",
            "contenuto riservato agli abbonati …",
        ),
        "follow": (
            "(seguici|segui) (su|anche su|sui|il|la|le|i) … (whatsapp|telegram|facebook|twitter|instagram|google|youtube|canale|pagina|social)",
            "seguici su …",
            "entra nel (canale|gruppo) …",
            "unisciti al (canale|nostro) …",
            "scarica l'app …",
            "scarica (la nostra|gratis) …",
            "clicca qui …",
        ),
        "advertisement": (
            "pubblicità$",
            "annuncio$",
            "continua dopo la pubblicità$",
            "contenuto sponsorizzato$",
        ),
        "share": (
            "condividi (su|l'articolo|questo) …",
            "condividi$",
            "commenti$",
            "riproduzione riservata …",
        ),
    },
    credit={
        "fonte": (
            "fonte",
            "fonti",
        ),
    },
    byline={
        "di": (
            "di",
            "a cura di …",
            "autore",
            "articolo di …",
        ),
    },
    editorial={
        "diritti": (
            "(© |)riproduzione riservata$",
            "tutti i diritti riservati …",
            "tutti i diritti riservati$",
            "© riproduzione riservata …",
            "riproduzione riservata ©$",
        ),
        "foto": (
            "foto",
            "immagine",
            "crediti",
            "credit",
            "foto di …$",
            "video",
        ),
        "lettura": (
            "tempo di lettura …",
            "ultimo aggiornamento",
            "pubblicato",
        ),
    },
    months=(
        "gennaio|gen",
        "febbraio|feb",
        "marzo|mar",
        "aprile|apr",
        "maggio|mag",
        "giugno|giu",
        "luglio|lug",
        "agosto|ago",
        "settembre|set",
        "ottobre|ott",
        "novembre|nov",
        "dicembre|dic",
    ),
    dateline_places=(
        "roma",
        "milano",
        "napoli",
        "torino",
        "palermo",
        "genova",
        "bologna",
        "firenze",
        "venezia",
        "bari",
        "catania",
        "bruxelles",
    ),
)
