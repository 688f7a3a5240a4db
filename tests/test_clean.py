"""Cleaning: what goes, what is made of it, and above all what stays."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from time import process_time

import pytest

from pipeline.chain import begin
from pipeline.languages import Language, languages
from pipeline.outcomes import Dropped
from pipeline.records import Article, RawArticle, Source
from pipeline.stages._agencies import agency, publisher
from pipeline.stages._dateline import dateline
from pipeline.stages._lines import sweep
from pipeline.stages._phrases import KINDS, Kind, compile_phrase, rulebook
from pipeline.stages.clean import clean

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
STORY = "The council met on Monday and agreed to rebuild the old harbour wall before the winter storms begin."


def article_of(content: str, content_type: str = "text/plain", **fields: object) -> Article:
    made = outcome_of(content, content_type, **fields)
    assert isinstance(made, Article)
    return made


def outcome_of(content: str, content_type: str = "text/plain", **fields: object) -> Article | Dropped:
    raw = RawArticle(id="0" * 32, content=content, content_type=content_type, first_seen=NOW, fetched_at=NOW, **fields)  # type: ignore[arg-type] -- fields of RawArticle
    return clean(begin(raw, NOW), raw)


def lines(*inner: str, before: int = 5, after: int = 9) -> str:
    """The given lines in the middle of a long story, far from both of its ends."""
    return "\n".join([STORY] * before + list(inner) + [STORY] * after)


# What stays


@pytest.mark.parametrize(
    "sentence",
    [
        "“Baca juga peraturannya sebelum menuduh,” kata hakim kepada para wartawan.",
        "“Read more books,” she told the children, “and follow us on the path of reason.”",
        "Dia meminta warga baca juga aturan baru itu sebelum mendaftar.",
        "The newspaper said it would read more than a thousand letters before choosing one.",
        "Read more than two books a week and the city library will pay your bus fare, the mayor promised on Tuesday.",
        "Follow the money, he said.",
        "Source code for the voting machines was published on Friday.",
        "Sources said that three officials had resigned over the affair.",
        "Photo albums were all that the family could save from the flood.",
        "By Monday the water had reached the second floor.",
        "By John's own account the money was never his.",
        "Advertisement spending fell by a third last year, the agency said.",
        "Related companies will have to publish their accounts as well.",
        "Ikuti arahan petugas, kata Kapolda, agar lalu lintas lancar.",
        "Dapatkan surat izin terlebih dahulu, demikian bunyi aturan itu.",
        "Además, el Gobierno aprobó una partida de diez millones de euros.",
        "En savoir plus sur ses origines était son rêve, raconte sa fille.",
        "Lesen Sie auch zwischen den Zeilen, riet der Anwalt seinen Mandanten.",
        "Подробнее о планах министерства рассказал его пресс-секретарь.",
        "“关注我们的孩子，就是关注未来。”校长说。",
        "记者从市政府获悉，新桥将于十月通车。",
        "著作権エージェントの会社を創業した。",
        "関連記事によると、同社は来月にも新工場を建てる。",
        "정부는 관련 기사에 대해 사실이 아니라고 밝혔다.",
        "قال الوزير: اقرأ التقرير قبل أن تحكم عليه.",
        "AP dikutip sejumlah media menyebut korban bertambah.",
        "Para pejabat menerima hadiah (baca: suap) dari pengusaha itu.",
        "He took gifts (read: bribes) from them. Read more: books change lives, he used to say.",
        "The table (see also: the chart on page three) shows how prices rose.",
        "“Listen. Read more: Books Change Lives”, she told the children of the village",
        "Του Γιώργου Σεφέρη τα ποιήματα διαβάζονται ακόμη.",
        "Primește zilnic sute de mesaje pe e-mail de la cititori, spune primarul.",
        "Text zákona byl doplněn o nový paragraf.",
        "Seuraavaksi katso myös taivaalle, neuvoi tähtitieteilijä.",
        "Edited by hand, the film took nine years.",
        "Edited by Maria Lopez, the film won three prizes.",
        "Produced by volunteers, the play sold out.",
        "Compiled by Benedictine monks, the list names 800 plants.",
        "Written by Anna Karsten in 1911, the letter runs to forty pages.",
        "Reporting by Amnesty International shows that prisoners were beaten.",
        "Copyright on the song expires in 2031.",
        "All rights reserved for the state were handed back to the villages.",
        "Sign up for the army, the poster said, and see the world.",
        "Sign up for our choir, she told them, and you will never be lonely.",
        "Share this story with your children, the teacher said, so that nobody forgets.",
        "We use cookies to lure the mice, the biologist explained.",
        "Read more: that was her advice to the young",
        "Source: unknown, the lab report said.",
        "Tonton video itu sampai habis, baru menilai, kata hakim.",
        "Waktu baca anak-anak kini hanya sepuluh menit sehari, menurut survei.",
        "Dapatkan surat izin setiap hari Senin di kantor kelurahan.",
        "Unduh aplikasi palsu, uang 200 nasabah raib",
        "Sumber: begitu orang desa menyebut mata air itu.",
        "Foto: begitu satu kata di surat wasiatnya.",
        "Fuente: así llaman al manantial los vecinos.",
        "Assine aqui, disse o golpista.",
        "Fot. to najkrótsze słowo w gazecie, żartował redaktor.",
        "Foto di gruppo con assente",
        "Источник: так называют деревню у реки.",
        "المصدر: هكذا يسمي أهل القرية العين.",
        "来源：这是村民对泉水的称呼，也是诗人的书名。",
        "关注我们的未来，校长说。",
        "Story continues below the bridge, where the painter kept his boat.",
        "To continue reading the will, the notary needed his glasses.",
        "Berlangganan koran sudah menjadi tradisi keluarganya sejak 1950.",
        "Rejoignez-nous sur le quai, a crié le capitaine.",
        "Siga-nos, gritou o guia, e as crianças entraram.",
        "Iscriviti al coro, diceva il parroco.",
        "Скачайте приложение города, советует мэр.",
        "Copyright law will be changed next year; authors welcomed the decision of the parliament in The Hague on "
        "Tuesday, which follows ten years of dispute over the use of their works by the makers of search engines and "
        "of language models, and which its opponents want to challenge in court.",
    ],
)
def test_a_sentence_of_the_story_is_never_cut(sentence: str) -> None:
    for body in (lines(sentence), f"{STORY}\n{sentence}\n{STORY}", f"{sentence}\n{STORY}", f"{STORY}\n{sentence}"):
        made = sweep(body)
        assert (made.lines, made.removed) == (body.split("\n"), [])


@pytest.mark.parametrize(
    "line", ["تقرير الأمم المتحدة", "گزارش سازمان ملل", "כתב אישום הוגש", "(c) the right to be heard"]
)
def test_a_short_line_that_only_begins_like_a_byline_or_a_copyright_stays(line: str) -> None:
    assert sweep(f"{lines()}\n{line}\n{STORY}").removed == []


@pytest.mark.parametrize(
    ("first", "located", "source"),
    [
        ("МОСКВА, 4 мар - РИА Новости.", "МОСКВА", "RIA Novosti"),
        ("BANYUMAS, KOMPAS.com -", "BANYUMAS", "KOMPAS.com"),
        ("WASHINGTON (Reuters) -", "WASHINGTON", "Reuters"),
    ],
)
def test_a_dateline_with_its_agency_may_be_a_line_of_its_own(first: str, located: str, source: str) -> None:
    made = article_of(f"{first}\n{STORY}\n{STORY}")
    assert (made.body, made.located, made.source.name) == (f"{STORY}\n{STORY}", located, source)


@pytest.mark.parametrize("first", ["WASHINGTON -", "MEMBERS OF THE COUNCIL:", "Jakarta -", "Reuters -"])
def test_a_line_of_its_own_without_an_agency_is_no_dateline(first: str) -> None:
    made = article_of(f"{first}\n{STORY}\n{STORY}")
    assert (made.located, made.body.split("\n")[0]) == (None, first)


def test_a_dateline_names_a_state_and_the_desk_of_its_agency() -> None:
    assert article_of(f"DULUTH, Minn. (AP) — {STORY}").located == "DULUTH, Minn."
    assert article_of(f"ALBANY, N.Y. (AP) — {STORY}").located == "ALBANY, N.Y."
    made = article_of(f"Rostock (dpa/mv) - {STORY}")
    assert (made.located, made.info_sources, made.body) == ("Rostock", ("Deutsche Presse-Agentur",), STORY)


def test_credits_go_although_they_end_with_a_full_stop() -> None:
    gone = (
        "Reporting by Anna Holm in Helsinki; additional reporting by Jo Reed; editing by Mark Dee.",
        "Edited by Maria Lopez.",
        "Written by Anna Karsten and Paul de Wit.",
        "Copyright 2026 The Bay Gazette. All rights reserved.",
        "All rights reserved. This text may not be copied or sold.",
        "Sumber: Kementerian Pertanian.",
        "Foto: Warga menanam bakau di tepi sungai pada hari Senin.",
        "来源：地方日报。",
    )
    assert sweep("\n".join([STORY, *gone])).lines == [STORY]


def test_a_request_for_letters_is_no_byline() -> None:
    made = sweep(f"{STORY}\nDo you know more? Write to us: newsroom@gazette.example")
    assert (made.lines, made.by) == ([STORY], None)


def test_running_text_that_names_an_agency_stays_and_credits_nobody() -> None:
    made = article_of(lines("“Kami siap,” kata menteri dikutip Associated Press."))
    assert (made.info_sources, made.removed) == ((), ())


def test_a_credit_in_the_middle_of_a_long_story_is_text() -> None:
    assert sweep(lines("Source: a letter that the museum keeps")).removed == []


# What goes, and what is made of it


RULED = [language for language in languages().values() if language.related]


@pytest.mark.parametrize("language", RULED, ids=lambda language: language.tag)
def test_every_phrase_is_found_in_a_line_that_it_describes(language: Language) -> None:
    """Whatever the prefilter does, a line made from a phrase must reach its rule."""
    for kind, name, phrase in phrases_of(language):
        gap = " kata " if language.spaced else "一"
        line = re.sub(r"\(([^()|]*)\|?[^()]*\)", r"\1", phrase).replace("…", gap).replace("$", "")
        line = " ".join(line.split()) if language.spaced else line.strip()
        rule = compile_phrase(phrase, f"{language.tag}.{kind}.{name}", kind, spaced=language.spaced)
        assert rule in rulebook().relevant(f"{STORY}\n{line}\n{STORY}"), phrase
        assert rule.pattern.match(line) if rule.opens else rule.pattern.search(line), phrase
        assert unicodedata.is_normalized("NFC", phrase), phrase


def phrases_of(language: Language) -> list[tuple[Kind, str, str]]:
    tables = [(kind, getattr(language, kind)) for kind in KINDS]
    return [(kind, name, phrase) for kind, table in tables for name, phrases in table.items() for phrase in phrases]


def test_a_phrase_without_any_literal_is_refused() -> None:
    with pytest.raises(ValueError, match="no literal"):
        compile_phrase("… (a|) …", "xx.related.none", "related", spaced=True)


@pytest.mark.parametrize(
    ("line", "headline"),
    [
        ("Baca Juga: Harga Beras Naik", "Harga Beras Naik"),
        ("Baca Juga Harga Beras Naik", "Harga Beras Naik"),
        ("BACA JUGA : Harga Beras Naik Lagi?", "Harga Beras Naik Lagi?"),
        ("• Read more: The wall that fell", "The wall that fell"),
        ("[Read also: The wall that fell]", "The wall that fell"),
        ("(Lire aussi : Le mur qui tomba)", "Le mur qui tomba"),
        ("👉 Читайте также: Стена упала", "Стена упала"),
        ("【相关阅读】长城的秘密", "长城的秘密"),
        ("関連記事：壁が落ちた", "壁が落ちた"),
        ("SIEHE AUCH – Die Mauer fiel", "Die Mauer fiel"),
    ],
)
def test_a_related_line_leaves_the_body_anywhere_and_keeps_its_headline(line: str, headline: str) -> None:
    made = article_of(lines(line))
    assert made.related == (headline,)
    assert [removal.text for removal in made.removed] == [line]
    assert line not in made.body


def test_a_label_alone_takes_the_headline_below_it() -> None:
    made = article_of(lines("Baca Juga:", "Harga Beras Naik Menjelang Lebaran", "Warga tetap tenang."))
    assert made.related == ("Harga Beras Naik Menjelang Lebaran",)
    assert "Warga tetap tenang." in made.body


def test_a_label_alone_never_takes_a_sentence_below_it() -> None:
    made = article_of(lines("Read more:", STORY))
    assert (made.related, made.body.count(STORY)) == ((), 15)


@pytest.mark.parametrize(
    ("line", "left", "headline"),
    [
        (
            "Warga tenang. (Baca juga: Harga Beras Naik) Mereka pulang.",
            "Warga tenang. Mereka pulang.",
            "Harga Beras Naik",
        ),
        ("The council met. READ MORE: What the storm left", "The council met.", "What the storm left"),
        ("Er ging. [Lesen Sie auch: Die Mauer fiel im Hafen]", "Er ging.", "Die Mauer fiel im Hafen"),
        ("Он ушёл. Читайте также: Стена упала в порту", "Он ушёл.", "Стена упала в порту"),
        ("会议结束。（相关阅读：长城的秘密与计划）大家离开了。", "会议结束。大家离开了。", "长城的秘密与计划"),
    ],
)
def test_a_related_headline_leaves_its_paragraph_and_the_sentences_stay(line: str, left: str, headline: str) -> None:
    made = article_of(lines(line))
    assert (made.body, made.related) == (lines(left), (headline,))
    assert [removal.kind for removal in made.removed] == ["related"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Sumber : Associated Press", ("Associated Press",)),
        ("Source: AP", ("Associated Press",)),
        ("Sources: AP, Reuters and AFP", ("Associated Press", "Reuters", "Agence France-Presse")),
        ("(AP)", ("Associated Press",)),
        ("(Reporting by Jane Roe; Editing by John Doe)", ()),
        ("With inputs from PTI", ("Press Trust of India",)),
        ("Quelle: dpa", ("Deutsche Presse-Agentur",)),
        ("来源：新华社", ("Xinhua",)),
        ("Fonte: Agência Brasil", ("Agência Brasil",)),
        ("Sumber: Kompas.com/Antara", ("Kompas.com", "ANTARA")),
    ],
)
def test_a_credit_at_the_end_becomes_a_source_of_information(line: str, names: tuple[str, ...]) -> None:
    made = article_of(f"{lines()}\n{line}")
    assert made.info_sources == names
    assert [removal.kind for removal in made.removed] == ["credit"]


def test_an_agency_in_brackets_goes_from_the_last_sentence_and_the_sentence_stays() -> None:
    made = article_of(f"{lines()}\nThe wall will be opened in May, the mayor said. (AP)")
    assert made.body.endswith("the mayor said.")
    assert (made.info_sources, made.removed[0].text) == (("Associated Press",), "(AP)")


@pytest.mark.parametrize(
    ("line", "by"),
    [
        ("By Martin Oduya", "Martin Oduya"),
        ("BY: MARTIN ODUYA", "MARTIN ODUYA"),
        ("Penulis: Rina Wulandari", "Rina Wulandari"),
        ("Por Lucía Ferrer y Juan de la Cruz", "Lucía Ferrer y Juan de la Cruz"),
        ("Автор: Иван Петров", "Иван Петров"),
        ("홍길동 기자 hong@example.com", "홍길동"),
        ("文：王小明", "王小明"),
    ],
)
def test_a_byline_becomes_by_unless_the_producer_named_somebody(line: str, by: str) -> None:
    body = f"{line}\n{lines()}"
    assert article_of(body).by == by
    assert article_of(body, by="Somebody Else").by == "Somebody Else"


@pytest.mark.parametrize(
    "line",
    [
        "Gabung ke Channel WhatsApp KompasTV untuk update berita terbaru dan terpercaya.",
        "ADVERTISEMENT",
        "SCROLL TO CONTINUE WITH CONTENT",
        "Gambas:Video 20detik",
        "Simak Video 'Detik-detik Jembatan Runtuh'",
        "Follow us on Twitter and Facebook",
        "Sign up for our free daily newsletter",
        "Suscríbete a nuestro boletín",
        "Bizi Instagram'da takip edin",
        "(abc/def)",
        "(c) dpa",
        "Editor: Bagus Prakoso",
        "© 2024 The Harbour Gazette. All rights reserved.",
        "Photo: Jane Roe / The Harbour Gazette",
        "Reading time: 3 minutes",
        "Читайте нас в Telegram",
        "무단 전재 및 재배포 금지",
    ],
)
def test_what_surrounds_a_story_goes_and_is_recorded_with_its_rule(line: str) -> None:
    made = article_of(f"{lines()}\n{line}")
    assert [removal.text for removal in made.removed] == [line]
    assert re.fullmatch(r"\w+\.(promotion|editorial)\.\w+", made.removed[0].rule)
    assert made.body == lines()


@pytest.mark.parametrize(
    "line",
    ["4 March 2026, 07:15 GMT", "11:20", "Selasa, 4 Maret 2026 07:15 WIB", "2026年3月4日 7時15分", "४ मार्च २०२६",
     "Published 4 March 2026", "Publié le 4 mars 2026 à 07h15", "5 min read", "• 4 Min. Lesezeit", "5 минут чтения"],
)  # fmt: skip
def test_the_date_above_a_story_goes(line: str) -> None:
    assert article_of(f"{line}\n{lines()}").body == lines()


@pytest.mark.parametrize("line", ["1984", "1-0", "May 2024", "In 5 minutes", "Second half 45:00", "Published in Paris"])
def test_a_short_line_with_a_number_stays(line: str) -> None:
    assert sweep(f"{line}\n{lines()}").removed == []


def test_the_dates_of_a_chronicle_are_story() -> None:
    body = f"2 March 2026\n{STORY}\n3 March 2026\n{STORY}\n11:20\n{STORY}"
    assert sweep(body).removed == []


def test_a_headline_under_a_label_without_a_colon_goes_only_where_it_is_certain() -> None:
    made = article_of(lines("À lire aussi", "Le train de nuit s'arrêtera de nouveau ici"))
    assert made.related == ("Le train de nuit s'arrêtera de nouveau ici",)
    for below in ("Was geschah danach", "ผู้ใหญ่บ้านเล่าว่าหินโม่ก้อนนี้ปู่ของเขาสกัดจากลำธาร", "The mayor spoke for an hour."):
        assert below in article_of(lines("À lire aussi", below)).body


@pytest.mark.parametrize("piece", ["x. (Read more: Some Title Here) ", "(Read more: ", "A. Read more: Some Title\n"])
def test_a_megabyte_of_related_headlines_takes_bounded_time(piece: str) -> None:
    started = process_time()
    sweep((piece * (1_000_000 // len(piece))).strip())
    assert process_time() - started < 30


# Datelines

PLACES = [
    ("TASHKENT, KOMPAS.TV - ", "TASHKENT", None, "KOMPAS.TV"),
    ("JAKARTA (ANTARA) – ", "JAKARTA", "ANTARA", None),
    ("Jakarta, CNN Indonesia -- ", "Jakarta", None, "CNN Indonesia"),
    ("Liputan6.com, Jakarta - ", "Jakarta", None, "Liputan6.com"),
    ("Jakarta - ", "Jakarta", None, None),
    ("WASHINGTON (Reuters) - ", "WASHINGTON", "Reuters", None),
    ("SEOUL, South Korea (AP) — ", "SEOUL, South Korea", "Associated Press", None),
    ("WASHINGTON, April 5 (Xinhua) -- ", "WASHINGTON", "Xinhua", None),
    ("NEW DELHI: ", "NEW DELHI", None, None),
    ("PARIS, 3 mars (AFP) · ", "PARIS", "Agence France-Presse", None),
    ("МОСКВА, 5 апреля. /ТАСС/. ", "МОСКВА", "TASS", None),
    ("МОСКВА, 5 апр — РИА Новости. ", "МОСКВА", "RIA Novosti", None),
    ("Москва. 5 апреля. INTERFAX.RU - ", "Москва", "Interfax", None),
    ("КИЇВ, 5 квітня. /УКРІНФОРМ/. ", "КИЇВ", "Ukrinform", None),
    ("Madrid, 5 abr (EFE).- ", "Madrid", "Agencia EFE", None),
    ("SÃO PAULO, SP (FOLHAPRESS) - ", "SÃO PAULO, SP", "Folhapress", None),
    ("(ANSA) - ROMA, 05 APR - ", "ROMA", "Agenzia ANSA", None),
    ("Berlin/Brüssel (dpa) – ", "Berlin/Brüssel", "Deutsche Presse-Agentur", None),
    ("İSTANBUL, 5 Nisan (Reuters) - ", "İSTANBUL", "Reuters", None),
    ("القاهرة 5 أبريل (رويترز) - ", "القاهرة", "Reuters", None),
    ("नई दिल्ली, 5 अप्रैल (भाषा) ", "नई दिल्ली", "Press Trust of India", None),
    ("ঢাকা, ৫ এপ্রিল, ২০২২ (বাসস) : ", "ঢাকা", "Bangladesh Sangbad Sangstha", None),
    ("新华社北京4月5日电（记者张三）", "北京", "Xinhua", None),
    ("【北京4月5日电】", "北京", None, None),
    ("（中央社記者王小明台北5日電）", "台北", "Central News Agency", None),
    ("(서울=연합뉴스) 김철수 기자 = ", "서울", "Yonhap", None),
    ("【ワシントン共同】", "ワシントン", "Kyodo News", None),
    ("[東京 5日 ロイター] - ", "東京", "Reuters", None),
]


@pytest.mark.parametrize(("opening", "place", "wire", "named"), PLACES)
def test_a_dateline_gives_place_and_source_and_leaves_the_sentence(
    opening: str, place: str, wire: str | None, named: str | None
) -> None:
    made = article_of(opening + STORY)
    assert (made.body, made.located, made.info_sources) == (STORY, place, (wire,) if wire else ())
    assert made.source.name == (named or wire)
    assert [(removal.kind, removal.text) for removal in made.removed] == [("dateline", opening.strip())]


@pytest.mark.parametrize(
    "opening",
    [
        "BREAKING: ", "UPDATE - ", "OPINI - ", "NATO: ", "COVID-19 - ", "Trump - ", "World Cup 2022: ", "He said - ",
        "Bank Indonesia (BI) ", "Joko Widodo (Jokowi) - ", "LIVE - ", "PSG - OM : ", "IMF (AP) and ", "Paris - and ",
        "Mr. Smith, Jr. - ", "Presiden Joko Widodo (5/4) ", "“JAKARTA (ANTARA) - ", "1. PARIS (AFP) - ", "- ", "",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_dateline_stays(opening: str) -> None:
    assert dateline(opening + STORY.replace("The", "the" if opening.endswith("and ") else "The")) is None


def test_a_line_behind_the_dateline_is_judged_as_a_line() -> None:
    made = article_of(f"PARIS (AFP) - Read more: The wall that fell\n{STORY}")
    assert (made.body, made.related) == (STORY, ("The wall that fell",))


def test_one_dateline_is_taken_and_no_second_one() -> None:
    made = article_of(f"PARIS (AFP) - LONDON (Reuters) - {STORY}")
    assert made.body == f"LONDON (Reuters) - {STORY}"


def test_a_wire_in_the_dateline_does_not_rename_a_known_site() -> None:
    made = article_of(f"PARIS (AFP) - {STORY}", source=Source(id="example.org"))
    assert (made.source, made.info_sources) == (
        Source(id="example.org", name="example.org"),
        ("Agence France-Presse",),
    )


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("AP", "Associated Press"), ("ap", None), ("A.P.", "Associated Press"), ("L’AFP", "Agence France-Presse"),
     ("reuters", "Reuters"), ("РЕЙТЕР", "Reuters"), ("nobody", None), ("", None)],
)  # fmt: skip
def test_agencies_are_known_by_any_spelling(spelling: str, name: str | None) -> None:
    assert agency(spelling) == name


def test_a_host_name_is_a_publisher_and_a_place_is_none() -> None:
    assert [publisher(name) for name in ("KOMPAS.TV", "detik.com", "St. Louis", "Jakarta")] == [
        "KOMPAS.TV",
        "detik.com",
        None,
        None,
    ]


# Pages

PAGE = """<html lang="en"><head><title>Wall to be rebuilt | Gazette</title>
<link rel="canonical" href="https://gazette.example/wall"><meta property="og:title" content="Wall to be rebuilt">
<meta property="og:site_name" content="Gazette"><meta name="author" content="Jane Roe">
<meta property="article:published_time" content="2024-05-14T08:30:00+01:00"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Wall to be rebuilt</h1>{paragraphs}</article></body></html>"""


PARAGRAPHS = [f"{STORY} That was decision {number}." for number in range(4)]  # trafilatura drops repeated ones


def page(*paragraphs: str) -> str:
    return PAGE.format(paragraphs="".join(f"<p>{paragraph}</p>" for paragraph in (*paragraphs, *PARAGRAPHS)))


def test_a_page_gives_text_and_what_its_head_says() -> None:
    made = article_of(page("Read more: The wall that fell"), "text/html")
    assert made.body == "\n".join(PARAGRAPHS)
    assert (made.headline, made.by, made.related) == ("Wall to be rebuilt", "Jane Roe", ("The wall that fell",))
    assert made.source == Source(id="gazette.example", name="Gazette")
    assert (made.url, made.canonical_url) == ("https://gazette.example/wall",) * 2
    assert made.published_at == datetime(2024, 5, 14, 7, 30, tzinfo=UTC)


def test_what_the_producer_says_wins_over_the_page() -> None:
    fields = {"headline": "Ours", "by": "Us", "source": Source(id="us", name="Us")}
    made = article_of(page(), "text/html", **fields)
    assert (made.headline, made.by, made.source) == ("Ours", "Us", Source(id="us", name="Us"))


def test_a_relative_canonical_address_is_completed() -> None:
    html = page().replace("https://gazette.example/wall", "/wall")
    made = article_of(html, "text/html", url="https://gazette.example/wall?page=2")
    assert made.canonical_url == "https://gazette.example/wall"


def test_a_page_cannot_claim_the_address_of_another_site() -> None:
    made = article_of(page(), "text/html", url="https://mirror.example/1")
    assert (made.url, made.source.id) == ("https://mirror.example/1", "mirror.example")
    assert made.canonical_url == "https://mirror.example/1"


def test_no_date_is_guessed_from_the_text() -> None:
    dated = f"<html><body><article><p>On 28 July 2022 the wall fell. {STORY}</p><p>{STORY}</p></article></body></html>"
    assert article_of(dated, "text/html").published_at is None


@pytest.mark.parametrize(
    "html",
    ["", " ", "<html></html>", "<!-- -->", "<html><body><div id=app></div><script>load()</script></body></html>",
     "<html><head><title>Only a title</title></head><body></body></html>"],
)  # fmt: skip
def test_an_empty_shell_is_dropped(html: str) -> None:
    assert outcome_of(html, "text/html") == Dropped("empty")


def test_plain_text_of_nothing_but_boilerplate_is_dropped_unless_it_has_a_headline() -> None:
    assert outcome_of("ADVERTISEMENT\n(AP)") == Dropped("empty")
    assert article_of("ADVERTISEMENT\n(AP)", headline="The wall").body == ""
