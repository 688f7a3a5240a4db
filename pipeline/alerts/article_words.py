"""The words of one article, zone by zone, cut when they are asked for and once only."""

from __future__ import annotations

from pipeline.alert_records import Span
from pipeline.alerts.words import Words, word_spans
from pipeline.alerts.zones import TEXT, TEXT_ZONES, ZONES, origins, values
from pipeline.records import Article

BREAK = ""
"""Stands between two names or quotations: 100 positions wide, as in the index, so that no phrase spans it."""
GAP = 100


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
        self._cutter = cutter
        self._words: dict[tuple[str, bool], list[str]] = {}
        self._positions: dict[tuple[str, bool], dict[str, list[int]]] = {}
        self._spans: dict[str, dict[int, Span]] = {}

    def words(self, zone: str, cased: bool = False) -> list[str]:
        """The words of a zone in their order; BREAK between texts."""
        key = zone, cased
        found = self._words.get(key)
        if found is None:
            cut = self._cutter.cased if cased else self._cutter.lower
            found = []
            for text in self._texts(zone):
                if found:
                    found.append(BREAK)
                found += cut(text)
            self._words[key] = found
        return found

    def positions(self, zone: str, cased: bool = False) -> dict[str, list[int]]:
        """Where each word of a zone stands, ascending."""
        key = zone, cased
        found = self._positions.get(key)
        if found is None:
            found = {}
            shift = 0
            for place, word in enumerate(self.words(zone, cased)):
                if word == BREAK:
                    shift += GAP - 1
                elif word in found:
                    found[word].append(place + shift)
                else:
                    found[word] = [place + shift]
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

    def _texts(self, zone: str) -> list[str]:
        zones = TEXT_ZONES if zone == TEXT else (zone,)
        return [text for each in zones for text in ZONES[each][0](self.article)]

    def has_value(self, field: str, value: str) -> bool:
        """Whether a field, compared as a whole, is this."""
        return value in values(self.article, field)
