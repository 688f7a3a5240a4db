"""Language identification: agreement, disagreement, short texts, hints, close pairs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.chain import begin
from pipeline.records import RawArticle
from pipeline.stages._language_models import first_opinion, second_opinion, tag_of
from pipeline.stages.language import identify, language
from tests.nasty import TEXTS

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)

# One paragraph each, written for these tests.
PARAGRAPHS = {
    "bg": "Общинският съвет реши във вторник да построи нова библиотека до реката, въпреки че "
    "средствата стигат само за първия етаж.",
    "ca": "L'ajuntament ha decidit aquest dimarts construir una nova biblioteca vora el riu, tot i que "
    "els diners només arriben per a la primera planta.",
    "cs": "Zastupitelé v úterý rozhodli, že u řeky vyroste nová knihovna, přestože peníze zatím vystačí"
    " jen na první patro.",
    "da": "Byrådet besluttede tirsdag at bygge et nyt bibliotek ved åen, selv om pengene kun rækker til"
    " den første etage, sagde borgmesteren.",
    "el": "Το δημοτικό συμβούλιο αποφάσισε την Τρίτη να χτίσει νέα βιβλιοθήκη δίπλα στο ποτάμι, αν και "
    "τα χρήματα φτάνουν μόνο για τον πρώτο όροφο.",
    "et": "Linnavolikogu otsustas teisipäeval ehitada jõe äärde uue raamatukogu, kuigi raha jätkub "
    "esialgu vaid esimese korruse jaoks.",
    "fi": "Kaupunginvaltuusto päätti tiistaina rakentaa joen rantaan uuden kirjaston, vaikka rahat "
    "riittävät toistaiseksi vain ensimmäiseen kerrokseen.",
    "he": "מועצת העיר החליטה ביום שלישי לבנות ספרייה חדשה ליד הנהר, אף שהכסף מספיק רק לקומה הראשונה, אמר ראש העיר.",
    "hr": "Gradsko vijeće odlučilo je u utorak da će se pokraj rijeke graditi nova knjižnica, iako "
    "novac zasad dostaje samo za prvi kat, priopćio je gradonačelnik.",
    "hu": "A városi tanács kedden úgy döntött, hogy új könyvtárat épít a folyó partján, bár a pénz "
    "egyelőre csak az első emeletre elég.",
    "hy": "Քաղաքային խորհուրդը երեքշաբթի որոշեց գետի ափին կառուցել նոր գրադարան, թեև գումարը բավարարում"
    " է միայն առաջին հարկի համար։",
    "lt": "Miesto taryba antradienį nusprendė prie upės pastatyti naują biblioteką, nors pinigų kol kas"
    " užtenka tik pirmajam aukštui.",
    "lv": "Pilsētas dome otrdien nolēma upes krastā būvēt jaunu bibliotēku, lai gan naudas pagaidām "
    "pietiek tikai pirmajam stāvam.",
    "nb": "Bystyret vedtok tirsdag å bygge et nytt bibliotek ved elva, selv om pengene foreløpig bare "
    "rekker til den første etasjen, sa ordføreren.",
    "ro": "Consiliul local a hotărât marți să construiască o nouă bibliotecă lângă râu, deși banii "
    "ajung deocamdată numai pentru primul etaj.",
    "sk": "Mestské zastupiteľstvo v utorok rozhodlo, že pri rieke postaví novú knižnicu, hoci peniaze "
    "zatiaľ stačia len na prvé poschodie.",
    "sl": "Mestni svet je v torek sklenil, da bo ob reki zgradil novo knjižnico, čeprav denar za zdaj "
    "zadošča le za prvo nadstropje.",
    "sr": "Градско веће је у уторак одлучило да поред реке изгради нову библиотеку, иако новац засад "
    "стиже само за први спрат.",
    "sv": "Kommunfullmäktige beslutade på tisdagen att bygga ett nytt bibliotek vid ån, trots att "
    "pengarna än så länge bara räcker till första våningen.",
    "ta": "ஆற்றங்கரையில் புதிய நூலகம் கட்ட நகர சபை செவ்வாய்க்கிழமை முடிவு செய்தது, ஆனால் பணம் முதல் தளத்திற்கு மட்டுமே போதுமானது.",
    "ur": "شہری کونسل نے منگل کو دریا کے کنارے نئی لائبریری بنانے کا فیصلہ کیا، اگرچہ رقم ابھی صرف پہلی"
    " منزل کے لیے کافی ہے۔",
}

INDONESIAN = [
    "Polisi menangkap tiga pelaku pencurian sepeda motor karena aksinya terekam kamera pengawas di sebuah kantor.",
    "Gubernur mengatakan bahwa pembangunan bandara baru akan dimulai pada Agustus mendatang jika izin sudah keluar.",
    "Harga beras naik sepuluh persen sejak Maret, dan pemerintah provinsi berencana menggelar operasi pasar.",
    "Timnas sepak bola putri menang tipis atas Jepang dalam laga uji coba yang digelar di Bandung, Jumat sore.",
    "Rumah sakit itu menampung korban gempa yang tewas dan luka, ujar juru bicara kementerian kesehatan.",
]
MALAY = [
    "Polis menahan tiga suspek kes curi motosikal kerana perbuatan mereka dirakam kamera litar tertutup pejabat.",
    "Menteri Besar berkata pembinaan lapangan terbang baharu akan bermula pada Ogos ini sekiranya kelulusan diperoleh.",
    "Harga beras naik sepuluh peratus sejak Mac, dan kerajaan negeri merancang mengadakan jualan murah.",
    "Pasukan bola sepak wanita negara menang tipis ke atas Jepun dalam perlawanan persahabatan petang Jumaat.",
    "Hospital itu menempatkan mangsa gempa bumi yang maut dan cedera, kata jurucakap Kementerian Kesihatan.",
]


@pytest.mark.parametrize("tag", PARAGRAPHS)
def test_a_paragraph_is_recognised_with_confidence(tag: str) -> None:
    found, confidence = identify("", PARAGRAPHS[tag])
    assert (found, confidence >= 0.9) == (tag, True)


@pytest.mark.parametrize(("tag", "sentences"), [("id", INDONESIAN), ("ms", MALAY)])
def test_indonesian_and_malay_are_told_apart_by_their_words(tag: str, sentences: list[str]) -> None:
    assert [identify("", sentence)[0] for sentence in sentences] == [tag] * len(sentences)


def test_serbian_in_latin_letters_is_not_croatian() -> None:
    text = "Gradsko veće je u utorak odlučilo da se pored reke izgradi nova biblioteka, saopštio je predsednik opštine."
    assert identify("", text)[0] == "sr"


@pytest.mark.parametrize("text", ["", "   ", "12345 67.8 %", "😀😀😀", "://", "\x00\x01"])
def test_text_without_letters_is_undecided(text: str) -> None:
    assert identify("", text) == ("und", 0.0)


@pytest.mark.parametrize("text", ["OK", "Jakarta", "Breaking news", "Le maire", "Il a dit non."])
def test_short_text_is_never_confident(text: str) -> None:
    assert identify("", text)[1] < 0.5


def test_texts_that_the_models_disagree_on_are_never_confident() -> None:
    quarrels = [
        "Palermo Napoli 2:1, Messina Catania 0:0, Foggia Bari 3:3, Lecce Salerno 1:1, Trapani Siracusa 2:0",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore",
    ]
    for text in quarrels:
        second = second_opinion(text)
        if second is None or second.tag != first_opinion(text).tag:
            assert identify("", text)[1] <= 0.7


def test_a_hint_decides_between_two_opinions_and_nothing_else() -> None:
    english = "The council agreed on Tuesday to build a new library beside the river, although money is short."
    assert identify("", english, "fr") == identify("", english)
    pair = "Beliau datang ke sana bersama keluarga dan para tetangga untuk melihat rumah lama mereka itu."
    assert {identify("", pair, "id")[0], identify("", pair, "ms")[0]} <= {"id", "ms"}


def test_headline_and_beginning_of_the_body_are_what_counts() -> None:
    english = "The council agreed on Tuesday to build a new library beside the river. " * 20
    french = "Le conseil municipal a décidé mardi de construire une nouvelle bibliothèque au bord de la rivière. " * 40
    assert identify("A new library beside the river", english[:1000] + french)[0] == "en"


@pytest.mark.parametrize(
    ("code", "tag"),
    [("iw", "he"), ("in", "id"), ("no", "nb"), ("nn", "nn"), ("zh-Hant", "zh"), ("zh_CN", "zh"), ("pt-BR", "pt"),
     ("EN_us", "en"), ("fil", "tl"), ("mo", "ro"), ("de", "de"), ("wuu", "zh")],
)  # fmt: skip
def test_codes_of_models_and_feeds_become_our_tags(code: str, tag: str) -> None:
    assert tag_of(code) == tag


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_gives_a_tag_and_a_rounded_confidence(name: str) -> None:
    tag, confidence = identify(TEXTS[name], TEXTS[name], TEXTS[name][:20])
    assert tag
    assert 0 <= confidence <= 1
    assert confidence == round(confidence, 4)


def test_the_stage_writes_both_fields_and_falls_back_to_the_description() -> None:
    raw = RawArticle(
        id="0" * 32,
        content="",
        content_type="text/plain",
        first_seen=NOW,
        fetched_at=NOW,
        headline="Die neue Bücherei",
        description="Der Stadtrat hat am Dienstag beschlossen, am Fluss eine neue Bücherei zu bauen.",
    )
    made = language(begin(raw, NOW), raw)
    assert (made.language, made.language_confidence >= 0.9) == ("de", True)
