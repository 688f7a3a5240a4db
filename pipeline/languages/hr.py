"""Croatian."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="hr",
    name="Croatian",
    analyzer="standard",
    related={
        "procitajte": (
            "pročitajte i",
            "pročitajte još",
            "pročitajte više",
            "pročitaj i",
            "pročitaj više",
            "čitajte još",
            "više o temi",
            "više o",
            "vidi još",
            "pogledajte još",
            "pogledajte i",
            "povezane vijesti",
            "povezani članci",
            "povezano",
            "možda vas zanima",
            "najčitanije",
            "preporučujemo",
        ),
    },
    promotion={
        "newsletter": (
            "(prijavite se na|pretplatite se na|prijavi se na) (naš|besplatni|newsletter|dnevni) …",
            "(već ste pretplatnik|postanite pretplatnik|samo za pretplatnike) …",
            "primajte … (newsletter|e-mail|e-poštu|mobitel|viber|whatsapp)",
        ),
        "follow": (
            "pratite nas …",
            "(zapratite|pratite) (nas|naš) … (facebooku|instagramu|twitteru|x-u|viberu|youtubeu|tiktoku|whatsappu|telegramu)",
        ),
        "app": (
            "(preuzmite|skinite|preuzmi|instalirajte) (našu |mobilnu |besplatnu |)aplikaciju …",
            "(preuzmite|skinite|preuzmi|instalirajte) (našu |mobilnu |besplatnu |)aplikaciju$",
        ),
        "advertisement": (
            "oglas$",
            "oglasi$",
            "tekst se nastavlja …",
            "članak se nastavlja …",
            "sponzorirani sadržaj$",
            "sponzorirano$",
            "promo$",
        ),
        "share": (
            "podijeli (članak|na facebooku|na x-u|na whatsappu)$",
            "podijelite (članak|ovaj članak) …",
            "podijeli$",
            "podijelite$",
            "komentari$",
            "ispiši$",
            "kopiraj poveznicu$",
        ),
        "cookies": ("(ova |)stranica koristi kolačiće …",),
    },
    credit={
        "izvor": (
            "izvor",
            "izvori",
        ),
    },
    byline={
        "autor": (
            "autor",
            "autori",
            "autorica",
            "piše",
            "pišu",
            "tekst",
            "napisao …",
            "napisala …",
            "novinar",
            "novinarka",
        ),
    },
    editorial={
        "foto": (
            "foto",
            "fotografija",
            "fotografije",
            "ilustracija",
            "arhivska fotografija",
            "naslovna fotografija",
            "snimio …",
            "snimila …",
        ),
        "urednik": (
            "urednik",
            "urednica",
            "glavni urednik",
        ),
        "prava": (
            "sva prava pridržana …",
            "sva prava pridržana$",
            "zabranjeno prenošenje …",
        ),
        "vrijeme": (
            "vrijeme čitanja",
            "ažurirano",
            "objavljeno",
            "posljednja izmjena",
        ),
        "tags": (
            "oznake",
            "tagovi",
            "ključne riječi",
        ),
    },
    months=(
        "siječnja|sij|siječanj",
        "veljače|velj|veljača",
        "ožujka|ožu|ožujak",
        "travnja|tra|travanj",
        "svibnja|svi|svibanj",
        "lipnja|lip|lipanj",
        "srpnja|srp|srpanj",
        "kolovoza|kol|kolovoz",
        "rujna|ruj|rujan",
        "listopada|lis|listopad",
        "studenoga|stu|studeni",
        "prosinca|pro|prosinac",
    ),
)
