"""Whom and what a rule fired for: the people, organisations and places among the words that it found."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from msgspec.structs import replace

from pipeline.alert_records import Span
from pipeline.alerts.article_words import ArticleWords, Cutter
from pipeline.alerts.evaluate import fired_leaves, leaf_holds
from pipeline.alerts.tree import Leaf, Near, Node, Phrase, Prefix, Value
from pipeline.records import Article, Entity, Mention

_LISTS = {"PER": "people", "ORG": "organisations", "LOC": "places"}
_STEM = 4
"""Letters that two forms of a name share at least, where neither has all words of the other."""


class Concerned:
    """An article's names, to be asked for each rule that fired."""

    def __init__(self, words: ArticleWords) -> None:
        self._words = words
        self._article = words.article
        self._cut = Cutter()
        self._entities: dict[str, tuple[list[int], list[Entity]]] = {}
        self._mentions: dict[tuple[str, str], Mention | None] = {}
        for field in ("headline", "body"):
            here = [each for each in self._article.entities if each.field == field and each.label in _LISTS]
            here.sort(key=lambda each: each.end)
            self._entities[field] = [each.end for each in here], here

    def names(self, tree: Node, spans: Sequence[Span]) -> tuple[str, ...]:
        """Names as the article's lists have them, most mentioned first."""
        found: dict[Mention, None] = {}
        for span in spans:
            for entity in self._overlapping(span):
                mention = self._mention(entity)
                if mention is not None:
                    found[mention] = None
        for leaf in fired_leaves(tree, self._words):
            name = _list_of(leaf)
            if name:
                found.update(
                    dict.fromkeys(each for each in getattr(self._article, name) if self._has(leaf, name, each))
                )
        ordered = sorted(found, key=lambda mention: -mention.count)
        return tuple(dict.fromkeys(mention.name for mention in ordered))

    def _overlapping(self, span: Span) -> list[Entity]:
        ends, entities = self._entities.get(span.field, ([], []))
        found = []
        # Entities do not overlap each other, so that those with later ends begin later.
        for entity in entities[bisect_left(ends, span.start + 1) :]:
            if entity.start >= span.end:
                break
            found.append(entity)
        return found

    def _mention(self, entity: Entity) -> Mention | None:
        key = entity.label, entity.text
        if key not in self._mentions:
            self._mentions[key] = mention_of(entity, self._article)
        return self._mentions[key]

    def _has(self, leaf: Leaf, name: str, mention: Mention) -> bool:
        bare = replace(self._article, people=(), organisations=(), places=())
        return leaf_holds(leaf, self._cut(replace(bare, **{name: (mention,)})))


def mention_of(entity: Entity, article: Article) -> Mention | None:
    """Which of the article's mentions a span belongs to: that name, one with all its words, one that begins alike."""
    mentions: tuple[Mention, ...] = getattr(article, _LISTS[entity.label])
    text = entity.text.casefold()
    parts = set(text.split())
    for mention in mentions:
        if mention.name.casefold() == text:
            return mention
    for mention in mentions:
        name = set(mention.name.casefold().split())
        if parts <= name or name <= parts:
            return mention
    stems = {part[:_STEM] for part in parts if len(part) > _STEM}
    for mention in mentions:
        if any(part[:_STEM] in stems for part in mention.name.casefold().split() if len(part) > _STEM):
            return mention
    return None


def _list_of(leaf: Leaf) -> str | None:
    if isinstance(leaf, Value):
        return "places" if leaf.field == "country" else None
    if isinstance(leaf, Phrase | Prefix | Near) and leaf.zone in _LISTS.values():
        return leaf.zone
    return None
