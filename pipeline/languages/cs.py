"""Czech."""

from __future__ import annotations

from pipeline.languages import Language

LANGUAGE = Language(
    tag="cs",
    name="Czech",
    analyzer="czech",
    related={
        "ctete_take": (
            "čtěte také",
            "čtěte též",
            "přečtěte si také",
            "přečtěte si i",
            "přečtěte si více",
            "více čtěte",
            "více zde",
            "více k tématu",
            "viz také",
            "podívejte se také",
            "související články",
            "související",
            "související témata",
            "mohlo by vás zajímat",
            "nejčtenější",
            "doporučujeme",
            "další články",
        ),
    },
    promotion={
        "newsletter": (
            "(přihlaste se k|přihlaste se do|odebírejte) (odběru|našeho|naším|našim|náš|newsletter|newsletteru) …",
            "(máte předplatné|jste předplatitel|již předplatitel|předplaťte si) …",
            "pro pokračování (se přihlaste|ve čtení) …",
            "dostávejte … (e-mailem|do e-mailu|na e-mail|do schránky)",
        ),
        "follow": (
            "sledujte nás (na|také) …",
            "(sledujte|najdete) nás … (facebooku|instagramu|twitteru|x|whatsappu|youtube|telegramu)",
        ),
        "app": (
            "stáhněte si (naši|naší|mobilní|aplikaci) …",
            "stáhněte si (naši |mobilní |)aplikaci$",
        ),
        "advertisement": (
            "reklama$",
            "inzerce$",
            "komerční sdělení$",
            "článek pokračuje (pod|za|po) …",
            "pokračování článku (pod|za|po) …",
        ),
        "share": (
            "sdílet (článek|na facebooku|na twitteru|na x)$",
            "sdílejte (článek|tento článek) …",
            "sdílet$",
            "sdílet:$",
            "komentáře$",
            "vstoupit do diskuse$",
            "vytisknout$",
            "kopírovat odkaz$",
        ),
        "cookies": (
            "tento web používá (soubory |)cookies …",
            "používáme (soubory |)cookies …",
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
            "autoři",
            "autorka",
            "text",
            "napsal …",
            "napsala …",
            "redaktor",
            "redaktorka",
        ),
    },
    editorial={
        "foto": (
            "foto",
            "fotografie",
            "fotogalerie",
            "ilustrační foto",
            "ilustrační foto$",
            "zdroj foto",
            "autor fotografie",
            "snímek",
        ),
        "redakce": (
            "editor",
            "editoval …",
            "šéfredaktor",
        ),
        "prava": (
            "všechna práva vyhrazena …",
            "všechna práva vyhrazena$",
            "publikování nebo další šíření … zakázáno",
        ),
        "cas": (
            "doba čtení",
            "délka čtení",
            "aktualizováno",
            "publikováno",
            "zveřejněno",
        ),
        "oprava": (
            "článek (byl|jsme) (aktualizován|aktualizovali|opraven|doplněn) …",
            "článek (byl|jsme) (aktualizován|aktualizovali|opraven|doplněn)$",
        ),
        "tags": (
            "štítky",
            "klíčová slova",
        ),
    },
    months=(
        "ledna|led|leden",
        "února|úno|únor",
        "března|bře|březen",
        "dubna|dub|duben",
        "května|kvě|květen",
        "června|čvn|červen",
        "července|čvc|červenec",
        "srpna|srp|srpen",
        "září|zář",
        "října|říj|říjen",
        "listopadu|lis|listopad",
        "prosince|pro|prosinec",
    ),
)
