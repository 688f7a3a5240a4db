"""Swahili."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="sw",
    name="Swahili",
    analyzer="standard",
    related={
        "soma_pia": (
            "soma pia",
            "soma zaidi",
            "tazama pia",
            "habari zinazohusiana",
            "habari nyingine",
            "soma hapa",
            "makala zinazohusiana",
            "unaweza pia kusoma",
            "soma",
            "sikiliza pia",
            "zinazohusiana",
        ),
    },
    promotion={
        "channel": (
            "(jiunge|jiunga|fuata|tufuate|tufuatilie) (nasi|na|ukurasa|kwenye|katika|chaneli|kupitia) …",
            "tufuate (kwenye|katika) …",
            "pakua (programu|app) …",
            "jisajili (kupata|kwa|hapa|ili) …",
            "bonyeza hapa …",
            "pata habari … (whatsapp|telegram|barua pepe|simu)",
        ),
        "advertisement": (
            "tangazo$",
            "matangazo$",
            "tangazo linaendelea …",
        ),
        "share": (
            "shiriki makala …",
            "shiriki$",
            "maoni$",
            "sambaza$",
        ),
    },
    credit={
        "chanzo": (
            "chanzo",
            "vyanzo",
            "chanzo cha habari",
        ),
    },
    byline={
        "mwandishi": (
            "mwandishi",
            "na mwandishi wetu$",
            "imeandikwa na …",
            "mwandishi wa habari",
        ),
    },
    editorial={
        "picha": (
            "picha",
            "chanzo cha picha",
            "maelezo ya picha",
            "picha na …$",
        ),
        "mhariri": (
            "mhariri",
            "imehaririwa na …",
        ),
        "haki": (
            "haki zote zimehifadhiwa …",
            "haki zote zimehifadhiwa$",
        ),
        "muda": (
            "muda wa kusoma …",
            "imechapishwa",
        ),
    },
    months=(
        "januari|jan",
        "februari|feb",
        "machi|mac",
        "aprili|apr",
        "mei",
        "juni|jun",
        "julai|jul",
        "agosti|ago",
        "septemba|sep",
        "oktoba|okt",
        "novemba|nov",
        "desemba|des",
    ),
    dateline_places=(
        "nairobi",
        "dar es salaam",
        "dodoma",
        "mombasa",
        "zanzibar",
        "arusha",
        "mwanza",
        "kampala",
        "kigali",
        "kisumu",
        "bujumbura",
    ),
)
