"""Random articles and random rules of the whole grammar, made from the golden articles. Deterministic by their seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
from msgspec.structs import replace

from pipeline.alerts.lexer import RuleError
from pipeline.alerts.parser import parse
from pipeline.alerts.words import Words
from pipeline.alerts.zones import ZONES
from pipeline.records import Article, decode_article

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("ar", "de", "en", "es", "fr", "he", "hi", "id", "it", "ja", "ko", "ru", "th", "zh")


def golden_articles(languages: Sequence[str] = LANGUAGES) -> list[Article]:
    """The articles of the golden pairs in these languages."""
    paths = sorted(GOLDEN.glob("*.expected.json"))
    found = [msgspec.json.decode(path.read_bytes()) for path in paths if path.name[:2] in languages]
    times = dict.fromkeys(("first_seen", "fetched_at", "processed_at"), "2026-03-02T06:00:00Z")
    return [decode_article(msgspec.json.encode(times | each)) for each in found if "body" in each]


def random_articles(count: int, seed: int, paragraphs: int = 8) -> list[Article]:
    """Articles whose paragraphs are shuffled ones of a golden article, with a few of one in another language."""
    chosen, golden = random.Random(seed), golden_articles()
    return [_article(chosen, golden, number, paragraphs) for number in range(count)]


def _article(chosen: random.Random, golden: list[Article], number: int, paragraphs: int) -> Article:
    first, second = golden[number % len(golden)], chosen.choice(golden)
    lines = chosen.choices(first.body.split("\n"), k=paragraphs - 1) + chosen.choices(second.body.split("\n"), k=1)
    if chosen.random() < 0.3:
        lines = [" ".join(chosen.choices(line.split(" "), k=len(line.split(" ")))) for line in lines]
    chosen.shuffle(lines)
    return replace(
        first,
        id=f"{number:032x}",
        body="\n".join(lines),
        description=chosen.choice((None, lines[0][:150])),
        by=chosen.choice((None, "Ratna Kusumawardani", "Jean-Luc O'Hara")),
        located=chosen.choice((None, "TASHKENT", "São Paulo")),
        source=msgspec.structs.replace(first.source, id=chosen.choice((None, "kompas.com")), name="Kompas.TV Daily"),
        published_at=chosen.choice((None, first.first_seen - timedelta(hours=chosen.randrange(2000)))),
        people=(*first.people, *chosen.sample(second.people, min(2, len(second.people)))),
        quotes=first.quotes + second.quotes,
    )


class RuleWriter:
    """`writer()` is the text of a random rule about the words of some articles."""

    def __init__(self, articles: Sequence[Article], seed: int) -> None:
        self._chosen = random.Random(seed)
        self._articles = articles
        self._cut = Words(cased=True)
        self._texts: dict[tuple[int, str], list[str]] = {}

    def __call__(self) -> str:
        while True:
            text = self._rule()
            try:
                parse(text)
            except RuleError as error:
                if not any(known in error.reason for known in ("on both sides", "the same stems", "too many")):
                    raise
            else:
                return text

    def _rule(self) -> str:
        chosen = self._chosen
        text = self._node(chosen.choice((0, 1, 1, 2, 2, 3)), None)
        text = text if chosen.random() < 0.8 else f"{text} AND NOT ({self._node(1, None)})"
        if chosen.random() < 0.8:
            return text
        language = chosen.choice(self._articles).language
        return chosen.choice((f"{text} ~stem", f"({text}) AND language:{language} ~stem"))

    def _node(self, depth: int, zone: str | None) -> str:
        chosen = self._chosen
        if not depth:
            return self._leaf(zone)
        parts = [self._node(depth - 1, zone) for _ in range(chosen.choice((2, 2, 3)))]
        if chosen.random() < 0.4:
            return "(" + chosen.choice((" AND ", " && ", " ")).join(parts) + self._unwanted(depth, zone) + ")"
        return "(" + chosen.choice((" OR ", " || ")).join(parts) + ")"

    def _unwanted(self, depth: int, zone: str | None) -> str:
        if self._chosen.random() < 0.7:
            return ""
        return self._chosen.choice((" AND NOT ", " !", " NOT ")) + self._node(depth - 1, zone)

    def _leaf(self, zone: str | None) -> str:
        chosen = self._chosen
        kind = chosen.random()
        if zone is None and kind < 0.25:
            name = chosen.choice(list(ZONES))
            if name == "source":
                return chosen.choice(("source:kompas.com", 'source:"Kompas.TV"', "source:daily"))
            inner = self._node(chosen.choice((0, 0, 1)), name)
            return f"{name}:{inner}"
        if zone is None and kind < 0.35:
            return chosen.choice(self._values())
        return self._words(zone or chosen.choice(("headline", "body", "body", "body", "description")), kind)

    def _values(self) -> list[str]:
        article = self._chosen.choice(self._articles)
        countries = [place.country for place in article.places if isinstance(place.country, str)]
        days = [f"2026-{month:02d}-{day:02d}" for month in (1, 2, 3) for day in (1, 9, 17)]
        since, until = sorted(self._chosen.sample(days, 2))
        return [
            f"language:{article.language}",
            f"language:{article.language[:2]}",
            f"country:{self._chosen.choice(countries or ['ID'])}",
            f"published_at:[{since} TO {until}]",
            f"published_at:{{{since} TO *]",
        ]

    def _words(self, zone: str, kind: float) -> str:
        chosen = self._chosen
        text = self._text(zone)
        if not text:
            return "nothing"
        at = chosen.randrange(len(text))
        if kind < 0.6:
            return f'"{text[at]}"'
        if kind < 0.7:
            return f"{text[at][: chosen.randint(3, 6)]}*" if self._is_prefix(text[at]) else f'"{text[at]}"'
        phrase = text[at : at + chosen.choice((1, 2, 2, 3, 4))]
        if kind < 0.8:
            return f'"{" ".join(phrase)}"' + chosen.choice(("", "", "!"))
        near = text[max(0, at - 9) : at + 9]
        if kind < 0.9:
            return f'"{" ".join(chosen.choices(near, k=chosen.choice((2, 2, 3, 4))))}"~{chosen.choice((1, 2, 4, 9))}'
        operator = f" {chosen.choice(('NEAR', 'ONEAR'))}/{chosen.choice((0, 1, 3, 8))} "
        return "(" + self._side(near, phrase) + operator + self._side(near, phrase[:2]) + ")"

    def _side(self, near: list[str], phrase: list[str]) -> str:
        one = self._chosen.choice(near)
        mark = self._chosen.choice(("", "", "", "!"))
        return self._chosen.choice(
            (f'"{one}"{mark}', f'("{one}" OR "{" ".join(phrase)}")', f'"{" ".join(phrase)}"{mark}')
        )

    def _text(self, zone: str) -> list[str]:
        for _ in range(5):
            number = self._chosen.randrange(len(self._articles))
            key = number, zone
            if key not in self._texts:
                texts = ZONES[zone][0](self._articles[number])
                self._texts[key] = self._cut(" ".join(texts))
            if self._texts[key]:
                break
        return self._texts[key]

    @staticmethod
    def _is_prefix(word: str) -> bool:
        return len(word) >= 3 and word.isalpha()
