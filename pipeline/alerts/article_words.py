"""The words of one article, zone by zone, cut when they are asked for and once only."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Literal, TypeAlias

from pipeline.alert_records import Span
from pipeline.alerts.stems import stem_language, stems_in, stems_of
from pipeline.alerts.tree import Phrase
from pipeline.alerts.words import Words, word_spans
from pipeline.alerts.zones import TEXT, TEXT_ZONES, ZONES, origins, values
from pipeline.records import Article

BREAK = ""
"""Stands between two names or quotations: 100 positions wide, as in the index, so that no phrase spans it."""
GAP = 100

Form: TypeAlias = Literal["lower", "cased", "stems"]
"""How words are compared."""


class Cutter:
    """`Cutter()(article)`: shares between articles what was cut before."""

    def __init__(self) -> None:
        self.lower, self.cased = Words(), Words(cased=True)

    def __call__(self, article: Article) -> ArticleWords:
        """Cuts nothing yet."""
        return ArticleWords(article, self)


class ArticleWords:
    """An article as rules see it."""

    def __init__(self, article: Article, cutter: Cutter) -> None:
        self.article = article
        self.stem_language = stem_language(article.language)
        self._cutter = cutter
        self._words: dict[tuple[str, Form], list[str]] = {}
        self._positions: dict[tuple[str, Form], dict[str, list[int]]] = {}
        self._spans: dict[str, dict[int, Span]] = {}

    def words(self, zone: str, form: Form = "lower") -> list[str]:
        """The words of a zone in their order; BREAK between texts."""
        key = zone, form
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = self._stems(zone) if form == "stems" else self._cut(zone, form)
        return found

    def sought(self, phrase: Phrase) -> tuple[tuple[str, ...], Form]:
        """The words of a phrase as they are to be compared with those of this article."""
        if phrase.cased:
            return phrase.words, "cased"
        if self.stem_language and self.stem_language in phrase.stems:
            return stems_of(phrase.words, self.stem_language), "stems"
        return phrase.words, "lower"

    def positions(self, zone: str, form: Form = "lower") -> dict[str, list[int]]:
        """Where each word of a zone stands, ascending."""
        key = zone, form
        found = self._positions.get(key)
        if found is None:
            found = defaultdict(list)
            words = self.words(zone, form)
            breaks = [place for place, word in enumerate(words) if word == BREAK] if BREAK in words else []
            for text, (before, end) in enumerate(pairwise([-1, *breaks, len(words)])):
                for place, word in enumerate(words[before + 1 : end], before + 1 + text * (GAP - 1)):
                    found[word].append(place)
            self._positions[key] = found
        return found

    def spans(self, zone: str) -> dict[int, Span]:
        """Where headline, description or body have the word at a position; nothing of zones that are none of theirs."""
        found = self._spans.get(zone)
        if found is None:
            found, position = {}, 0
            for text, origin in origins(self.article, zone):
                if position:
                    position += GAP
                cut = word_spans(text)
                if origin:
                    field, shift = origin
                    for place, (start, end) in enumerate(cut, position):
                        found[place] = Span(field=field, start=shift + start, end=shift + end)
                position += len(cut)
            self._spans[zone] = found
        return found

    def _cut(self, zone: str, form: Form) -> list[str]:
        cut = self._cutter.cased if form == "cased" else self._cutter.lower
        found: list[str] = []
        for text in self._texts(zone):
            if found:
                found.append(BREAK)
            found += cut(text)
        return found

    def _stems(self, zone: str) -> list[str]:
        words = self.words(zone)
        if self.stem_language is None:
            return words
        known = stems_in(self.stem_language)
        return [known[word] if word else BREAK for word in words]

    def _texts(self, zone: str) -> list[str]:
        zones = TEXT_ZONES if zone == TEXT else (zone,)
        return [text for each in zones for text in ZONES[each][0](self.article)]

    def has_value(self, field: str, value: str) -> bool:
        """Whether a field, compared as a whole, is this."""
        return value in values(self.article, field)
