"""How a rule is found among all others: keys that an article must have or must not have, and what is left to evaluate.

A key is something whose presence in an article is known for all rules at once: a word of headline, description or
body `"word"`; two neighbours there `("one", "two")`; a beginning `("pre",)`; the same in another zone
`("headline", "one", "two")`, `("headline", "one", "")`, `("headline*", "pre", "")`; a value `("=country", "ID", "")`;
a stem `"~word"` of headline, description or body, in the language of the article.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple, TypeAlias

from pipeline.alerts.frequencies import WordFrequencies
from pipeline.alerts.stems import stems_in
from pipeline.alerts.tree import And, Near, Node, Not, Or, Phrase, Prefix, Published, Value
from pipeline.alerts.words import lower
from pipeline.alerts.zones import TEXT

Key: TypeAlias = str | tuple[str, ...]
Keys: TypeAlias = tuple[Key, ...]

ALWAYS: Key = ("=always", "", "")
"""Every article has it."""

_OF_THE_TEXT = ("body", "lede")
"""Zones whose words are all among those of the text, by which they are looked for."""
_SHARES = {TEXT: 1.0, "headline": 0.05, "description": 0.1, "quote": 0.2}
_NAMES = 0.02
_VALUES = {"=language": 0.3, "=country": 0.1, "=source_id": 0.05, "=always": 1.0}
_NEIGHBOURS = 0.05
_PREFIX = 0.02


class Plan(NamedTuple):
    """An article fires the rule if it has a key of `anchor`, one of each of `required`, none of `forbidden`, and
    `remaining` hold."""

    anchor: Keys
    required: tuple[Keys, ...]
    forbidden: Keys
    remaining: tuple[Node, ...]


def plan(tree: Node, frequencies: WordFrequencies) -> Plan:
    """The anchor is the rarest of what is required."""
    required: dict[Keys, None] = {}
    forbidden: dict[Key, None] = {}
    remaining: list[Node] = []
    for child in tree.children if isinstance(tree, And) else (tree,):
        if isinstance(child, Not):
            keys = _deciding(child.child)
            if keys is None:
                remaining.append(child)
            else:
                forbidden.update(dict.fromkeys(keys))
            continue
        keys = _deciding(child)
        if keys is None:
            remaining.append(child)
            required.update(dict.fromkeys(_needed(child, frequencies)))
        else:
            required[keys] = None
    clauses = sorted(required, key=lambda keys: cost(keys, frequencies)) or [(ALWAYS,)]
    return Plan(clauses[0], tuple(clauses[1:]), tuple(forbidden), tuple(remaining))


def cost(keys: Keys, frequencies: WordFrequencies) -> float:
    """About the share of articles that have one of them."""
    return sum(_cost(key, frequencies) for key in keys)


def _cost(key: Key, frequencies: WordFrequencies) -> float:
    if isinstance(key, str):
        return frequencies.share(key)
    if len(key) == 1:
        return _PREFIX
    if len(key) == 2:
        return _NEIGHBOURS * min(map(frequencies.share, key))
    if key[0].startswith("="):
        return _VALUES[key[0]]
    share = _SHARES.get(key[0].rstrip("*"), _NAMES)
    if key[0].endswith("*"):
        return _PREFIX * share
    words = [word for word in key[1:] if word]
    return share * min(map(frequencies.share, words)) * (_NEIGHBOURS if len(words) > 1 else 1)


def _deciding(node: Node) -> Keys | None:
    """Keys of which an article has one if and only if the node is true of it; None where keys cannot tell."""
    if isinstance(node, Or):
        found: dict[Key, None] = {}
        for child in node.children:
            keys = _deciding(child)
            if keys is None:
                return None
            found.update(dict.fromkeys(keys))
        return tuple(found)
    if isinstance(node, Value):
        return (_value(node),)
    if isinstance(node, Prefix | Phrase) and node.zone in _OF_THE_TEXT:
        return None
    if isinstance(node, Prefix):
        return (_prefix(node),)
    decided = isinstance(node, Phrase) and not (node.cased or node.stems) and len(node.words) <= (1 if node.slop else 2)
    return (_neighbours(node.words, node.zone),) if decided and isinstance(node, Phrase) else None


def _needed(node: Node, frequencies: WordFrequencies) -> list[Keys]:
    """Clauses that are true of every article of which the node is true; perhaps none."""
    match node:
        case And(children):
            made = [keys for child in children for keys in _needed(child, frequencies)]
        case Or(children):
            made = _one_of(children, frequencies)
        case Near(left, right):
            made = _one_of(left, frequencies) + _one_of(right, frequencies)
        case Phrase():
            made = _needed_words(node, frequencies)
        case Prefix():
            made = [(_prefix(node),)]
        case Value():
            made = [(_value(node),)]
        case Not() | Published():
            made = []
    return made


def _one_of(nodes: tuple[Node, ...], frequencies: WordFrequencies) -> list[Keys]:
    joined: dict[Key, None] = {}
    for node in nodes:
        clauses = _needed(node, frequencies)
        if not clauses:
            return []
        rarest = min(clauses, key=lambda keys: cost(keys, frequencies))
        joined.update(dict.fromkeys(rarest))
    return [tuple(joined)]


def _needed_words(phrase: Phrase, frequencies: WordFrequencies) -> list[Keys]:
    if phrase.stems:
        return sorted((_stems(word, phrase.stems) for word in phrase.words), key=lambda keys: cost(keys, frequencies))[
            :2
        ]
    words = [lower(word) for word in phrase.words] if phrase.cased else list(phrase.words)
    if phrase.slop or len(words) == 1:
        keys = [_neighbours((word,), phrase.zone) for word in dict.fromkeys(words)]
    else:
        keys = [_neighbours(pair, phrase.zone) for pair in pairwise(words)]
    clauses: list[Keys] = [(key,) for key in keys]
    return sorted(clauses, key=lambda each: cost(each, frequencies))[:2]


def _stems(word: str, languages: tuple[str, ...]) -> Keys:
    """The word itself stands for articles in other languages."""
    return word, *dict.fromkeys(stems_in(language)[word] for language in languages)


def _zone(zone: str) -> str:
    return TEXT if zone in _OF_THE_TEXT else zone


def _value(node: Value) -> Key:
    return f"={node.field}", node.value, ""


def _prefix(node: Prefix) -> Key:
    zone = _zone(node.zone)
    return (node.prefix,) if zone == TEXT else (f"{zone}*", node.prefix, "")


def _neighbours(words: tuple[str, ...], zone: str) -> Key:
    zone = _zone(zone)
    if zone == TEXT:
        return words[0] if len(words) == 1 else words
    return (zone, words[0], words[1] if len(words) > 1 else "")
