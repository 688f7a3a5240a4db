"""The spans of an article, decided and sorted, as who and what they name: variants together, places linked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec import UNSET

from pipeline.ner.lookup import territory_names
from pipeline.ner.resolve import Link, PlaceName, Setting, resolve
from pipeline.ner.serbian import TWO_SCRIPTS, is_cyrillic, latin
from pipeline.ner.spans import Name, Text
from pipeline.ner.territories import territories
from pipeline.ner.variants import Group, Key, display_name, is_territory, person_aliases
from pipeline.records import Entity, Mention

_MAX_LINKED = 200
"""More places than this are a list, and not looked up."""
_MAX_CONTAINER = 3
_MAX_FORMS = 4


@dataclass(frozen=True, slots=True)
class Names:
    """All named spans of an article, sorted and not overlapping, and who and what they name, most mentioned first."""

    entities: tuple[Entity, ...] = ()
    people: tuple[Mention, ...] = ()
    organisations: tuple[Mention, ...] = ()
    places: tuple[Mention, ...] = ()


def group(
    found: Sequence[tuple[Name, Key]],
    texts: Sequence[Text],
    labels: Mapping[Key, str],
    expansions: Mapping[Key, Key],
    *,
    language: str,
    setting: Setting,
) -> Names:
    """Spans in their order with their keys; `labels` by key, `expansions` from the keys of acronyms."""
    aliases = _aliases([key for _, key in found], labels, expansions)
    groups: dict[Key, Group] = {}
    containers: dict[Key, dict[str, None]] = {}
    entities = []
    for name, key in found:
        main = aliases.get(key, key)
        text = texts[name.text]
        members = groups.setdefault(main, Group(labels.get(main, labels[key])))
        shown = text.slice(name.first, name.last)
        members.add(tuple(text.tokens[name.first : name.last]), shown, spelled_out=key not in expansions)
        if members.label == "LOC":
            containers.setdefault(main, {}).update(dict.fromkeys(_containers(name, text)))
        entities.append(
            Entity(
                text=shown,
                label=members.label,
                field="headline" if text.field == "headline" else "body",
                start=text.starts[name.first],
                end=text.end(name.last),
            )
        )
    mentions: dict[str, list[Mention]] = {"PER": [], "ORG": []}
    for members in groups.values():
        if members.label != "LOC":
            shown = display_name(members)
            mentions.setdefault(members.label, []).append(Mention(name=shown, count=members.count))
    places = {key: members for key, members in groups.items() if members.label == "LOC"}
    mentions["LOC"] = list(_places(places, containers, language, setting))
    people, organisations, located = (
        tuple(sorted(mentions[label], key=lambda mention: -mention.count)) for label in ("PER", "ORG", "LOC")
    )
    return Names(tuple(entities), people, organisations, located)


def _places(
    groups: Mapping[Key, Group], containers: Mapping[Key, Mapping[str, None]], language: str, setting: Setting
) -> Iterator[Mention]:
    shown = [_shown(key, members, language) for key, members in groups.items()]
    names = [
        PlaceName(
            _forms([name, *members.shown.values()], language),
            members.count,
            key[1] if is_territory(key) else "",
            tuple(containers[key]),
        )
        for (key, members), name in zip(groups.items(), shown, strict=True)
    ]
    linked: dict[str, tuple[str, PlaceName, Link]] = {}
    links = [*resolve(names[:_MAX_LINKED], language, setting), *(Link() for _ in names[_MAX_LINKED:])]
    counts: Counter[str] = Counter()
    for name, place, link in zip(shown, names, links, strict=True):
        same = link.uri or f"name {name}"  # "Novog Sada" and "Novom Sadu" are one city
        counts[same] += place.count
        if same not in linked or linked[same][1].count < place.count:
            linked[same] = name, place, link
    for same, (name, _, link) in linked.items():
        yield Mention(name=name, count=counts[same], uri=link.uri or UNSET, country=link.country or UNSET)


def _forms(shown: Sequence[str], language: str) -> tuple[str, ...]:
    forms = tuple(dict.fromkeys(shown))[:_MAX_FORMS]
    return tuple(dict.fromkeys([*forms, *map(latin, forms)])) if language in TWO_SCRIPTS else forms


def _containers(name: Name, text: Text) -> Iterator[str]:
    """What stands after a comma or a bracket, longest first: "Texas" after "Paris,"."""
    tokens = text.tokens
    if name.last + 1 >= len(tokens) or tokens[name.last] not in (",", "(") or not tokens[name.last + 1][0].isupper():
        return
    first = name.last + 1
    for last in range(min(first + _MAX_CONTAINER, len(tokens)), first, -1):
        yield text.slice(first, last)


def _shown(key: Key, members: Group, language: str) -> str:
    """A territory that stands in other forms only, as in oblique cases, goes by its proper name."""
    name = display_name(members)
    if is_territory(key) and name not in territories(language):
        proper = territory_names(language)[key[1]]
        return latin(proper) if language in TWO_SCRIPTS and not is_cyrillic(name) else proper
    return name


def _aliases(keys: Sequence[Key], labels: Mapping[Key, str], expansions: Mapping[Key, Key]) -> dict[Key, Key]:
    """The main key of each key that is a variant of another."""
    counts = Counter(keys)
    people = {key: counts[key] for key in counts if labels[key] == "PER" and not is_territory(key)}
    surnames: Counter[str] = Counter()
    for full, count in people.items():
        surnames[full[-1]] = max(surnames[full[-1]], count if len(full) > 1 else 0)
    # A surname alone is easily taken for an organisation or a place; a longer name tells better.
    people |= {
        key: count
        for key, count in counts.items()
        if labels[key] != "PER" and len(key) == 1 and key not in expansions and surnames[key[0]] >= count
    }
    return person_aliases(people) | {acronym: full for acronym, full in expansions.items() if acronym in counts}
