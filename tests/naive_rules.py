"""What a rule means, said in the plainest way: a tree is evaluated by reading the words of an article over and over.

Independent of `pipeline.alerts` but for the tree, the cutting of words and the reading of zones. Sloppy phrases are
compared with Lucene's definition for words that differ; repeated words are judged by the engine in its own test.
"""

from __future__ import annotations

import itertools
from functools import lru_cache

from pipeline.alerts.stems import stems_of
from pipeline.alerts.tree import And, Near, Node, Not, Or, Phrase, Prefix, Published, Value
from pipeline.alerts.words import Words
from pipeline.alerts.zones import ZONES
from pipeline.records import Article

_WORDS = {False: Words(), True: Words(cased=True)}


@lru_cache(maxsize=2000)
def _cut(text: str, cased: bool = False) -> list[str]:
    return _WORDS[cased](text)


def naive_match(node: Node, article: Article) -> bool:  # noqa: PLR0911 one answer a kind
    """Whether the rule fires."""
    match node:
        case And(children):
            return all(naive_match(child, article) for child in children)
        case Or(children):
            return any(naive_match(child, article) for child in children)
        case Not(child):
            return not naive_match(child, article)
        case Value("language", value):
            return article.language == value or article.language.startswith(f"{value}-")
        case Value("country", value):
            return any(place.country == value for place in article.places)
        case Value(_, value):
            return article.source.id == value
        case Published(since, until):
            time = article.published_at.timestamp() * 1000 if article.published_at else None
            return time is not None and (since is None or since <= time) and (until is None or time < until + 1)
    zones = ("headline", "description", "body") if node.zone == "text" else (node.zone,)
    language = article.language.partition("-")[0]
    return any(_in_text(node, text, language) for zone in zones for text in ZONES[zone][0](article))


def _in_text(node: Node, text: str, language: str) -> bool:
    match node:
        case Prefix(prefix):
            return any(word.startswith(prefix) for word in _cut(text))
        case Near(left, right, distance, ordered):
            return any(
                0 <= start - end <= distance or (not ordered and 0 <= other - far <= distance)
                for one in left
                for two in right
                for other, end in _places(one, text, language)
                for start, far in _places(two, text, language)
            )
        case Phrase() if node.slop:
            phrase, words = _compared(node, text, language)
            choices = [[at for at, word in enumerate(words) if word == each] for each in phrase]
            return any(
                len(set(chosen)) == len(chosen) and _displacement(chosen) <= node.slop
                for chosen in itertools.product(*choices)
            )
        case Phrase():
            return bool(_places(node, text, language))
    raise AssertionError(node)


def _compared(phrase: Phrase, text: str, language: str) -> tuple[tuple[str, ...], list[str]]:
    """The words of the phrase and of the text, both by their stems where the rule wants that in the language."""
    words = _cut(text, phrase.cased)
    if language in phrase.stems:
        return stems_of(phrase.words, language), list(stems_of(tuple(words), language))
    return phrase.words, words


def _displacement(chosen: tuple[int, ...]) -> int:
    shifts = [at - offset for offset, at in enumerate(chosen)]
    return max(shifts) - min(shifts)


def _places(phrase: Phrase, text: str, language: str) -> list[tuple[int, int]]:
    wanted, words = _compared(phrase, text, language)
    length = len(wanted)
    return [(at, at + length) for at in range(len(words)) if tuple(words[at : at + length]) == wanted]
