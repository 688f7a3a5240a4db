"""Whether a feed's item gives the whole article."""

from __future__ import annotations

import pytest

from pipeline.feeds import Content, FeedItem
from pipeline.polling.complete import is_complete, is_teaser

SENTENCE = "The barrier held through the night, and the harbour office opened its gates again at six. "
STORY = "".join(f"<p>{SENTENCE}Crew number {number} went home.</p>" for number in range(20))
TEASER = f"<p>{SENTENCE}</p>"


def item(content: str | None, summary: str | None = None, headline: str = "Tide barrier holds") -> FeedItem:
    return FeedItem(
        number=1,
        headline=headline,
        content=Content("text/html", content) if content else None,
        summary=Content("text/html", summary) if summary else None,
    )


@pytest.mark.parametrize(
    "given",
    [
        item(STORY),
        item(STORY, TEASER),
        item(None, STORY),
        item(STORY * 20),
        item(f"{STORY}<p>The post <a>Tide barrier holds</a> appeared first on The Post.</p>", TEASER),
        item("<p>" + "潮水屏障整夜坚守,港口办公室早上六点重新开放。" * 12 + "</p>", TEASER),
    ],
)
def test_a_whole_text_is_known(given: FeedItem) -> None:
    assert is_complete(given)


@pytest.mark.parametrize(
    "given",
    [
        item(None),
        item(None, TEASER),
        item(TEASER),
        item(TEASER, TEASER),
        item(f"{TEASER * 6}", f"{TEASER * 6}"),
        item(f"{STORY}<p>{SENTENCE[:-2]} [&hellip;]</p>"),
        item(f"{STORY}<p>{SENTENCE[:-2]}… <a>Continue reading Tide</a></p>"),
        item(f"{STORY} [&#8230;]</p><p>The post <a>Tide barrier holds</a> appeared first on The Post.</p>"),
        item(f"{STORY * 20}<p>and then [...]</p>"),
        item(None, f"{STORY}<a>Read more</a>"),
    ],
)
def test_a_teaser_is_known(given: FeedItem) -> None:
    assert not is_complete(given)


@pytest.mark.parametrize(
    "end",
    [
        "…", "...", "[...]", "[…]", "(...)", "[+1234 chars]", "Read more", "READ MORE »",
        "Baca selengkapnya", "Leer más", "Lire la suite", "Weiterlesen", "Leia mais", "Leggi tutto",
        "Lees verder", "Läs mer", "Lue lisää", "Czytaj dalej", "Číst dále", "Tovább olvasom",
        "Pročitajte više", "Читать далее", "Читати далі", "Διαβάστε περισσότερα", "devamını oku",
        "קרא עוד", "اقرأ المزيد", "ادامه مطلب", "और पढ़ें", "আরও পড়ুন", "மேலும் படிக்க", "อ่านต่อ",
        "Xem thêm", "阅读全文", "続きを読む", "더보기", "Կարդալ ավելին", "Endelea kusoma", "Llegir més",
        "… Sigue leyendo", "... czytaj całość",
    ],
)  # fmt: skip
def test_teasers_end_alike_in_many_languages(end: str) -> None:
    assert is_teaser(f"{SENTENCE}{end}", None)


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "He asked for more.",
        "She reads more",
        "The full story was never told.",
        "港湾は再び開いた。",
        "Сколько стоит больше",
    ],
)
def test_stories_end_otherwise(text: str) -> None:
    assert not is_teaser(text, "Tide")
