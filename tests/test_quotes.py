"""Quotations: the marks of many languages, who said them, and what only looks like one."""

from __future__ import annotations

from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from pipeline.languages import languages
from pipeline.records import Article, Entity, Mention, RawArticle
from pipeline.stages.entities import entities
from pipeline.stages.quotes import quotes

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
RAW = RawArticle(id="x", content="", content_type="text/plain", first_seen=NOW, fetched_at=NOW)


def quoted(
    language: str, body: str, *, known: tuple[str, ...] = (), names: bool = True
) -> list[tuple[str, str | None]]:
    """Text and speaker of each quotation, after the names were found, by the model or as given."""
    article = Article(id="x", body=body, language=language, first_seen=NOW, fetched_at=NOW, processed_at=NOW)
    if known:
        article = with_people(article, known)
    elif names:
        article = entities(article, RAW)
    made = quotes(article, RAW)
    assert quotes(made, RAW) == made
    for quote in made.quotes:
        assert made.body[quote.start : quote.end] == quote.text
    return [(quote.text, None if quote.speaker is UNSET else quote.speaker) for quote in made.quotes]


def with_people(article: Article, people: tuple[str, ...]) -> Article:
    """The article with these people, who are in its body under their full names or the last words of them."""
    found = []
    for name in people:
        for form in (name, name.rpartition(" ")[2]):
            start = article.body.find(form)
            while start >= 0:
                if not any(each.start <= start < each.end for each in found):
                    found.append(Entity(text=form, label="PER", field="body", start=start, end=start + len(form)))
                start = article.body.find(form, start + 1)
    changes = {
        "people": tuple(Mention(name=name, count=1) for name in people),
        "entities": tuple(sorted(found, key=lambda each: each.start)),
    }
    return Article(**{name: getattr(article, name) for name in article.__struct_fields__} | changes)


AFTER = [
    ("id", "“Kapal itu tiba besok,” kata Lavrov kepada wartawan.", "Kapal itu tiba besok", "Sergey Lavrov"),
    ("ms", '"Kapal itu tiba esok," kata Lavrov.', "Kapal itu tiba esok", "Sergey Lavrov"),
    ("en", '"The ship is late", said Helen Braithwaite.', "The ship is late", "Helen Braithwaite"),
    ("en", "‘The ship isn’t late,’ Helen Braithwaite said.", "The ship isn’t late", "Helen Braithwaite"),
    ("en", "“It’s the captain’s ship,” Braithwaite told reporters.", "It’s the captain’s ship", "Helen Braithwaite"),
    ("es", '"El barco llega tarde", dijo Helen Braithwaite.', "El barco llega tarde", "Helen Braithwaite"),
    (
        "es",
        "“El barco llega tarde”, advirtió la ministra Helen Braithwaite.",
        "El barco llega tarde",
        "Helen Braithwaite",
    ),
    ("pt", "“O navio está atrasado”, afirmou Helen Braithwaite.", "O navio está atrasado", "Helen Braithwaite"),
    ("fr", "« Le bateau n’est pas là », a déclaré Helen Braithwaite.", "Le bateau n’est pas là", "Helen Braithwaite"),
    ("fr", "« Le bateau arrive », s’est réjouie Helen Braithwaite.", "Le bateau arrive", "Helen Braithwaite"),
    ("de", "„Das Schiff ist da“, sagte Helen Braithwaite.", "Das Schiff ist da", "Helen Braithwaite"),
    ("de", "»Das Schiff ist da«, erklärte Helen Braithwaite am Montag.", "Das Schiff ist da", "Helen Braithwaite"),
    ("it", "«La nave è in ritardo», ha detto Helen Braithwaite.", "La nave è in ritardo", "Helen Braithwaite"),
    ("nl", "‘Het schip is er nog niet’, zegt Helen Braithwaite.", "Het schip is er nog niet", "Helen Braithwaite"),
    ("pl", "„Statek się spóźnia” – powiedziała Helen Braithwaite.", "Statek się spóźnia", "Helen Braithwaite"),
    ("ru", "«Корабль опаздывает», — сказал Лавров журналистам.", "Корабль опаздывает", "Сергей Лавров"),
    ("uk", "«Корабель запізнюється», — сказав Лавров.", "Корабель запізнюється", "Сергій Лавров"),
    ("tr", "“Gemi geç kaldı” diyen Helen Braithwaite, limanı gezdi.", "Gemi geç kaldı", "Helen Braithwaite"),
    ("vi", "“Con tàu đến muộn hai giờ”, bà Nguyễn Thị Sáu chia sẻ.", "Con tàu đến muộn hai giờ", "Nguyễn Thị Sáu"),
    ("sw", '"Meli imechelewa sana," alisema Helen Braithwaite.', "Meli imechelewa sana", "Helen Braithwaite"),
    ("zh", "“船要晚到两个小时，”王毅说。", "船要晚到两个小时", "王毅"),
    ("ja", "「船は遅れている」と高橋美咲教授は話す。", "船は遅れている", "高橋美咲"),
    ("bn", "“জাহাজ দেরিতে আসছে”, বলেন রহিমা খাতুন।", "জাহাজ দেরিতে আসছে", "রহিমা খাতুন"),
]
BEFORE = [
    ("id", "Menteri Lavrov mengatakan, “Kapal itu tiba besok.”", "Kapal itu tiba besok.", "Sergey Lavrov"),
    ("en", 'Helen Braithwaite said: "The ship is late."', "The ship is late.", "Helen Braithwaite"),
    ("es", "Helen Braithwaite explicó: «El barco llega tarde».", "El barco llega tarde", "Helen Braithwaite"),
    ("de", "Helen Braithwaite sagte: „Das Schiff ist da.“", "Das Schiff ist da.", "Helen Braithwaite"),
    ("ru", "Лавров заявил: «Корабль опаздывает».", "Корабль опаздывает", "Сергей Лавров"),
    ("ar", 'وقالت منصور في القاهرة: "السفينة تصل غدا".', "السفينة تصل غدا", "ليلى منصور"),
    ("fa", "محمد دهقان گفت: «کشتی فردا می‌رسد».", "کشتی فردا می‌رسد", "محمد دهقان"),
    ("hi", 'सक्सेना ने पत्रकारों से कहा, "जहाज देर से आएगा।"', "जहाज देर से आएगा।", "अनुराधा सक्सेना"),
    ("th", "นางบัวคำกล่าวว่า “เรือจะมาถึงพรุ่งนี้”", "เรือจะมาถึงพรุ่งนี้", "บัวคำ"),
    ("zh", "王毅表示：“船要晚到两个小时。”", "船要晚到两个小时。", "王毅"),
    ("ja", "高橋美咲さんは「船は遅れている」と話した。", "船は遅れている", "高橋美咲"),
    ("ko", '최만수 씨는 "배가 늦게 온다"고 말했다.', "배가 늦게 온다", "최만수"),
    ("tr", "Helen Braithwaite, “Gemi geç kaldı” dedi.", "Gemi geç kaldı", "Helen Braithwaite"),
]


@pytest.mark.parametrize(("language", "body", "text", "who"), AFTER + BEFORE)
def test_the_speaker_beside_the_verb_is_named_as_the_article_calls_them(language, body, text, who):
    assert quoted(language, body, known=(who,)) == [(text, who)]


@pytest.mark.parametrize(
    ("language", "body", "who"),
    [
        (language, body, who)
        for language, body, _, who in AFTER
        if language in ("en", "es", "pt", "fr", "it", "nl", "pl")
    ],
)
def test_a_full_name_is_known_by_its_capitals_where_there_is_no_model(language, body, who):
    (found,) = quoted(language, body, names=False)
    assert found[1] in (who, who.rpartition(" ")[2])


@pytest.mark.parametrize("language", sorted(tag for tag, each in languages().items() if each.related))
def test_every_language_with_rules_knows_verbs_of_saying(language):
    assert languages()[language].saying


def test_the_person_spoken_to_is_not_the_speaker():
    assert quoted("id", "“Kapal itu tiba besok,” kata menteri kepada Lavrov.", known=("Sergey Lavrov",))[0][1] is None
    assert quoted("en", '"The ship is late," she told Helen Braithwaite.', known=("Helen Braithwaite",))[0][1] is None


@pytest.mark.parametrize(
    ("language", "body", "speakers"),
    [
        ("de", "„Es geht“, sagte Peter Altmann. „Das gilt für alle.“ Hans Krüger erklärte: „Nein.“", [0, 0, 1]),
        ("en", "“It is all over now.” Hans Krüger said “never” to Peter Altmann: “Go.”", [None, 1]),
        ("zh", "她表示，“我们将继续关注。”Krüger在会见中指出，“双方应加强合作”。", [None, 1]),
        ("ru", "«Это хорошо», — сказала журналистам Hans Krüger.", [1]),
        ("pt", "“Não vamos recuar”, disse o presidente Hans Krüger nesta terça.", [1]),
        ("ja", "「これは問題だ」とHans Krügerは指摘した。「桜を見る会についての話」をめぐり", [1, None]),
    ],
)
def test_a_sentence_after_the_quotation_is_not_about_it(language, body, speakers):
    people = ("Peter Altmann", "Hans Krüger")
    assert [who for _, who in quoted(language, body, known=people)][: len(speakers)] == [
        None if each is None else people[each] for each in speakers
    ]


TITLED = [
    ("ar", 'قالت السيدة ليلى منصور إن السفينة تأخرت، وأضافت: "ننتظر هنا منذ الصباح".', "ليلى منصور"),
    ("ar", 'وقال السيد منصور في القاهرة: "السفينة تصل غدا إلى الميناء".', None),
    ("th", "นายสมชาย ผู้ว่าราชการจังหวัด กล่าวว่า “เรือจะมาถึงพรุ่งนี้”", "สมชาย"),
    ("th", "นางบัวคำ ควาญช้างซึ่งดูแลช้างแม่มาเก้าปี วัยหกสิบปี กล่าวว่า “เรือจะมาถึงพรุ่งนี้”", "บัวคำ"),
    ("th", "นางบัวคำ ควาญช้างซึ่งดูแลช้างแม่มาเก้าปี กล่าวว่า “เรือจะมาถึงพรุ่งนี้”", "บัวคำ"),
    ("ar", 'وقال الدكتور أحمد منصور: "السفينة تصل غدا إلى الميناء".', "أحمد منصور"),
    ("fa", "آقای محمد دهقان گفت: «کشتی فردا به بندر می‌رسد».", "محمد دهقان"),
    ("bn", "ড. রহিমা খাতুন বলেন, “জাহাজ আজ দেরিতে আসছে।”", "রহিমা খাতুন"),
    ("th", "นายสมชาย ใจดี ผู้ว่าราชการจังหวัด กล่าวว่า “เรือจะมาถึงพรุ่งนี้”", "สมชาย ใจดี"),
    ("th", "นายกรัฐมนตรี กล่าวว่า “เรือจะมาถึงพรุ่งนี้”", None),
    ("fa", "آقای دهقان گفت: «کشتی فردا به بندر می‌رسد».", None),
]


@pytest.mark.parametrize(("language", "body", "who"), TITLED)
def test_a_name_is_known_by_its_form_of_address_where_there_are_no_capitals(language, body, who):
    assert [speaker for _, speaker in quoted(language, body, names=False)] == [who]


def test_a_pronoun_is_no_name():
    assert quoted("id", "“Kapal itu akan tiba besok,” katanya.") == [("Kapal itu akan tiba besok", None)]
    assert quoted("en", '"The ship will be late," he said on Monday.') == [("The ship will be late", None)]


def test_a_quotation_that_goes_on_after_its_speaker_is_theirs():
    body = '"The ship is late," said Helen Braithwaite. "It will come on the next tide."'
    assert [who for _, who in quoted("en", body)] == ["Helen Braithwaite"] * 2


PRONOUNS = [
    (
        "en",
        "“The ship is late,” said Helen Braithwaite. Rain fell.\n“We shall wait,” she said on Monday.",
        "Helen Braithwaite",
    ),
    ("id", "“Kapal itu tiba besok,” kata Sergey Lavrov.\n“Kami siap menunggu,” ujarnya.", "Sergey Lavrov"),
    ("id", "“Kapal itu tiba besok,” kata Sergey Lavrov.\n“Kami siap menunggu,” kata dia.", "Sergey Lavrov"),
    ("es", "«El barco llega tarde», dijo Helen Braithwaite.\n«Vamos a esperar», añadió.", "Helen Braithwaite"),
    (
        "fr",
        "« Le bateau arrive », a déclaré Helen Braithwaite.\n« On attend ici », a-t-elle ajouté.",
        "Helen Braithwaite",
    ),
    ("de", "„Das Schiff ist da“, sagte Helen Braithwaite.\n„Wir warten hier“, sagte sie.", "Helen Braithwaite"),
    ("ru", "«Корабль опаздывает», — сказал Сергей Лавров.\n«Мы будем ждать», — добавил он.", "Сергей Лавров"),
    ("hi", 'अनुराधा सक्सेना ने कहा, "जहाज आएगा।"\nउन्होंने कहा, "हम इंतजार करेंगे।"', "अनुराधा सक्सेना"),
    ("ar", 'قالت ليلى منصور: "السفينة تصل غدا".\nوأضافت: "سننتظر هنا".', "ليلى منصور"),
    ("fa", "محمد دهقان گفت: «کشتی فردا می‌رسد».\nاو گفت: «ما منتظر می‌مانیم».", "محمد دهقان"),
    ("bn", "“জাহাজ দেরিতে আসছে”, বলেন রহিমা খাতুন।\nতিনি বলেন, “আমরা অপেক্ষা করব।”", "রহিমা খাতুন"),
    ("th", "นางบัวคำกล่าวว่า “เรือจะมาถึงพรุ่งนี้”\nเขากล่าวว่า “เราจะรอที่นี่”", "บัวคำ"),
    ("zh", "王毅表示：“船要晚到两个小时。”\n他说：“我们会等。”", "王毅"),
]


@pytest.mark.parametrize(("language", "body", "who"), PRONOUNS)
def test_a_pronoun_means_the_last_speaker(language, body, who):
    assert [speaker for _, speaker in quoted(language, body, known=(who,))] == [who, who]


@pytest.mark.parametrize(
    "between",
    [
        "Tom Okafor nodded. “We shall wait for it,” he said.",
        "“We shall go on now,” said the minister. “We shall wait for it,” he said.",
        "The storm grew. " * 60 + "“We shall wait for it,” she said.",
        "“We shall wait for it,” said the minister.",
        "“We shall wait for it,” she told Tom Okafor.",
    ],
    ids=["somebody was named", "somebody else spoke", "long ago", "no pronoun", "somebody is named"],
)
def test_a_pronoun_means_nobody_where_it_may_mean_another(between):
    body = f"“The ship is late,” said Helen Braithwaite.\n{between}"
    assert quoted("en", body, known=("Helen Braithwaite", "Tom Okafor"))[-1][1] in (None, "Tom Okafor")


def test_without_known_people_a_pronoun_means_nobody():
    body = "“The ship is late,” said Helen Braithwaite.\n“We shall wait for it,” she said."
    assert quoted("en", body, names=False)[-1] == ("We shall wait for it", None)


def test_a_quotation_of_the_next_paragraph_is_not():
    body = '"The ship is late," said Helen Braithwaite.\n"It will come on the next tide."'
    assert [who for _, who in quoted("en", body)] == ["Helen Braithwaite", None]


def test_a_quotation_inside_a_quotation_is_part_of_it():
    assert quoted("en", "“They said ‘never again’ and left,” said Helen Braithwaite.") == [
        ("They said ‘never again’ and left", "Helen Braithwaite")
    ]
    assert quoted("fr", "« Il a dit « jamais plus » et il est parti », a déclaré Helen Braithwaite.") == [
        ("Il a dit « jamais plus » et il est parti", "Helen Braithwaite")
    ]
    assert quoted("ja", "「彼は『二度としない』と言った。それだけだ」") == [
        ("彼は『二度としない』と言った。それだけだ", None)
    ]


def test_a_quotation_of_several_paragraphs_opens_each_and_closes_once():
    body = "“The ship is late and nobody knows why.\n“It will come on the next tide,” said Helen Braithwaite."
    assert quoted("en", body) == [
        ("The ship is late and nobody knows why.\n“It will come on the next tide", "Helen Braithwaite")
    ]


@pytest.mark.parametrize(
    "body",
    [
        "He opened a “mark and never closed it again in this text.",
        "A ship of 30\" is long, and no more than that.",
        "The captain’s ship, the sailors’ rest and the ’90s are no quotations.",
        "Rock 'n' roll isn't what it was, the band's singer doesn't think.",
        "It closes » what was « never opened in this way",
        "“”", "\"\"", "« »", "”“", "„", "」「",
        "They watched “Gone Again” at the cinema.",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_quotation_is_none(body):
    assert quoted("en", body) == []


def test_an_unbalanced_mark_does_not_hide_the_quotation_of_the_next_paragraph():
    body = 'A stray " mark is here.\n"The ship will be late," said Helen Braithwaite.'
    assert quoted("en", body) == [("The ship will be late", "Helen Braithwaite")]


def test_without_quotations_of_an_unknown_language_there_is_no_speaker_but_the_text():
    assert quoted("und", "“Esta nave llega muy tarde hoy”") == [("Esta nave llega muy tarde hoy", None)]


@pytest.mark.parametrize(
    "piece", ["“", "“a ", "«»", '"', '" "', "‘a’ ", "「", "“a”, kata B ", "„a“", "“a\n", "kata ", "A, "]
)
def test_a_hundred_thousand_marks_take_bounded_time(piece):
    body = piece * (100_000 // len(piece))
    before = process_time()
    quoted("id", body, names=False)
    assert process_time() - before < 20


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["id", "en", "de", "ja", "ar", "und"]),
    st.lists(
        st.sampled_from([*'“”"«»„‘’「」\na', " kata ", " said ", "Ana Lima", ", ", ". "]) | st.text(max_size=5),
        max_size=40,
    ).map("".join),
)
def test_any_marks_are_read(language, body):
    found = quoted(language, body, names=False)
    assert found == quoted(language, body, names=False)
