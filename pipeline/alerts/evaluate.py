"""Whether a tree, or a leaf of it, is true of an article: exactly, for what the matcher's index cannot decide."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.alerts.article_words import ArticleWords
from pipeline.alerts.proximity import is_near, is_within, starts
from pipeline.alerts.tree import And, Leaf, Near, Node, Not, Or, Phrase, Prefix, Published, Value, leaves
from pipeline.alerts.zones import TEXT, TEXT_ZONES, milliseconds


def holds(node: Node, article: ArticleWords) -> bool:
    """Whether the article is one that the tree describes."""
    if isinstance(node, And):
        return all(holds(child, article) for child in node.children)
    if isinstance(node, Or):
        return any(holds(child, article) for child in node.children)
    if isinstance(node, Not):
        return not holds(node.child, article)
    return leaf_holds(node, article)


def leaf_holds(leaf: Leaf, article: ArticleWords) -> bool:
    """The same of a leaf."""
    match leaf:
        case Phrase():
            return _phrase(leaf, article)
        case Prefix(prefix, zone):
            return any(word.startswith(prefix) for word in article.words(zone))
        case Near():
            left, right = (places(side, leaf.zone, article) for side in (leaf.left, leaf.right))
            return is_near(left, right, leaf.distance, leaf.ordered)
        case Value(field, value):
            return article.has_value(field, value)
        case Published():
            return _published(leaf, article)


def _phrase(leaf: Phrase, article: ArticleWords) -> bool:
    words, form = article.sought(leaf)
    if not leaf.slop or len(words) == 1:
        return bool(starts(words, article.positions(leaf.zone, form)))
    # Lucene's walk is exact, and may go through the whole text at once, unless a word stands twice in the phrase.
    zones = TEXT_ZONES if leaf.zone == TEXT and len(set(words)) < len(words) else (leaf.zone,)
    return any(is_within(words, leaf.slop, article.positions(zone, form)) for zone in zones)


def places(side: tuple[Phrase, ...], zone: str, article: ArticleWords) -> list[tuple[int, int]]:
    """Where phrases without slop begin and end, in positions, end exclusive."""
    return [
        (start, start + len(words))
        for words, form in map(article.sought, side)
        for start in starts(words, article.positions(zone, form))
    ]


def _published(leaf: Published, article: ArticleWords) -> bool:
    moment = article.article.published_at
    if moment is None:
        return False
    time = milliseconds(moment)
    return (leaf.since is None or leaf.since <= time) and (leaf.until is None or time <= leaf.until)


def fired(tree: Node, article: ArticleWords) -> list[str]:
    """What of a rule the article has: words and phrases as plain text, those that a prefix or a stem stands for as
    the article has them, `language:id`."""
    found: dict[str, None] = {}
    for leaf in fired_leaves(tree, article):
        found.update(dict.fromkeys(texts(leaf, article)))
    return list(found)


def fired_leaves(tree: Node, article: ArticleWords) -> Iterator[Leaf]:
    """Leaves that are wanted and true of the article."""
    return (leaf for leaf, negated in leaves(tree) if not negated and leaf_holds(leaf, article))


def texts(leaf: Leaf, article: ArticleWords) -> list[str]:
    match leaf:
        case Phrase():
            return _written(leaf, leaf.zone, article)
        case Prefix(prefix, zone):
            return [word for word in article.words(zone) if word.startswith(prefix)]
        case Near(left, right):
            return [text for each in (*left, *right) for text in _written(each, leaf.zone, article)]
        case Value() | Published():
            return [str(leaf)]


def _written(phrase: Phrase, zone: str, article: ArticleWords) -> list[str]:
    """A phrase by its own words where it is in the zone; one that is found by stems by those of the article."""
    if article.sought(phrase)[1] != "stems" or (phrase.slop and len(phrase.words) > 1):
        return [" ".join(phrase.words)] if phrase.slop or places((phrase,), zone, article) else []
    return [
        " ".join(article.words(each)[start:end])
        for each in (TEXT_ZONES if zone == TEXT else (zone,))
        for start, end in places((phrase,), each, article)
    ]
