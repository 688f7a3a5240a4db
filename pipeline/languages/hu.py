"""Hungarian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="hu",
    name="Hungarian",
    analyzer="hungarian",
    related={
        "olvassa_el": (
            "olvassa el ezt is",
            "olvasd el ezt is",
            "ezt is olvassa el",
            "ezt olvasta már",
            "ezt olvastad már",
            "olvasta már",
            "olvastad már",
            "kapcsolódó cikkek",
            "kapcsolódó cikk",
            "kapcsolódó",
            "kapcsolódó cikkeink",
            "további cikkek",
            "legolvasottabb",
            "bővebben",
            "további részletek",
            "ajánlott cikkek",
            "ajánljuk még",
            "érdekelheti",
            "nézze meg ezt is",
        ),
    },
    promotion={
        "newsletter": (
            "iratkozzon fel … (hírlevelünkre|hírlevélre|csatornánkra)",
            "iratkozz fel … (hírlevelünkre|hírlevélre|csatornánkra)",
            "(már előfizető|fizessen elő|fizess elő) …",
            "a cikk folytatásához …",
        ),
        "follow": (
            "kövessen (minket|bennünket) …",
            "kövess (minket|bennünket) …",
            "(csatlakozzon|csatlakozz) … (facebook|viber|telegram|whatsapp) …",
        ),
        "app": (
            "töltse le (alkalmazásunkat|az alkalmazást|applikációnkat) …",
            "töltsd le (alkalmazásunkat|az alkalmazást|applikációnkat) …",
            "töltse le (alkalmazásunkat|az alkalmazást|applikációnkat)$",
        ),
        "advertisement": (
            "hirdetés$",
            "reklám$",
            "a cikk (a hirdetés|hirdetés) után folytatódik …",
            "a cikk (a hirdetés|hirdetés) után folytatódik$",
            "szponzorált tartalom$",
            "támogatott tartalom$",
        ),
        "share": (
            "megosztás$",
            "megosztás (facebookon|twitteren|e-mailben)$",
            "ossza meg (a cikket|cikkünket) …",
            "oszd meg (a cikket|cikkünket) …",
            "hozzászólások$",
            "nyomtatás$",
            "link másolása$",
        ),
        "cookies": ("(ez a weboldal|oldalunk|weboldalunk) sütiket (használ|használnak) …",),
    },
    credit={
        "forras": (
            "forrás",
            "források",
        ),
    },
    byline={
        "szerzo": (
            "szerző",
            "szerzők",
            "írta",
            "szöveg",
            "újságíró",
        ),
    },
    editorial={
        "foto": (
            "fotó",
            "fotók",
            "kép",
            "képek",
            "nyitókép",
            "kiemelt kép",
            "borítókép",
            "fényképezte",
        ),
        "szerkeszto": (
            "szerkesztő",
            "szerkesztette",
            "főszerkesztő",
        ),
        "jogok": (
            "minden jog fenntartva …",
            "minden jog fenntartva$",
        ),
        "ido": (
            "olvasási idő",
            "frissítve",
            "frissítés",
            "megjelent",
            "közzétéve",
        ),
        "tags": ("címkék",),
    },
    months=(
        "január|jan",
        "február|febr",
        "március|márc",
        "április|ápr",
        "május|máj",
        "június|jún",
        "július|júl",
        "augusztus|aug",
        "szeptember|szept",
        "október|okt",
        "november|nov",
        "december|dec",
    ),
)
