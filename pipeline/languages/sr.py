"""Serbian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sr",
    name="Serbian",
    analyzer="standard",
    months=(
        "јануар|јан",
        "фебруар|феб",
        "март|мар",
        "април|апр",
        "мај",
        "јун",
        "јул",
        "август|авг",
        "септембар|сеп",
        "октобар|окт",
        "новембар|нов",
        "децембар|дец",
    ),
    unlike={
        "hr": (
            "šta ko gde uvek pre posle lepo mesto mesta vreme reč deo ceo hiljada hiljade hiljadu opština opštine "
            "saopštio saopštenje saopštila evropski evropske evropska avgusta januara februara marta aprila maja "
            "juna jula septembra oktobra novembra decembra predsednik predsednika predsednica deca dece svet "
            "sveta svetu videti ovde tokom železnica vazduh bezbednost bezbednosti nedelja nedelje muzika "
            "univerzitet fudbal fudbaler avion voz tačno takođe uslov uslovi izveštaj izveštaja porodica porodice "
            "kompanija kompanije pozorište istorija nauka naučnik saradnja uprkos zahtev zahtevi dve dvesta "
            "nemačka nemački rešenje promena promene veće saveta vesti mera mere meseca mesec primer sednica "
            "sednice cena cene reči okrug okruga veka protest protesti krivični sudija direktor privreda "
            "privredni selektor beograd beogradu srbija srbije srbiji vojvodina evra dinara lekar lekari"
        ),
    },
)
