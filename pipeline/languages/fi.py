"""Finnish."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="fi",
    name="Finnish",
    analyzer="finnish",
    related={
        "lue_myos": (
            "lue myös",
            "lue lisää",
            "lue seuraavaksi",
            "katso myös",
            "katso video",
            "kuuntele myös",
            "aiheesta lisää",
            "aiheeseen liittyvää",
            "lisää aiheesta",
            "luetuimmat",
            "suosittelemme",
            "lue koko juttu",
        ),
    },
    promotion={
        "newsletter": (
            "tilaa (uutiskirje|uutiskirjeemme|maksuton uutiskirje|ilmainen uutiskirje) …",
            "tilaa (uutiskirje|uutiskirjeemme|maksuton uutiskirje|ilmainen uutiskirje)$",
            "(oletko jo tilaaja|tilaa digi|jo tilaaja) …",
            "kirjaudu sisään (lukeaksesi|jatkaaksesi) …",
            "saat (tärkeimmät|päivän|tuoreimmat) uutiset … (sähköpostiisi|puhelimeesi|uutiskirje)",
        ),
        "follow": (
            "seuraa meitä …",
            "seuraa (meitä|uutisia) … (facebookissa|instagramissa|x:ssä|whatsappissa|telegramissa)",
        ),
        "app": (
            "lataa (sovelluksemme|sovellus|uutissovellus|mobiilisovellus) …",
            "lataa (sovelluksemme|sovellus|uutissovellus|mobiilisovellus)$",
        ),
        "advertisement": (
            "mainos$",
            "mainokset$",
            "juttu jatkuu (mainoksen|kuvan|videon) …",
            "artikkeli jatkuu (mainoksen|kuvan|videon) …",
            "kaupallinen yhteistyö$",
        ),
        "share": (
            "jaa (artikkeli|juttu|uutinen) …",
            "jaa (artikkeli|juttu|uutinen)$",
            "jaa (facebookissa|twitterissä|x:ssä|whatsappissa|sähköpostilla)$",
            "jaa$",
            "kommentit$",
            "kommentoi$",
            "tulosta$",
            "kopioi linkki$",
            "lähetä uutisvinkki …",
        ),
        "cookies": ("(käytämme|sivusto käyttää) evästeitä …",),
    },
    credit={
        "lahde": (
            "lähde",
            "lähteet",
        ),
    },
    byline={
        "teksti": (
            "teksti",
            "kirjoittaja",
            "toimittaja",
        ),
    },
    editorial={
        "kuva": (
            "kuva",
            "kuvat",
            "valokuva",
            "arkistokuva",
            "grafiikka",
            "kuvateksti",
            "kuvaaja",
        ),
        "toimitus": (
            "päätoimittaja",
            "toimittanut …",
        ),
        "oikeudet": (
            "kaikki oikeudet pidätetään …",
            "kaikki oikeudet pidätetään$",
        ),
        "aika": (
            "lukuaika",
            "päivitetty",
            "julkaistu",
        ),
        "oikaisu": (
            "(juttua|artikkelia) (on |)(päivitetty|korjattu) …",
            "(juttua|artikkelia) (on |)(päivitetty|korjattu)$",
        ),
        "tags": (
            "avainsanat",
            "asiasanat",
        ),
    },
    months=(
        "tammikuuta|tammi|tammikuu",
        "helmikuuta|helmi|helmikuu",
        "maaliskuuta|maalis|maaliskuu",
        "huhtikuuta|huhti|huhtikuu",
        "toukokuuta|touko|toukokuu",
        "kesäkuuta|kesä|kesäkuu",
        "heinäkuuta|heinä|heinäkuu",
        "elokuuta|elo|elokuu",
        "syyskuuta|syys|syyskuu",
        "lokakuuta|loka|lokakuu",
        "marraskuuta|marras|marraskuu",
        "joulukuuta|joulu|joulukuu",
    ),
    pronouns=("hän",),
    saying=(
        "sanoo",
        "sanoi",
        "kertoo",
        "kertoi",
        "toteaa",
        "totesi",
        "kommentoi",
        "kirjoittaa",
        "kirjoitti",
        "muistuttaa",
        "muistutti",
        "arvioi",
        "korostaa",
        "korosti",
        "lisäsi",
    ),
)
